//! From a bound to a word: what may be said of a change.

use std::fmt;

use super::holm;

/// More cases than this are not looked for.
const MOST_CASES: u64 = 10_000_000;

/// Something that bounds by how much a change passes less than what is live, as a share of cases.
pub trait Compared {
    /// The largest difference that is not ruled out at this confidence; 1 where nothing is known.
    fn at_most_worse(&self, confidence: f64) -> f64;

    /// The smallest difference that is not ruled out at this confidence; -1 where nothing is known.
    fn at_least_worse(&self, confidence: f64) -> f64;

    /// The largest difference that would not be ruled out, were there so many more cases on which both agree.
    fn at_most_worse_with(&self, more: u64, confidence: f64) -> f64;

    /// What may be said at this confidence, where so much less may pass.
    ///
    /// Each word is wrong with a chance of at most one less the confidence: `better` where the change passes no more
    /// than what is live, `no worse` where it passes less by more than the margin, `worse` where it passes no less.
    fn standing(&self, margin: f64, confidence: f64) -> Standing {
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

    /// The fewest further cases, both sides agreeing on all of them, that would show it; `None`: more than ten million.
    fn more(&self, margin: f64, confidence: f64) -> Option<u64> {
        let shows = |more: u64| self.at_most_worse_with(more, confidence) <= margin;
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

/// What may be said of the difference. Shown as the words that people and programs read.
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

impl Standing {
    /// Whether something may be said.
    pub fn is_conclusive(self) -> bool {
        !matches!(self, Self::Inconclusive { .. })
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Better => f.write_str("better"),
            Self::NoWorse => f.write_str("no worse within margin"),
            Self::Worse => f.write_str("worse"),
            Self::Inconclusive { more: Some(1) } => f.write_str("inconclusive: 1 more case needed"),
            Self::Inconclusive { more: Some(more) } => write!(f, "inconclusive: {more} more cases needed"),
            Self::Inconclusive { more: None } => {
                f.write_str("inconclusive: more cases needed than anybody could write")
            }
        }
    }
}

/// What may be said of one of several parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PartStanding {
    /// What may be said of it.
    pub standing: Standing,
    /// The largest difference not ruled out, at the confidence with which it was last asked.
    pub at_most_worse: f64,
}

/// What may be said of each of several parts, such as tags, so that each word is said of no part falsely with a chance of
/// at least the confidence.
pub fn standings(parts: &[impl Compared], margin: f64, confidence: f64) -> Vec<PartStanding> {
    let alpha = 1.0 - confidence;
    // Each word is a family of its own: one claim a part.
    let family = |shown: &dyn Fn(usize, f64) -> bool| holm(parts.len(), alpha, shown);
    let most = |at: usize, level: f64| parts.get(at).map_or(1.0, |part: &_| part.at_most_worse(1.0 - level));
    let better = family(&|at, level| most(at, level) < 0.0);
    let no_worse = family(&|at, level| most(at, level) <= margin);
    let worse = family(&|at, level| parts.get(at).is_some_and(|part| part.at_least_worse(1.0 - level) > 0.0));
    let said = better.iter().zip(&no_worse).zip(&worse).zip(parts);
    said.map(|(((better, no_worse), worse), part)| {
        let at = 1.0 - no_worse.level;
        let standing = match (better.made, no_worse.made, worse.made) {
            (true, _, _) => Standing::Better,
            (_, true, _) => Standing::NoWorse,
            (_, _, true) => Standing::Worse,
            _ => Standing::Inconclusive { more: part.more(margin, at) },
        };
        PartStanding { standing, at_most_worse: part.at_most_worse(at) }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::Paired;

    fn words(parts: &[(u64, u64, u64)]) -> Vec<String> {
        let parts: Vec<Paired> =
            parts.iter().map(|&(cases, lost, gained)| Paired { cases, lost, gained, unknown: 0 }).collect();
        standings(&parts, 0.02, 0.95).iter().map(|part| part.standing.to_string()).collect()
    }

    #[test]
    fn one_part_alone_is_judged_as_the_whole() {
        for (part, word) in [
            ((183, 0, 0), "no worse within margin"),
            ((182, 0, 0), "inconclusive: 1 more case needed"),
            ((2, 0, 0), "inconclusive: 181 more cases needed"),
            ((100, 0, 20), "better"),
            ((100, 20, 0), "worse"),
        ] {
            assert_eq!(words(&[part]), [word]);
            let paired = Paired { cases: part.0, lost: part.1, gained: part.2, unknown: 0 };
            assert_eq!(paired.standing(0.02, 0.95).to_string(), word);
        }
        assert_eq!(
            Standing::Inconclusive { more: None }.to_string(),
            "inconclusive: more cases needed than anybody could write"
        );
    }

    fn any_paired() -> impl proptest::strategy::Strategy<Value = Paired> {
        use proptest::strategy::Strategy as _;
        (0..60_u64, 0..60_u64, 0..60_u64, 0..3_u64).prop_map(|(same, lost, gained, unknown)| {
            let (lost, gained) = (lost / 4, gained / 4);
            Paired { cases: same + lost + gained + unknown, lost, gained, unknown }
        })
    }

    proptest::proptest! {
        #[test]
        fn either_side_sees_the_same_difference(paired in any_paired(), confidence in 0.5..0.99_f64) {
            let turned = Paired { lost: paired.gained, gained: paired.lost, ..paired };
            let (most, least) = (paired.at_most_worse(confidence), turned.at_least_worse(confidence));
            proptest::prop_assert!((most + least).abs() < 1e-12, "{most} {least}");
        }

        #[test]
        fn a_wider_margin_or_less_confidence_never_takes_a_yes_back(
            paired in any_paired(), margin in 0.01..0.3_f64, confidence in 0.6..0.99_f64, less in 0.0..0.1_f64,
        ) {
            let yes = |margin, confidence| {
                matches!(paired.standing(margin, confidence), Standing::Better | Standing::NoWorse)
            };
            let here = yes(margin, confidence);
            proptest::prop_assert!(!here || yes(margin + less, confidence));
            proptest::prop_assert!(!here || yes(margin, confidence - less));
            if let Standing::Inconclusive { more: Some(more) } = paired.standing(margin, confidence) {
                let with = |more| Paired { cases: paired.cases + more, ..paired }.at_most_worse(confidence) <= margin;
                proptest::prop_assert!(with(more) && !with(more - 1), "the fewest that would show it");
            }
        }

        #[test]
        fn the_order_of_cases_does_not_matter(mut outcomes in proptest::collection::vec((0..3_u8, 0..3_u8), 0..40)) {
            use crate::eval::Outcome::{Errored, Failed, Passed};
            let read = |list: &[(u8, u8)]| {
                let side = |word: u8| [Passed, Failed, Errored][usize::from(word)];
                Paired::of(list.iter().map(|(live, changed)| (side(*live), side(*changed))))
            };
            let here = read(&outcomes);
            outcomes.sort_unstable();
            proptest::prop_assert_eq!(here, read(&outcomes));
            proptest::prop_assert!(here.lost + here.gained + here.unknown <= here.cases);
        }
    }

    #[test]
    fn more_parts_ask_more_of_each_and_what_is_shown_makes_room_for_the_rest() {
        // At a half of what may go wrong 217 cases are needed, at all of it 183.
        assert_eq!(words(&[(183, 0, 0), (183, 0, 0)]), vec!["inconclusive: 34 more cases needed"; 2]);
        assert_eq!(words(&[(217, 0, 0), (183, 0, 0)]), vec!["no worse within margin"; 2]);
        assert_eq!(words(&[]), [] as [&str; 0]);
    }
}
