//! `chancery reject`: say no.

use super::{face, wire::Wire};
use crate::ops::{Failure, ProposalName};

/// Reject a proposal
///
/// A rejected proposal cannot be carried out; the reason stays in the ledger.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery reject production -m \"drops the refund limit\"
  chancery reject 7be4410c -m \"no evidence for the new tool\"")]
pub(super) struct RejectArgs {
    /// The proposal: its id or the first digits of it, or an environment with one open proposal
    #[arg(value_name = "PROPOSAL")]
    proposal: ProposalName,
    /// Why, in a line or more
    #[arg(short, long, value_name = "MSG")]
    message: String,
}

pub(super) fn run(args: RejectArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
