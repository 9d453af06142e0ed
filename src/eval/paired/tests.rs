//! The bound against its defining equations, against another implementation, and against every outcome there is.

use statrs::{
    distribution::{Beta, ContinuousCDF as _},
    function::factorial::ln_factorial,
};

use super::*;
use crate::eval::Standing;

/// Clopper and Pearson by the quantiles of the beta distribution, as textbooks write them.
fn textbook(count: u64, all: u64, alpha: f64) -> (f64, f64) {
    let quantile = |a: u64, b: u64, p: f64| Beta::new(float(a), float(b)).unwrap().inverse_cdf(p);
    let low = if count == 0 { 0.0 } else { quantile(count, all - count + 1, alpha) };
    let high = if count == all { 1.0 } else { quantile(count + 1, all - count, 1.0 - alpha) };
    (low, high)
}

#[test]
fn the_bounds_are_those_of_clopper_and_pearson() {
    for alpha in [0.25, 0.05, 0.025, 0.005, 0.0005] {
        for (count, all) in [(0, 1), (1, 1), (0, 20), (1, 20), (10, 20), (19, 20), (20, 20), (3, 400), (57, 1_000)] {
            let (low, high) = textbook(count, all, alpha);
            assert!((upper(count, all, alpha) - high).abs() < 1e-9, "U({count}, {all}, {alpha}): {high}");
            assert!((lower(count, all, alpha) - low).abs() < 1e-9, "L({count}, {all}, {alpha}): {low}");
        }
        for all in [1, 7, 100, 5_000] {
            // With nothing lost, (1 − U)^n = α.
            let closed = 1.0 - alpha.powf(1.0 / float(all));
            assert!((upper(0, all, alpha) - closed).abs() < 1e-12, "n = {all}, α = {alpha}");
            assert!((lower(all, all, alpha) - (1.0 - closed)).abs() < 1e-12);
        }
    }
    // Computed with fifty digits elsewhere.
    for (cases, lost, gained, most, least) in [
        (100, 2, 1, 0.070_130_786_438_092_7, -0.052_028_048_568_138_1),
        (20, 3, 5, 0.292_355_357_443_879_4, -0.458_974_934_522_493_8),
        (400, 7, 2, 0.035_116_775_784_297_1, -0.010_880_016_384_831_5),
    ] {
        let paired = Paired { cases, lost, gained, unknown: 0 };
        assert!((paired.at_most_worse(0.95) - most).abs() < 1e-12, "{paired:?}");
        assert!((paired.at_least_worse(0.95) - least).abs() < 1e-12, "{paired:?}");
    }
}

#[test]
fn the_bounds_are_those_of_a_printed_table() {
    // Newcombe 1998, Two-sided confidence intervals for the single proportion: comparison of seven methods, Statistics in
    // Medicine 17, 857–872, table I, method 5.
    for (count, all, low, high) in
        [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776)]
    {
        assert!((lower(count, all, 0.025) - low).abs() < 5e-5, "{count} of {all}");
        assert!((upper(count, all, 0.025) - high).abs() < 5e-5, "{count} of {all}");
    }
}

/// The chance that of so many cases exactly these are lost and gained.
fn chance(all: u64, (lost, gained): (f64, f64), b: u64, c: u64) -> f64 {
    let rest = all - b - c;
    let power = |p: f64, k: u64| if k == 0 { 0.0 } else { float(k) * p.ln() };
    let ways = ln_factorial(all) - ln_factorial(b) - ln_factorial(c) - ln_factorial(rest);
    (ways + power(lost, b) + power(gained, c) + power(1.0 - lost - gained, rest)).exp()
}

/// The chance of every pair of counts for which something is so, summed.
fn chance_that(all: u64, chances: (f64, f64), is_so: impl Fn(u64, u64) -> bool) -> f64 {
    let pairs = (0..=all).flat_map(|b| (0..=all - b).map(move |c| (b, c)));
    pairs.filter(|(b, c)| is_so(*b, *c)).map(|(b, c)| chance(all, chances, b, c)).sum()
}

fn counted(all: u64, lost: u64, gained: u64) -> Paired {
    Paired { cases: all, lost, gained, unknown: 0 }
}

#[test]
fn the_bound_holds_at_least_as_often_as_it_says_for_every_outcome() {
    let grid = [0.0, 0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 0.9];
    for confidence in [0.5, 0.8, 0.95, 0.99] {
        for all in [1, 2, 3, 5, 8, 13, 20] {
            for lost in grid {
                for gained in grid.iter().copied().filter(|gained| lost + gained < 1.0) {
                    let holds = |b, c| lost - gained <= counted(all, b, c).at_most_worse(confidence);
                    let covered = chance_that(all, (lost, gained), holds);
                    assert!(covered >= confidence - 1e-9, "n = {all}, p = {lost}, q = {gained}: {covered}");
                }
            }
        }
    }
}

#[test]
fn each_word_is_false_no_more_often_than_promised_for_every_outcome() {
    const MARGIN: f64 = 0.1;
    let truths = [(0.0, 0.0), (0.05, 0.05), (0.2, 0.2), (0.4, 0.4), (0.0, 0.1), (0.1, 0.3), (0.101, 0.0), (0.3, 0.199)];
    let truths = truths.into_iter().chain([(0.15, 0.0), (0.4, 0.1), (0.6, 0.0), (0.5, 0.45)]);
    for (confidence, all) in [(0.8, 5), (0.8, 25), (0.8, 60), (0.95, 25), (0.95, 60)] {
        let alpha = 1.0 - confidence;
        let said: Vec<Vec<Standing>> = (0..=all)
            .map(|b| (0..=all - b).map(|c| counted(all, b, c).standing(MARGIN, confidence)).collect())
            .collect();
        let mut ever = false;
        for (lost, gained) in truths.clone() {
            let difference = lost - gained;
            let is_false = |b: u64, c: u64| match said[usize::try_from(b).unwrap()][usize::try_from(c).unwrap()] {
                Standing::Better => difference >= 0.0,
                Standing::NoWorse => difference > MARGIN,
                Standing::Worse => difference <= 0.0,
                Standing::Inconclusive { .. } => false,
            };
            let wrong = chance_that(all, (lost, gained), is_false);
            ever |= wrong > 0.0;
            assert!(wrong <= alpha + 1e-9, "n = {all}, p = {lost}, q = {gained}: {wrong} is more than {alpha}");
        }
        assert!(ever, "what is never false is not looked at");
    }
}

#[test]
fn the_words_follow_from_the_bound() {
    let standing = |cases, lost, gained| Paired { cases, lost, gained, unknown: 0 }.standing(0.02, 0.95);
    assert_eq!(standing(183, 0, 0), Standing::NoWorse);
    assert_eq!(standing(182, 0, 0), Standing::Inconclusive { more: Some(1) });
    assert_eq!(standing(100, 0, 20), Standing::Better);
    assert_eq!(standing(100, 20, 0), Standing::Worse);
    assert_eq!(standing(0, 0, 0), Standing::Inconclusive { more: Some(183) });
    assert_eq!(cases_to_show(0.02, 0.95), Some(183));
    assert_eq!(cases_to_show(0.05, 0.95), Some(72));
    assert_eq!(cases_to_show(1e-9, 0.95), None);
    assert_eq!(cases_to_show(0.02, f64::NAN), None);
    let Standing::Inconclusive { more: Some(more) } = standing(50, 1, 0) else { panic!() };
    assert_eq!(standing(50 + more, 1, 0), Standing::NoWorse);
    assert!(matches!(standing(50 + more - 1, 1, 0), Standing::Inconclusive { more: Some(1) }));
}

proptest::proptest! {
    #[test]
    fn a_lost_case_never_helps_and_a_gained_one_never_hurts(cases in 1_u64..300, a in 0_u64..300, b in 0_u64..300) {
        let lost = a % (cases + 1);
        let gained = b % (cases - lost + 1);
        let bound = |lost, gained| Paired { cases, lost, gained, unknown: 0 }.at_most_worse(0.95);
        let here = bound(lost, gained);
        proptest::prop_assert!((-1.0..=1.0).contains(&here));
        let least = Paired { cases, lost, gained, unknown: 0 }.at_least_worse(0.95);
        proptest::prop_assert!(least <= here);
        if lost + gained < cases {
            proptest::prop_assert!(bound(lost + 1, gained) >= here);
            proptest::prop_assert!(bound(lost, gained + 1) <= here);
        }
    }
}
