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
