//! `chancery commit`: record versions.

use std::path::PathBuf;

use super::{
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    name::Handle,
    ops::commit::{self, Outcome, Request, Version},
    problem::counted,
    ui::{Line, Page, Table},
};

/// Record versions of all changed artifacts in one event
///
/// Deleted files are recorded as deletions. Nothing changed is not a failure. A file whose artifact has moved on
/// since it was read is refused: nothing anybody wrote is taken back by accident.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery commit -m \"shorter answers\"
  chancery commit prompts/refund-triage.md -m \"name the order\"")]
pub(super) struct CommitArgs {
    /// Files, folders or names to commit (else everything that changed)
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Why, in a line or more
    #[arg(short, long, value_name = "MSG")]
    message: String,
    /// Commit on top of a head that has moved since the file was read
    #[arg(long)]
    onto_head: bool,
    /// Somebody who wrote this with you, by handle; may be given again
    #[arg(long = "author", value_name = "HANDLE")]
    authors: Vec<Handle>,
}

pub(super) fn run(args: CommitArgs, wire: &Wire) -> face::Outcome {
    let CommitArgs { paths, message, onto_head, authors } = args;
    let paths = paths.iter().map(|path| wire.in_project(path)).collect::<Result<_, _>>()?;
    shown(commit::run(&wire.world()?, &Request { paths, message, onto_head, authors }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        match &self.event {
            None => page.line("nothing changed"),
            Some(event) => {
                let count = counted(self.versions.len(), "version");
                page.line(Line::new().good("committed").text(format!(": {count}, event ")).strong(event.short()));
                page.indented(|page| page.table(table(&self.versions)));
            }
        }
        if let Some(first) = self.behind.first() {
            let text = match self.behind.len() {
                1 => format!("`{first}` is behind its head and was left alone"),
                count => format!("{count} artifacts are behind their heads and were left alone, `{first}` first"),
            };
            page.note(text.as_str());
            page.next(format!("chancery restore {first}"));
        }
    }
}

/// More versions than this are counted, not listed.
const LISTED: usize = 40;

fn table(versions: &[Version]) -> Table {
    let mut table = Table::new();
    for version in versions.iter().take(LISTED) {
        let id = version.version.map_or_else(|| "deleted".to_owned(), |id| id.short());
        let new = if version.parent.is_none() { "new" } else { "" };
        table.row([
            Line::new().name(&version.artifact),
            Line::new().text(format!("v{}", version.number)),
            Line::new().faint(id),
            Line::new().text(new),
        ]);
    }
    if let Some(more) = versions.len().checked_sub(LISTED).filter(|more| *more > 0) {
        table.row([Line::new().faint(format!("and {more} more"))]);
    }
    table
}
