//! `chancery governance`: the rules.

use clap::Subcommand;

use super::{
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    ops::governance::{self, Outcome},
    problem::counted,
    ui::{Line, Page, Table},
};

/// Compare the rules in force with the file
///
/// The rules in force are the recorded ones. What the file would change is listed, and whatever it lowers is
/// named as such.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery governance diff
  chancery governance diff --json")]
pub(super) struct GovernanceArgs {
    #[command(subcommand)]
    command: GovernanceCommand,
}

/// What to do with the rules.
#[derive(Debug, Subcommand)]
enum GovernanceCommand {
    /// Show what `chancery.toml` would change
    #[command(after_help = "Examples:
  chancery governance diff
  chancery governance diff --json")]
    Diff,
}

pub(super) fn run(args: &GovernanceArgs, wire: &Wire) -> face::Outcome {
    match args.command {
        GovernanceCommand::Diff => shown(governance::diff(&wire.world()?)),
    }
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        for warning in &self.warnings {
            page.warn(format!("{}:{}: {}", warning.path, warning.line, warning.message));
        }
        if self.differences.is_empty() {
            let how =
                if self.rules == self.file { "is, byte for byte, the rules" } else { "says the same as the rules" };
            page.line(
                Line::new().text(format!("`chancery.toml` {how} in force since event ")).name(self.since.short()),
            );
            return;
        }
        let lowered = self.differences.iter().filter(|change| change.lowers).count();
        let head = Line::new()
            .text("`chancery.toml` differs from the rules in force in ")
            .strong(counted(self.differences.len(), "thing"));
        page.paragraph(if lowered == 0 {
            head
        } else {
            head.text("; ").warning(format!("{lowered} of them lower a bar"))
        });
        page.gap();
        let mut table = Table::headed(["", "what", "in force", "in the file"]);
        for change in &self.differences {
            let mark = if change.lowers { Line::new().warning("lowers") } else { Line::new() };
            let side = |text: &Option<String>| match text {
                Some(text) => Line::new().text(text),
                None => Line::new().faint("–"),
            };
            table.row([mark, Line::new().name(&change.path), side(&change.from), side(&change.to)]);
        }
        page.table(table);
        let roots = if self.approvals == 1 { "1 approval".to_owned() } else { format!("{} approvals", self.approvals) };
        page.note(format!("Editing the file changes nothing: a change of rules needs {roots} of root."));
        page.next("chancery propose governance -m \"why\"");
    }
}
