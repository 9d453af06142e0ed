//! `chancery proposals`: open proposals and what they need.

use super::{face, wire::Wire};
use crate::{name::Environment, ops::Failure};

/// List open proposals and what each still needs
///
/// With --all, those carried out, rejected, withdrawn and void are listed too.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery proposals
  chancery proposals production --all")]
pub(super) struct ProposalsArgs {
    /// Only for this environment
    #[arg(value_name = "ENV")]
    environment: Option<Environment>,
    /// Closed ones too
    #[arg(long)]
    all: bool,
}

pub(super) fn run(args: ProposalsArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
