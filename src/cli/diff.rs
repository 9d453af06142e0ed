//! `chancery diff`: what changed, and of what class.

use super::{face, wire::Wire};
use crate::ops::{Failure, Spec};

/// Show what changed between two versions, and what class of change it is
///
/// With one SPEC, from its newest version to the file; with none, everything that changed here. For tools the
/// change of the schema is classed: compatible, widened, narrowed or broken.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery diff refund-triage@production refund-triage
  chancery diff --rendered damaged-on-arrival refund-triage")]
pub(super) struct DiffArgs {
    /// The old side, or the only one
    #[arg(value_name = "A")]
    old: Option<Spec>,
    /// The new side
    #[arg(value_name = "B")]
    new: Option<Spec>,
    #[command(flatten)]
    view: View,
    /// Answer no (exit 1) when something differs
    #[arg(long)]
    exit_code: bool,
}

/// How the change is shown; lines unless said otherwise.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct View {
    /// Mark changed words
    #[arg(long)]
    words: bool,
    /// Count only
    #[arg(long)]
    stat: bool,
    /// Compare what a model would get for this golden case
    #[arg(long, value_name = "CASE")]
    rendered: Option<String>,
}

pub(super) fn run(args: DiffArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
