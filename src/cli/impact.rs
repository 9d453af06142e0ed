//! `chancery impact`: what a change would touch.

use super::{face, wire::Wire};
use crate::ops::{Failure, Spec};

/// List every bundle, environment and suite a change would touch
///
/// Follows what prompts include and use, in every environment and at the heads.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery impact policy/refunds
  chancery impact issue_refund")]
pub(super) struct ImpactArgs {
    /// NAME or NAME@REVISION
    #[arg(value_name = "SPEC")]
    spec: Spec,
}

pub(super) fn run(args: ImpactArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
