//! `chancery reject`: say no.

use super::{
    face::{self, Face, shown},
    pull::not_shared,
    wire::Wire,
};
use crate::{
    ops::{
        ProposalName,
        reject::{self, Outcome},
    },
    ui::{Line, Page},
};

/// Reject a proposal
///
/// A rejected proposal cannot be carried out; the reason stays in the ledger.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery reject production -m \"drops the refund limit\"
  chancery reject 7be4410c -m \"no evidence for the new tool\"")]
pub(super) struct RejectArgs {
    /// The proposal: its id or the first digits of it, or an environment with one open proposal
    #[arg(value_name = "PROPOSAL")]
    proposal: ProposalName,
    /// Why, in a line or more
    #[arg(short, long, value_name = "MSG")]
    message: String,
}

pub(super) fn run(args: RejectArgs, wire: &Wire) -> face::Outcome {
    shown(reject::run(&wire.world()?, &args.proposal, args.message))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        page.line(Line::new().text("rejected: ").name(self.proposal.short()).text(" for ").name(&self.environment));
        page.paragraph(Line::new().faint("because: ").text(self.message.lines().next().unwrap_or_default()));
        not_shared(page, self.shared);
        page.note("nothing has moved, and this proposal never will");
    }
}
