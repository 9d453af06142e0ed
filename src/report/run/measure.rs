//! What a suite measured of one version, to be put beside others.

use crate::{
    artifact::Price,
    clock::Time,
    eval::{Sample, SuiteRun, wilson},
    ledger::Outcome,
    object::{BundleId, EventId, VersionId},
    state::{RunRecord, RunsRecord},
};

/// How sure an interval is.
const CONFIDENCE: f64 = 0.95;

/// How long replies took, over the samples of which it was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latency {
    /// Half of them took at most this, in milliseconds.
    pub median: u64,
    /// Of twenty, nineteen took at most this, in milliseconds.
    pub slow: u64,
    /// How many.
    pub samples: usize,
}

/// What a suite measured of one version.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// What people call it: `this run`, a revision as it was typed, or who attested it.
    pub label: String,
    /// The bundle.
    pub bundle: BundleId,
    /// The version of the suite: the shares of two versions of it are shares of different cases.
    pub suite: VersionId,
    /// The event that attests it, where one does.
    pub evidence: Option<EventId>,
    /// When it was attested.
    pub time: Option<Time>,
    /// Cases that passed, of those that count.
    pub passed: u64,
    /// Cases that count.
    pub cases: u64,
    /// Tokens sent and received for a sample, on average; absent where nobody counted.
    pub tokens: Option<(f64, f64)>,
    /// What the model costs; absent where nobody knows.
    pub price: Option<Price>,
    /// How long replies took; absent where nobody measured.
    pub latency: Option<Latency>,
}

impl Measure {
    /// What a run of this program measured.
    pub fn of_run(label: &str, (bundle, suite): (BundleId, VersionId), run: &SuiteRun, price: Option<Price>) -> Self {
        let counts = run.counts();
        let answered: Vec<&Sample> = run.samples().filter(|sample| sample.reply.is_some()).collect();
        let tokens = answered.iter().map(|sample| (sample.tokens.input, sample.tokens.output));
        Self {
            label: label.to_owned(),
            bundle,
            suite,
            evidence: None,
            time: None,
            passed: counts.passed,
            cases: counts.counting(),
            tokens: mean(tokens, answered.len()),
            price,
            latency: latency(answered.iter().map(|sample| sample.latency_ms).filter(|took| *took > 0).collect()),
        }
    }

    /// What was attested of a run; `None` while it is not. Its passes are what its evidence claims.
    pub fn of_evidence(runs: &RunsRecord, run: &RunRecord, price: Option<Price>) -> Option<Self> {
        let evidence = run.evidence?;
        let mut failing: Vec<&str> =
            run.samples.iter().filter(|s| s.outcome != Outcome::Passed).map(|sample| sample.case.as_str()).collect();
        failing.sort_unstable();
        failing.dedup();
        let counted = run.samples.iter().map(|sample| sample.tokens_in.zip(sample.tokens_out));
        let counted: Option<Vec<(u64, u64)>> =
            counted.map(|tokens| tokens.map(|(sent, got)| (sent.into(), got.into()))).collect();
        let samples = counted.as_ref().map_or(0, Vec::len);
        Some(Self {
            label: run.person.to_string(),
            bundle: runs.bundle,
            suite: runs.version,
            evidence: Some(evidence),
            time: Some(run.time),
            passed: (run.cases.len() - failing.len().min(run.cases.len())) as u64,
            cases: run.cases.len() as u64,
            tokens: mean(counted.iter().flatten().copied(), samples),
            price,
            latency: latency(run.samples.iter().filter_map(|sample| sample.latency_ms).map(u64::from).collect()),
        })
    }

    /// What a sample costs on average, in USD, at list price and with nothing cached.
    pub fn usd(&self) -> Option<f64> {
        let (sent, received) = self.tokens?;
        let price = self.price?;
        Some((sent * price.input + received * price.output) / 1_000_000.0)
    }

    /// The share of cases that passed; `None` where none counts.
    pub fn rate(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "case counts are far below 2^52")]
        let rate = (self.cases > 0).then(|| self.passed as f64 / self.cases as f64);
        rate
    }

    /// The 95 % Wilson interval of that share.
    pub fn interval(&self) -> (f64, f64) {
        wilson(self.passed, self.cases, CONFIDENCE)
    }
}

/// Tokens sent and received, on average over so many samples.
fn mean(each: impl Iterator<Item = (u64, u64)>, samples: usize) -> Option<(f64, f64)> {
    let add = |(sent, received): (u64, u64), (more, got)| (sent.saturating_add(more), received.saturating_add(got));
    let (sent, received) = each.fold((0, 0), add);
    #[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^52")]
    let share = |tokens: u64| tokens as f64 / samples as f64;
    (samples > 0).then(|| (share(sent), share(received)))
}

/// Median and 95th percentile by the nearest-rank method; nothing without a figure.
fn latency(mut took: Vec<u64>) -> Option<Latency> {
    took.sort_unstable();
    let rank = |hundredths: usize| took.get((took.len() * hundredths).div_ceil(100).saturating_sub(1)).copied();
    Some(Latency { median: rank(50)?, slow: rank(95)?, samples: took.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_those_of_the_nearest_sample() {
        assert_eq!(latency(Vec::new()), None);
        assert_eq!(latency(vec![7]), Some(Latency { median: 7, slow: 7, samples: 1 }));
        let twenty: Vec<u64> = (1..=20).rev().collect();
        assert_eq!(latency(twenty), Some(Latency { median: 10, slow: 19, samples: 20 }));
    }

    #[test]
    fn tokens_and_money_are_those_of_one_sample_on_average() {
        assert_eq!(mean([(100, 10), (300, 30)].into_iter(), 2), Some((200.0, 20.0)));
        assert_eq!(mean(std::iter::empty(), 0), None);
        let run = SuiteRun { cases: Vec::new() };
        let price = Some(Price { input: 1.0, output: 5.0, cached: None });
        let ids = (crate::report::run::testing::bundle("a"), crate::report::run::testing::suite("a"));
        let empty = Measure::of_run("a", ids, &run, price);
        assert_eq!((empty.usd(), empty.rate(), empty.interval()), (None, None, (0.0, 1.0)));
        let usd = Measure { tokens: Some((200.0, 20.0)), ..empty }.usd().unwrap();
        assert!((usd - 300e-6).abs() < 1e-12, "{usd}");
    }
}
