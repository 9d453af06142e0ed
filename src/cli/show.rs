//! `chancery show`: one version, its evidence and journey.

use super::{face, wire::Wire};
use crate::ops::{Failure, Spec};

/// Show one version: what it says, its evidence, where it went
///
/// Names its authors, what it uses, the suites that ran on it, and when it was live where.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery show refund-triage
  chancery show refund-triage@production~1")]
pub(super) struct ShowArgs {
    /// NAME or NAME@REVISION
    #[arg(value_name = "SPEC")]
    spec: Spec,
}

pub(super) fn run(args: ShowArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
