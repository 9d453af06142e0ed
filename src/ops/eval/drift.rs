//! What is live, run again, beside the evidence with which it went live.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    Comparison, Request, Where,
    against::Other,
    plan::Job,
    recall::{claimed, recall},
    terms::terms,
};
use crate::{
    clock::Time,
    eval::SuiteRun,
    name::{Artifact, Environment, Kind},
    object::{Digest, EventId},
    ops::{Failure, Revision, World, standing::Standing},
    state::RunRecord,
};

/// How a run differs from the evidence with which its bundle went live.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drift {
    /// The evidence, oldest first.
    pub evidence: Vec<EventId>,
    /// When the newest of it was attested.
    pub attested: Time,
    /// Whether a case that passed then fails now.
    pub worse: bool,
    /// Models the provider said it used then; none where nobody said.
    pub models_then: Vec<String>,
    /// The same now.
    pub models_now: Vec<String>,
    /// The comparison of then with now.
    #[serde(flatten)]
    pub since: Comparison,
}

/// What is known of a bundle from when it went live.
pub(super) struct Baseline {
    evidence: Vec<EventId>,
    attested: Time,
    models: BTreeSet<String>,
    run: SuiteRun,
    terms: (f64, f64),
}

/// What each job is compared with, where what an environment has live is run and nothing of it is attested.
///
/// # Errors
///
/// `no-evidence` where drift is asked for and a suite was never attested on what is live.
pub(super) fn baselines(
    world: &World,
    standing: &Standing<'_>,
    request: &Request<'_>,
    jobs: &[Job],
) -> Result<Vec<Option<Baseline>>, Failure> {
    let mut baselines = Vec::new();
    for job in jobs {
        let baseline = match &request.place {
            Where::Environment(environment) if !request.attest => {
                baseline(world, standing, (request, environment), job)?
            }
            _ => None,
        };
        if request.drift && baseline.is_none() {
            return Err(no_evidence(request, job));
        }
        baselines.push(baseline);
    }
    Ok(baselines)
}

fn no_evidence(request: &Request<'_>, job: &Job) -> Failure {
    let Where::Environment(environment) = &request.place else {
        return Failure::usage("only what is live can drift").say("name an environment: `--env production`");
    };
    let message =
        format!("nothing says how `{}` came out when `{}` went live in `{environment}`", job.suite, job.prompt);
    Failure::cannot("no-evidence", message)
        .because("no run of this suite on this bundle was ever attested")
        .run(format!("chancery eval suite/{} --env {environment} --attest", job.suite))
}

fn baseline(
    world: &World,
    standing: &Standing<'_>,
    (request, environment): (&Request<'_>, &Environment),
    job: &Job,
) -> Result<Option<Baseline>, Failure> {
    let all = standing.state().runs(job.bundle, job.version)?.map(|record| record.runs).unwrap_or_default();
    let runs = under_which(standing, environment, job, all)?;
    let Some(attested) = runs.iter().map(|run| run.time).max() else { return Ok(None) };
    let mut pooled: Option<SuiteRun> = None;
    for run in &runs {
        let known = match recall(world, &job.tests, run, &job.whole.personal())? {
            Some(again) => again,
            None => claimed(&job.tests, run),
        };
        pooled = Some(match pooled {
            Some(before) => joined(before, known),
            None => known,
        });
    }
    let revision = Revision::Environment(environment.clone(), 0);
    Ok(pooled.map(|run| Baseline {
        evidence: runs.iter().filter_map(|run| run.evidence).collect(),
        attested,
        models: runs.iter().flat_map(|run| run.models.clone()).collect(),
        run,
        terms: terms(&standing.governance, &revision, None, &request.compare),
    }))
}

/// The attested runs that the gate could have seen when bundle and suite were both live, by evaluators whom it trusts;
/// where it saw none, the oldest that there is.
fn under_which(
    standing: &Standing<'_>,
    environment: &Environment,
    job: &Job,
    runs: Vec<RunRecord>,
) -> Result<Vec<RunRecord>, Failure> {
    let state = standing.state();
    let suite = Artifact::new(Kind::Suite, job.suite.clone());
    let bundle = state.bundle(environment, &job.prompt)?.map(|record| record.since);
    let since = bundle.max(state.live(environment, &suite)?.map(|record| record.since));
    let rule = standing.governance.environment(environment).and_then(|rules| rules.gate.evidence.as_ref());
    let trusted = |run: &RunRecord| rule.is_none_or(|rule| run.roles.iter().any(|role| rule.evaluators.contains(role)));
    let mut attested: Vec<RunRecord> = runs.into_iter().filter(|run| run.evidence.is_some() && trusted(run)).collect();
    attested.sort_by_key(|run| run.time);
    let seen = attested.iter().filter(|run| since.is_none_or(|since| run.time <= since)).count();
    attested.truncate(seen.max(1));
    Ok(attested)
}

/// Two runs of one suite as one: every sample of both.
fn joined(mut before: SuiteRun, after: SuiteRun) -> SuiteRun {
    for (case, more) in before.cases.iter_mut().zip(after.cases) {
        case.samples.extend(more.samples);
    }
    before
}

impl Baseline {
    /// How a run of the same suite on the same bundle comes out beside it.
    pub(super) fn beside(self, job: &Job, now: &SuiteRun) -> Drift {
        let other = Other { revision: "evidence".to_owned(), terms: self.terms, side: None };
        let mut since = Comparison::of(&other, &job.tests.cases, &self.run, now);
        since.bundle = Some(job.bundle);
        since.cost_usd = 0.0;
        Drift {
            evidence: self.evidence,
            attested: self.attested,
            worse: since.lost > 0,
            models_then: self.models.into_iter().collect(),
            models_now: now.models(),
            since,
        }
    }
}

/// The name under which replies are kept where drift is looked for: each day the models are asked anew, and what a run
/// that was interrupted has paid for today is not paid for again.
pub(super) fn todays(request: &Request<'_>, now: Time) -> Option<EventId> {
    const DAY: i64 = 86_400;
    request.drift.then(|| EventId(Digest::of(format!("drift {}", now.unix().div_euclid(DAY)).as_bytes())))
}
