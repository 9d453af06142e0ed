//! `chancery commit`: record versions.

use std::path::PathBuf;

use super::{face, wire::Wire};
use crate::ops::Failure;

/// Record versions of all changed artifacts in one event
///
/// Deleted files are recorded as deletions. Nothing changed is not a failure. A file whose artifact has moved on
/// since it was read is refused: nothing anybody wrote is taken back by accident.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery commit -m \"shorter answers\"
  chancery commit prompts/refund-triage.md -m \"name the order\"")]
pub(super) struct CommitArgs {
    /// Files or folders to commit (else everything that changed)
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Why, in a line or more
    #[arg(short, long, value_name = "MSG")]
    message: String,
    /// Commit on top of a head that has moved since the file was read
    #[arg(long)]
    onto_head: bool,
}

pub(super) fn run(args: CommitArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
