//! `chancery approve`: say yes to exactly this.

use super::{face, wire::Wire};
use crate::{
    object::Prefix,
    ops::{Failure, ProposalName, parse_id},
};

/// Approve a proposal, bound to the dossier you saw
///
/// The approval names the proposal and the dossier, and is spent once the environment moves. --dossier is required
/// when stdin is not a terminal.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery approve production
  chancery approve 7be4410c --dossier 51c0ffee -m \"read every flipped case\"")]
pub(super) struct ApproveArgs {
    /// The proposal: its id or the first digits of it, or an environment with one open proposal
    #[arg(value_name = "PROPOSAL")]
    proposal: ProposalName,
    /// The dossier you saw, as `review` prints it
    #[arg(long, value_name = "DIGEST", value_parser = parse_id)]
    dossier: Option<Prefix>,
    /// Why
    #[arg(short, long, value_name = "MSG")]
    message: Option<String>,
}

pub(super) fn run(args: ApproveArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
