//! `adopt`: record what already runs.

use serde::{Deserialize, Serialize};

use super::{
    Answer, Failure, Revision, Spec, World,
    docket::live_changes,
    record::record,
    resolve::{Names, environment_rules, pick},
    sharing,
    stamp::stamp,
    standing::Standing,
};
use crate::{
    ledger::{Adoption, BundleChange, Deed, LiveChange},
    name::{Artifact, Environment, Kind},
    object::{EventId, VersionId},
    problem::{Problem, quoted},
    report::{BundleLine, ChangeLine},
    state::{Target, plan},
};

/// What runs, and where.
#[derive(Debug, Clone)]
pub struct Request {
    /// The environment.
    pub environment: Environment,
    /// The file's name as it was typed, for saying where something is wrong.
    pub file: String,
    /// What it says: specs, one a line, or what `env --json` prints.
    pub text: String,
    /// Why.
    pub message: String,
}

/// What is live from now on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The event.
    pub event: EventId,
    /// Whether the remote has it; none where there is no remote.
    pub shared: Option<bool>,
    /// The environment.
    pub environment: Environment,
    /// Why.
    pub message: String,
    /// What is live, sorted by kind and name.
    pub changes: Vec<ChangeLine>,
    /// The bundles, with what the application logs from now on.
    pub bundles: Vec<BundleLine>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.adopt/1";
}

/// Records what already runs. No gate is asked, so it is done once, by root, before the environment has ever moved.
///
/// # Errors
///
/// `already-moved`, `follows-heads`, `bundle-incomplete` with what to add, a file that cannot be read as either form,
/// a version that was never committed, or the refusal of the rules.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    sharing::ready(world)?;
    let standing = Standing::read(world)?;
    let rules = environment_rules(&standing, &request.environment)?;
    let environment = rules.name.clone();
    let listed = if request.text.trim_start().starts_with('{') { of_json(request)? } else { of_lines(request)? };
    let targets = targets(&standing, request, &listed)?;
    let plan = plan(&standing.state(), &environment, &targets)?;
    if let Some((prompt, missing)) = plan.lacking().next() {
        return Err(incomplete(&standing, request, prompt.as_str(), missing)?);
    }
    let change = |target: &Target| LiveChange {
        artifact: target.artifact.clone(),
        from: None,
        to: target.to.map(|(version, _)| version),
        moved: None,
    };
    let changes: Vec<LiveChange> = targets.iter().map(change).collect();
    let bundles = plan.changes();
    let lines = live_changes(&standing, &changes)?;
    let project = standing.governance.project.clone();
    drop(standing);
    let adoption = Adoption {
        environment: environment.clone(),
        message: request.message.clone(),
        changes,
        bundles: bundles.clone(),
    };
    let recorded = record(world, Deed::Adopt(adoption))?;
    let line = |change: BundleChange| BundleLine {
        stamp: change.after.map(|id| stamp(&project, &environment, &change.prompt, id, recorded.event)),
        prompt: change.prompt,
        before: change.before,
        after: change.after,
    };
    Ok(Outcome {
        event: recorded.event,
        shared: recorded.shared,
        message: request.message.clone(),
        changes: lines,
        bundles: bundles.into_iter().map(line).collect(),
        environment: environment.clone(),
    })
}

/// One thing that runs, and the line of the file that says so.
struct Listed {
    line: usize,
    what: What,
}

enum What {
    /// As a person types it.
    Spec(Spec),
    /// As `env --json` prints it.
    Exact { artifact: String, kind: Kind, version: VersionId },
}

/// One spec a line; what stands after `#`, and empty lines, say nothing.
fn of_lines(request: &Request) -> Result<Vec<Listed>, Failure> {
    let mut listed = Vec::new();
    let mut problems = Vec::new();
    let mut at = 0;
    for (number, text) in request.text.split_inclusive('\n').enumerate() {
        let said = text.split('#').next().unwrap_or_default().trim();
        let begin = at + text.find(|c: char| !c.is_whitespace()).unwrap_or(0);
        at += text.len();
        if said.is_empty() {
            continue;
        }
        let bad = |message: String| Problem::at(&request.file, &request.text, begin, "bad-spec", message);
        match said.parse::<Spec>() {
            Ok(spec) if spec.revision == Revision::Default => {
                let next = format!("write which version runs, as in `{said}@v1` or `{said}@head`");
                problems.push(bad(format!("`{said}` names no version")).next(next));
            }
            Ok(spec) => listed.push(Listed { line: number + 1, what: What::Spec(spec) }),
            Err(error) => problems.push(bad(error.to_string())),
        }
    }
    if problems.is_empty() { Ok(listed) } else { Err(Failure::problems(problems)) }
}

/// What `env --json` prints, as far as it says what is live.
#[derive(Deserialize)]
struct Printed {
    environments: Vec<PrintedStage>,
}

#[derive(Deserialize)]
struct PrintedStage {
    name: Environment,
    artifacts: Vec<PrintedLive>,
}

#[derive(Deserialize)]
struct PrintedLive {
    artifact: String,
    kind: Kind,
    version: VersionId,
}

/// The environment of that name in the document, or its only one.
fn of_json(request: &Request) -> Result<Vec<Listed>, Failure> {
    let printed: Printed = serde_json::from_str(&request.text).map_err(|error| {
        Failure::cannot("bad-json", format!("`{}` is not what `chancery env --json` prints", request.file))
            .because(error.to_string())
            .say("list what runs as NAME@REVISION, one a line, or give it the output of `chancery env ENV --json`")
    })?;
    let named = printed.environments.iter().position(|stage| stage.name == request.environment);
    let only = (printed.environments.len() == 1).then_some(0);
    let mut stages = printed.environments;
    let Some(at) = named.or(only) else {
        let names = quoted(stages.iter().map(|stage| &stage.name), ", ");
        let message = format!("`{}` says nothing of `{}`", request.file, request.environment);
        return Err(Failure::cannot("other-environment", message).because(format!("it is about {names}")));
    };
    let exact = |live: PrintedLive| Listed {
        line: 0,
        what: What::Exact { artifact: live.artifact, kind: live.kind, version: live.version },
    };
    Ok(stages.swap_remove(at).artifacts.into_iter().map(exact).collect())
}

/// The versions that are meant, sorted by artifact; each artifact once.
fn targets(standing: &Standing<'_>, request: &Request, listed: &[Listed]) -> Result<Vec<Target>, Failure> {
    let mut targets: Vec<Target> = Vec::new();
    for one in listed {
        let target = target(standing, &one.what).map_err(|failure| match one.line {
            0 => failure,
            line => failure.because(format!("line {line} of `{}` names it", request.file)),
        })?;
        if targets.iter().any(|known| known.artifact.key() == target.artifact.key()) {
            let message = format!("`{}` stands twice in `{}`", target.artifact, request.file);
            return Err(Failure::cannot("duplicate", message).say("list each artifact once"));
        }
        targets.push(target);
    }
    if targets.is_empty() {
        return Err(Failure::cannot("nothing-changed", format!("`{}` lists nothing that runs", request.file))
            .say("list what runs as NAME@REVISION, one a line"));
    }
    targets.sort_by(|a, b| a.artifact.cmp(&b.artifact));
    Ok(targets)
}

fn target(standing: &Standing<'_>, what: &What) -> Result<Target, Failure> {
    let found = match what {
        What::Spec(spec) => {
            let artifact = Names::of(standing).one_ever(spec)?;
            let record = pick(standing, &artifact, &spec.revision)?;
            let deleted = || Failure::cannot("unknown-version", format!("`{artifact}` is deleted there"));
            (record.artifact, record.version.ok_or_else(deleted)?, record.number)
        }
        What::Exact { artifact, kind, version } => {
            let bare = artifact.strip_prefix(&format!("{kind}/")).unwrap_or(artifact);
            let named = Artifact::new(*kind, crate::name::Name::parse(bare)?);
            let unknown = || {
                Failure::cannot("unknown-version", format!("`{named}` has no version `{}`", version.short()))
                    .say("what runs must have been committed: put the file back and `chancery commit` it first")
            };
            let record = standing.state().version(&named, *version)?.ok_or_else(unknown)?;
            (record.artifact, record.version, record.number)
        }
    };
    // The newest commit of the same bytes is the one everything else means by the version.
    let (artifact, version, number) = found;
    let number = standing.state().version(&artifact, version)?.map_or(number, |known| known.number);
    Ok(Target { artifact, to: Some((version, number)) })
}

/// A bundle would lack something: say what to add.
fn incomplete(
    standing: &Standing<'_>,
    request: &Request,
    prompt: &str,
    missing: &[Artifact],
) -> Result<Failure, Failure> {
    let labels = Names::of(standing).labels()?;
    let names: Vec<String> = missing.iter().map(|artifact| labels.of(artifact)).collect();
    let lacking = quoted(&names, ", ");
    let message = format!("`{prompt}` would lack {lacking} in `{}`", request.environment);
    let add: Vec<String> = names.iter().map(|name| format!("{name}@head")).collect();
    Ok(Failure::cannot("bundle-incomplete", message)
        .because(format!("it names {lacking}, and `{}` does not list it", request.file))
        .say(format!("add {}, in the version that runs", quoted(add, ", "))))
}
