//! Cases in a file beside the suite: one JSON object a line, or one CSV row each.

use std::collections::BTreeSet;

use super::{
    Document, Item,
    attached::Attached,
    case::Cases,
    csv, json, text,
    tree::{Entry, Node, NodeValue, Table},
};
use crate::problem::Problem;

/// Of how many columns that stand twice is told at once.
const MOST_COLUMNS: usize = 100;

/// Reads the case file an item names; what is wrong is reported at the item or in the file.
pub(super) fn read(item: &Item<'_>, attached: &Attached<'_>, cases: &mut Cases) {
    let Some((path, text)) = attached.named(item) else { return };
    let problems = match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("jsonl") => json_lines(&path, text, attached, cases),
        Some("csv") => rows(&path, text, attached, cases),
        _ => vec![item.problem("unknown-ending", "a case file ends in `.jsonl` or `.csv`")],
    };
    item.report_all(problems);
}

fn json_lines(path: &str, text: &str, attached: &Attached<'_>, cases: &mut Cases) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (before, (_, line)) in text::lines(text, text::after_mark(text)).enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let found =
            Document::parse_json(path, line).map_or_else(|wrong| wrong, |case| read_case(case, attached, cases));
        problems.extend(moved_down(found, path, before));
    }
    problems
}

fn rows(path: &str, text: &str, attached: &Attached<'_>, cases: &mut Cases) -> Vec<Problem> {
    let (mut records, mut problems) = match csv::parse(path, text) {
        Ok(records) => (records.into_iter(), Vec::new()),
        Err(problems) => return problems,
    };
    let Some(header) = records.next() else { return problems };
    let header = header.cells;
    let mut seen = BTreeSet::new();
    for cell in header.iter().filter(|cell| !seen.insert(&cell.text)).take(MOST_COLUMNS) {
        let message = format!("the column `{}` stands twice", cell.text.escape_debug());
        problems.push(Problem::at(path, text, cell.at, "duplicate-key", message));
    }
    for row in records {
        let refuse = |at: usize, code: &str, message: String| vec![Problem::at(path, row.text, at, code, message)];
        let found = if row.cells.len() == header.len() {
            match row_table(&header, row.cells) {
                Ok(table) => read_case(Document::of(path, row.text, 0, table), attached, cases),
                Err((at, message)) => refuse(at, "bad-json", message),
            }
        } else {
            let message = format!("the row has {} cells where the header has {}", row.cells.len(), header.len());
            refuse(0, "bad-csv", message)
        };
        problems.extend(moved_down(found, path, row.lines_before));
    }
    problems
}

fn read_case(document: Document<'_>, attached: &Attached<'_>, cases: &mut Cases) -> Vec<Problem> {
    cases.read(document.fields(), attached);
    document.into_problems()
}

/// Problems of a text that stands below so many lines of the file; those of other files stay where they are.
fn moved_down(mut problems: Vec<Problem>, path: &str, lines: usize) -> Vec<Problem> {
    let lines = u32::try_from(lines).unwrap_or(u32::MAX);
    for problem in problems.iter_mut().filter(|problem| problem.path == path) {
        problem.line = problem.line.saturating_add(lines);
    }
    problems
}

/// A row as the table a case is read from: `id`, `tags` between `;`, `expect` in JSON, the rest variables.
fn row_table(header: &[csv::Cell], row: Vec<csv::Cell>) -> Result<Table, (usize, String)> {
    let mut table = Table::default();
    let mut vars = Table::default();
    for (column, cell) in header.iter().zip(row) {
        let at = cell.at;
        let (target, value) = match column.text.as_str() {
            "id" => (&mut table, NodeValue::Text(cell.text)),
            "tags" => (&mut table, NodeValue::List(tags(&cell))),
            "expect" => (&mut table, expect(&cell)?),
            _ => (&mut vars, NodeValue::Text(cell.text)),
        };
        target.entries.push(Entry { key: column.text.clone(), key_at: at, node: Node { at, value } });
    }
    let at = vars.entries.first().map_or(0, |entry| entry.key_at);
    table.entries.push(Entry { key: "vars".to_owned(), key_at: at, node: Node { at, value: NodeValue::Table(vars) } });
    Ok(table)
}

fn tags(cell: &csv::Cell) -> Vec<Node> {
    let tags = cell.text.split(';').map(str::trim).filter(|tag| !tag.is_empty());
    tags.map(|tag| Node { at: cell.at, value: NodeValue::Text(tag.to_owned()) }).collect()
}

/// The JSON in a cell, every part of it placed at the cell.
fn expect(cell: &csv::Cell) -> Result<NodeValue, (usize, String)> {
    let mut node = json::parse(&cell.text).map_err(|errors| {
        let why = errors.into_iter().next().map(|error| error.message).unwrap_or_default();
        (cell.at, format!("the cell `expect` is not JSON: {why}"))
    })?;
    node.pin(cell.at);
    Ok(node.value)
}
