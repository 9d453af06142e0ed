//! `chancery eval`: golden cases.

use std::{
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
};

use super::{face, wire::Wire};
use crate::{
    name::Environment,
    ops::{Failure, ProposalName, Revision, Spec},
};

/// Run golden cases and count what passes
///
/// Runs on the working files, on what an environment has live, or on what it would have after a proposal. Calls
/// nothing that costs money. With --attest the run is announced before its first call and recorded as signed
/// evidence; an announced run that was interrupted is resumed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery eval refund-triage
  chancery eval --proposal production --attest --junit report.xml")]
pub(super) struct EvalArgs {
    /// Prompts, tools, policies or suites (else every suite)
    #[arg(value_name = "SPEC")]
    specs: Vec<Spec>,
    /// Run what this environment has live
    #[arg(long, value_name = "ENV", conflicts_with = "proposal")]
    env: Option<Environment>,
    /// Run what the environment would have after this proposal
    #[arg(long, value_name = "PROPOSAL")]
    proposal: Option<ProposalName>,
    /// Compare with an environment or a revision
    #[arg(long, value_name = "ENV|REV")]
    against: Option<Revision>,
    /// Samples of each case (else the suite's own number)
    #[arg(long, value_name = "N")]
    repeat: Option<NonZeroU32>,
    /// Calls at once
    #[arg(long, value_name = "N", default_value = "4")]
    jobs: NonZeroUsize,
    /// Only cases with this tag or id
    #[arg(long, value_name = "TAG|ID")]
    filter: Option<String>,
    /// Announce the run and record signed evidence
    #[arg(long)]
    attest: bool,
    /// Write a JUnit report
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

pub(super) fn run(args: EvalArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
