//! `chancery audit`: the ledger.

use clap::ValueEnum;

use super::{face, values, wire::Wire};
use crate::{
    clock::Time,
    name::{Environment, Handle},
    ops::{ArtifactName, Failure},
};

/// List events of the ledger, oldest first
///
/// Who did what, when, refused attempts included.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery audit --since 2026-11-01 --env production
  chancery audit --kind approval --format csv")]
pub(super) struct AuditArgs {
    /// From this time on, RFC 3339 or a date
    #[arg(long, value_name = "TIME", value_parser = values::time)]
    since: Option<Time>,
    /// Up to this time
    #[arg(long, value_name = "TIME", value_parser = values::time)]
    until: Option<Time>,
    /// By this person
    #[arg(long, value_name = "HANDLE")]
    person: Option<Handle>,
    /// About this environment
    #[arg(long, value_name = "ENV")]
    env: Option<Environment>,
    /// About this artifact
    #[arg(long, value_name = "ARTIFACT")]
    artifact: Option<ArtifactName>,
    /// Of this kind
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// How to print them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// How events are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading.
    Text,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values.
    Csv,
}

pub(super) fn run(args: AuditArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
