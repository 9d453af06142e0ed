//! Sampling that stops when it knows: what to ask next, given what was seen.
//!
//! A pure state machine. Every case is run once, in a round of `repeat` samples on each side; after that samples go only
//! to the cases on which the first round disagreed, one round each at a time, until something can be said or the budget is
//! spent. Cases that agreed need no more: those of their kind that disagreed speak for them (see [`super::Bets`]). The
//! verdict may be read after every round, and is as sure as if there had been but one.

use super::{Bets, Compared as _, Lean, Outcome, Standing};

/// Samples of a case beyond this are not asked for.
const MOST_SAMPLES: usize = 1_000;

/// What is asked of a sequential comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// By how much the change may pass less, as a share of cases.
    pub margin: f64,
    /// How sure each word must be.
    pub confidence: f64,
    /// Samples a round; a round passes when each of them does. At least 1.
    pub repeat: u32,
    /// The most samples that may be taken, both sides together.
    pub most_samples: u64,
}

/// What was seen of one case, sample by sample.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pair {
    /// On the bundle that is live.
    pub live: Vec<Outcome>,
    /// On the changed one.
    pub changed: Vec<Outcome>,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// Nothing: this may be said. Inconclusive only where no further sample could make a difference.
    Decided(Standing),
    /// Take these samples, each on both sides: the case's place and the sample's index.
    Sample(Vec<(usize, u32)>),
    /// Nothing: what would have to be sampled next is more than the budget has left.
    OutOfBudget(Standing),
}

/// Says what to do next. The same cases, seen the same, always give the same answer.
pub fn next_step(terms: &Terms, seen: &[Pair]) -> NextStep {
    let repeat = terms.repeat.max(1) as usize;
    let first = missing(seen.iter().enumerate(), repeat);
    if !first.is_empty() {
        return ask(terms, seen, first);
    }
    let disagreeing = || seen.iter().enumerate().filter(|(_, pair)| pair.disagrees(repeat));
    let begun = disagreeing().map(|(_, pair)| pair.taken().div_ceil(repeat)).max().unwrap_or(1);
    let open = missing(disagreeing(), begun * repeat);
    if !open.is_empty() {
        return ask(terms, seen, open);
    }
    let standing = leans(seen, terms.repeat).standing(terms.margin, terms.confidence);
    let further = missing(disagreeing(), (begun + 1) * repeat);
    if standing.is_conclusive() || further.is_empty() || (begun + 1) * repeat > MOST_SAMPLES {
        return NextStep::Decided(standing);
    }
    ask(terms, seen, further)
}

/// What the rounds so far say of every case. Only rounds that every disagreeing case has had are counted.
pub fn leans(seen: &[Pair], repeat: u32) -> Bets {
    let repeat = repeat.max(1) as usize;
    let disagreeing = seen.iter().filter(|pair| pair.disagrees(repeat));
    let rounds = disagreeing.map(|pair| pair.common() / repeat).min().unwrap_or(1);
    Bets::of(seen.iter().map(|pair| pair.lean(repeat, rounds)))
}

/// Samples that some of these cases lack of so many, by index and then by case.
fn missing<'a>(cases: impl Iterator<Item = (usize, &'a Pair)>, wanted: usize) -> Vec<(usize, u32)> {
    let lacking = |(at, pair): (usize, &'a Pair)| {
        (pair.common()..wanted).filter_map(move |index| Some((at, u32::try_from(index).ok()?)))
    };
    let mut found: Vec<(usize, u32)> = cases.flat_map(lacking).collect();
    found.sort_by_key(|(at, index)| (*index, *at));
    found
}

/// The question, where the budget allows it.
fn ask(terms: &Terms, seen: &[Pair], samples: Vec<(usize, u32)>) -> NextStep {
    let taken: usize = seen.iter().map(|pair| pair.live.len() + pair.changed.len()).sum();
    let then = taken.saturating_add(2 * samples.len());
    if u64::try_from(then).is_ok_and(|then| then <= terms.most_samples) {
        return NextStep::Sample(samples);
    }
    NextStep::OutOfBudget(leans(seen, terms.repeat).standing(terms.margin, terms.confidence))
}

impl Pair {
    /// Samples that both sides have.
    fn common(&self) -> usize {
        self.live.len().min(self.changed.len())
    }

    /// Samples that a side has.
    fn taken(&self) -> usize {
        self.live.len().max(self.changed.len())
    }

    /// How a round came out on both sides; `None` before it is complete.
    fn round(&self, repeat: usize, round: usize) -> Option<(Outcome, Outcome)> {
        let samples = round * repeat..(round + 1) * repeat;
        let worst = |side: &[Outcome]| side.get(samples.clone())?.iter().copied().max();
        Some((worst(&self.live)?, worst(&self.changed)?))
    }

    fn disagrees(&self, repeat: usize) -> bool {
        matches!(self.round(repeat, 0), Some((Outcome::Passed, Outcome::Failed) | (Outcome::Failed, Outcome::Passed)))
    }

    fn lean(&self, repeat: usize, rounds: usize) -> Lean {
        let mut lean = Lean::default();
        let rounds = if self.disagrees(repeat) { rounds } else { 1 };
        for round in 0..rounds {
            match self.round(repeat, round) {
                Some((Outcome::Passed, Outcome::Failed)) => lean.lost += 1,
                Some((Outcome::Failed, Outcome::Passed)) => lean.gained += 1,
                None | Some((Outcome::Errored, _) | (_, Outcome::Errored)) => lean.unknown += 1,
                Some(_) => {}
            }
        }
        lean
    }
}

#[cfg(test)]
mod tests;
