//! A comparison that takes further samples only where both sides disagree.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{against::OtherSide, bench::Bench, plan::Job};
use crate::{
    artifact::Suite,
    eval::{Ask, NextStep, Outcome, Pair, SuiteRun, Terms, next_step},
    ops::{Failure, judges::Seated, parts::Whole},
};

/// What sampling in rounds came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sampled {
    /// Samples taken, both sides together.
    pub samples: u64,
    /// Samples that could have been taken.
    pub most_samples: u64,
    /// Cases on which the first round disagreed.
    pub disagreeing: u64,
    /// Whether it stopped because the next round was more than the budget had left.
    pub out_of_budget: bool,
}

/// What was seen of each case that is compared, at its place in the suite.
pub(super) struct Seen {
    pub(super) places: Vec<usize>,
    pub(super) pairs: Vec<Pair>,
    pub(super) sampled: Sampled,
    /// What the further rounds cost, in USD.
    pub(super) cost_usd: f64,
}

/// Takes rounds until something can be said; the first one is there already.
pub(super) fn further(
    bench: &Bench<'_>,
    job: &Job,
    side: &OtherSide,
    terms: &Terms,
    (live, changed): (&SuiteRun, &SuiteRun),
) -> Result<Seen, Failure> {
    let runs = live.cases.iter().zip(&changed.cases).enumerate();
    let compared =
        runs.filter(|(_, (was, is))| was.outcome().is_some() && is.outcome().is_some() && is.quarantine.is_none());
    let outcomes = |run: &crate::eval::CaseRun| run.samples.iter().map(|sample| sample.outcome).collect();
    let (places, mut pairs): (Vec<usize>, Vec<Pair>) =
        compared.map(|(at, (was, is))| (at, Pair { live: outcomes(was), changed: outcomes(is) })).unzip();
    let disagreeing = pairs.iter().filter(|pair| disagrees(pair)).count() as u64;
    let mut cost_usd = 0.0;
    let out_of_budget = loop {
        let samples = match next_step(terms, &pairs) {
            NextStep::Decided(_) => break false,
            NextStep::OutOfBudget(_) => break true,
            NextStep::Sample(samples) => samples,
        };
        let mut by_index: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (at, index) in samples {
            by_index.entry(index).or_default().push(at);
        }
        for (index, positions) in by_index {
            let at: Vec<usize> = positions.iter().filter_map(|position| places.get(*position).copied()).collect();
            let was = take(bench, (&side.whole, &job.judges), (&side.tests, &side.asks), (&at, index))?;
            let is = take(bench, (&job.whole, &job.judges), (&job.tests, &job.asks), (&at, index))?;
            cost_usd += was.cost_usd() + is.cost_usd();
            for ((position, was), is) in positions.iter().zip(&was.cases).zip(&is.cases) {
                let Some(pair) = pairs.get_mut(*position) else { continue };
                pair.live.push(was.outcome().unwrap_or(Outcome::Errored));
                pair.changed.push(is.outcome().unwrap_or(Outcome::Errored));
            }
        }
    };
    let samples = pairs.iter().map(|pair| (pair.live.len() + pair.changed.len()) as u64).sum();
    let sampled = Sampled { samples, most_samples: terms.most_samples, disagreeing, out_of_budget };
    Ok(Seen { places, pairs, sampled, cost_usd })
}

fn disagrees(pair: &Pair) -> bool {
    let worst = |side: &[Outcome]| side.iter().copied().max();
    matches!(
        (worst(&pair.live), worst(&pair.changed)),
        (Some(Outcome::Passed), Some(Outcome::Failed)) | (Some(Outcome::Failed), Some(Outcome::Passed))
    )
}

/// One more sample of the cases at these places.
fn take(
    bench: &Bench<'_>,
    whole: (&Whole, &[Seated]),
    (tests, asks): (&Suite, &[Ask]),
    (at, index): (&[usize], u32),
) -> Result<SuiteRun, Failure> {
    let mut cases = Vec::new();
    let mut wanted = Vec::new();
    for place in at {
        if let (Some(case), Some(ask)) = (tests.cases.get(*place), asks.get(*place)) {
            cases.push(case);
            wanted.push(ask.clone());
        }
    }
    bench.take(whole, &cases, &wanted, index)
}
