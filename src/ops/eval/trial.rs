//! One golden case, tried on one bundle after the other.

use std::{collections::BTreeMap, rc::Rc};

use super::{
    CaseFailure, Request, Side,
    bench::{Bench, Task, Todo},
    plan::{self, Job},
};
use crate::{
    artifact::Suite,
    eval::{Ask, CaseRun, Filter, in_bundle},
    name::Name,
    object::BundleId,
    ops::{
        Failure, World, fit,
        judges::Seated,
        parts::{Whole, try_gather},
        stage::{Part, Stage},
        standing::Standing,
    },
    problem::Problem,
    version::Bundle,
};

/// A golden case as a stage has it.
#[derive(Debug, Clone)]
pub(in crate::ops) struct Golden {
    /// The suite it stands in.
    pub(in crate::ops) suite: Name,
    /// The suite's file.
    pub(in crate::ops) part: Rc<Part>,
    /// The prompt that the suite tests.
    pub(in crate::ops) prompt: Name,
    /// The suite with this case alone.
    pub(in crate::ops) tests: Suite,
    /// Whom its checks ask.
    pub(in crate::ops) judges: Vec<Seated>,
}

/// What came of a try.
#[derive(Debug, Clone)]
pub(in crate::ops) enum Trial {
    /// The case cannot be asked of this bundle, for this reason.
    Unfit(String),
    /// It was asked.
    Ran(Box<Ran>),
}

/// What the case came to on a bundle.
#[derive(Debug, Clone)]
pub(in crate::ops) struct Ran {
    /// The bundle.
    pub(in crate::ops) bundle: Bundle,
    /// Its samples.
    pub(in crate::ops) run: CaseRun,
    /// Why it did not pass.
    pub(in crate::ops) failure: Option<CaseFailure>,
    /// What it cost, in USD.
    pub(in crate::ops) cost_usd: f64,
}

/// Where a case is tried. A bundle that was tried is not asked again.
pub(in crate::ops) struct Trials<'a> {
    world: &'a World,
    bench: Bench<'a>,
    request: &'a Request<'a>,
    known: BTreeMap<BundleId, Ran>,
}

impl<'a> Trials<'a> {
    /// Makes ready; the request says how often a case is asked, and which calls may be made.
    pub(in crate::ops) fn new(
        world: &'a World,
        standing: &Standing<'_>,
        request: &'a Request<'a>,
    ) -> Result<Self, Failure> {
        let bench = Bench::new(world, standing, request, &[])?;
        Ok(Self { world, bench, request, known: BTreeMap::new() })
    }

    /// How the case comes out on the bundle that a stage has of a prompt.
    ///
    /// # Errors
    ///
    /// What the store or the state answered, that nobody can be asked, or that the run was interrupted.
    pub(in crate::ops) fn carry_out(
        &mut self,
        stage: &Stage<'_>,
        prompt: &Name,
        golden: &Golden,
    ) -> Result<Trial, Failure> {
        let job = match prepared(stage, prompt, golden)? {
            Ok(job) => job,
            Err(reason) => return Ok(Trial::Unfit(reason)),
        };
        if let Some(known) = self.known.get(&job.bundle) {
            return Ok(Trial::Ran(Box::new(Ran { cost_usd: 0.0, ..known.clone() })));
        }
        let repeat = self.request.repeat.map_or(job.tests.repeat, std::num::NonZeroU32::get);
        let task = Task { job: &job, todo: Todo::Run, repeat };
        self.bench.admit(self.world, std::slice::from_ref(&task))?;
        let mut outcome = self.bench.carry_out(&task, None)?;
        let cost_usd = outcome.cost_usd;
        let run = outcome.run.cases.pop().ok_or_else(|| Failure::bug("a case was tried and is not there"))?;
        let ran = Ran { bundle: job.whole.bundle.clone(), failure: CaseFailure::of(&run), run, cost_usd };
        self.known.insert(job.bundle, ran.clone());
        Ok(Trial::Ran(Box::new(ran)))
    }
}

/// The case rendered with a bundle; or why it cannot be asked of it.
fn prepared(stage: &Stage<'_>, prompt: &Name, golden: &Golden) -> Result<Result<Job, String>, Failure> {
    let whole = match try_gather(stage, prompt) {
        Ok(Ok(whole)) => Rc::new(whole),
        Ok(Err(problems)) => return Ok(Err(first(&problems))),
        Err(failure) if matches!(failure.code, "not-here" | "purged") => return Ok(Err(failure.message)),
        Err(failure) => return Err(failure),
    };
    if whole.model.is_none() {
        return Ok(Err(format!("`{prompt}` names no model there")));
    }
    let cases = &golden.tests.cases;
    let mut wrong = fit::expressions(&golden.part, cases);
    wrong.extend(fit::with_bundle(&golden.part, cases, &whole));
    wrong.retain(|problem| !problem.warning);
    if !wrong.is_empty() {
        return Ok(Err(first(&wrong)));
    }
    let tests = in_bundle(golden.tests.clone(), &whole.lent());
    let asks = match plan::asks(&whole, &tests.cases, &Filter::default()) {
        Ok(asks) => asks,
        Err(error) => return Ok(Err(error.to_string())),
    };
    if let Some(Ask::Unrenderable(reason)) = asks.first() {
        return Ok(Err(reason.clone()));
    }
    Ok(Ok(job(golden, prompt, whole, tests, asks)))
}

fn job(golden: &Golden, prompt: &Name, whole: Rc<Whole>, tests: Suite, asks: Vec<Ask>) -> Job {
    Job {
        prompt: prompt.clone(),
        bundle: whole.bundle.id(),
        suite: golden.suite.clone(),
        version: golden.part.version,
        side: Side::Tested,
        environment: None,
        whole,
        tests,
        suite_path: golden.part.path.clone(),
        asks,
        judges: golden.judges.clone(),
        other: None,
    }
}

/// The first of what is wrong; the others come to light once it is mended.
fn first(problems: &[Problem]) -> String {
    problems.first().map(|problem| problem.message.clone()).unwrap_or_default()
}
