//! `chancery restore`: bytes back into the file.

use super::{face, wire::Wire};
use crate::ops::{Failure, Spec};

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
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
