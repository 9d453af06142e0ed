//! A bound on the difference that holds however often one looks.
//!
//! Two bundles are run on the same `n` golden cases in rounds. In the first round every case is run; in each further one
//! only those cases on which the first round disagreed. A round of a case is *lost* when it passes live and not with the
//! change, *gained* the reverse. After any number of rounds a case on which the first disagreed has the lean
//!
//! > v = (rounds lost − rounds gained) / (rounds lost + rounds gained)
//!
//! and every other case the lean 0. This estimates without bias by how much the change passes less: where a case passes
//! live with chance a and with the change with chance b, a round disagrees with chance w = a(1 − b) + b(1 − a), and one
//! that disagrees is lost with chance ρ = a(1 − b) / w whichever round it is, so that v is w(2ρ − 1) = a − b on average.
//! Further rounds make it steadier; none is needed of a case that agreed.
//!
//! **The bet.** Let D be the mean of a − b over the cases one might have written. Against "D is at least d" one bets on
//! low leans: a stake c, between 0 and 1, turns 1 into
//!
//! > K = Π (1 − c (v − d) / (1 − d)),
//!
//! never below 0. After the first round the cases are independent and each factor is at most 1 on average if D ≥ d; so is
//! K (Waudby-Smith and Ramdas 2024, *Estimating means of bounded random variables by betting*, Journal of the Royal
//! Statistical Society B 86, 1–27). An average of such K over stakes fixed beforehand does as well.
//!
//! **However often one looks.** Given which rounds disagree, the directions of a case are independent draws, so the mean
//! of the first few is on average, given the mean of more of them, that mean; and K is linear in the lean of each case.
//! So, read from the last round back to the first, K is a martingale that ends at the K of the first round, and by Doob's
//! inequality the chance that K reaches 1/α after *any* round is at most α. No part of α is spent by looking (compare
//! Ramdas and Manole 2026, *Randomized and exchangeable improvements of Markov's, Chebyshev's and Chernoff's
//! inequalities*, Statistical Science). One may stop whenever one likes, for whatever reason.
//!
//! Where no case differs, the margin is shown with no more cases than by [`super::Paired`].

use super::Compared;

/// How many stakes are averaged: 1, 1/2, 1/4, …; of the total, 1/2, 1/6, 1/12, … are put on them.
const STAKES: u32 = 12;

/// How often the bound is halved: to less than 1e-15.
const HALVINGS: u32 = 52;

/// What the rounds of one case said; all zero for a case on which the first one agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord, Hash)]
pub struct Lean {
    /// Rounds that passed live and not with the change.
    pub lost: u32,
    /// Rounds that passed with the change and not live.
    pub gained: u32,
    /// Rounds of which a reply is missing. Each may be lost or gained: whatever is said holds in either case.
    pub unknown: u32,
}

/// The leans of all cases.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bets {
    /// Leans at their highest, each with how many cases have it, in order.
    highest: Vec<(f64, u64)>,
    /// Leans at their lowest, turned round.
    lowest: Vec<(f64, u64)>,
}

impl Bets {
    /// Counts the leans of all cases, those that agree among them.
    pub fn of(cases: impl IntoIterator<Item = Lean>) -> Self {
        let (mut highest, mut lowest) = (Vec::new(), Vec::new());
        for Lean { lost, gained, unknown } in cases {
            let all = f64::from(lost) + f64::from(gained) + f64::from(unknown);
            let lean = |most: u32, least: u32| {
                let won = f64::from(most) + f64::from(unknown) - f64::from(least);
                if all > 0.0 { won / all } else { 0.0 }
            };
            highest.push(lean(lost, gained));
            lowest.push(lean(gained, lost));
        }
        Self { highest: counted(highest), lowest: counted(lowest) }
    }

    /// Whether it is shown, with this chance of error over all rounds, that the change passes less by less than this.
    pub fn shows_less_than(&self, difference: f64, alpha: f64) -> bool {
        wins(&self.highest, 0, difference, alpha)
    }

    /// Whether it is shown that the change passes less by more than this.
    pub fn shows_more_than(&self, difference: f64, alpha: f64) -> bool {
        wins(&self.lowest, 0, -difference, alpha)
    }
}

impl Compared for Bets {
    fn at_most_worse(&self, confidence: f64) -> f64 {
        most(&self.highest, 0, confidence)
    }

    fn at_least_worse(&self, confidence: f64) -> f64 {
        -most(&self.lowest, 0, confidence)
    }

    fn at_most_worse_with(&self, more: u64, confidence: f64) -> f64 {
        most(&self.highest, more, confidence)
    }
}

/// Each lean with how many cases have it.
fn counted(mut leans: Vec<f64>) -> Vec<(f64, u64)> {
    leans.sort_by(f64::total_cmp);
    let mut counted: Vec<(f64, u64)> = Vec::new();
    for lean in leans {
        match counted.last_mut() {
            Some((last, count)) if last.total_cmp(&lean).is_eq() => *count += 1,
            _ => counted.push((lean, 1)),
        }
    }
    counted
}

/// What the bet against "the mean lean is at least this" has become, with so many more cases that agree.
fn capital(leans: &[(f64, u64)], agreeing: u64, difference: f64) -> f64 {
    let extra = [(0.0, agreeing)];
    let cases = || leans.iter().chain(&extra).filter(|(_, count)| *count > 0);
    let stake = |at: u32| {
        let stake = 0.5_f64.powi(at.cast_signed());
        let factor = |(lean, count): &(f64, u64)| {
            #[expect(clippy::cast_precision_loss, reason = "case counts are far below 2^53")]
            let count = *count as f64;
            count * (-stake * (lean - difference) / (1.0 - difference)).ln_1p()
        };
        let put = 1.0 / (f64::from(at + 1) * f64::from(at + 2));
        put * cases().map(factor).sum::<f64>().exp()
    };
    (0..STAKES).map(stake).sum()
}

/// Whether the bet has become so much that it is unlikely to have been lost beforehand. What cannot be is ruled out free.
fn wins(leans: &[(f64, u64)], agreeing: u64, difference: f64, alpha: f64) -> bool {
    let sensible = alpha > 0.0 && alpha < 1.0;
    sensible && (difference > 1.0 || (difference < 1.0 && capital(leans, agreeing, difference) >= 1.0 / alpha))
}

/// The largest mean lean against which the bet is not won. What is won against one is won against every greater one.
fn most(leans: &[(f64, u64)], agreeing: u64, confidence: f64) -> f64 {
    let shown = |difference: f64| wins(leans, agreeing, difference, 1.0 - confidence);
    let (mut low, mut high) = (-1.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if shown(middle) { high = middle } else { low = middle }
    }
    high
}

#[cfg(test)]
mod tests;
