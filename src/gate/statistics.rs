//! How sure a share of passing cases is.

use crate::eval::wilson;

/// The fewest cases with which a suite can reach the share at all, every one of them passing; `None` when no
/// number of cases can (a share of 1 with a confidence), or the numbers are out of range.
///
/// With every case passing, the lower bound is n / (n + z²).
pub fn cases_needed(at_least: f64, confidence: Option<f64>) -> Option<u32> {
    let Some(confidence) = confidence else { return Some(1) };
    let reaches =
        |n: u32| (confidence > 0.0 && confidence < 1.0) && wilson(u64::from(n), u64::from(n), confidence).0 >= at_least;
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
    fn a_confidence_asks_for_many_cases() {
        assert_eq!(cases_needed(0.95, None), Some(1));
        assert_eq!(cases_needed(0.95, Some(0.95)), Some(73));
        assert_eq!(cases_needed(0.90, Some(0.95)), Some(35));
        assert_eq!(cases_needed(1.0, Some(0.95)), None);
    }
}
