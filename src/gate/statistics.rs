//! How sure a share of passing cases is.

use statrs::distribution::{ContinuousCDF, Normal};

/// The two-sided Wilson score interval for `passed` of `total`, at a confidence between 0 and 1.
///
/// This is the interval that `eval` shows; a pass rate with a confidence asks for its lower end. `None` when
/// there is no case, more passed than were run, or the confidence is out of its range.
pub fn wilson(passed: u32, total: u32, confidence: f64) -> Option<(f64, f64)> {
    if total == 0 || passed > total || !(confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    let z = Normal::new(0.0, 1.0).ok()?.inverse_cdf(f64::midpoint(1.0, confidence));
    let (n, p) = (f64::from(total), f64::from(passed) / f64::from(total));
    let (z2, scale) = (z * z, 1.0 + z * z / n);
    let centre = p + z2 / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let low = if passed == 0 { 0.0 } else { ((centre - half) / scale).max(0.0) };
    let high = if passed == total { 1.0 } else { ((centre + half) / scale).min(1.0) };
    Some((low, high))
}

/// The fewest cases with which a suite can reach the share at all, every one of them passing; `None` when no
/// number of cases can (a share of 1 with a confidence), or the numbers are out of range.
///
/// With every case passing, the lower bound is n / (n + z²).
pub fn cases_needed(at_least: f64, confidence: Option<f64>) -> Option<u32> {
    let Some(confidence) = confidence else { return Some(1) };
    let reaches = |n: u32| wilson(n, n, confidence).is_some_and(|(low, _)| low >= at_least);
    let (mut low, mut high) = (1, 1_u32 << 24);
    if !reaches(high) {
        return None;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if reaches(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Some(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_the_published_one() {
        // Newcombe, Statistics in Medicine 17 (1998), table I, method 3, at 95 %.
        for (passed, total, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let (l, h) = wilson(passed, total, 0.95).unwrap();
            assert!((l - low).abs() < 5e-5 && (h - high).abs() < 5e-5, "{passed}/{total}: {l} {h}");
        }
    }

    #[test]
    fn the_interval_solves_its_equation() {
        // Both ends satisfy (p̂ - p)² = z² p (1 - p) / n, with the tabulated quantiles of the normal distribution.
        for (confidence, z) in
            [(0.90, 1.644_853_626_951_472_7), (0.95, 1.959_963_984_540_054), (0.99, 2.575_829_303_548_900_4)]
        {
            for (passed, total) in [(1, 2), (7, 10), (19, 20), (99, 100), (500, 1_000)] {
                let (low, high) = wilson(passed, total, confidence).unwrap();
                let (n, share) = (f64::from(total), f64::from(passed) / f64::from(total));
                for p in [low, high] {
                    let gap: f64 = (share - p).powi(2) - z * z * p * (1.0 - p) / n;
                    assert!(gap.abs() < 1e-9, "{passed}/{total} at {confidence}: {p} is off by {gap}");
                }
            }
            // With every case passing the lower end is n / (n + z²).
            let (low, high) = wilson(10, 10, confidence).unwrap();
            assert!((low - 10.0 / (10.0 + z * z)).abs() < 1e-9 && (high - 1.0).abs() < f64::EPSILON);
        }
    }

    #[test]
    fn impossible_numbers_have_no_interval() {
        for (passed, total, confidence) in [(0, 0, 0.95), (2, 1, 0.95), (1, 1, 0.0), (1, 1, 1.0), (1, 1, f64::NAN)] {
            assert_eq!(wilson(passed, total, confidence), None);
        }
    }

    #[test]
    fn a_confidence_asks_for_many_cases() {
        assert_eq!(cases_needed(0.95, None), Some(1));
        assert_eq!(cases_needed(0.95, Some(0.95)), Some(73));
        assert_eq!(cases_needed(0.90, Some(0.95)), Some(35));
        assert_eq!(cases_needed(1.0, Some(0.95)), None);
    }
}
