//! `chancery restore`: bytes back into the file.

use std::path::Path;

use super::{
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    ops::{
        Spec,
        restore::{self, Outcome, Request},
    },
    ui::{Line, Page},
};

/// Put the bytes of a version back into the file
///
/// Refused while the file holds changes that no version has, unless forced.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery restore refund-triage@v3
  chancery restore refund-triage --force")]
pub(super) struct RestoreArgs {
    /// NAME or NAME@REVISION
    #[arg(value_name = "SPEC")]
    spec: Spec,
    /// Overwrite unsaved changes
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: RestoreArgs, wire: &Wire) -> face::Outcome {
    let RestoreArgs { mut spec, force } = args;
    spec.text = wire.in_project(Path::new(&spec.text))?;
    shown(restore::run(&wire.world()?, &Request { spec, force }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let version = Line::new().text("v").text(self.number.to_string()).text(" ").faint(self.version.short());
        let line = Line::new().good("restored").text(": ").name(&self.path).text(" is now ").append(version);
        page.line(if self.head { line.text(", the head") } else { line });
        if !self.head {
            page.next(format!("chancery commit {} -m \"back to v{}\"", self.path, self.number));
        }
    }
}
