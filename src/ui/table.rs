//! Columns that fit the page.

use super::{Line, Tone};

/// Space between columns.
const GAP: usize = 2;

/// Rows of cells, aligned. A table too wide for the page wraps its widest cells; nothing is cut off.
#[derive(Debug, Clone, Default)]
pub struct Table {
    rows: Vec<Row>,
    headed: bool,
}

#[derive(Debug, Clone)]
enum Row {
    Cells(Vec<Line>),
    /// Stands below a row, across all columns.
    Aside {
        indent: usize,
        line: Line,
    },
}

impl Table {
    /// A table whose columns need no names.
    pub fn new() -> Self {
        Self::default()
    }

    /// A table with names above its columns.
    pub fn headed<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let head = names.into_iter().map(|name| Line::new().toned(Tone::Faint, name)).collect();
        Self { rows: vec![Row::Cells(head)], headed: true }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Line>) {
        self.rows.push(Row::Cells(cells.into_iter().collect()));
    }

    /// Adds a line across all columns, so far in. It is never broken, because it is what people copy: a stamp, a
    /// command.
    pub fn aside(&mut self, indent: usize, line: Line) {
        self.rows.push(Row::Aside { indent, line });
    }

    /// Whether it has no row besides its head.
    pub fn is_empty(&self) -> bool {
        self.rows.len() <= usize::from(self.headed)
    }

    /// The table as lines of at most `width` columns.
    pub(super) fn lines(&self, width: usize) -> Vec<Line> {
        let columns = self.widths(width);
        let lines = self.rows.iter().flat_map(|row| match row {
            Row::Cells(cells) => lay_out(cells, &columns),
            Row::Aside { indent, line } => vec![Line::new().text(" ".repeat(*indent)).append(line.clone())],
        });
        lines.collect()
    }

    /// How wide each column may be: as wide as its widest cell, the widest columns shrunk until all fit.
    fn widths(&self, page: usize) -> Vec<usize> {
        let mut widths: Vec<usize> = Vec::new();
        for row in &self.rows {
            let Row::Cells(cells) = row else { continue };
            for (at, cell) in cells.iter().enumerate() {
                match widths.get_mut(at) {
                    Some(width) => *width = (*width).max(cell.width()),
                    None => widths.push(cell.width()),
                }
            }
        }
        let room = page.saturating_sub(GAP * widths.len().saturating_sub(1));
        while widths.iter().sum::<usize>() > room {
            match widths.iter_mut().max() {
                Some(widest) if *widest > 8 => *widest -= 1,
                _ => break,
            }
        }
        widths
    }
}

/// One row, as many lines as its tallest cell.
fn lay_out(row: &[Line], widths: &[usize]) -> Vec<Line> {
    let cells: Vec<Vec<Line>> = row
        .iter()
        .zip(widths)
        .map(|(cell, width)| if cell.width() <= *width { vec![cell.clone()] } else { cell.wrap(*width) })
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or_default();
    (0..height).map(|at| join(&cells, widths, at)).collect()
}

/// The `at`-th line of every cell, side by side.
fn join(cells: &[Vec<Line>], widths: &[usize], at: usize) -> Line {
    let mut line = Line::new();
    let mut pending = 0;
    for (cell, width) in cells.iter().zip(widths) {
        let part = cell.get(at).cloned().unwrap_or_default();
        let used = part.width();
        if !part.is_empty() {
            line = line.text(" ".repeat(pending)).append(part);
            pending = 0;
        }
        pending += if used == 0 { width + GAP } else { width.saturating_sub(used) + GAP };
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_table_wraps_its_widest_column_and_fits() {
        let mut table = Table::headed(["prompt", "why"]);
        table.row([Line::from("refund-triage"), Line::from("word ".repeat(40))]);
        let lines = table.lines(80);
        assert!(lines.len() > 2);
        assert!(lines.iter().all(|line| line.width() <= 80));
    }

    #[test]
    fn what_people_copy_is_never_broken() {
        let mut table = Table::new();
        table.row([Line::from("a"), Line::from("word ".repeat(40))]);
        table.aside(2, Line::from("x".repeat(100)));
        assert_eq!(table.lines(80).last().map(Line::width), Some(102));
    }

    #[test]
    fn columns_are_aligned_by_width_not_by_bytes() {
        let mut table = Table::new();
        table.row([Line::from("十二"), Line::from("a")]);
        table.row([Line::from("abcd"), Line::from("b")]);
        assert!(table.lines(80).iter().all(|line| line.width() == 7));
    }
}
