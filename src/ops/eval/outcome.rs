//! What came of a run, for people and programs.

use serde::Serialize;

use super::{Comparison, Division, Drift, Mutants, division::divisions, plan::Job};
use crate::{
    eval::{
        CaseRun, Outcome as CaseOutcome, PassHat, Sample, Steadiness, SuiteRun, TagTally, Tokens, by_tag, excerpt,
        mean_pass_hats, pass_hats, serves,
    },
    name::Name,
    object::{BundleId, EventId, VersionId},
    ops::{Answer, Exit},
    report::{Measure, said},
};

/// How a run, or all of them, came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every case that was asked for passed.
    Pass,
    /// A case failed.
    Fail,
    /// A case got no reply.
    Errored,
}

/// Which bundle of a proposal was run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The bundle under test.
    Tested,
    /// The bundle that is live, run only so that a proposal can be compared with it.
    Live,
}

/// A case that did not pass.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseFailure {
    /// Its id.
    pub case: String,
    /// `failed` or `errored`.
    pub outcome: CaseOutcome,
    /// Every check that did not hold and what it saw, or why there is no reply.
    pub reason: String,
    /// How the reply begins; empty without one.
    pub excerpt: String,
}

/// A case that is run and does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuarantinedRun {
    /// Its id.
    pub case: String,
    /// How it came out; absent where it was not asked for.
    pub outcome: Option<CaseOutcome>,
    /// Why a failure is borne.
    pub reason: String,
    /// The last day on which it is.
    pub until: String,
}

/// How steadily a case passes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseResult {
    /// Its id.
    pub case: String,
    /// How many samples were taken.
    pub samples: usize,
    /// How many of them passed.
    pub passed: usize,
    /// `stable`, `flaky` or `failing`.
    pub steadiness: Steadiness,
    /// The chance that so many samples all pass.
    pub pass_hat: Vec<PassHat>,
}

impl CaseResult {
    /// What is to be said of a case that got all its replies.
    fn of(run: &CaseRun) -> Option<Self> {
        run.outcome().filter(|outcome| *outcome != CaseOutcome::Errored)?;
        Some(Self {
            case: run.id.clone(),
            samples: run.samples.len(),
            passed: run.passed(),
            steadiness: run.steadiness()?,
            pass_hat: pass_hats(run),
        })
    }
}

/// One suite run against one bundle.
#[derive(Debug, Clone, Serialize)]
pub struct BundleOutcome {
    /// The prompt.
    pub prompt: Name,
    /// Its bundle.
    pub bundle: BundleId,
    /// The suite.
    pub suite: Name,
    /// The suite's version.
    pub version: VersionId,
    /// Whether it is under test, or only compared with.
    pub side: Side,
    /// All cases of the suite.
    pub cases: u64,
    /// Cases whose every sample passed.
    pub passed: u64,
    /// Cases of which a sample failed.
    pub failed: u64,
    /// Cases of which a sample got no reply.
    pub errored: u64,
    /// Cases that were not asked for.
    pub skipped: u64,
    /// Cases in quarantine, which do not count.
    pub quarantined: u64,
    /// Samples a case.
    pub repeat: u32,
    /// The share of cases that passed among those run.
    pub pass_rate: Option<f64>,
    /// Its 95 % Wilson interval.
    pub interval: (f64, f64),
    /// The chance that so many samples of a case all pass, over all cases that count.
    pub pass_hat: Vec<PassHat>,
    /// The same share for the cases of each tag, sorted.
    pub tags: Vec<TagTally>,
    /// How it came out.
    pub verdict: Verdict,
    /// What it cost, in USD.
    pub cost_usd: f64,
    /// Tokens sent and received.
    pub tokens: Tokens,
    /// Models that replies say they came from although another was asked, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_models: Vec<String>,
    /// The event that announced the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announced: Option<EventId>,
    /// The event that attests it.
    pub evidence: Option<EventId>,
    /// Whether that evidence stood already, so that nothing was called.
    pub stood: bool,
    /// How many secrets were masked in replies before these were kept.
    pub secrets: usize,
    /// The cases that did not pass, in the order of the suite.
    pub failures: Vec<CaseFailure>,
    /// The cases in quarantine, in the order of the suite.
    pub quarantines: Vec<QuarantinedRun>,
    /// How steadily each case passes, in the order of the suite; absent where each was sampled once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steadiness: Vec<CaseResult>,
    /// Replies on which the votes of a judge did not agree, in the order of the suite.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub divided: Vec<Division>,
    /// How it compares with what it was to be compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<Comparison>,
    /// How it compares with the evidence with which it went live.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
    /// What the suite noticed of a prompt that was spoiled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mutants: Option<Mutants>,
    /// Every case and sample, for reports.
    #[serde(skip)]
    pub run: SuiteRun,
    /// What reports put beside other versions.
    #[serde(skip)]
    pub measure: Measure,
}

impl BundleOutcome {
    /// What a run of a job came to, not attested.
    pub(super) fn of(job: &Job, repeat: u32, run: SuiteRun) -> Self {
        let counts = run.counts();
        let verdict = match (counts.errored, counts.failed) {
            (0, 0) if counts.passed > 0 => Verdict::Pass,
            (0, _) => Verdict::Fail,
            _ => Verdict::Errored,
        };
        Self {
            prompt: job.prompt.clone(),
            bundle: job.bundle,
            suite: job.suite.clone(),
            version: job.version,
            side: job.side,
            cases: counts.cases,
            passed: counts.passed,
            failed: counts.failed,
            errored: counts.errored,
            skipped: counts.skipped,
            quarantined: counts.quarantined,
            repeat,
            pass_rate: run.pass_rate(),
            interval: run.interval(),
            pass_hat: mean_pass_hats(&run),
            tags: by_tag(&job.tests.cases, &run),
            verdict,
            cost_usd: run.cost_usd(),
            tokens: run.tokens(),
            other_models: other_models(job, &run),
            announced: None,
            evidence: None,
            stood: false,
            secrets: run.samples().map(|sample| sample.secrets.len()).sum(),
            failures: run.cases.iter().filter(|case| !case.is_set_aside()).filter_map(CaseFailure::of).collect(),
            quarantines: run.cases.iter().filter_map(QuarantinedRun::of).collect(),
            steadiness: if repeat > 1 { run.cases.iter().filter_map(CaseResult::of).collect() } else { Vec::new() },
            divided: divisions(&run),
            against: None,
            drift: None,
            mutants: None,
            measure: Measure::of_run("this run", (job.bundle, job.version), &run, job.whole.price()),
            run,
        }
    }

    /// The name reports give the run.
    pub fn name(&self) -> String {
        match self.side {
            Side::Tested => self.suite.to_string(),
            Side::Live => format!("{} (live)", self.suite),
        }
    }
}

fn other_models(job: &Job, run: &SuiteRun) -> Vec<String> {
    let pinned = job.whole.parts.model.as_ref().map_or("", |model| model.id.as_str());
    run.models().into_iter().filter(|said| !serves(pinned, said)).collect()
}

impl QuarantinedRun {
    /// What is to be said of a case; nothing where it is in no quarantine.
    fn of(run: &CaseRun) -> Option<Self> {
        let quarantine = run.quarantine.clone()?;
        let (reason, until) = (quarantine.reason, quarantine.until);
        Some(Self { case: run.id.clone(), outcome: run.outcome(), reason, until })
    }
}

impl CaseFailure {
    /// What is to be said of a case; nothing if it passed or was not run.
    pub(super) fn of(run: &CaseRun) -> Option<Self> {
        let outcome = run.outcome().filter(|outcome| *outcome != CaseOutcome::Passed)?;
        let worst = run.samples.iter().find(|sample| sample.outcome == outcome)?;
        let mut reason = reason(worst);
        if run.samples.len() > 1 {
            let (passed, all) = (run.passed(), run.samples.len());
            reason = format!("{passed} of {all} samples passed; sample {}: {reason}", worst.sample + 1);
        }
        let excerpt = worst.reply.as_ref().map(|reply| excerpt(&said(reply))).unwrap_or_default();
        Some(Self { case: run.id.clone(), outcome, reason, excerpt })
    }
}

/// Every check that did not hold and what it saw, or why there is no reply.
pub(super) fn reason(sample: &Sample) -> String {
    let failed = sample.checks.iter().filter(|check| !check.passed);
    let reasons = failed.map(|check| format!("{}: {}", check.check, check.reason)).chain(sample.error.clone());
    reasons.collect::<Vec<_>>().join("; ")
}

/// What came of all runs.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// How all of them came out together.
    pub verdict: Verdict,
    /// One entry a suite and bundle.
    pub bundles: Vec<BundleOutcome>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Whether the answer is only whether something is worse than when it went live.
    #[serde(skip)]
    only_drift: bool,
}

impl Outcome {
    pub(super) fn new(bundles: Vec<BundleOutcome>, duration_ms: u64, only_drift: bool) -> Self {
        // What is live may fail: it is run to be compared with. Without replies there is nothing to compare.
        let counts = |bundle: &&BundleOutcome| bundle.side == Side::Tested || bundle.verdict == Verdict::Errored;
        let verdict = bundles.iter().filter(counts).map(|bundle| bundle.verdict).max().unwrap_or(Verdict::Pass);
        Self { verdict, bundles, duration_ms, only_drift }
    }
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.eval/1";

    fn exit(&self) -> Exit {
        let mut drifts = self.bundles.iter().filter_map(|bundle| bundle.drift.as_ref());
        let mut mutants = self.bundles.iter().filter_map(|bundle| bundle.mutants.as_ref());
        match self.verdict {
            Verdict::Errored => Exit::Outside,
            _ if self.only_drift => {
                if drifts.any(|drift| drift.worse) {
                    Exit::No
                } else {
                    Exit::Done
                }
            }
            Verdict::Fail => Exit::No,
            Verdict::Pass if mutants.any(|mutants| mutants.unanswered > 0) => Exit::Outside,
            Verdict::Pass => Exit::Done,
        }
    }
}
