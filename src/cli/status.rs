//! `chancery status`: what is changed here, and what is live.

use super::{face, wire::Wire};
use crate::ops::Failure;

/// Show what changed here, and what is live where
///
/// Compares every file with the version it was last in step with, the newest version, and the environments.
/// Whatever is not shared with the remote is shown first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery status
  chancery status --json")]
pub(super) struct StatusArgs {}

pub(super) fn run(args: StatusArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
