//! Cases in a file beside the suite: one JSON object a line, or one CSV row each.

use super::{
    Document, Item,
    attached::Attached,
    case::Cases,
    csv, json, text,
    tree::{Entry, Node, NodeValue, Table},
};
use crate::problem::Problem;

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
    for (at, line) in text::lines(text, text::after_mark(text)).filter(|(_, line)| !line.trim().is_empty()) {
        match Document::parse_json_part(path, text, at..at + line.len()) {
            Ok(document) => read_case(document, attached, cases, &mut problems),
            Err(mut wrong) => problems.append(&mut wrong),
        }
    }
    problems
}

fn rows(path: &str, text: &str, attached: &Attached<'_>, cases: &mut Cases) -> Vec<Problem> {
    let (mut records, mut problems) = match csv::parse(path, text) {
        Ok(records) => (records.into_iter(), Vec::new()),
        Err(problems) => return problems,
    };
    let Some(header) = records.next() else { return problems };
    for (index, cell) in header.iter().enumerate() {
        if header.iter().take(index).any(|earlier| earlier.text == cell.text) {
            let message = format!("the column `{}` stands twice", cell.text.escape_debug());
            problems.push(Problem::at(path, text, cell.at, "duplicate-key", message));
        }
    }
    for row in records {
        let at = row.first().map_or(0, |cell| cell.at);
        if row.len() != header.len() {
            let message = format!("the row has {} cells where the header has {}", row.len(), header.len());
            problems.push(Problem::at(path, text, at, "bad-csv", message));
            continue;
        }
        match row_table(&header, row) {
            Ok(table) => read_case(Document::of(path, text, at, table), attached, cases, &mut problems),
            Err((at, message)) => problems.push(Problem::at(path, text, at, "bad-json", message)),
        }
    }
    problems
}

fn read_case(document: Document<'_>, attached: &Attached<'_>, cases: &mut Cases, problems: &mut Vec<Problem>) {
    cases.read(document.fields(), attached);
    document.drain_into(problems);
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
