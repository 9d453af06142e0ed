//! The tests tested: the prompt spoiled in one place after the other, and which of that the suite notices.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Request,
    bench::{Bench, Task},
    calls::interrupted,
    plan::{self, Job},
};
use crate::{
    artifact::Case,
    eval::{Ask, Filter, Mutant, Outcome as CaseOutcome, Spoiled, SuiteRun, mutants, wilson},
    name::{Artifact, Kind},
    ops::{Failure, parts::Whole},
};

/// What a suite noticed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mutants {
    /// All mutants.
    pub total: u64,
    /// Those with which a case fails that passes without.
    pub noticed: u64,
    /// Those of which nobody knows: a case got no reply.
    pub unanswered: u64,
    /// The most calls that these would take.
    #[serde(skip_serializing_if = "is_none")]
    pub calls: u64,
    /// The share noticed among those of which it is known; absent where there are none.
    pub share: Option<f64>,
    /// Its 95 % Wilson interval.
    pub interval: (f64, f64),
    /// Cases that pass without mutants, and so can notice.
    pub cases: u64,
    /// What nobody noticed, in the order of the files.
    pub unnoticed: Vec<Unnoticed>,
    /// What the mutants cost, in USD.
    pub cost_usd: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none(calls: &u64) -> bool {
    *calls == 0
}

/// A mutant that no case noticed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unnoticed {
    /// `dropped`, `negated` or `tool-removed`.
    pub change: Spoiled,
    /// The file.
    pub path: String,
    /// The line on which the sentence begins; absent for a tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The sentence as it stands, or the tool's name as the model sees it.
    pub sentence: String,
    /// What stood in its place, where it said the opposite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
    /// Whether any case that can notice was asked something else by it: where not, no case reaches the place.
    pub sent: bool,
}

/// How a mutant fared.
enum Fate {
    Noticed,
    Unnoticed { sent: bool },
    Unanswered { calls: u64 },
}

/// One mutant, rendered for every case.
pub(super) struct Spoilt {
    mutant: Mutant,
    pub(super) whole: Whole,
    /// What is asked of the cases that are asked something else by it; nothing is to be done about the others.
    pub(super) asks: Vec<Ask>,
}

/// Every mutant of a job's bundle, one at a time. A case that cannot be rendered any more is not asked.
pub(super) fn spoilt<'a>(job: &'a Job, request: &'a Request<'_>) -> impl Iterator<Item = Spoilt> + 'a {
    let filter = Filter(request.filter.clone().into_iter().collect());
    mutants(&job.whole.parts).into_iter().filter_map(move |mutant| {
        let whole = Whole { parts: mutant.of(&job.whole.parts), ..job.whole.as_ref().clone() };
        // What no longer is a prompt, nobody would send.
        let asks = plan::asks(&whole, &job.tests.cases, &filter).ok()?;
        let changed = |(ask, was): (Ask, &Ask)| match ask {
            Ask::Request(_) if ask != *was => ask,
            _ => Ask::Skip,
        };
        let asks = asks.into_iter().zip(&job.asks).map(changed).collect();
        Some(Spoilt { mutant, whole, asks })
    })
}

/// Runs the suite on every mutant, as far as it takes for one case to notice. Nothing of it is attested.
pub(super) fn mutate(
    bench: &Bench<'_>,
    task: &Task<'_>,
    without: &SuiteRun,
    request: &Request<'_>,
) -> Result<Mutants, Failure> {
    let job = task.job;
    let guards: Vec<bool> = without
        .cases
        .iter()
        .map(|case| case.quarantine.is_none() && case.outcome() == Some(CaseOutcome::Passed))
        .collect();
    let paths = paths(&job.whole);
    let mut told = Mutants {
        total: 0,
        noticed: 0,
        unanswered: 0,
        calls: 0,
        share: None,
        interval: (0.0, 1.0),
        cases: guards.iter().filter(|guards| **guards).count() as u64,
        unnoticed: Vec::new(),
        cost_usd: 0.0,
    };
    for spoilt in spoilt(job, request) {
        if request.calls.stopped() {
            return Err(interrupted(job));
        }
        told.total += 1;
        match fate(bench, task, &guards, &spoilt, (request, &mut told.cost_usd))? {
            Fate::Noticed => told.noticed += 1,
            Fate::Unnoticed { sent } => told.unnoticed.push(unnoticed(spoilt.mutant, &paths, job, sent)),
            Fate::Unanswered { calls } => {
                told.unanswered += 1;
                told.calls += calls;
            }
        }
    }
    let known = told.total - told.unanswered;
    #[expect(clippy::cast_precision_loss, reason = "mutants are far fewer than 2^52")]
    let share = (known > 0).then(|| told.noticed as f64 / known as f64);
    Ok(Mutants { share, interval: wilson(told.noticed, known, 0.95), ..told })
}

/// Asks the cases that can notice, some at a time, until one does.
fn fate(
    bench: &Bench<'_>,
    task: &Task<'_>,
    guards: &[bool],
    spoilt: &Spoilt,
    (request, cost_usd): (&Request<'_>, &mut f64),
) -> Result<Fate, Failure> {
    let cases = task.job.tests.cases.iter().zip(&spoilt.asks).zip(guards);
    let asked: Vec<(&Case, &Ask)> =
        cases.filter(|((_, ask), guards)| **guards && **ask != Ask::Skip).map(|(asked, _)| asked).collect();
    let samples = asked.len() as u64 * u64::from(task.repeat);
    for some in asked.chunks(request.jobs.get()) {
        let (cases, asks): (Vec<&Case>, Vec<Ask>) = some.iter().map(|(case, ask)| (*case, (*ask).clone())).unzip();
        let run = bench.ask((&spoilt.whole, &task.job.judges), &cases, &asks, task.repeat)?;
        if request.calls.stopped() {
            return Err(interrupted(task.job));
        }
        *cost_usd += run.cost_usd();
        let came_out = |outcome| run.cases.iter().any(|case| case.outcome() == Some(outcome));
        if came_out(CaseOutcome::Failed) {
            return Ok(Fate::Noticed);
        }
        if came_out(CaseOutcome::Errored) {
            return Ok(Fate::Unanswered { calls: samples });
        }
    }
    Ok(Fate::Unnoticed { sent: !asked.is_empty() })
}

/// Where each part of a bundle stands.
fn paths(whole: &Whole) -> BTreeMap<String, &str> {
    whole.bundle.members.iter().zip(&whole.paths).map(|(member, path)| (member.artifact.key(), path.as_str())).collect()
}

fn unnoticed(mutant: Mutant, paths: &BTreeMap<String, &str>, job: &Job, sent: bool) -> Unnoticed {
    let kind = if mutant.spoiled == Spoiled::ToolRemoved { Kind::Tool } else { Kind::Prompt };
    let part = Artifact::new(kind, mutant.part.unwrap_or_else(|| job.prompt.clone()));
    Unnoticed {
        change: mutant.spoiled,
        path: paths.get(&part.key()).copied().unwrap_or_default().to_owned(),
        line: mutant.line,
        sentence: mutant.text,
        instead: mutant.instead,
        sent,
    }
}
