//! `chancery promote`: make a proposal live.

use super::{
    face::{self, Face, shown},
    proposal_page,
    wire::Wire,
};
use crate::{
    ops::{
        GOVERNANCE, ProposalName,
        promote::{self, Outcome, Request},
    },
    ui::{Line, Page},
};

/// Carry out an approved proposal
///
/// The gate is weighed first. If it refuses, the environment does not move and what is still missing is listed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery promote production
  chancery promote 7be4410c --dry-run")]
pub(super) struct PromoteArgs {
    /// The proposal: its id or the first digits of it, or an environment with one open proposal
    #[arg(value_name = "PROPOSAL")]
    proposal: ProposalName,
    /// Weigh the gate and stop there
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: PromoteArgs, wire: &Wire) -> face::Outcome {
    shown(promote::run(&wire.world()?, &Request { proposal: args.proposal, dry_run: args.dry_run }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let id = self.proposal.short();
        let tail = |line: Line| line.name(&id).text(" for ").name(&self.environment);
        match (self.promoted, self.verdict) {
            (true, _) => page.line(tail(Line::new().good("promoted "))),
            (false, "pass") => page.line(tail(Line::new().good("the gate holds: "))),
            (false, _) => page.line(tail(Line::new().bad("the gate refuses: "))),
        }
        if self.promoted {
            proposal_page::changes(page, &self.changes);
            proposal_page::bundles(page, &self.bundles);
            if let Some(lift) = &self.lifts {
                proposal_page::lift(page, lift);
                page.next(format!("chancery propose {} {} -m \"why\"", self.environment, lift.spec()));
            } else if self.environment == GOVERNANCE {
                page.line("these rules are in force from here on");
                page.next("chancery people");
            } else {
                page.next(format!("chancery env {}", self.environment));
            }
            return;
        }
        if let Some(lift) = &self.lifts {
            proposal_page::lift(page, lift);
        }
        proposal_page::rules(page, &self.rules);
        page.note("nothing has moved");
        proposal_page::next(page, self.proposal, &self.rules);
    }
}
