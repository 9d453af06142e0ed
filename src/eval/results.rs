//! What a run gave: samples, cases and the whole suite, in the order of the suite.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    artifact::{Case, Quarantine},
    clock::{Time, is_past},
    object::Digest,
};

use super::{CheckResult, Reply, ReplySource, Usage, Vote, wilson};

/// How a sample, or a case with all its samples, came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Every check passed.
    Passed,
    /// A check did not pass.
    Failed,
    /// There was no reply to check; neither a pass nor a fail.
    Errored,
}

/// Tokens of one or more samples: the provider's count where it gave one, else ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tokens {
    /// Sent.
    pub input: u64,
    /// Received.
    pub output: u64,
}

impl From<Tokens> for Usage {
    fn from(tokens: Tokens) -> Self {
        Self::of(tokens.input, tokens.output)
    }
}

/// One sample of a case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sample {
    /// Which one, from 0.
    pub sample: u32,
    /// How it came out.
    pub outcome: Outcome,
    /// Why there is no reply, when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The reply in the form in which it is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// Names the stored reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_digest: Option<Digest>,
    /// Where the reply came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<ReplySource>,
    /// What others said of the reply, where checks ask them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub votes: Vec<Vote>,
    /// What each check found; empty without a reply.
    pub checks: Vec<CheckResult>,
    /// Tokens sent and received; nothing without a reply.
    pub tokens: Tokens,
    /// How long the provider took, in milliseconds; 0 where a recording does not say.
    pub latency_ms: u64,
    /// The same where a check asks for it, as evidence states it.
    #[serde(skip)]
    pub timed_ms: Option<u32>,
    /// What the call cost, in USD; a recorded reply costs nothing.
    pub cost_usd: f64,
    /// The rule of each secret that was masked in the reply before it was kept.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<&'static str>,
}

/// How steadily a case passes over its samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Steadiness {
    /// Every sample passed.
    Stable,
    /// Some passed and some did not.
    Flaky,
    /// None passed.
    Failing,
}

/// One case of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseRun {
    /// The case's name.
    pub id: String,
    /// Its samples by index; empty when the case was skipped.
    pub samples: Vec<Sample>,
    /// The quarantine that it is in: it is run and shown, and does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quarantine: Option<Quarantine>,
}

impl CaseRun {
    /// How the case came out; `None` when it was skipped.
    ///
    /// A case passes when every sample does, and is errored as soon as one sample is.
    pub fn outcome(&self) -> Option<Outcome> {
        self.samples.iter().map(|sample| sample.outcome).max()
    }

    /// Whether it is set aside: in quarantine, and answered. Without a reply there is no flaky answer to bear with.
    pub fn is_set_aside(&self) -> bool {
        self.quarantine.is_some() && matches!(self.outcome(), Some(Outcome::Passed | Outcome::Failed))
    }

    /// How many samples passed.
    pub fn passed(&self) -> usize {
        self.samples.iter().filter(|sample| sample.outcome == Outcome::Passed).count()
    }

    /// How steadily it passes; `None` when it was skipped.
    pub fn steadiness(&self) -> Option<Steadiness> {
        match (self.passed(), self.samples.len()) {
            (_, 0) => None,
            (passed, total) if passed == total => Some(Steadiness::Stable),
            (0, _) => Some(Steadiness::Failing),
            _ => Some(Steadiness::Flaky),
        }
    }
}

/// How many cases came out how. `cases` is the sum of the other five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// All cases of the suite.
    pub cases: u64,
    /// Cases whose every sample passed.
    pub passed: u64,
    /// Cases of which a sample failed.
    pub failed: u64,
    /// Cases of which a sample was not answered.
    pub errored: u64,
    /// Cases that were not asked for.
    pub skipped: u64,
    /// Cases in quarantine, whatever came of them.
    pub quarantined: u64,
}

impl Counts {
    /// Counts cases.
    pub fn of<'a>(cases: impl IntoIterator<Item = &'a CaseRun>) -> Self {
        let mut counts = Self::default();
        for case in cases {
            counts.cases += 1;
            match case.outcome() {
                _ if case.is_set_aside() => counts.quarantined += 1,
                Some(Outcome::Passed) => counts.passed += 1,
                Some(Outcome::Failed) => counts.failed += 1,
                Some(Outcome::Errored) => counts.errored += 1,
                None => counts.skipped += 1,
            }
        }
        counts
    }

    /// Cases that were run and count.
    pub fn counting(&self) -> u64 {
        self.passed + self.failed + self.errored
    }

    /// The share of cases that passed among those that count, errored ones included; `None` when none does.
    pub fn pass_rate(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "case counts are far below 2^52")]
        let rate = (self.counting() > 0).then(|| self.passed as f64 / self.counting() as f64);
        rate
    }

    /// The 95 % Wilson interval of the pass rate; repeats of a case are not cases.
    pub fn interval(&self) -> (f64, f64) {
        wilson(self.passed, self.counting(), 0.95)
    }
}

/// A suite run once against one bundle.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SuiteRun {
    /// Every case, in the order of the suite.
    pub cases: Vec<CaseRun>,
}

impl SuiteRun {
    /// The same run, where cases that are in quarantine at this time do not count.
    #[must_use]
    pub fn with_quarantines(mut self, cases: &[Case], now: Time) -> Self {
        for (run, case) in self.cases.iter_mut().zip(cases) {
            let holds = |quarantine: &&Quarantine| run.id == case.id && !is_past(&quarantine.until, now);
            run.quarantine = case.quarantine.as_ref().filter(holds).cloned();
        }
        self
    }

    /// How many cases came out how.
    pub fn counts(&self) -> Counts {
        Counts::of(&self.cases)
    }

    /// Whether every case that counts was run and passed. A suite without one did not pass.
    pub fn all_passed(&self) -> bool {
        let counts = self.counts();
        counts.passed > 0 && counts.passed + counts.quarantined == counts.cases
    }

    /// The share of cases that passed among those that count; `None` when none does.
    pub fn pass_rate(&self) -> Option<f64> {
        self.counts().pass_rate()
    }

    /// The 95 % Wilson interval of the pass rate.
    pub fn interval(&self) -> (f64, f64) {
        self.counts().interval()
    }

    /// Every model that a provider says it used, sorted.
    pub fn models(&self) -> Vec<String> {
        let said: BTreeSet<&String> =
            self.samples().filter_map(|sample| sample.reply.as_ref()?.model.as_ref()).collect();
        said.into_iter().cloned().collect()
    }

    /// Tokens of all samples.
    pub fn tokens(&self) -> Tokens {
        self.samples().fold(Tokens::default(), |sum, sample| Tokens {
            input: sum.input.saturating_add(sample.tokens.input),
            output: sum.output.saturating_add(sample.tokens.output),
        })
    }

    /// What the run cost, in USD.
    pub fn cost_usd(&self) -> f64 {
        self.samples().map(|sample| sample.cost_usd).sum()
    }

    /// Every sample, in the order of the suite.
    pub fn samples(&self) -> impl Iterator<Item = &Sample> {
        self.cases.iter().flat_map(|case| &case.samples)
    }
}
