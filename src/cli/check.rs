//! `chancery check`: every static problem.

use std::path::PathBuf;

use super::{face, wire::Wire};
use crate::ops::Failure;

/// Find every problem that shows without running anything
///
/// Parses every file and checks templates, names, inputs, schemas, secrets, invisible characters and rules that can
/// never be met. All problems are listed at once; warnings alone do not fail.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery check
  chancery check prompts/refund-triage.md")]
pub(super) struct CheckArgs {
    /// Files or folders to check (else all)
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

pub(super) fn run(args: CheckArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
