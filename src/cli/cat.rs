//! `chancery cat`: raw bytes.

use super::{face, wire::Wire};
use crate::ops::{Failure, Spec};

/// Write the exact bytes of one version to stdout
///
/// Nothing is added and nothing is changed, so that `sha256sum` prints the version's id.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery cat refund-triage@production
  chancery cat refund-triage@v3 | sha256sum")]
pub(super) struct CatArgs {
    /// NAME or NAME@REVISION
    #[arg(value_name = "SPEC")]
    spec: Spec,
}

pub(super) fn run(args: CatArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
