//! Two bundles on the same golden cases: what may be said of the difference.
//!
//! Of `n` cases, `lost` pass live and not with the change, `gained` the reverse. With p the chance that a case is lost
//! and q that one is gained, the change passes p − q less than what is live. At confidence 1 − α the bound is
//!
//! > p − q ≤ U(lost, n, α/2) − L(gained, n, α/2)
//!
//! where U and L are the one-sided bounds of Clopper and Pearson: U solves P(X ≤ lost) = α/2 and L solves
//! P(X ≥ gained) = α/2 for X binomial. Each fails with a chance of at most α/2 whatever p and q are, so both together hold
//! with at least 1 − α: exact, for any number of cases, and never too bold. A case counts once however often it was
//! sampled.
//!
//! Everything is computed with the four operations alone, which IEEE 754 fixes to the bit: every clone finds the same.

use super::{Compared, Outcome};

/// How far a chance may be from the mode, in terms of the most likely one, before it counts for nothing.
const NOTHING: f64 = 1e-30;

/// How the cases of two bundles compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Paired {
    /// Cases that both were run on.
    pub cases: u64,
    /// Cases that pass live and not with the change.
    pub lost: u64,
    /// Cases that pass with the change and not live.
    pub gained: u64,
    /// Cases of which a reply is missing on a side. Each may be lost or gained: whatever is said holds in either case.
    pub unknown: u64,
}

impl Paired {
    /// Counts how cases came out live and with the change.
    pub fn of(cases: impl IntoIterator<Item = (Outcome, Outcome)>) -> Self {
        let mut paired = Self::default();
        for (live, changed) in cases {
            paired.cases += 1;
            match (live, changed) {
                (Outcome::Errored, _) | (_, Outcome::Errored) => paired.unknown += 1,
                (Outcome::Passed, Outcome::Failed) => paired.lost += 1,
                (Outcome::Failed, Outcome::Passed) => paired.gained += 1,
                (Outcome::Passed, Outcome::Passed) | (Outcome::Failed, Outcome::Failed) => {}
            }
        }
        paired
    }
}

impl Compared for Paired {
    fn at_most_worse(&self, confidence: f64) -> f64 {
        let Some(half) = half(confidence) else { return 1.0 };
        upper(self.lost + self.unknown, self.cases, half) - lower(self.gained, self.cases, half)
    }

    fn at_least_worse(&self, confidence: f64) -> f64 {
        let Some(half) = half(confidence) else { return -1.0 };
        lower(self.lost, self.cases, half) - upper(self.gained + self.unknown, self.cases, half)
    }

    fn at_most_worse_with(&self, more: u64, confidence: f64) -> f64 {
        Self { cases: self.cases + more, ..*self }.at_most_worse(confidence)
    }
}

/// The fewest cases with which the margin can be shown where not one case differs; `None` when no number can.
pub fn cases_to_show(margin: f64, confidence: f64) -> Option<u64> {
    Paired::default().more(margin, confidence)
}

/// Half of what may go wrong.
fn half(confidence: f64) -> Option<f64> {
    (confidence > 0.0 && confidence < 1.0).then(|| (1.0 - confidence) / 2.0)
}

/// The upper bound of Clopper and Pearson: the chance at which so few as `count` of `all` come out with chance `alpha`.
fn upper(count: u64, all: u64, alpha: f64) -> f64 {
    if count >= all {
        return 1.0;
    }
    let (mut low, mut high) = (float(count) / float(all), 1.0);
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return high;
        }
        if at_most(count, all, middle) > alpha { low = middle } else { high = middle }
    }
}

/// The lower bound of Clopper and Pearson: what is left of the upper bound of the others.
fn lower(count: u64, all: u64, alpha: f64) -> f64 {
    if count == 0 { 0.0 } else { 1.0 - upper(all.saturating_sub(count), all, alpha) }
}

/// P(X ≤ count) for X binomial over `all` trials of this chance, which is neither 0 nor 1.
///
/// Every term is taken relative to the most likely one, so that nothing under- or overflows; their sum is the whole.
fn at_most(count: u64, all: u64, chance: f64) -> f64 {
    let odds = chance / (1.0 - chance);
    let mode = mode(all, chance);
    let (mut whole, mut within) = (0.0, 0.0);
    let mut add = |at: u64, term: f64| {
        whole += term;
        if at <= count {
            within += term;
        }
    };
    add(mode, 1.0);
    let (mut at, mut term) = (mode, 1.0);
    while at > 0 && term > NOTHING {
        term *= float(at) / (float(all - at + 1) * odds);
        at -= 1;
        add(at, term);
    }
    (at, term) = (mode, 1.0);
    while at < all && term > NOTHING {
        term *= float(all - at) * odds / float(at + 1);
        at += 1;
        add(at, term);
    }
    within / whole
}

/// About the most likely number of successes.
fn mode(all: u64, chance: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the number of cases")]
    let mode = (float(all) * chance) as u64;
    mode.min(all)
}

fn float(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "case counts are far below 2^53")]
    let float = count as f64;
    float
}

#[cfg(test)]
mod tests;
