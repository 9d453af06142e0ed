//! `chancery show`: one version, its evidence and journey.

use super::{
    changes,
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    ops::{
        CharterSheet, Spec,
        show::{self, Outcome, Request},
    },
    ui::{Line, Page, Table},
};

/// Show one version: what it says, its evidence, where it went
///
/// Names its authors, what it uses, the suites that ran on it, and when it was live where.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery show refund-triage
  chancery show refund-triage@production~1")]
pub(super) struct ShowArgs {
    /// NAME or NAME@REVISION
    #[arg(value_name = "SPEC")]
    spec: Spec,
}

pub(super) fn run(args: ShowArgs, wire: &Wire) -> face::Outcome {
    shown(show::run(&wire.world()?, &Request { spec: args.spec }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        page.line(Line::new().strong(&self.artifact).text(format!("  {} v{}", self.kind, self.number)));
        page.fields(fields(self));
        if let Some(sheet) = &self.charter {
            charter(page, sheet);
        }
        files(page, self);
        journey(page, self);
        evidence(page, self);
        page.heading(&self.path);
        changes::write_text(page, &self.text);
    }
}

fn fields(shown: &Outcome) -> Vec<(&'static str, Line)> {
    let text = |text: &str| Line::new().text(text);
    let authors: Vec<&str> = shown.authors.iter().map(crate::name::Handle::as_str).collect();
    let mut fields = vec![
        ("version", Line::new().name(shown.version.to_string())),
        ("committed", text(&format!("{} by {}", shown.time, shown.person))),
        ("event", Line::new().name(shown.event.short())),
        ("message", text(&shown.message)),
        ("size", text(&format!("{} bytes", shown.size))),
    ];
    if authors != [shown.person.as_str()] {
        fields.push(("authors", text(&authors.join(", "))));
    }
    let uses = &shown.uses;
    let model: Vec<_> = uses.model.iter().cloned().collect();
    for (key, names) in
        [("model", &model), ("tools", &uses.tools), ("policies", &uses.policies), ("fragments", &uses.fragments)]
    {
        if !names.is_empty() {
            let names: Vec<&str> = names.iter().map(crate::name::Name::as_str).collect();
            fields.push((key, text(&names.join(", "))));
        }
    }
    if let (Some(subject), Some(cases)) = (&shown.tests, shown.cases) {
        fields.push(("tests", Line::new().name(subject).text(format!(", {cases} cases"))));
    }
    fields
}

/// What a charter says, each line with where it stands; what nobody says is named.
fn charter(page: &mut Page, sheet: &CharterSheet) {
    page.heading("charter");
    let mut table = Table::new();
    for line in &sheet.fields {
        let from = if line.inherited { Line::new().faint(format!("from charter/{}", line.from)) } else { Line::new() };
        table.row([Line::new().faint(line.field.word()), Line::new().text(&line.text), from]);
    }
    page.table(table);
    if !sheet.blank.is_empty() {
        let words: Vec<&str> = sheet.blank.iter().map(|field| field.word()).collect();
        page.paragraph(Line::new().warning("blank").text(": ").text(words.join(", ")));
    }
}

fn files(page: &mut Page, shown: &Outcome) {
    if shown.files.is_empty() {
        return;
    }
    page.heading("files");
    let mut table = Table::new();
    for file in &shown.files {
        let size = format!("{} bytes", file.size);
        table.row([Line::new().name(&file.path), Line::new().text(file.digest.short()), Line::new().text(size)]);
    }
    page.table(table);
}

fn journey(page: &mut Page, shown: &Outcome) {
    page.heading("live");
    if shown.journey.is_empty() {
        page.line("nowhere, and never was");
        return;
    }
    let mut table = Table::new();
    for stay in &shown.journey {
        let time = match stay.until {
            None => Line::new().good("since").text(format!(" {}", stay.since)),
            Some(until) => Line::new().faint("was").text(format!(" {} until {until}", stay.since)),
        };
        let event = stay.event.map_or_else(Line::new, |event| Line::new().name(event.short()));
        let event = if stay.adopted { event.warning(" adopted") } else { event };
        table.row([Line::new().text(stay.environment.as_str()), time, event]);
    }
    page.table(table);
    for line in &shown.quarantined {
        let text = format!(" in {}: rolled back by {} at {}", line.environment, line.person, line.time);
        page.paragraph(Line::new().warning("in quarantine").text(text).faint(format!("  {}", line.event.short())));
    }
}

fn evidence(page: &mut Page, shown: &Outcome) {
    if shown.evidence.is_empty() {
        return;
    }
    page.heading("evidence");
    let mut table = Table::new();
    for line in &shown.evidence {
        let share = format!("{} of {}", line.passed, line.cases);
        let share = if line.failing.is_empty() { Line::new().good(share) } else { Line::new().bad(share) };
        table.row([
            Line::new().name(line.evidence.short()),
            Line::new().text(format!("suite/{}", line.suite)),
            share.text(" pass"),
            Line::new().text(format!("{} bundle {}", line.prompt, line.bundle.short())),
            Line::new().text(line.evaluator.as_str()),
        ]);
    }
    page.table(table);
}
