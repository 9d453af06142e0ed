//! Bytes as text: UTF-8 or a problem that says where it ends.

use crate::problem::Problem;

/// The bytes as text.
///
/// # Errors
///
/// One `not-utf8` problem with the place of the first byte that is none.
pub(super) fn decode<'b>(path: &str, bytes: &'b [u8]) -> Result<&'b str, Vec<Problem>> {
    std::str::from_utf8(bytes).map_err(|error| vec![not_utf8(path, bytes, error.valid_up_to())])
}

fn not_utf8(path: &str, bytes: &[u8], offset: usize) -> Problem {
    let good = String::from_utf8_lossy(bytes.get(..offset).unwrap_or_default());
    let mut problem = Problem::at(path, &good, good.len(), "not-utf8", "");
    problem.message = format!("the file is not UTF-8: line {}, byte offset {offset}", problem.line);
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    problem.next(if utf16 { "it looks like UTF-16; save it as UTF-8" } else { "save it as UTF-8" })
}

/// The offset after a byte order mark, if there is one.
pub(super) fn after_mark(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

/// Lines of `text` from an offset on, with the offset of each, without their ends (`\n` or `\r\n`).
pub(super) fn lines(text: &str, from: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut at = from;
    text.get(from..).unwrap_or_default().split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        (start, line.strip_suffix('\r').unwrap_or(line))
    })
}
