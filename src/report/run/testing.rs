//! A run to make reports of.

use super::{Measure, RunSheet, SuiteSheet};
use crate::{
    clock::Time,
    eval::{CaseRun, CheckResult, Outcome, Reply, ReplySource, Sample, SuiteRun, Tokens},
    name::Name,
    object::{BundleId, Digest, VersionId},
};

/// The first sample of a case: what was said, or that nobody answered.
pub(super) fn sample(outcome: Outcome, said: &str) -> Sample {
    let answered = outcome != Outcome::Errored;
    let check = CheckResult {
        check: "contains = \"kettle\"".to_owned(),
        passed: outcome == Outcome::Passed,
        reason: format!("the reply does not hold `kettle`: `{}`", crate::eval::excerpt(said)),
    };
    Sample {
        sample: 0,
        outcome,
        error: (!answered).then(|| "nobody answered".to_owned()),
        reply: answered.then(|| Reply::text(said)),
        reply_digest: None,
        source: answered.then_some(ReplySource::Live),
        checks: if answered { vec![check] } else { Vec::new() },
        tokens: if answered { Tokens { input: 40, output: 8 } } else { Tokens::default() },
        latency_ms: 120,
        timed_ms: None,
        votes: Vec::new(),
        cost_usd: 0.0,
        secrets: Vec::new(),
    }
}

/// A suite that was run once.
pub(super) struct Room {
    suite: Name,
    prompt: Name,
    run: SuiteRun,
    measure: Measure,
    pub(super) earlier: Vec<Measure>,
}

impl Room {
    /// A suite without cases.
    pub(super) fn new() -> Self {
        let run = SuiteRun { cases: Vec::new() };
        let measure = Measure::of_run("this run", (bundle("this"), suite("this")), &run, None);
        let name = |name: &str| Name::parse(name).unwrap();
        Self { suite: name("refunds"), prompt: name("reply"), run, measure, earlier: Vec::new() }
    }

    /// Adds a case with its samples.
    pub(super) fn case(&mut self, id: &str, samples: Vec<Sample>) {
        let numbered = samples.into_iter().zip(0..).map(|(sample, number)| Sample { sample: number, ..sample });
        self.run.cases.push(CaseRun { id: id.to_owned(), samples: numbered.collect(), quarantine: None });
        self.measure = Measure::of_run("this run", (bundle("this"), suite("this")), &self.run, None);
    }

    /// All of it.
    pub(super) fn sheet(&self) -> RunSheet<'_> {
        let counts = self.run.counts();
        let verdict = match (counts.errored, counts.failed) {
            (0, 0) => Outcome::Passed,
            (0, _) => Outcome::Failed,
            _ => Outcome::Errored,
        };
        let suite = SuiteSheet {
            name: self.suite.to_string(),
            suite: &self.suite,
            version: suite("this"),
            prompt: &self.prompt,
            bundle: bundle("this"),
            side: "tested",
            verdict,
            run: &self.run,
            tags: Vec::new(),
            against: None,
            announced: None,
            evidence: None,
            secrets: 0,
            other_models: &[],
            cost_usd: 0.0,
            measure: &self.measure,
            earlier: self.earlier.clone(),
        };
        RunSheet { verdict, time: Time::parse("2026-11-20T08:00:00Z").unwrap(), suites: vec![suite] }
    }
}

/// A bundle by a word.
pub(super) fn bundle(word: &str) -> BundleId {
    BundleId(Digest::of(word.as_bytes()))
}

/// A version of the suite by a word.
pub(super) fn suite(word: &str) -> VersionId {
    VersionId(Digest::of(word.as_bytes()))
}
