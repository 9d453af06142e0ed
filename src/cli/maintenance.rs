//! `chancery maintenance`: keep the store small and quick.

use super::{
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    ops::maintenance::{self, Outcome, Size},
    problem::counted,
    ui::{Line, Page, Table},
};

/// Repack the store
///
/// Brings everything recorded together in one file, removes what nothing leads to any more, and completes a purge
/// that was interrupted. Nothing that is recorded is lost, and it may be interrupted itself.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery maintenance
  chancery maintenance --json")]
pub(super) struct MaintenanceArgs {}

pub(super) fn run(_args: &MaintenanceArgs, wire: &Wire) -> face::Outcome {
    shown(maintenance::run(&wire.world()?))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let mut table = Table::headed(["store", "size", "files"]);
        for (when, size) in [("before", self.before), ("after", self.after)] {
            table.row([Line::new().text(when), bytes(size), Line::new().text(size.files.to_string())]);
        }
        page.table(table);
        if !self.dropped.is_empty() {
            let count = counted(self.dropped.len(), "purged blob");
            page.gap();
            page.paragraph(format!("{count} that an interrupted purge had left behind are gone."));
        }
        page.note("nothing that is recorded has changed");
    }
}

/// A size as people read it.
fn bytes(size: Size) -> Line {
    let (kib, mib) = (size.bytes / 1024, size.bytes / (1024 * 1024));
    Line::new().text(match (mib, kib) {
        (0, 0) => format!("{} bytes", size.bytes),
        (0, kib) => format!("{kib} KiB"),
        (mib, _) => format!("{mib} MiB"),
    })
}
