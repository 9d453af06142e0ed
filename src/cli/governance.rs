//! `chancery governance`: the rules.

use clap::Subcommand;

use super::{face, wire::Wire};
use crate::ops::Failure;

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

pub(super) fn run(args: GovernanceArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
