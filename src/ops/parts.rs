//! A prompt with everything it names, brought together: what renders, and the bundle it is.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use super::{
    Failure,
    layout::file_path,
    stage::{Part, Stage},
};
use crate::{
    artifact::{Input, Parsed, Price, Prompt},
    eval::Lent,
    name::{Artifact, Kind, Name},
    object::VersionId,
    problem::{Problem, did_you_mean},
    render::{self, Parts},
    version::{Bundle, Uses},
};

/// A prompt with its whole bundle, read and ready to render.
#[derive(Debug, Clone)]
pub(super) struct Whole {
    /// What rendering takes.
    pub(super) parts: Parts,
    /// What it consists of.
    pub(super) bundle: Bundle,
    /// Where each member's main file stands, in the order of the bundle.
    pub(super) paths: Vec<String>,
    /// The model's artifact and its version.
    pub(super) model: Option<(Name, VersionId)>,
}

impl Whole {
    /// Every input the prompt and its fragments declare; the prompt's own declaration holds where both do.
    pub(super) fn inputs(&self) -> BTreeMap<String, Input> {
        let mut inputs: BTreeMap<String, Input> = BTreeMap::new();
        for fragment in self.parts.fragments.values() {
            inputs.extend(fragment.inputs.clone());
        }
        inputs.extend(self.parts.prompt.inputs.clone());
        inputs
    }

    /// Names of the inputs that are declared personal, by the prompt or by any of its fragments.
    pub(super) fn personal(&self) -> BTreeSet<String> {
        let prompts = self.parts.fragments.values().chain([&self.parts.prompt]);
        let inputs = prompts.flat_map(|prompt| &prompt.inputs).filter(|(_, input)| input.personal);
        inputs.map(|(name, _)| name.clone()).collect()
    }

    /// What its model costs, where it says so.
    pub(super) fn price(&self) -> Option<Price> {
        self.parts.model.as_ref().and_then(|model| model.price)
    }

    /// What it lends to the checks of suites.
    pub(super) fn lent(&self) -> Lent {
        let tools = self.parts.tools.iter().map(|(name, tool)| (name.to_string(), tool));
        Lent::new(tools, self.parts.prompt.output_schema.clone(), self.price())
    }
}

/// Brings a prompt and everything it names together.
///
/// # Errors
///
/// `not-here` when there is no such prompt; every problem of every file of the bundle at once, names that nothing
/// here has among them, each with its place and the nearest name.
pub(super) fn gather(stage: &Stage<'_>, prompt: &Name) -> Result<Whole, Failure> {
    match try_gather(stage, prompt)? {
        Ok(whole) => Ok(whole),
        Err(problems) => Err(Failure::problems(problems)),
    }
}

/// The same, with what is wrong in files told apart from what is wrong outside of them.
///
/// # Errors
///
/// `not-here` when there is no such prompt, and what the outside answered.
pub(super) fn try_gather(stage: &Stage<'_>, prompt: &Name) -> Result<Result<Whole, Vec<Problem>>, Failure> {
    try_gather_with(stage, prompt, None)
}

/// The same with another model in the place of the prompt's own, where one is named.
///
/// # Errors
///
/// `not-here` when there is no such prompt or no such model, and what the outside answered.
pub(super) fn try_gather_with(
    stage: &Stage<'_>,
    prompt: &Name,
    model: Option<&Name>,
) -> Result<Result<Whole, Vec<Problem>>, Failure> {
    let itself = Artifact::new(Kind::Prompt, prompt.clone());
    if let Some(model) = model.map(|name| Artifact::new(Kind::Model, name.clone()))
        && stage.look_closely(&model)?.is_ok_and(|part| part.is_none())
    {
        return Err(absent(stage, &model)?);
    }
    let mut found: BTreeMap<String, Rc<Part>> = BTreeMap::new();
    let mut problems = Vec::new();
    let resolved = Bundle::resolve(prompt, |artifact| -> Result<_, Failure> {
        Ok(match stage.look_closely(artifact)? {
            Ok(None) => None,
            Ok(Some(part)) => {
                let mut uses = uses(&part).unwrap_or_else(|wrong| {
                    problems.extend(wrong.into_iter().filter(|problem| !problem.warning));
                    Uses::default()
                });
                if let (Some(model), true) = (model, *artifact == itself) {
                    uses.model = Some(model.clone());
                }
                let version = part.version;
                found.insert(artifact.key(), part);
                Some((version, uses))
            }
            // Said once; the bundle is refused for it below.
            Err(wrong) => {
                problems.extend(wrong);
                Some((VersionId(crate::object::Digest::of(b"")), Uses::default()))
            }
        })
    })?;
    let bundle = match resolved {
        Ok(bundle) => bundle,
        Err(missing) => {
            if missing.artifacts.contains(&itself) {
                return Err(absent(stage, &itself)?);
            }
            for artifact in &missing.artifacts {
                problems.extend(unknown(stage, &found, artifact)?);
            }
            Bundle { prompt: prompt.clone(), members: Vec::new() }
        }
    };
    if !problems.is_empty() {
        problems.sort();
        problems.dedup();
        return Ok(Err(problems));
    }
    Ok(Ok(assemble(bundle, &found).ok_or_else(|| Failure::bug(format!("the bundle of `{prompt}` lost a part")))?))
}

/// That a stage has no such artifact.
pub(super) fn absent(stage: &Stage<'_>, artifact: &Artifact) -> Result<Failure, Failure> {
    let failure = Failure::cannot("not-here", format!("there is no `{artifact}` {}", stage.words()));
    Ok(match nearest(stage, artifact)? {
        Some(advice) => failure.say(advice),
        None => failure.run("chancery status"),
    })
}

/// Advice that names the artifact of this kind whose name is nearest.
fn nearest(stage: &Stage<'_>, artifact: &Artifact) -> Result<Option<String>, Failure> {
    let all = stage.artifacts()?;
    let names = all.iter().filter(|other| other.kind == artifact.kind).map(|other| other.name.as_str());
    Ok(did_you_mean(artifact.name.as_str(), names))
}

/// What a part names; nothing for all kinds but prompts.
pub(super) fn uses(part: &Part) -> Result<Uses, Vec<Problem>> {
    let Parsed::Prompt(prompt) = part.parsed()? else { return Ok(Uses::default()) };
    let named = render::uses(prompt, &part.path, &part.text())?;
    Ok(Uses { model: named.model, tools: named.tools, policies: named.policies, fragments: named.fragments })
}

/// A name that nothing here has, at every place that names it.
fn unknown(
    stage: &Stage<'_>,
    found: &BTreeMap<String, Rc<Part>>,
    artifact: &Artifact,
) -> Result<Vec<Problem>, Failure> {
    let what = if artifact.name.is_fragment() { "fragment" } else { artifact.kind.word() };
    let message = format!("there is no {what} `{}` {}", artifact.name, stage.words());
    let advice = nearest(stage, artifact)?;
    let mut problems = Vec::new();
    for part in found.values() {
        if !uses(part).is_ok_and(|uses| uses.artifacts().any(|used| used == *artifact)) {
            continue;
        }
        let problem = at_mention(part, &artifact.name, &format!("unknown-{what}"), &message);
        problems.push(Problem { next: advice.clone(), ..problem });
    }
    Ok(problems)
}

/// A problem where a file first mentions a name in quotes; a fragment may be mentioned without its `_`.
fn at_mention(part: &Part, name: &Name, code: &str, message: &str) -> Problem {
    let (folder, last) = name.as_str().rsplit_once('/').map_or(("", name.as_str()), |(folder, last)| (folder, last));
    let plain = last.strip_prefix('_').unwrap_or(last);
    let short = if folder.is_empty() { plain.to_owned() } else { format!("{folder}/{plain}") };
    for file in part.source.files() {
        let text = String::from_utf8_lossy(&file.bytes);
        let forms = [format!("\"{name}\""), format!("'{name}'"), format!("\"{short}\""), format!("'{short}'")];
        if let Some(offset) = forms.iter().filter_map(|form| text.find(form.as_str())).min() {
            return Problem::at(&file_path(&part.path, &file.path), &text, offset, code, message);
        }
    }
    Problem::whole(&part.path, code, message)
}

/// Puts what was found in the places where rendering looks for it; `None` if something is of another kind.
fn assemble(bundle: Bundle, found: &BTreeMap<String, Rc<Part>>) -> Option<Whole> {
    let part = |artifact: &Artifact| found.get(&artifact.key());
    let itself = Artifact::new(Kind::Prompt, bundle.prompt.clone());
    let main = part(&itself)?;
    let Parsed::Prompt(prompt) = main.parsed().ok()? else { return None };
    let mut parts = Parts {
        path: main.path.clone(),
        prompt: prompt.clone(),
        fragments: BTreeMap::new(),
        policies: BTreeMap::new(),
        tools: Vec::new(),
        model: None,
    };
    let mut model = None;
    for member in &bundle.members {
        let name = member.artifact.name.clone();
        match part(&member.artifact)?.parsed().ok()? {
            Parsed::Prompt(_) if member.artifact == itself => {}
            Parsed::Prompt(fragment) => drop(parts.fragments.insert(name, fragment.clone())),
            Parsed::Policy(policy) => drop(parts.policies.insert(name, policy.clone())),
            Parsed::Model(read) => {
                parts.model = Some(read.clone());
                model = Some((name, member.version));
            }
            Parsed::Tool(tool) => parts.tools.push((name, tool.clone())),
            Parsed::Suite(_) | Parsed::Charter(_) => return None,
        }
    }
    parts.tools = in_order(prompt, parts.tools);
    let paths = bundle.members.iter().map(|member| part(&member.artifact).map(|part| part.path.clone()));
    let paths = paths.collect::<Option<Vec<String>>>()?;
    Some(Whole { parts, bundle, paths, model })
}

/// Tools as the prompt lists them, then those that only fragments bring.
fn in_order<T>(prompt: &Prompt, mut tools: Vec<(Name, T)>) -> Vec<(Name, T)> {
    let place = |name: &Name| prompt.tools.iter().position(|listed| listed == name).unwrap_or(usize::MAX);
    tools.sort_by_key(|(name, _)| place(name));
    tools
}
