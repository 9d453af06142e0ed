//! `chancery log`: history.

use super::{face, wire::Wire};
use crate::ops::{ArtifactName, Failure};

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
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
