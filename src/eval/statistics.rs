//! Intervals and flakiness.
//!
//! Gates ask for lower bounds, so every clone must find the same: everything is computed with the four operations and
//! roots, which IEEE 754 fixes to the bit.

use std::f64::consts::PI;

/// No 64-bit confidence below 1 reaches further.
const FURTHEST: f64 = 9.0;

/// The two-sided Wilson score interval of a share, at a confidence between 0 and 1.
///
/// The lower bound is also the one-sided bound at confidence `(1 + confidence) / 2`. Without trials, or with a
/// confidence that is none, nothing is known: the whole of 0 to 1.
pub fn wilson(passed: u64, total: u64, confidence: f64) -> (f64, f64) {
    let Some(z) = quantile(confidence).filter(|_| total > 0) else {
        return (0.0, 1.0);
    };
    #[expect(clippy::cast_precision_loss, reason = "case counts are far below 2^52")]
    let (n, p) = (total as f64, passed.min(total) as f64 / total as f64);
    let z2 = z * z;
    let centre = p + z2 / (2.0 * n);
    let spread = z * ((p * (1.0 - p) + z2 / (4.0 * n)) / n).sqrt();
    let scale = 1.0 + z2 / n;
    // At the ends the exact bound is the end itself, which rounding would miss by a hair.
    let lower = if passed == 0 { 0.0 } else { (centre - spread) / scale };
    let upper = if passed >= total { 1.0 } else { (centre + spread) / scale };
    (lower.clamp(0.0, 1.0), upper.clamp(0.0, 1.0))
}

/// How many standard deviations a two-sided interval at this confidence reaches.
fn quantile(confidence: f64) -> Option<f64> {
    if !(confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    let beyond = (1.0 - confidence) / 2.0;
    let (mut low, mut high) = (0.0, FURTHEST);
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return Some(high);
        }
        if tail(middle) > beyond { low = middle } else { high = middle }
    }
}

/// The chance that a normal variable lies beyond so many standard deviations on one side.
///
/// Near the middle by the series, further out by the continued fraction: Abramowitz and Stegun, *Handbook of Mathematical
/// Functions*, 26.2.11 and 26.2.14.
fn tail(z: f64) -> f64 {
    if z < 2.0 {
        let (mut term, mut sum, mut odd) = (z, z, 1.0);
        while term > sum * f64::EPSILON / 8.0 {
            odd += 2.0;
            term *= z * z / odd;
            sum += term;
        }
        return 0.5 - density(z) * sum;
    }
    let fraction = (1..=200).rev().fold(z, |rest, k| z + f64::from(k) / rest);
    density(z) / fraction
}

/// The density of the normal distribution; the exponential by its series, whose terms are all positive.
fn density(z: f64) -> f64 {
    let x = z * z / 2.0;
    let (mut term, mut sum, mut k) = (1.0, 1.0, 0.0);
    while term > sum * f64::EPSILON / 8.0 {
        k += 1.0;
        term *= x / k;
        sum += term;
    }
    1.0 / (sum * (2.0 * PI).sqrt())
}

/// pass^k: the chance that `k` samples of a case, drawn from its `total`, all pass.
///
/// Unbiased: the share of ways to draw `k` of `total` that draw from the `passed` alone. `None` when there are
/// fewer than `k` samples, or `k` is 0.
pub fn pass_hat(passed: u64, total: u64, k: u64) -> Option<f64> {
    if k == 0 || k > total || passed > total {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "sample counts are far below 2^52")]
    let share = |i: u64| passed.saturating_sub(i) as f64 / (total - i) as f64;
    Some((0..k).map(share).product())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: (f64, f64), b: (f64, f64)) -> bool {
        (a.0 - b.0).abs() < 5e-5 && (a.1 - b.1).abs() < 5e-5
    }

    #[test]
    fn the_wilson_interval_agrees_with_a_printed_table() {
        // Newcombe 1998, Two-sided confidence intervals for the single proportion: comparison of seven methods,
        // Statistics in Medicine 17, 857–872, table I, method 3.
        assert!(near(wilson(81, 263, 0.95), (0.2553, 0.3662)), "{:?}", wilson(81, 263, 0.95));
        assert!(near(wilson(15, 148, 0.95), (0.0624, 0.1605)), "{:?}", wilson(15, 148, 0.95));
        assert!(near(wilson(0, 20, 0.95), (0.0, 0.1611)), "{:?}", wilson(0, 20, 0.95));
        assert!(near(wilson(1, 29, 0.95), (0.0061, 0.1718)), "{:?}", wilson(1, 29, 0.95));
        assert!(near(wilson(29, 29, 0.95), (0.8830, 1.0)), "{:?}", wilson(29, 29, 0.95));
    }

    #[test]
    fn the_wilson_interval_agrees_with_fifty_digits() {
        // The roots of (p̂ - p)² = z² p (1 - p) / n, computed with fifty digits elsewhere.
        for ((passed, total, confidence), (low, high)) in [
            ((8, 10, 0.95), (0.490_162_471_536_641_7, 0.943_317_848_545_624_7)),
            ((29, 30, 0.9), (0.863_595_857_848_182_9, 0.992_528_121_235_057_7)),
            ((1, 263, 0.99), (0.000_446_566_124_596_261_6, 0.031_577_836_910_290_85)),
            ((81, 263, 0.95), (0.255_288_519_878_274_2, 0.366_209_576_982_800_1)),
            ((4_999, 5_000, 0.8), (0.999_331_588_004_046_1, 0.999_940_176_320_052_4)),
        ] {
            let found = wilson(passed, total, confidence);
            assert!((found.0 - low).abs() < 1e-12 && (found.1 - high).abs() < 1e-12, "{passed}/{total}: {found:?}");
        }
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    fn the_interval_solves_its_equation() {
        // Both ends satisfy (p̂ - p)² = z² p (1 - p) / n, with the tabulated quantiles of the normal distribution.
        for (confidence, z) in
            [(0.90, 1.644_853_626_951_472_7), (0.95, 1.959_963_984_540_054), (0.99, 2.575_829_303_548_900_4)]
        {
            for (passed, total) in [(1, 2), (7, 10), (19, 20), (99, 100), (500, 1_000)] {
                let (low, high) = wilson(passed, total, confidence);
                let (n, share) = (total as f64, passed as f64 / total as f64);
                for p in [low, high] {
                    let gap: f64 = (share - p).powi(2) - z * z * p * (1.0 - p) / n;
                    assert!(gap.abs() < 1e-9, "{passed}/{total} at {confidence}: {p} is off by {gap}");
                }
            }
            // With every case passing the lower end is n / (n + z²).
            let (low, high) = wilson(10, 10, confidence);
            assert!((low - 10.0 / (10.0 + z * z)).abs() < 1e-9 && (high - 1.0).abs() < f64::EPSILON);
        }
    }

    #[test]
    fn a_quantile_is_where_the_tables_have_it() {
        // Far out too, where one less the confidence is all that is left of it.
        for (confidence, z) in [
            (0.5, 0.674_489_750_196_081_7),
            (0.95, 1.959_963_984_540_054),
            (0.954_499_736_103_641_6, 2.0),
            (0.999, 3.290_526_731_491_895),
            (0.999_999_426_696_856_2, 5.0),
        ] {
            let found = quantile(confidence).unwrap();
            assert!((found - z).abs() < 1e-9, "{confidence}: {found}");
        }
        assert!(quantile(1.0 - f64::EPSILON / 2.0).unwrap() < FURTHEST);
    }

    #[test]
    fn nothing_is_known_without_cases() {
        assert_eq!(wilson(0, 0, 0.95), (0.0, 1.0));
        assert_eq!(wilson(1, 2, f64::NAN), (0.0, 1.0));
        assert_eq!(wilson(1, 2, 1.0), (0.0, 1.0));
    }

    #[test]
    fn pass_hat_counts_the_ways_to_draw_only_passes() {
        assert_eq!(pass_hat(3, 3, 3), Some(1.0));
        assert_eq!(pass_hat(2, 3, 3), Some(0.0));
        assert!((pass_hat(3, 4, 2).unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(pass_hat(1, 2, 3), None);
    }

    proptest::proptest! {
        #[test]
        fn an_interval_holds_its_share_and_more_passes_never_lower_it(total in 1_u64..500, part in 0.0..1.0_f64) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "small")]
            let (passed, share) = {
                let passed = (total as f64 * part) as u64;
                (passed, passed as f64 / total as f64)
            };
            let (lower, upper) = wilson(passed, total, 0.95);
            proptest::prop_assert!(0.0 <= lower && lower <= share && share <= upper && upper <= 1.0);
            proptest::prop_assert!(wilson(passed + 1, total, 0.95).0 >= lower);
        }
    }
}
