//! `eval`: golden cases run on bundles, and, where asked for, recorded as signed evidence.
//!
//! Everything is planned before anything is called: which suite runs against which bundle, every case rendered,
//! every provider found, every right checked. What is wrong in files is told then, all of it at once.

mod against;
mod attest;
mod bench;
mod beside;
mod calls;
mod comparison;
mod division;
mod drift;
mod estimate;
mod filtered;
mod flipped;
mod found;
mod mutate;
mod outcome;
mod plan;
mod recall;
mod rounds;
mod terms;
mod told;
mod trial;
#[cfg(test)]
mod tests;

use std::{
    num::{NonZeroU32, NonZeroUsize},
    time::Instant,
};

pub use bench::{SoFar, Step};
pub(in crate::ops) use beside::beside;
pub use calls::{Calls, Mode};
pub use comparison::{Comparison, Flip, TagComparison, Trend, Word};
pub use division::Division;
pub use drift::Drift;
pub use estimate::{Estimate, Expected};
pub use flipped::{Answered, Flipped};
pub use mutate::{Mutants, Unnoticed};
pub use outcome::{BundleOutcome, CaseFailure, CaseResult, Outcome, QuarantinedRun, Side, Verdict};
pub use rounds::Sampled;
pub use terms::{Compare, Sampling};
pub(in crate::ops) use trial::{Golden, Ran, Trial, Trials};

use crate::{
    name::{Environment, Name},
    ops::{Failure, ProposalName, Revision, Spec, World, standing::Standing},
};

/// Where the bundles under test are looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Where {
    /// The working files.
    Work,
    /// What an environment has live.
    Environment(Environment),
    /// What an environment would have after a proposal.
    Proposal(ProposalName),
}

/// What to run, and how.
pub struct Request<'a> {
    /// Prompts or suites; a shared part stands for every prompt that uses it. None means every suite.
    pub specs: Vec<Spec>,
    /// Where the bundles are looked up.
    pub place: Where,
    /// The model that is asked in the place of each prompt's own.
    pub model: Option<Name>,
    /// What each bundle is compared with.
    pub against: Option<Revision>,
    /// How it is compared.
    pub compare: Compare,
    /// Samples a case; the suite's own number when absent.
    pub repeat: Option<NonZeroU32>,
    /// Calls at a time.
    pub jobs: NonZeroUsize,
    /// Only cases with this tag or id.
    pub filter: Option<String>,
    /// Which calls may be made.
    pub calls: Calls<'a>,
    /// Announce each run and record what came of it as signed evidence.
    pub attest: bool,
    /// Spoil each prompt in one place after the other, and tell which of that its suite notices.
    pub mutate: bool,
    /// Ask the models anew, and answer only whether it is worse than when it went live.
    pub drift: bool,
    /// Is told how the run proceeds, from several threads.
    pub watch: &'a (dyn Fn(Step<'_>) + Send + Sync),
}

/// Runs suites.
///
/// With `attest`, each run is announced before its first call. A run that stands already (complete, by an evaluator
/// whom the environment trusts) is not repeated unless a number of samples is given; one that this person
/// announced and never completed is completed. A run with a case that got no reply is not attested and stays open.
///
/// # Errors
///
/// Whatever is wrong before the first call: files, names, providers, rights; then only what the store, the
/// ledger or the key answered. A provider that does not answer makes its case errored.
pub fn run(world: &World, request: &Request<'_>) -> Result<Outcome, Failure> {
    let began = Instant::now();
    let standing = Standing::read(world)?;
    terms::check(request)?;
    let jobs = plan::jobs(world, &standing, refuse_part(request)?)?;
    let attester = if request.attest { Some(attest::Attester::new(world, &standing, request, &jobs)?) } else { None };
    let tasks = bench::tasks(&jobs, attester.as_ref(), request)?;
    let baselines = drift::baselines(world, &standing, request, &jobs)?;
    let bench = bench::Bench::new(world, &standing, request, &tasks)?;
    let mut bundles = Vec::new();
    for (task, baseline) in tasks.iter().zip(baselines) {
        let mut outcome = bench.carry_out(task, attester.as_ref())?;
        outcome.drift = baseline.map(|baseline| baseline.beside(task.job, &outcome.run));
        if request.mutate {
            outcome.mutants = Some(mutate::mutate(&bench, task, &outcome.run, request)?);
        }
        bundles.push(outcome);
    }
    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Outcome::new(bundles, duration_ms, request.drift))
}

/// What a run would ask and what that may cost; nobody is asked and nothing is recorded.
///
/// # Errors
///
/// Those of [`run`] before its first call.
pub fn estimate(world: &World, request: &Request<'_>) -> Result<Estimate, Failure> {
    let standing = Standing::read(world)?;
    let jobs = plan::jobs(world, &standing, refuse_part(request)?)?;
    let attester = if request.attest { Some(attest::Attester::new(world, &standing, request, &jobs)?) } else { None };
    estimate::estimate(world, request, &bench::tasks(&jobs, attester.as_ref(), request)?)
}

/// Refuses to attest a part of a suite, or what no environment would have.
fn refuse_part<'r, 'a>(request: &'r Request<'a>) -> Result<&'r Request<'a>, Failure> {
    if let (true, Some(filter)) = (request.attest, &request.filter) {
        return Err(Failure::usage("a filtered run cannot be attested: part of a suite proves nothing")
            .say(format!("leave out `--filter {filter}`, or `--attest`")));
    }
    if let (true, Some(model)) = (request.attest, &request.model) {
        return Err(Failure::usage("a run with another model cannot be attested: it proves nothing of the bundle")
            .say(format!("name `model = \"{model}\"` in the prompt and commit it, or leave out `--attest`")));
    }
    Ok(request)
}
