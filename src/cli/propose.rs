//! `chancery propose`: ask for a change of an environment.

use super::{
    face::{self, Face, shown},
    proposal_page,
    wire::Wire,
};
use crate::{
    name::Environment,
    ops::{
        GOVERNANCE, ProposalName, Spec,
        propose::{self, Onto, Outcome, Request},
    },
    ui::{Line, Page},
};

/// Propose to change an environment, or the rules
///
/// Without SPEC, everything that is ahead in the environment before. Whatever the named artifacts need and the
/// environment has otherwise comes along, unless --only. `governance` proposes chancery.toml as it stands; a file
/// that was edited on older rules is refused, so that nobody takes back what others changed without knowing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery propose production refund-triage -m \"shorter answers\"
  chancery propose governance -m \"two approvals for high risk\"")]
pub(super) struct ProposeArgs {
    /// The environment, or `governance`
    #[arg(value_name = "ENV")]
    environment: Environment,
    /// What to change there (else all that is ahead)
    #[arg(value_name = "SPEC")]
    specs: Vec<Spec>,
    /// Why, in a line or more
    #[arg(short, long, value_name = "MSG")]
    message: String,
    /// Leave out what the named artifacts need
    #[arg(long)]
    only: bool,
    /// Propose the same again after the environment moved
    #[arg(long, value_name = "PROPOSAL")]
    refresh: Option<ProposalName>,
    /// For `governance`: propose the file even where it takes back what others have changed
    #[arg(long)]
    onto_head: bool,
}

pub(super) fn run(args: ProposeArgs, wire: &Wire) -> face::Outcome {
    let ProposeArgs { environment, specs, message, only, refresh, onto_head } = args;
    let onto = if onto_head { Onto::Whatever } else { Onto::InForce };
    shown(propose::run(&wire.world()?, &Request { environment, specs, message, only, refresh, onto }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        page.paragraph(
            Line::new()
                .text("proposed ")
                .strong(self.proposal.short())
                .text(" for ")
                .name(&self.environment)
                .text(": ")
                .text(self.message.lines().next().unwrap_or_default()),
        );
        proposal_page::changes(page, &self.changes);
        proposal_page::bundles(page, &self.bundles);
        proposal_page::differences(page, &self.differences);
        if self.environment == GOVERNANCE {
            page.fields([("risk", proposal_page::risk(self.tier, &[]))]);
            proposal_page::warnings(page, &self.warnings);
        } else {
            page.fields([("risk", proposal_page::risk(self.tier, &self.risk))]);
        }
        if let Some(old) = self.withdrawn {
            page.line(Line::new().text("it takes the place of ").name(old.short()).text(", which is withdrawn"));
        }
        if let Some(old) = self.still_open {
            let old = old.short();
            page.warn(Line::new().text(format!("{old} is still open: only who proposed it, or root, may withdraw it")));
        }
        proposal_page::needs(page, self.proposal, &self.needs);
    }
}
