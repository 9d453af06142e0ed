//! `chancery mv`: rename, keeping the history.

use super::{face, wire::Wire};
use crate::ops::{ArtifactName, Failure};

/// Rename an artifact and keep its history
///
/// Moves the file and records the new name with the old one's history. Files that name it are listed, not edited.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery mv refund-triage refunds/triage
  chancery mv suite/refund-triage suite/refunds")]
pub(super) struct MvArgs {
    /// The artifact
    #[arg(value_name = "OLD")]
    old: ArtifactName,
    /// Its new name
    #[arg(value_name = "NEW")]
    new: ArtifactName,
}

pub(super) fn run(args: MvArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
