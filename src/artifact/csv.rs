//! RFC 4180: rows of cells, quoted where they hold commas, quotes or line ends.

use super::text;
use crate::problem::Problem;

/// One cell and the byte offset at which it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) at: usize,
    pub(super) text: String,
}

/// One row: its own text, the lines of the file before it, and its cells, placed in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row<'t> {
    pub(super) text: &'t str,
    pub(super) lines_before: usize,
    pub(super) cells: Vec<Cell>,
}

/// Reads all rows; lines with nothing on them are skipped, a byte order mark too.
///
/// # Errors
///
/// One `bad-csv` problem: a quote that is never closed, or text after a closing one.
pub(super) fn parse<'t>(path: &str, text: &'t str) -> Result<Vec<Row<'t>>, Vec<Problem>> {
    let mut rows = Vec::new();
    let mut at = text::after_mark(text);
    let mut lines_before = 0;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let (cells, length) =
            row(rest).map_err(|(offset, why)| vec![Problem::at(path, text, at + offset, "bad-csv", why)])?;
        let text = rest.get(..length).unwrap_or_default();
        if cells.len() > 1 || cells.iter().any(|cell| !cell.text.is_empty()) {
            rows.push(Row { text, lines_before, cells });
        }
        lines_before += text.matches('\n').count();
        at += length;
    }
    Ok(rows)
}

/// The row a text begins with, and its length with the end of its line.
fn row(text: &str) -> Result<(Vec<Cell>, usize), (usize, &'static str)> {
    let mut row = Vec::new();
    let mut at = 0;
    loop {
        let (cell, end) = cell(text, at)?;
        row.push(cell);
        let rest = text.get(end..).unwrap_or_default();
        if rest.starts_with(',') {
            at = end + 1;
        } else if rest.starts_with("\r\n") {
            return Ok((row, end + 2));
        } else {
            return Ok((row, end + usize::from(!rest.is_empty())));
        }
    }
}

/// One cell from an offset on, and the offset of the comma or line end after it.
fn cell(text: &str, at: usize) -> Result<(Cell, usize), (usize, &'static str)> {
    let rest = text.get(at..).unwrap_or_default();
    if !rest.starts_with('"') {
        let end = rest.find([',', '\n']).unwrap_or(rest.len());
        let plain = rest.get(..end).unwrap_or_default();
        let plain = if rest.get(end..).is_some_and(|rest| rest.starts_with('\n')) {
            plain.strip_suffix('\r').unwrap_or(plain)
        } else {
            plain
        };
        return Ok((Cell { at, text: plain.to_owned() }, at + plain.len()));
    }
    let mut read = String::new();
    let mut from = at + 1;
    loop {
        let inside = text.get(from..).unwrap_or_default();
        let Some(quote) = inside.find('"') else { return Err((at, "the quote is never closed")) };
        read.push_str(inside.get(..quote).unwrap_or_default());
        from += quote + 1;
        let after = text.get(from..).unwrap_or_default();
        if after.starts_with('"') {
            read.push('"');
            from += 1;
        } else if after.is_empty() || after.starts_with([',', '\n']) || after.starts_with("\r\n") {
            return Ok((Cell { at, text: read }, from));
        } else {
            return Err((from, "after a closing quote comes a comma or the end of the line"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<Vec<String>> {
        let rows = parse("x.csv", text).unwrap();
        rows.into_iter().map(|row| row.cells.into_iter().map(|cell| cell.text).collect()).collect()
    }

    #[test]
    fn rows_are_read_as_the_rfc_says() {
        assert_eq!(
            texts("\u{feff}a,b\r\n1,\"x \"\"y\"\",\nz\"\r\n\r\n,\n"),
            [["a", "b"], ["1", "x \"y\",\nz"], ["", ""]]
        );
        assert_eq!(parse("x.csv", "a\n\"b").unwrap_err()[0].line, 2);
        assert_eq!(parse("x.csv", "\"a\"b").unwrap_err()[0].column, 4);
    }

    proptest! {
        #[test]
        fn writing_and_reading_is_identity(
            rows in prop::collection::vec(prop::collection::vec("[a-z,\"\r\n é]{0,6}", 2..4), 0..5)
        ) {
            let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let lines: Vec<String> =
                rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",")).collect();
            prop_assert_eq!(texts(&lines.join("\r\n")), rows);
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "[a,\"\r\n]{0,30}") {
            drop(parse("x.csv", &text));
        }
    }
}
