//! `chancery rollback`: back to what was live.

use super::{face, wire::Wire};
use crate::{
    name::Environment,
    object::Prefix,
    ops::{ArtifactName, Failure, parse_id},
};

/// Put an environment back to bundles that were live whole
///
/// Needs a role but no evaluation. What it removes is quarantined there until a new approval; every other bundle it
/// touches is listed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery rollback production -m \"refunds doubled\"
  chancery rollback production refund-triage --dry-run -m \"what would change\"")]
pub(super) struct RollbackArgs {
    /// The environment
    #[arg(value_name = "ENV")]
    environment: Environment,
    /// What to put back (else what the last promotion changed)
    #[arg(value_name = "ARTIFACT")]
    artifacts: Vec<ArtifactName>,
    /// Back to the state right after this event
    #[arg(long, value_name = "EVENT", value_parser = parse_id)]
    to_event: Option<Prefix>,
    /// Show what would change and stop there
    #[arg(long)]
    dry_run: bool,
    /// Why, in a line or more
    #[arg(short, long, value_name = "MSG")]
    message: String,
}

pub(super) fn run(args: RollbackArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
