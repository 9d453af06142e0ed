//! `chancery why`: the chain of responsibility.

use std::path::PathBuf;

use super::{face, values, wire::Wire};
use crate::{
    clock::Time,
    ops::{ArtifactName, Failure},
};

/// Explain who is responsible for what is live, or was
///
/// From a stamp, a bundle, or an environment and a prompt: the version, who wrote it, what was measured, who approved
/// and what they were shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery why production refund-triage
  chancery why shop/production/refund-triage@3f9a1c20+7be4410c --pack proof")]
pub(super) struct WhyArgs {
    /// A stamp, a bundle, or an environment
    #[arg(value_name = "STAMP|BUNDLE|ENV")]
    subject: String,
    /// The artifact, after an environment
    #[arg(value_name = "ARTIFACT")]
    artifact: Option<ArtifactName>,
    /// As it was at this time, after an environment
    #[arg(long, value_name = "TIME", value_parser = values::time, requires = "artifact")]
    at: Option<Time>,
    /// Write a proof that ssh-keygen and sha256sum can check into this folder
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,
}

pub(super) fn run(args: WhyArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
