//! `chancery log`: history.

use super::{
    changes,
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    ops::{
        ArtifactName,
        log::{self, Outcome, Request, Version},
    },
    ui::{Line, Page, Table},
};

/// List versions, newest first
///
/// Without an artifact, every commit of the project. With one, its whole history, earlier names included.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery log refund-triage
  chancery log -p -n 3 refund-triage")]
pub(super) struct LogArgs {
    /// The artifact (else all)
    #[arg(value_name = "ARTIFACT")]
    artifact: Option<ArtifactName>,
    /// Show what each version changed
    #[arg(short, long)]
    patch: bool,
    /// Stop after so many
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
}

pub(super) fn run(args: LogArgs, wire: &Wire) -> face::Outcome {
    let request = Request { artifact: args.artifact, patch: args.patch, limit: args.limit };
    shown(log::run(&wire.world()?, &request))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        if self.versions.is_empty() && !self.more {
            page.line("nothing is committed yet");
            page.next("chancery commit -m \"why\"");
        } else if self.versions.iter().any(|version| version.changes.is_some() || version.purged.is_some()) {
            with_changes(page, self);
        } else {
            table(page, self);
        }
        if let Some(name) = &self.renamed_to {
            page.note(format!("it goes on as `{name}`"));
            page.next(format!("chancery log {name}"));
        }
        if self.more {
            page.note("there are earlier ones");
        }
    }
}

/// One line a version; the name only where it is not the one asked for.
fn table(page: &mut Page, outcome: &Outcome) {
    let mut table = Table::new();
    let mut event = None;
    for version in &outcome.versions {
        let mut row = Vec::new();
        if outcome.artifact.is_none() {
            row.push(Line::new().name(&version.artifact));
        }
        // One commit of the project says once when, who and why.
        let repeated = event.replace(version.event) == Some(version.event);
        row.push(Line::new().text(format!("v{}", version.number)));
        row.push(id(version));
        if repeated && outcome.artifact.is_none() {
            row.extend([Line::new(), Line::new(), marks(version)]);
        } else {
            let message = marks(version).text(version.message.lines().next().unwrap_or_default());
            row.extend([Line::new().text(version.time.to_string()), people(version), message]);
        }
        table.row(row);
    }
    page.table(table);
}

/// Everything about each version, with what it changed.
fn with_changes(page: &mut Page, outcome: &Outcome) {
    for (at, version) in outcome.versions.iter().enumerate() {
        if at > 0 {
            page.gap();
        }
        let head = Line::new().strong(&version.artifact).text(format!(" v{}  ", version.number)).append(id(version));
        page.line(head.text(format!("  {}  ", version.time)).append(people(version)));
        page.paragraph(marks(version).text(&version.message));
        if let Some(purged) = &version.purged {
            page.indented(|page| page.paragraph(Line::new().warning(purged)));
        }
        changes::write(page, version.changes.as_deref().unwrap_or_default());
    }
}

fn id(version: &Version) -> Line {
    match version.version {
        Some(id) => Line::new().name(id.short()),
        None => Line::new().warning("deleted"),
    }
}

fn people(version: &Version) -> Line {
    version
        .authors
        .iter()
        .fold(Line::new().text(version.person.as_str()), |line, author| line.text(", ").text(author.as_str()))
}

/// What became of the name.
fn marks(version: &Version) -> Line {
    match (&version.renamed_from, &version.renamed_to) {
        (Some(name), _) => Line::new().faint(format!("(was {name}) ")),
        (_, Some(name)) => Line::new().faint(format!("(now {name}) ")),
        _ => Line::new(),
    }
}
