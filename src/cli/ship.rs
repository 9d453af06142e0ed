//! `chancery ship`: as far as the rules allow.

use super::{face, wire::Wire};
use crate::{
    name::Environment,
    ops::{Failure, Spec},
};

/// Walk a change as far towards an environment as the rules allow
///
/// Proposes, evaluates, attests, approves where the rules allow it, and promotes; stops at the first unmet rule and
/// says what it waits for. Run again, it goes on from there.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery ship production -m \"shorter answers\"
  chancery ship staging refund-triage -m \"shorter answers\"")]
pub(super) struct ShipArgs {
    /// The environment to reach
    #[arg(value_name = "ENV")]
    environment: Environment,
    /// What to ship (else all that is ahead)
    #[arg(value_name = "SPEC")]
    specs: Vec<Spec>,
    /// Why, in a line or more
    #[arg(short, long, value_name = "MSG")]
    message: String,
}

pub(super) fn run(args: ShipArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
