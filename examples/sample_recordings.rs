//! Writes the bundled sample's recordings from its hand-written replies.
//!
//! A recording is named after the exact request, so every edit of a sample prompt, fragment, policy, tool, model or
//! suite moves the names. Run `cargo run --example sample_recordings` after such an edit;
//! `the_samples_recordings_are_those_of_its_replies` fails until then.

use std::{collections::BTreeMap, error::Error, fs, path::Path};

use chancery::{
    adapters::files::FolderTree,
    artifact::{Parsed, parse},
    eval::{Recording, Reply},
    name::{Artifact, Kind, Name},
    render::{Parts, render, uses},
    workspace::load_all,
};
use serde::Deserialize;

/// One hand-written reply.
#[derive(Deserialize)]
struct Line {
    suite: String,
    case: String,
    variant: String,
    reply: Reply,
}

/// Which file stands for the prompt in each variant; the sample's own where none is named.
const VARIANTS: [(&str, Option<&str>); 3] =
    [("v1", None), ("v2-bad", Some("refund-triage.generous.md")), ("v2-good", Some("refund-triage.clearer.md"))];

type Artifacts = BTreeMap<Artifact, Parsed>;

fn main() -> Result<(), Box<dyn Error>> {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    fs::write(templates.join("support-agent/recordings.jsonl"), recordings(&templates)?)?;
    Ok(())
}

/// The recordings of all hand-written replies, one a line.
pub(crate) fn recordings(templates: &Path) -> Result<String, Box<dyn Error>> {
    let lines = fs::read_to_string(templates.join("demo/replies.jsonl"))?;
    let mut recordings = String::new();
    for line in lines.lines() {
        let line: Line = serde_json::from_str(line)?;
        let artifacts = sample(templates, &line.variant)?;
        recordings.push_str(&serde_json::to_string(&recording(&artifacts, line)?)?);
        recordings.push('\n');
    }
    Ok(recordings)
}

/// The sample's artifacts, with the prompt of a variant in place.
fn sample(templates: &Path, variant: &str) -> Result<Artifacts, Box<dyn Error>> {
    let loaded = load_all(&FolderTree::open(&templates.join("support-agent"))?, &[])?;
    let known = VARIANTS.iter().find(|(name, _)| *name == variant);
    let (_, replacement) = known.ok_or_else(|| format!("no variant `{variant}`"))?;
    let mut artifacts = Artifacts::new();
    for (artifact, mut file) in loaded.artifacts {
        if let (Some(other), "prompt/refund-triage") = (replacement, artifact.to_string().as_str()) {
            file.source.main.bytes = fs::read(templates.join("demo").join(other))?;
        }
        let parsed = parse(artifact.kind, &artifact.name, &file.path, &file.source, file.template);
        let (parsed, _) = parsed.map_err(|problems| format!("{problems:#?}"))?;
        artifacts.insert(artifact, parsed);
    }
    Ok(artifacts)
}

/// The recording of one reply: the case's request as the sample renders it.
fn recording(artifacts: &Artifacts, line: Line) -> Result<Recording, Box<dyn Error>> {
    let find = |kind: Kind, name: &Name| artifacts.get(&Artifact::new(kind, name.clone()));
    let Some(Parsed::Suite(suite)) = find(Kind::Suite, &Name::parse(&line.suite)?) else {
        return Err(format!("no suite `{}`", line.suite).into());
    };
    let missing = || format!("no case `{}` in suite `{}`", line.case, line.suite);
    let case = suite.cases.iter().find(|case| case.id == line.case).ok_or_else(missing)?;
    let name = Name::parse(&line.suite)?;
    let Some(Parsed::Prompt(prompt)) = find(Kind::Prompt, &name) else {
        return Err(format!("no prompt `{name}`").into());
    };
    let path = format!("prompts/{name}.md");
    let named = uses(prompt, &path, "").map_err(|problems| format!("{problems:#?}"))?;
    let mut parts = Parts {
        path,
        prompt: prompt.clone(),
        fragments: BTreeMap::new(),
        policies: BTreeMap::new(),
        tools: Vec::new(),
        model: None,
    };
    for (artifact, parsed) in artifacts {
        match parsed {
            Parsed::Prompt(prompt) if artifact.name.is_fragment() => {
                parts.fragments.insert(artifact.name.clone(), prompt.clone());
            }
            Parsed::Policy(policy) => drop(parts.policies.insert(artifact.name.clone(), policy.clone())),
            Parsed::Model(model) if named.model.as_ref() == Some(&artifact.name) => parts.model = Some(model.clone()),
            _ => {}
        }
    }
    for name in &named.tools {
        if let Some(Parsed::Tool(tool)) = find(Kind::Tool, name) {
            parts.tools.push((name.clone(), tool.clone()));
        }
    }
    let request = render(&parts, &case.vars)?;
    Ok(Recording::new(request, 0, line.reply, Some("written by hand for the sample".to_owned())))
}
