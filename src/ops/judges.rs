//! The judges that a suite asks: found, held against what the suite pins, and fit to be asked.

use std::{collections::BTreeMap, rc::Rc};

use super::{
    Failure,
    fit::at,
    parts::{Whole, try_gather},
    stage::{Ground, Part, Stage},
};
use crate::{
    artifact::{Answers, Input, InputType, Judge, Suite},
    eval::{Ask, Reply, TEXT, TOLD, TOLD_ON_REQUEST, placed, told_of},
    name::{Artifact, Kind},
    object::BundleId,
    problem::{Problem, quoted},
    render::{RenderError, Request, render},
};

/// A judge with its whole bundle.
#[derive(Debug, Clone)]
pub(super) struct Seated {
    /// As the suite names it.
    pub(super) judge: Judge,
    /// Its prompt with everything that needs.
    pub(super) whole: Rc<Whole>,
    /// What that prompt and its fragments declare.
    pub(super) inputs: BTreeMap<String, Input>,
}

/// Finds every judge of a suite, or says what is wrong with any of them.
///
/// A judge that the suite pins is looked for where the suite is, among the heads, in every environment and among the
/// working files: its digest says that it is the one, wherever it stands. One that is not pinned is the one that stands
/// where the suite does, or at the heads.
///
/// What is to be attested has every judge pinned: evidence names the suite, and the suite says who judged.
///
/// # Errors
///
/// Only what the state, the store or the disk answered.
pub(super) fn seated(
    stage: &Stage<'_>,
    part: &Part,
    suite: &Suite,
    attest: bool,
) -> Result<Result<Vec<Seated>, Vec<Problem>>, Failure> {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for judge in suite.judges() {
        match seat(stage, part, judge)? {
            Ok(whole) => {
                problems.extend(unfit(part, judge, &whole));
                if attest && judge.bundle.is_none() {
                    problems.push(not_pinned(part, judge, whole.bundle.id()));
                }
                found.push(Seated { judge: judge.clone(), inputs: whole.inputs(), whole: Rc::new(whole) });
            }
            Err(wrong) => problems.extend(wrong),
        }
    }
    Ok(if problems.is_empty() { Ok(found) } else { Err(problems) })
}

/// That a judge is not pinned, with the line that would.
fn not_pinned(part: &Part, judge: &Judge, bundle: BundleId) -> Problem {
    let message =
        format!("the suite does not say which version of `{}` judges, so nothing can be attested", judge.prompt);
    mention(part, judge, "judge-not-pinned", message).next(written(judge, bundle))
}

fn written(judge: &Judge, bundle: BundleId) -> String {
    format!("write below `[{}s.{}]`: bundle = \"{bundle}\"", judge.answers.word(), judge.name)
}

/// The bundle that judges, in the first place that has it.
fn seat(stage: &Stage<'_>, part: &Part, judge: &Judge) -> Result<Result<Whole, Vec<Problem>>, Failure> {
    let prompt = Artifact::new(Kind::Prompt, judge.prompt.clone());
    let mut nearest = None;
    let mut wrong = Vec::new();
    let mut others = vec![Ground::Heads];
    if judge.bundle.is_some() {
        let environments = stage.standing().governance.environments.iter();
        others.extend(environments.map(|rules| Ground::Environment(rules.name.clone())));
        others.push(Ground::Work);
    }
    let others = others.into_iter().filter(|ground| ground != stage.ground());
    for ground in std::iter::once(None).chain(others.map(Some)) {
        let opened;
        let stage = match ground {
            None => stage,
            Some(ground) => {
                opened = Stage::open(stage.world(), stage.standing(), ground)?;
                &opened
            }
        };
        match stage.look_closely(&prompt)? {
            Ok(None) => continue,
            Ok(Some(_)) => {}
            Err(problems) => {
                wrong.extend(problems);
                continue;
            }
        }
        match try_gather(stage, &judge.prompt)? {
            Ok(whole) if judge.bundle.is_none_or(|pinned| pinned == whole.bundle.id()) => return Ok(Ok(whole)),
            Ok(whole) => nearest = nearest.or(Some((whole.bundle.id(), stage.words()))),
            Err(problems) => wrong.extend(problems),
        }
    }
    Ok(Err(match (nearest, judge.bundle) {
        (Some((bundle, place)), Some(pinned)) => vec![changed(part, judge, pinned, (bundle, &place))],
        _ if wrong.is_empty() => vec![unknown(stage, part, judge)?],
        _ => wrong,
    }))
}

/// That the judge is not the one that the suite pins.
fn changed(part: &Part, judge: &Judge, pinned: BundleId, (bundle, place): (BundleId, &str)) -> Problem {
    let prompt = &judge.prompt;
    let message = format!(
        "the suite pins the bundle {} of the judge `{prompt}`, which is {} {place}",
        pinned.short(),
        bundle.short()
    );
    let problem = at(part, &[pinned.to_string()], "judge-changed", message);
    problem.next(format!("put the judge back, or judge anew by the other one; {}", written(judge, bundle)))
}

/// That there is no such prompt.
fn unknown(stage: &Stage<'_>, part: &Part, judge: &Judge) -> Result<Problem, Failure> {
    let message = format!("there is no prompt `{}` {} that could judge", judge.prompt, stage.words());
    let all = stage.artifacts()?;
    let prompts = all.iter().filter(|artifact| artifact.kind == Kind::Prompt).map(|artifact| artifact.name.as_str());
    Ok(mention(part, judge, "unknown-prompt", message).nearest(judge.prompt.as_str(), prompts))
}

/// What keeps a prompt from judging.
fn unfit(part: &Part, judge: &Judge, whole: &Whole) -> Vec<Problem> {
    let prompt = &judge.prompt;
    let mut problems = Vec::new();
    let mut put = |code: &str, message: String, next: String| {
        problems.push(mention(part, judge, code, message).next(next));
    };
    if whole.model.is_none() {
        let next = format!("add the line `model = \"NAME\"` to the front matter of `{}`", whole.parts.path);
        put("no-model", format!("`{prompt}` names no model, so it cannot judge"), next);
    }
    if !whole.parts.tools.is_empty() {
        let next = format!("take `tools` out of `{}`", whole.parts.path);
        put("judge-has-tools", format!("`{prompt}` names tools, and a judge only answers"), next);
    }
    let inputs = whole.inputs();
    let must: &[&str] = if judge.answers == Answers::Vector { &[TEXT] } else { &TOLD };
    for name in must.iter().filter(|name| !inputs.contains_key(**name)) {
        let next = format!("declare it in `{}`: [inputs.{name}]", whole.parts.path);
        let word = judge.answers.word();
        put("judge-lacks-input", format!("`{prompt}` has no input `{name}`, so it can be no {word}"), next);
    }
    for (name, input) in &inputs {
        if let Some(why) = untold(judge.answers, name, input) {
            let more: &[&str] = if judge.answers == Answers::Vector { &[] } else { &TOLD_ON_REQUEST };
            let (word, known) = (judge.answers.word(), quoted(must.iter().chain(more), ", "));
            put(
                "judge-input",
                format!("`{prompt}` can be no {word}: {why}"),
                format!("who is asked so is told {known}"),
            );
        }
    }
    if problems.is_empty()
        && let Err(error) = tried(judge, whole)
    {
        let next = format!("look at `chancery render {prompt}`");
        problems.push(mention(part, judge, "judge-unfit", format!("`{prompt}` cannot judge: {error}")).next(next));
    }
    problems
}

/// Why an input cannot be filled; nothing where it can, or need not be.
fn untold(answers: Answers, name: &str, input: &Input) -> Option<String> {
    let wanted: &[InputType] = match (answers, name) {
        (Answers::Verdict, "rubric" | "reply") | (Answers::Vector, TEXT) => &[InputType::String],
        (Answers::Verdict, "request") => &[InputType::String, InputType::List],
        (Answers::Verdict, "tool_calls") => &[InputType::List],
        _ if input.optional || input.default.is_some() => return None,
        _ => return Some(format!("nobody tells it `{name}`")),
    };
    if wanted.contains(&input.kind) {
        return None;
    }
    let words: Vec<&str> = wanted.iter().map(|kind| kind.word()).collect();
    Some(format!("its input `{name}` must be of type {}", words.join(" or ")))
}

/// What it would send about nothing.
fn tried(judge: &Judge, whole: &Whole) -> Result<Request, RenderError> {
    if judge.answers == Answers::Vector {
        return render(&whole.parts, &placed("x"));
    }
    let nothing =
        Request { model: String::new(), messages: Vec::new(), tools: Vec::new(), params: serde_json::Map::new() };
    render(&whole.parts, &told_of("x", &nothing, &Reply::text("x"), &whole.inputs()))
}

/// A problem where the suite first names the prompt of a judge.
fn mention(part: &Part, judge: &Judge, code: &str, message: String) -> Problem {
    let prompt = &judge.prompt;
    at(part, &[format!("\"{prompt}\""), format!("'{prompt}'")], code, message)
}

impl Seated {
    /// Its bundle, with what it would send about nothing: by that it shows whether its replies have an end.
    pub(super) fn tries(&self) -> (&Whole, Vec<Ask>) {
        let asks = tried(&self.judge, &self.whole).into_iter().map(|request| Ask::Request(Box::new(request)));
        (&self.whole, asks.collect())
    }

    /// The request of one vote about a reply that is empty, for weighing costs.
    pub(super) fn asks(&self, rubric: &str, request: &Request) -> Option<Request> {
        let reply = Reply::text("");
        render(&self.whole.parts, &told_of(rubric, request, &reply, &self.inputs)).ok()
    }

    /// The request that places a text.
    pub(super) fn places(&self, text: &str) -> Option<Request> {
        render(&self.whole.parts, &placed(text)).ok()
    }
}
