//! `chancery propose`: ask for a change of an environment.

use super::{face, wire::Wire};
use crate::{
    name::Environment,
    ops::{Failure, ProposalName, Spec},
};

/// Propose to change an environment, or the rules
///
/// Without SPEC, everything that is ahead in the environment before. Whatever the named artifacts need and the
/// environment has otherwise comes along, unless --only. `governance` proposes chancery.toml as it stands.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery propose production refund-triage -m \"shorter answers\"
  chancery propose governance -m \"two approvals for high risk\"")]
pub(super) struct ProposeArgs {
    /// The environment, or `governance`
    #[arg(value_name = "ENV")]
    environment: Environment,
    /// What to change there (else all that is ahead)
    #[arg(value_name = "SPEC")]
    specs: Vec<Spec>,
    /// Why, in a line or more
    #[arg(short, long, value_name = "MSG")]
    message: String,
    /// Leave out what the named artifacts need
    #[arg(long)]
    only: bool,
    /// Propose the same again after the environment moved
    #[arg(long, value_name = "PROPOSAL")]
    refresh: Option<ProposalName>,
}

pub(super) fn run(args: ProposeArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
