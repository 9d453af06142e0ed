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

/// How far a chance may be from the mode, in terms of the most likely one, before it counts for nothing.
const NOTHING: f64 = 1e-30;

/// More cases than this are not looked for.
const MOST_CASES: u64 = 10_000_000;

/// How the cases of two bundles compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paired {
    /// Cases that both were run on.
    pub cases: u64,
    /// Cases that pass live and not with the change.
    pub lost: u64,
    /// Cases that pass with the change and not live.
    pub gained: u64,
}

/// What may be said of the difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It passes more than what is live.
    Better,
    /// It passes at most by the margin less.
    NoWorse,
    /// It passes less, and nothing shows that the margin is kept.
    Worse,
    /// The cases are too few to say. So many more would show it, were none of them lost or gained; `None`: more than ten million.
    Inconclusive {
        /// How many more.
        more: Option<u64>,
    },
}

impl Paired {
    /// The largest difference (live less proposed, as a share of cases) that is not ruled out at this confidence.
    ///
    /// Without cases, or with a confidence that is none, nothing is ruled out: 1.
    pub fn at_most_worse(&self, confidence: f64) -> f64 {
        let Some(half) = half(confidence) else { return 1.0 };
        upper(self.lost, self.cases, half) - lower(self.gained, self.cases, half)
    }

    /// The smallest difference that is not ruled out at this confidence.
    pub fn at_least_worse(&self, confidence: f64) -> f64 {
        let Some(half) = half(confidence) else { return -1.0 };
        lower(self.lost, self.cases, half) - upper(self.gained, self.cases, half)
    }

    /// What may be said at this confidence, where so much less may pass.
    pub fn standing(&self, margin: f64, confidence: f64) -> Standing {
        let most = self.at_most_worse(confidence);
        if most < 0.0 {
            Standing::Better
        } else if most <= margin {
            Standing::NoWorse
        } else if self.at_least_worse(confidence) > 0.0 {
            Standing::Worse
        } else {
            Standing::Inconclusive { more: self.more(margin, confidence) }
        }
    }

    /// The fewest further cases, none of them lost or gained, that would show it.
    fn more(&self, margin: f64, confidence: f64) -> Option<u64> {
        let shows = |more: u64| {
            let with = Self { cases: self.cases + more, ..*self };
            with.at_most_worse(confidence) <= margin
        };
        let mut high = 1;
        while !shows(high) {
            high *= 2;
            if high > MOST_CASES {
                return None;
            }
        }
        let mut low = high / 2;
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if shows(middle) { high = middle } else { low = middle }
        }
        Some(high)
    }
}

/// The fewest cases with which the margin can be shown where not one case differs; `None` when no number can.
pub fn cases_to_show(margin: f64, confidence: f64) -> Option<u64> {
    Paired { cases: 0, lost: 0, gained: 0 }.more(margin, confidence)
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
