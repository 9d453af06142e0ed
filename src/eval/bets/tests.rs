//! The bet against its formula, against every outcome there is, and against the bound for one round.

use super::*;
use crate::eval::{Paired, Standing};

fn bets(cases: u64, lost: u64, gained: u64) -> Bets {
    let lean = |at: u64| Lean { lost: u32::from(at < lost), gained: u32::from(at >= cases - gained), unknown: 0 };
    Bets::of((0..cases).map(lean))
}

/// The capital as the formula stands, one case after the other.
fn plainly(leans: &[f64], difference: f64) -> f64 {
    let mut all = 0.0;
    let (mut stake, mut whole) = (1.0, 0.0);
    for at in 1..=STAKES {
        let mut product = 1.0;
        for lean in leans {
            product *= 1.0 - stake * (lean - difference) / (1.0 - difference);
        }
        let put = 1.0 / f64::from(at) - 1.0 / f64::from(at + 1);
        all += put * product;
        whole += put;
        stake /= 2.0;
    }
    assert!(whole < 1.0, "no more is put than there is");
    all
}

#[test]
fn the_capital_is_what_the_formula_says() {
    let leans = [0.0, 0.0, 1.0, -1.0, 0.5, -0.25, 0.0, 1.0];
    for difference in [-0.9, -0.3, 0.0, 0.02, 0.4, 0.95] {
        let (here, there) = (capital(&counted(leans.to_vec()), 0, difference), plainly(&leans, difference));
        assert!((here - there).abs() <= 1e-9 * there.max(1.0), "{difference}: {here} {there}");
        let more = [leans.as_slice(), &[0.0; 5]].concat();
        let (here, there) = (capital(&counted(leans.to_vec()), 5, difference), plainly(&more, difference));
        assert!((here - there).abs() <= 1e-9 * there.max(1.0));
    }
}

#[test]
fn where_no_case_differs_no_more_are_needed_than_for_the_paired_bound() {
    for (margin, confidence, needed) in [(0.02, 0.95, 179), (0.05, 0.95, 71), (0.01, 0.99, 525), (0.1, 0.8, 21)] {
        assert_eq!(bets(0, 0, 0).more(margin, confidence), Some(needed));
        assert!(crate::eval::cases_to_show(margin, confidence) >= Some(needed));
    }
    assert_eq!(bets(179, 0, 0).standing(0.02, 0.95), Standing::NoWorse);
    assert_eq!(bets(178, 0, 0).standing(0.02, 0.95), Standing::Inconclusive { more: Some(1) });
    assert_eq!(bets(100, 0, 20).standing(0.02, 0.95), Standing::Better);
    assert_eq!(bets(100, 20, 0).standing(0.02, 0.95), Standing::Worse);
    assert_eq!(bets(0, 0, 0).at_most_worse(0.95).total_cmp(&1.0), std::cmp::Ordering::Equal);
    assert_eq!(bets(9, 9, 0).at_most_worse(0.95).total_cmp(&1.0), std::cmp::Ordering::Equal);
    assert_eq!(bets(9, 0, 0).at_most_worse(f64::NAN).total_cmp(&1.0), std::cmp::Ordering::Equal);
}

#[test]
fn steadier_leans_show_more() {
    // Forty flaky cases that lean neither way, against forty that happened to be lost and gained in equal parts.
    let flaky = (0..40).map(|_| Lean { lost: 10, gained: 10, unknown: 0 });
    let steady = Bets::of(flaky.chain((0..200).map(|_| Lean::default())));
    let once = bets(240, 20, 20);
    assert_eq!(steady.standing(0.02, 0.95), Standing::NoWorse);
    assert!(matches!(once.standing(0.02, 0.95), Standing::Inconclusive { .. }));
    let paired = Paired { cases: 240, lost: 20, gained: 20, unknown: 0 };
    assert!(matches!(paired.standing(0.02, 0.95), Standing::Inconclusive { .. }));
}

#[test]
fn the_first_round_holds_at_least_as_often_as_it_says_for_every_outcome() {
    let chances = [(0.0, 0.0), (0.05, 0.0), (0.1, 0.1), (0.3, 0.1), (0.1, 0.3), (0.5, 0.4), (0.02, 0.9), (1.0, 0.0)];
    for confidence in [0.8, 0.95] {
        for cases in [1_u64, 3, 8, 20] {
            for (lost, gained) in chances {
                let covered: f64 = outcomes(cases, lost, gained)
                    .into_iter()
                    .filter(|(b, c, _)| !bets(cases, *b, *c).shows_less_than(lost - gained, 1.0 - confidence))
                    .map(|(_, _, chance)| chance)
                    .sum();
                assert!(covered >= confidence - 1e-9, "n = {cases}, p = {lost}, q = {gained}: {covered}");
            }
        }
    }
}

/// Every pair of counts with its chance, by convolving one case after the other.
fn outcomes(cases: u64, lost: f64, gained: f64) -> Vec<(u64, u64, f64)> {
    let mut chances = std::collections::BTreeMap::from([((0, 0), 1.0)]);
    for _ in 0..cases {
        let mut next = std::collections::BTreeMap::new();
        for ((b, c), chance) in chances {
            for (key, part) in [((b + 1, c), lost), ((b, c + 1), gained), ((b, c), 1.0 - lost - gained)] {
                *next.entry(key).or_insert(0.0) += chance * part;
            }
        }
        chances = next;
    }
    chances.into_iter().map(|((b, c), chance)| (b, c, chance)).collect()
}

fn leans() -> impl proptest::strategy::Strategy<Value = Vec<Lean>> {
    use proptest::strategy::Strategy as _;
    let lean = (0..4_u32, 0..4_u32, 0..2_u32).prop_map(|(lost, gained, unknown)| Lean { lost, gained, unknown });
    proptest::collection::vec(lean, 0..30)
}

proptest::proptest! {
    #[test]
    fn both_sides_see_the_same_and_order_does_not_matter(leans in leans(), confidence in 0.5..0.99_f64) {
        let here = Bets::of(leans.iter().copied());
        let turned = Bets::of(leans.iter().rev().map(|l| Lean { lost: l.gained, gained: l.lost, unknown: l.unknown }));
        proptest::prop_assert_eq!(here.at_most_worse(confidence).total_cmp(&-turned.at_least_worse(confidence)), std::cmp::Ordering::Equal);
        proptest::prop_assert!(here.at_least_worse(confidence) <= here.at_most_worse(confidence));
    }

    #[test]
    fn the_bound_is_where_the_bet_is_won(leans in leans(), confidence in 0.5..0.99_f64) {
        let here = Bets::of(leans.iter().copied());
        let bound = here.at_most_worse(confidence);
        proptest::prop_assert!((-1.0..=1.0).contains(&bound));
        proptest::prop_assert!(bound > 0.999_999 || here.shows_less_than(bound + 1e-6, 1.0 - confidence));
        proptest::prop_assert!(bound < -0.999_999 || !here.shows_less_than(bound - 1e-6, 1.0 - confidence));
    }

    #[test]
    fn losing_never_helps_nor_does_more_confidence(mut leans in leans(), confidence in 0.5..0.99_f64, at in 0..30_usize) {
        let before = Bets::of(leans.iter().copied());
        let (wide, most) = (before.at_most_worse(confidence + 0.005), before.at_most_worse(confidence));
        proptest::prop_assert!(wide >= most);
        proptest::prop_assert!(before.at_most_worse_with(5, confidence) <= most.max(0.0) + 1e-12);
        if let Some(lean) = leans.get_mut(at) {
            *lean = Lean { lost: lean.lost + 1, ..*lean };
            proptest::prop_assert!(Bets::of(leans.iter().copied()).at_most_worse(confidence) >= most);
        }
    }
}
