//! `chancery withdraw`: take a proposal back.

use super::{
    face::{self, Face, shown},
    pull::not_shared,
    wire::Wire,
};
use crate::{
    ops::{
        ProposalName,
        withdraw::{self, Outcome},
    },
    ui::{Line, Page},
};

/// Take a proposal back
///
/// Only who proposed it, or a root person, can. Its approvals are worth nothing afterwards.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery withdraw 7be4410c
  chancery withdraw production -m \"it pays strangers\"")]
pub(super) struct WithdrawArgs {
    /// The proposal: its id or the first digits of it, or an environment with one open proposal
    #[arg(value_name = "PROPOSAL")]
    proposal: ProposalName,
    /// Why
    #[arg(short, long, value_name = "MSG", default_value = "", hide_default_value = true)]
    message: String,
}

pub(super) fn run(args: &WithdrawArgs, wire: &Wire) -> face::Outcome {
    shown(withdraw::run(&wire.world()?, &args.proposal, &args.message))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        page.line(Line::new().text("withdrawn: ").name(self.proposal.short()).text(" for ").name(&self.environment));
        not_shared(page, self.shared);
        page.note("nothing has moved");
    }
}
