//! Runs of one bundle and suite version, pooled per case and sample.
//!
//! Pooling never forgets: a failing sample stays, however old, so that nobody can keep only the lucky run.
//! A sample without a reply (errored, skipped) answers nothing and leaves its place to be filled by another
//! run. Runs by evaluators whom the rule does not name, and replies from sources it does not accept, are as if
//! they were not there: they neither help nor hurt.

use std::collections::{BTreeMap, BTreeSet};

use super::{EvidenceRule, Facts, RunFacts, SampleFacts, SampleOutcome, Scores};
use crate::{name::Handle, object::EventId};

/// What the trusted runs together say about one bundle and suite version.
#[derive(Debug, Default)]
pub(super) struct Pool<'a> {
    cases: BTreeMap<&'a str, CasePool>,
    /// Trusted runs that were announced and not completed, with who announced them.
    pub(super) open: BTreeSet<(EventId, &'a Handle)>,
    /// Trusted runs.
    pub(super) trusted: usize,
    /// Evidence of trusted runs that says otherwise than its stored replies, with the case.
    pub(super) contradicted: BTreeSet<(EventId, &'a str)>,
    /// Models that trusted runs were served by, other than the pinned one.
    pub(super) other_models: BTreeSet<&'a str>,
    /// Evaluators whose runs do not count.
    pub(super) untrusted: BTreeSet<&'a Handle>,
}

/// What is known of one case.
#[derive(Debug, Default)]
struct CasePool {
    /// The most samples that a run of this case announced.
    announced: u32,
    /// Samples with a reply that was checked.
    answered: BTreeSet<u32>,
    /// Those of them that are young enough.
    fresh: BTreeSet<u32>,
    failed: bool,
    hindrance: Option<Hindrance>,
}

/// Why a sample answers nothing; of several the greatest is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hindrance {
    /// It was not run.
    Skipped,
    /// There was no reply.
    Errored,
    /// Its reply was not scored again.
    NotRescored,
    /// Its reply may come from another model than the pinned one.
    OtherModel,
    /// Its reply comes from a source that the rule does not accept.
    Source,
}

/// How complete the samples of one case are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coverage {
    /// Every sample has a reply.
    Complete,
    /// Every sample has a reply, and some of them are too old.
    Old,
    /// Some sample has none.
    Partial(Option<Hindrance>),
}

impl<'a> Pool<'a> {
    /// Whether no trusted run was completed: nothing is known yet of any case.
    pub(super) fn is_empty(&self) -> bool {
        self.trusted == self.open.len()
    }

    /// Pools the runs as the rule sees them.
    pub(super) fn of(rule: &EvidenceRule, facts: &Facts, runs: &'a [RunFacts]) -> Self {
        let mut pool = Self::default();
        for run in runs {
            if !run.roles.iter().any(|role| rule.evaluators.contains(role)) {
                pool.untrusted.insert(&run.evaluator);
                continue;
            }
            pool.trusted += 1;
            let Some(evidence) = run.evidence else {
                pool.open.insert((run.announced, &run.evaluator));
                continue;
            };
            pool.contradicted.extend(run.contradicted.iter().map(|sample| (evidence, sample.case.as_str())));
            pool.other_models.extend(run.other_models.iter().map(String::as_str));
            let believed = run.rescored || facts.scores == Scores::AsAttested;
            let fresh = rule
                .max_age
                .is_none_or(|age| facts.now.since(run.time) <= i64::try_from(age.as_seconds()).unwrap_or(i64::MAX));
            for sample in &run.samples {
                pool.cases.entry(&sample.case).or_default().add(rule, run, sample, believed, fresh);
            }
        }
        pool
    }

    /// How complete a case is, where at least so many samples are asked for.
    pub(super) fn coverage(&self, case: &str, repeat: u32) -> Coverage {
        let Some(known) = self.cases.get(case) else { return Coverage::Partial(None) };
        let asked = repeat.max(1);
        if !holds(&known.answered, asked.max(known.announced)) {
            return Coverage::Partial(known.hindrance);
        }
        if holds(&known.fresh, asked) { Coverage::Complete } else { Coverage::Old }
    }

    /// Whether every sample of a case has a reply, of whatever age, and all of them passed.
    pub(super) fn passes(&self, case: &str, repeat: u32) -> bool {
        let failed = self.cases.get(case).is_none_or(|known| known.failed);
        !failed && !matches!(self.coverage(case, repeat), Coverage::Partial(_))
    }
}

impl CasePool {
    fn add(&mut self, rule: &EvidenceRule, run: &RunFacts, sample: &SampleFacts, believed: bool, fresh: bool) {
        if !rule.sources.contains(&sample.source) {
            self.hindrance = self.hindrance.max(Some(Hindrance::Source));
            return;
        }
        // A pass flag is never trusted; a failure is, for nobody gains by inventing one.
        if sample.outcome == SampleOutcome::Passed && !believed {
            self.hindrance = self.hindrance.max(Some(Hindrance::NotRescored));
            return;
        }
        // Nobody says which of the replies another model gave, so no pass of the run says anything of the pinned one.
        if sample.outcome == SampleOutcome::Passed && !run.other_models.is_empty() {
            self.hindrance = self.hindrance.max(Some(Hindrance::OtherModel));
            return;
        }
        // Only what counts raises what is asked: a run that is as if it were not there must not block either.
        self.announced = self.announced.max(run.repeat);
        match sample.outcome {
            SampleOutcome::Skipped => self.hindrance = self.hindrance.max(Some(Hindrance::Skipped)),
            SampleOutcome::Errored => self.hindrance = self.hindrance.max(Some(Hindrance::Errored)),
            SampleOutcome::Passed | SampleOutcome::Failed => {
                self.failed |= sample.outcome == SampleOutcome::Failed;
                self.answered.insert(sample.sample);
                if fresh {
                    self.fresh.insert(sample.sample);
                }
            }
        }
    }
}

/// Whether the set holds every number from 0 below `count`; never loops over `count`, which a run states.
fn holds(set: &BTreeSet<u32>, count: u32) -> bool {
    u32::try_from(set.range(..count).count()).is_ok_and(|found| found >= count)
}
