//! `chancery rm`: delete, as a version.

use super::{face, wire::Wire};
use crate::ops::{ArtifactName, Failure};

/// Delete an artifact's file and record the deletion
///
/// A deletion is a version: it is promoted like any other, and refused while a live bundle needs the name.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery rm old-greeting
  chancery rm suite/old-greeting")]
pub(super) struct RmArgs {
    /// The artifact
    #[arg(value_name = "ARTIFACT")]
    artifact: ArtifactName,
}

pub(super) fn run(args: RmArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
