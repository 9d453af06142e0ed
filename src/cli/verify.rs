//! `chancery verify`: prove that the record is true.

use super::{face, wire::Wire};
use crate::ops::Failure;

/// Prove that everything recorded is true
///
/// Hashes every object, reachable or not, checks every signature, and decides every event again. The first lie is
/// named with its event and the rule it breaks.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery verify
  chancery verify --deep")]
pub(super) struct VerifyArgs {
    /// Score the evidence again too
    #[arg(long)]
    deep: bool,
}

pub(super) fn run(args: VerifyArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
