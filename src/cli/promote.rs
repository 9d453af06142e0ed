//! `chancery promote`: make a proposal live.

use super::{face, wire::Wire};
use crate::ops::{Failure, ProposalName};

/// Carry out an approved proposal
///
/// The gate is weighed first. If it refuses, the environment does not move and what is still missing is listed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery promote production
  chancery promote 7be4410c --dry-run")]
pub(super) struct PromoteArgs {
    /// The proposal: its id or the first digits of it, or an environment with one open proposal
    #[arg(value_name = "PROPOSAL")]
    proposal: ProposalName,
    /// Weigh the gate and stop there
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: PromoteArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
