//! What two texts have in common: edits, common subsequences, common words.
//!
//! Pure counting; time is bounded by the product of both lengths, in which one side is a text of the suite, of bounded
//! length.

use std::collections::HashMap;

/// The Levenshtein distance of two texts: the fewest characters put in, taken out or replaced that turn one into the
/// other.
///
/// V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals", 1966; by one row of
/// the table at a time.
pub(super) fn edits(a: &[char], b: &[char]) -> usize {
    // What both begin or end with changes nothing.
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(same..).unwrap_or_default(), b.get(same..).unwrap_or_default());
    let same = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(..a.len() - same).unwrap_or_default(), b.get(..b.len() - same).unwrap_or_default());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        // `corner` is the cell above and to the left, `left` the one just computed.
        let (mut corner, mut left) = (i, i + 1);
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (above, cb) in row.iter_mut().skip(1).zip(b) {
            let cell = (corner + usize::from(ca != cb)).min(left + 1).min(*above + 1);
            corner = std::mem::replace(above, cell);
            left = cell;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// The words of a text whose letters are all small: letters and digits in a row; everything else stands between them.
pub(super) fn words(lower: &str) -> impl Iterator<Item = &str> {
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The length of the longest common subsequence of two lists of words, and the length of the second list.
///
/// Bit-parallel: one bit for each word of the first list (H. Hyyrö, "Bit-parallel LCS-length computation revisited",
/// 2004), so that a long second list costs little.
pub(super) fn common_subsequence<'w>(a: &[&'w str], b: impl Iterator<Item = &'w str>) -> (usize, usize) {
    let blocks = a.len().div_ceil(64);
    let mut masks: HashMap<&str, Vec<u64>> = HashMap::new();
    for (at, word) in a.iter().enumerate() {
        let mask = masks.entry(word).or_insert_with(|| vec![0; blocks]);
        if let Some(block) = mask.get_mut(at / 64) {
            *block |= 1 << (at % 64);
        }
    }
    let mut row = vec![u64::MAX; blocks];
    let mut length = 0;
    for word in b {
        length += 1;
        let Some(mask) = masks.get(word) else { continue };
        let mut carry = false;
        for (cells, mask) in row.iter_mut().zip(mask) {
            let (sum, over) = cells.overflowing_add(*cells & mask);
            let (sum, more) = sum.overflowing_add(u64::from(carry));
            carry = over || more;
            *cells = sum | (*cells & !mask);
        }
    }
    // Bits beyond the first list stay as they were: set.
    let common = row.iter().map(|cells| cells.count_zeros() as usize).sum();
    (common, length)
}

/// How many words two lists share, each as often as it stands in both, and the length of the second list.
pub(super) fn common_words<'w>(a: &[&'w str], b: impl Iterator<Item = &'w str>) -> (usize, usize) {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for word in a {
        *left.entry(word).or_default() += 1;
    }
    let (mut common, mut length) = (0, 0);
    for word in b {
        length += 1;
        if let Some(count) = left.get_mut(word).filter(|count| **count > 0) {
            *count -= 1;
            common += 1;
        }
    }
    (common, length)
}

/// The F-measure with equal weights: the harmonic mean of `common / a` and `common / b`; 0 where nothing is common.
#[expect(clippy::cast_precision_loss, reason = "lengths of texts in memory are far below 2^52")]
pub(super) fn f_measure(common: usize, a: usize, b: usize) -> f64 {
    if common == 0 { 0.0 } else { 2.0 * common as f64 / (a + b) as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn distance(a: &str, b: &str) -> usize {
        edits(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
    }

    /// As the definition says it, without any cleverness.
    fn plain_edits(a: &[char], b: &[char]) -> usize {
        match (a, b) {
            ([], rest) | (rest, []) => rest.len(),
            ([x, a @ ..], [y, b @ ..]) if x == y => plain_edits(a, b),
            ([_, a1 @ ..], [_, b1 @ ..]) => 1 + plain_edits(a1, b1).min(plain_edits(a1, b)).min(plain_edits(a, b1)),
        }
    }

    fn plain_common(a: &[&str], b: &[&str]) -> usize {
        match (a, b) {
            ([], _) | (_, []) => 0,
            ([x, a @ ..], [y, b @ ..]) if x == y => 1 + plain_common(a, b),
            ([_, a1 @ ..], [_, b1 @ ..]) => plain_common(a1, b).max(plain_common(a, b1)),
        }
    }

    #[test]
    fn edits_agree_with_a_table_made_by_hand() {
        for (a, b, expected) in [
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("Saturday", "Sunday", 3),
            ("gumbo", "gambol", 2),
            ("intention", "execution", 5),
            ("ab", "ba", 2),
            ("naïve", "naive", 1),
            ("same", "same", 0),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn common_subsequences_and_words_agree_with_a_table_made_by_hand() {
        // ROUGE-L of C.-Y. Lin's example: "police killed the gunman" against two candidates has 3 and 2 of 4.
        for (a, b, subsequence, shared) in [
            ("police killed the gunman", "police kill the gunman", 3, 3),
            ("police killed the gunman", "the gunman kill police", 2, 3),
            ("the cat sat on the mat", "the cat the mat", 4, 4),
            ("a b c d", "d c b a", 1, 4),
            ("a a a", "a", 1, 1),
            ("a", "b", 0, 0),
            ("a", "", 0, 0),
        ] {
            let list: Vec<&str> = words(a).collect();
            assert_eq!(common_subsequence(&list, words(b)).0, subsequence, "{a} | {b}");
            assert_eq!(common_words(&list, words(b)).0, shared, "{a} | {b}");
        }
        assert_eq!(words("don't — 3.5, été!").collect::<Vec<_>>(), ["don", "t", "3", "5", "été"]);
        assert!((f_measure(3, 4, 4) - 0.75).abs() < 1e-12);
        assert!((f_measure(4, 6, 4) - 0.8).abs() < 1e-12);
        assert_eq!(f_measure(0, 3, 0).to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn a_subsequence_across_many_blocks_of_bits_is_found() {
        let long: Vec<String> = (0..1000).map(|n| (n % 97).to_string()).collect();
        let list: Vec<&str> = long.iter().map(String::as_str).collect();
        assert_eq!(common_subsequence(&list, list.iter().copied()), (1000, 1000));
        assert_eq!(common_subsequence(&list, list.iter().copied().step_by(3)), (334, 334));
        let odd: Vec<&str> = list.iter().copied().filter(|word| word.len() == 2).collect();
        assert_eq!(common_subsequence(&list, odd.iter().copied()).0, odd.len());
    }

    proptest! {
        #[test]
        fn edits_are_what_the_definition_says(a in "[abc]{0,7}", b in "[abc]{0,7}") {
            let list = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(distance(&a, &b), plain_edits(&list(&a), &list(&b)));
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
        }

        #[test]
        fn common_subsequences_are_what_the_definition_says(
            a in prop::collection::vec("[abc]", 0..9),
            b in prop::collection::vec("[abc]", 0..9),
        ) {
            let list = |words: &'_ [String]| words.iter().map(String::as_str).map(str::to_owned).collect::<Vec<_>>();
            let (a, b) = (list(&a), list(&b));
            let (a, b): (Vec<&str>, Vec<&str>) = (a.iter().map(String::as_str).collect(), b.iter().map(String::as_str).collect());
            let (common, length) = common_subsequence(&a, b.iter().copied());
            prop_assert_eq!((common, length), (plain_common(&a, &b), b.len()));
            let (shared, _) = common_words(&a, b.iter().copied());
            prop_assert!(shared >= common && shared <= a.len().min(b.len()));
        }
    }
}
