//! `chancery audit`: the ledger.

use clap::ValueEnum;

use super::{
    face::{self, Face, shown},
    r#override::lead,
    values,
    wire::Wire,
};
use crate::{
    clock::Time,
    name::{Environment, Handle},
    ops::{
        ArtifactName,
        audit::{self, Outcome, Request, Told},
    },
    sight::{json_escaped, visible_lines},
    ui::{Line, Page, Table},
};

/// List events of the ledger, newest first
///
/// Who did what, when, refused attempts included. With --json, jsonl and csv the oldest comes first. In csv, a text
/// that a spreadsheet would take for a formula begins with an apostrophe.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery audit --since 2026-11-01 --env production
  chancery audit --kind approve --format csv")]
pub(super) struct AuditArgs {
    /// From this time on, RFC 3339 or a date
    #[arg(long, value_name = "TIME", value_parser = values::time)]
    since: Option<Time>,
    /// Up to this time
    #[arg(long, value_name = "TIME", value_parser = values::time)]
    until: Option<Time>,
    /// By this person
    #[arg(long, value_name = "HANDLE")]
    person: Option<Handle>,
    /// About this environment
    #[arg(long, value_name = "ENV")]
    env: Option<Environment>,
    /// About this artifact
    #[arg(long, value_name = "ARTIFACT")]
    artifact: Option<ArtifactName>,
    /// Of this kind
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// How to print them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// How events are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading.
    Text,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values.
    Csv,
}

pub(super) fn run(args: AuditArgs, wire: &Wire) -> face::Outcome {
    let request = Request {
        since: args.since,
        until: args.until,
        person: args.person,
        environment: args.env,
        artifact: args.artifact,
        kind: args.kind,
        format: match args.format {
            Format::Text => audit::Format::Text,
            Format::Jsonl => audit::Format::JsonLines,
            Format::Csv => audit::Format::Csv,
        },
    };
    shown(audit::run(&wire.world()?, &request))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        match self.format {
            audit::Format::Text => {
                lead(page, &self.overrides);
                text(self, page);
            }
            audit::Format::JsonLines => page.raw(json_lines(&self.events)),
            audit::Format::Csv => page.raw(csv(&self.events)),
        }
    }
}

fn text(outcome: &Outcome, page: &mut Page) {
    if outcome.events.is_empty() {
        page.line(format!("none of the {} events is so", outcome.total));
        return;
    }
    let mut table = Table::new();
    let mut last = String::new();
    for told in outcome.events.iter().rev() {
        let time = told.time.to_string();
        let (day, hour) = time.split_once('T').unwrap_or(("", &time));
        if day != last {
            day.clone_into(&mut last);
            table.aside(0, Line::new().strong(day));
        }
        let what =
            if told.kind == "attempt" { Line::new().warning(&told.summary) } else { Line::new().text(&told.summary) };
        let what =
            if told.recorder == told.person { what } else { what.faint(format!(" (recorded by {})", told.recorder)) };
        let id = Line::new().faint(told.event.short());
        table.row([Line::new().text(hour), id, Line::new().name(told.person.as_str()), what]);
    }
    page.table(table);
}

fn json_lines(events: &[Told]) -> Vec<u8> {
    let mut out = Vec::new();
    for told in events {
        // Plain data always has a JSON form.
        out.extend(json_escaped(&serde_json::to_string(told).unwrap_or_default()).into_bytes());
        out.push(b'\n');
    }
    out
}

/// RFC 4180: a head, CRLF, quotes where needed.
fn csv(events: &[Told]) -> Vec<u8> {
    let mut out = String::new();
    row(&mut out, ["seq", "event", "time", "person", "recorder", "kind", "environments", "artifacts", "summary"]);
    for told in events {
        row(
            &mut out,
            [
                told.seq.to_string().as_str(),
                told.event.to_string().as_str(),
                told.time.to_string().as_str(),
                told.person.as_str(),
                told.recorder.as_str(),
                told.kind.as_str(),
                told.environments.join(" ").as_str(),
                told.artifacts.join(" ").as_str(),
                told.summary.as_str(),
            ],
        );
    }
    out.into_bytes()
}

fn row<'a>(out: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (at, text) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        cell(out, text);
    }
    out.push_str("\r\n");
}

/// One cell. A spreadsheet runs what begins like a formula; an apostrophe in front makes it text.
fn cell(out: &mut String, text: &str) {
    let text = visible_lines(text);
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text };
    if text.contains([',', '"', '\r', '\n']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(&text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_needed_and_never_a_formula() {
        let shown = |text: &str| {
            let mut out = String::new();
            cell(&mut out, text);
            out
        };
        assert_eq!(shown("plain"), "plain");
        assert_eq!(shown("a, \"b\"\nc"), "\"a, \"\"b\"\"\nc\"");
        assert_eq!(shown("=HYPERLINK(\"x\",1)"), "\"'=HYPERLINK(\"\"x\"\",1)\"");
        assert_eq!(shown("@x"), "'@x");
    }
}
