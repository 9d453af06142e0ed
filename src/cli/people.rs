//! `chancery people`: who may do what.

use super::{face, values, wire::Wire};
use crate::{clock::Time, ops::Failure};

/// Show who may do what
///
/// By the rules in force, not by the file. --allowed-signers prints every key ever listed, as `ssh-keygen -Y verify`
/// takes them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery people
  chancery people --allowed-signers > allowed_signers")]
pub(super) struct PeopleArgs {
    /// As it was at this time, RFC 3339
    #[arg(long, value_name = "TIME", value_parser = values::time)]
    at: Option<Time>,
    /// Print keys for ssh-keygen
    #[arg(long)]
    allowed_signers: bool,
}

pub(super) fn run(args: PeopleArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
