//! What a plan lacks, told with what would mend it.

use super::Found;
use crate::{
    artifact::{Parsed, Template},
    name::{Artifact, Kind},
    ops::{Failure, parts::absent, stage::Stage},
    problem::Problem,
};

/// That there is no suite, or none about something.
pub(super) fn no_suite(stage: &Stage<'_>, artifact: Option<&Artifact>) -> Failure {
    let words = stage.words();
    let (what, file) = match artifact {
        Some(artifact) if artifact.kind == Kind::Prompt => {
            (format!("no suite tests `{}` {words}", artifact.name), format!("evals/{}.toml", artifact.name))
        }
        Some(artifact) => {
            (format!("no suite {words} tests a prompt that uses `{artifact}`"), "evals/NAME.toml".to_owned())
        }
        None => (format!("there is no suite {words}"), "evals/NAME.toml".to_owned()),
    };
    let add =
        format!("put golden cases into `{file}`: `prompt = \"NAME\"`, then `[[case]]` with `id`, `vars` and `expect`");
    Failure::cannot("no-suite", what).say(add)
}

/// That a suite tests a prompt which is not there.
pub(super) fn no_subject(stage: &Stage<'_>, found: &Found) -> Result<Problem, Failure> {
    let text = found.part.text();
    let message = format!("there is no prompt `{}` {}", found.prompt, stage.words());
    let offset = text.find(&format!("\"{}\"", found.prompt)).unwrap_or_default();
    let problem = Problem::at(&found.part.path, &text, offset, "unknown-prompt", message);
    let all = stage.artifacts()?;
    let prompts = all.iter().filter(|artifact| artifact.kind == Kind::Prompt).map(|artifact| artifact.name.as_str());
    Ok(problem.nearest(found.prompt.as_str(), prompts))
}

/// That a prompt names no model, with the line that would.
pub(super) fn no_model(stage: &Stage<'_>, prompt: &Artifact) -> Result<Problem, Failure> {
    let Some(part) = stage.look(prompt)? else { return Err(absent(stage, prompt)?) };
    let models: Vec<Artifact> = stage.artifacts()?.into_iter().filter(|a| a.kind == Kind::Model).collect();
    let name = match models.as_slice() {
        [one] => one.name.as_str(),
        _ => "NAME",
    };
    let text = part.text();
    let front = matches!(part.parsed(), Ok(Parsed::Prompt(prompt)) if prompt.template == Template::Jinja)
        && text.starts_with("+++");
    let message = format!("`{}` names no model, so nobody can be asked", prompt.name);
    let problem = Problem::at(&part.path, &text, 0, "no-model", message);
    let stem = part.path.rsplit_once('.').map_or(part.path.as_str(), |(stem, _)| stem);
    Ok(problem.next(if front {
        format!("add the line `model = \"{name}\"` below the first `+++`")
    } else {
        format!("put the line `model = \"{name}\"` into `{stem}.chancery.toml` beside it")
    }))
}
