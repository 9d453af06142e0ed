//! `chancery rm`: delete, as a version.

use std::path::Path;

use super::{
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    ops::rm::{self, Outcome, Request},
    ui::{Line, Page},
};

/// Delete an artifact's file and record the deletion
///
/// A deletion is a version: it is promoted like any other, and refused while a live bundle needs the name.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery rm old-greeting
  chancery rm suite/old-greeting")]
pub(super) struct RmArgs {
    /// The artifact, or its file
    #[arg(value_name = "ARTIFACT")]
    artifact: String,
    /// Why (else `rm ARTIFACT`)
    #[arg(short, long, value_name = "MSG")]
    message: Option<String>,
    /// Delete the file even if it holds changes that no version has
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: RmArgs, wire: &Wire) -> face::Outcome {
    let RmArgs { artifact, message, force } = args;
    let artifact = wire.in_project(Path::new(&artifact))?;
    shown(rm::run(&wire.world()?, &Request { artifact, message, force }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let line = Line::new().good("deleted").text(": ").name(&self.artifact);
        page.line(match self.event {
            Some(event) => line.text(format!(" v{}, event ", self.number)).strong(event.short()),
            None => line.text(" was recorded as deleted before; its files are gone now"),
        });
        page.indented(|page| {
            for file in &self.files {
                page.line(Line::new().text(file));
            }
        });
        if let Some(parent) = self.parent {
            page.note("its versions stay; to have it back:");
            page.next(format!("chancery restore {}@{}", self.artifact, parent.short()));
        }
    }
}
