//! `chancery mv`: rename, keeping the history.

use std::path::Path;

use super::{
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    ops::mv::{self, Outcome, Request},
    ui::{Line, Page},
};

/// Rename an artifact and keep its history
///
/// Moves the file and records the new name with the old one's history. Files that name it are listed, not edited.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery mv refund-triage refunds/triage
  chancery mv suite/refund-triage suite/refunds")]
pub(super) struct MvArgs {
    /// The artifact, or its file
    #[arg(value_name = "OLD")]
    old: String,
    /// Its new name, or where its file shall stand
    #[arg(value_name = "NEW")]
    new: String,
    /// Why (else `mv OLD NEW`)
    #[arg(short, long, value_name = "MSG")]
    message: Option<String>,
}

pub(super) fn run(args: MvArgs, wire: &Wire) -> face::Outcome {
    let MvArgs { old, new, message } = args;
    let (old, new) = (wire.in_project(Path::new(&old))?, wire.in_project(Path::new(&new))?);
    shown(mv::run(&wire.world()?, &Request { old, new, message }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let line =
            Line::new().good("renamed").text(": ").name(&self.renamed_from).text(" is now ").name(&self.artifact);
        page.line(line.text(format!(" v{}, event ", self.number)).strong(self.event.short()));
        page.indented(|page| page.line(Line::new().faint(&self.path)));
        if !self.named_in.is_empty() {
            page.heading("these still say the old name");
            page.indented(|page| {
                for file in &self.named_in {
                    page.line(Line::new().name(file));
                }
            });
            page.next("chancery check");
        }
    }
}
