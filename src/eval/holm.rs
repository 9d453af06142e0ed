//! Several claims at once: Holm's step-down.
//!
//! Whoever looks at twenty tags finds one that is better by chance. Holm (1979, *A simple sequentially rejective multiple
//! test procedure*, Scandinavian Journal of Statistics 6, 65–70) tries all claims with an equal share of what may go
//! wrong; what could be shown is taken out, and the rest is tried again with a share each of the same whole. The chance
//! that any claim is made falsely stays below the whole, however the claims depend on each other: a case may have many
//! tags.

/// What became of one claim.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Claim {
    /// Whether it may be made.
    pub made: bool,
    /// The chance of error at which it was shown, or at last tried.
    pub level: f64,
}

/// Which of so many claims may be made, where with a chance of at most `alpha` any of them is false.
///
/// `shown` answers whether one of them can be shown with this chance of error; it must not answer yes for a small
/// chance and no for a greater one.
pub fn holm(claims: usize, alpha: f64, shown: impl Fn(usize, f64) -> bool) -> Vec<Claim> {
    let mut found = vec![Claim { made: false, level: alpha }; claims];
    loop {
        let left = found.iter().filter(|claim| !claim.made).count();
        #[expect(clippy::cast_precision_loss, reason = "claim counts are far below 2^52")]
        let level = alpha / left.max(1) as f64;
        let mut any = false;
        for (at, claim) in found.iter_mut().enumerate().filter(|(_, claim)| !claim.made) {
            *claim = Claim { made: shown(at, level), level };
            any |= claim.made;
        }
        if !any {
            return found;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(chances: &[f64], alpha: f64) -> Vec<bool> {
        holm(chances.len(), alpha, |at, level| chances[at] <= level).iter().map(|claim| claim.made).collect()
    }

    /// Which hypotheses fall by closed testing: one falls when every set of hypotheses with it falls by Bonferroni.
    fn closed(chances: &[f64], alpha: f64) -> Vec<bool> {
        let sets = 1..1_u32 << chances.len();
        let members = |set: u32| (0..chances.len()).filter(move |at| set & (1 << at) != 0);
        let falls = |set: u32| members(set).any(|at| chances[at] <= alpha / f64::from(set.count_ones()));
        (0..chances.len()).map(|at| sets.clone().filter(|set| set & (1 << at) != 0).all(falls)).collect()
    }

    #[test]
    fn the_textbook_example_comes_out_as_printed() {
        // Four hypotheses at 0.05: 0.005 ≤ 0.05/4 and 0.01 ≤ 0.05/3 fall; 0.03 > 0.05/2 stops the rest.
        assert_eq!(made(&[0.01, 0.04, 0.03, 0.005], 0.05), [true, false, false, true]);
        assert_eq!(made(&[0.01, 0.02, 0.02, 0.02], 0.05), [true, false, false, false]);
        assert_eq!(made(&[], 0.05), [] as [bool; 0]);
        let levels: Vec<f64> = holm(2, 0.05, |at, level| at == 0 && level >= 0.025).iter().map(|c| c.level).collect();
        assert_eq!(levels, [0.025, 0.05]);
    }

    proptest::proptest! {
        #[test]
        fn it_is_closed_testing_by_bonferroni(
            chances in proptest::collection::vec(0.0..0.1_f64, 0..7), alpha in 0.01..0.2_f64,
        ) {
            proptest::prop_assert_eq!(made(&chances, alpha), closed(&chances, alpha));
        }

        #[test]
        fn order_does_not_matter_and_more_room_never_takes_a_claim_back(
            mut chances in proptest::collection::vec(0.0..0.1_f64, 0..9), alpha in 0.01..0.2_f64,
        ) {
            let here = made(&chances, alpha);
            let wider = made(&chances, alpha * 1.3);
            proptest::prop_assert!(here.iter().zip(&wider).all(|(one, other)| !one || *other));
            chances.reverse();
            let mut back = made(&chances, alpha);
            back.reverse();
            proptest::prop_assert_eq!(here, back);
        }
    }
}
