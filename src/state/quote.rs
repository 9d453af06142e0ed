//! Whether a quote stands where somebody says it does, byte for byte.

/// The longest quote, in bytes: it stays in the ledger for good, whatever is purged.
pub(super) const LONGEST_QUOTE: usize = 4096;

/// Whether the quote begins in this line (from 1) of a text; it may go on over the lines that follow.
pub fn stands_at(text: &[u8], line: u64, quote: &str) -> bool {
    let quote = quote.as_bytes();
    let Some((start, length)) = line_at(text, line) else { return false };
    let from_here = text.get(start..).unwrap_or_default();
    !quote.is_empty() && (0..length).any(|skip| from_here.get(skip..).is_some_and(|rest| rest.starts_with(quote)))
}

/// One line (from 1) of a text, without its line break.
pub fn line(text: &[u8], line: u64) -> Option<&[u8]> {
    let (start, length) = line_at(text, line)?;
    text.get(start..start + length)
}

/// Lines (from 1) in which the quote begins.
pub fn lines_with(text: &[u8], quote: &str) -> Vec<u64> {
    let count = text.split(|byte| *byte == b'\n').count() as u64;
    (1..=count).filter(|line| stands_at(text, *line, quote)).collect()
}

/// Where a line begins, and how long it is without its line break.
fn line_at(text: &[u8], line: u64) -> Option<(usize, usize)> {
    let before = usize::try_from(line.checked_sub(1)?).ok()?;
    let mut start = 0;
    let mut lines = text.split(|byte| *byte == b'\n');
    for passed in lines.by_ref().take(before) {
        start += passed.len() + 1;
    }
    lines.next().map(|found| (start, found.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_begins_in_its_line_and_may_go_on() {
        let text = b"one two\r\nthree\n\nfour";
        for (line, quote, stands) in [
            (1, "one", true),
            (1, "two\r\nthree", true),
            (1, "two\nthree", false),
            (1, "three", false),
            (2, "three\n\nfour", true),
            (3, "four", false),
            (3, "\nfour", false),
            (4, "four", true),
            (4, "fours", false),
            (5, "four", false),
            (0, "one", false),
            (1, "", false),
            (u64::MAX, "one", false),
        ] {
            assert_eq!(stands_at(text, line, quote), stands, "{line} {quote:?}");
        }
        assert_eq!((line(text, 2), line(text, 5)), (Some(b"three".as_slice()), None));
        assert_eq!(lines_with(b"a b\nb\n", "b"), [1, 2]);
    }
}
