//! `chancery env`: what is live.

use super::{face, values, wire::Wire};
use crate::{clock::Time, name::Environment, ops::Failure};

/// Show what is live, since when, and through which event
///
/// Without an environment, all of them. With --at, as it was at that moment.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery env production
  chancery env production --at 2026-11-20T08:00:00Z")]
pub(super) struct EnvArgs {
    /// The environment (else all)
    #[arg(value_name = "ENV")]
    environment: Option<Environment>,
    /// As it was at this time, RFC 3339
    #[arg(long, value_name = "TIME", value_parser = values::time)]
    at: Option<Time>,
}

pub(super) fn run(args: EnvArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
