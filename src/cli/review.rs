//! `chancery review`: the dossier.

use std::path::PathBuf;

use super::{face, wire::Wire};
use crate::ops::{Failure, ProposalName};

/// Show the dossier of a proposal: all that a decision needs
///
/// Changes, risk, evidence, rules, and what is still missing. --done records that you have reviewed exactly this
/// dossier.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery review production
  chancery review 7be4410c --markdown dossier.md")]
pub(super) struct ReviewArgs {
    /// The proposal: its id or the first digits of it, or an environment with one open proposal
    #[arg(value_name = "PROPOSAL")]
    proposal: ProposalName,
    /// Write it as Markdown
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Record a completed review of this dossier
    #[arg(long)]
    done: bool,
}

pub(super) fn run(args: ReviewArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
