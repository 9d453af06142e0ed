//! `chancery approve`: say yes to exactly this.

use std::io::IsTerminal;

use super::{
    face::{self, Face, shown},
    proposal_page,
    pull::not_shared,
    review,
    wire::Wire,
};
use crate::{
    object::Prefix,
    ops::{
        Failure, ProposalName,
        approve::{self, Outcome, Request, Seen},
        parse_id,
    },
    report::Sheet,
    ui::{Console, Line, Page},
};

/// Approve a proposal, bound to the dossier you saw
///
/// The approval names the proposal and the dossier, and is spent once the environment moves. --dossier is required
/// when stdin is not a terminal.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery approve production
  chancery approve 7be4410c --dossier 51c0ffee -m \"read every flipped case\"")]
pub(super) struct ApproveArgs {
    /// The proposal: its id or the first digits of it, or an environment with one open proposal
    #[arg(value_name = "PROPOSAL")]
    proposal: ProposalName,
    /// The dossier you saw, as `review` prints it
    #[arg(long, value_name = "DIGEST", value_parser = parse_id)]
    dossier: Option<Prefix>,
    /// Why
    #[arg(short, long, value_name = "MSG")]
    message: Option<String>,
}

pub(super) fn run(args: ApproveArgs, wire: &Wire) -> face::Outcome {
    let console = wire.console();
    let ask = |sheet: &Sheet| ask(console, sheet);
    let answers = std::io::stdin().is_terminal() && !console.is_json();
    let seen = match args.dossier {
        Some(dossier) => Seen::Dossier(dossier),
        None if answers => Seen::Ask(&ask),
        None => Seen::Nothing,
    };
    let message = args.message.unwrap_or_default();
    shown(approve::run(&wire.world()?, &Request { proposal: args.proposal, seen, message }))
}

/// Shows the dossier and asks for its first digits, so that nobody approves by reflex.
fn ask(console: &Console, sheet: &Sheet) -> Result<bool, Failure> {
    let digits = sheet.dossier.short();
    let question = format!("to approve it, type the first eight digits of the dossier ({digits})");
    let asked = console.ask(|page| review::sheet(page, sheet), &question);
    let typed = asked.map_err(|error| Failure::outside("terminal", "cannot ask").because(error.to_string()))?;
    Ok(typed.trim() == digits)
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        page.line(
            Line::new()
                .good("approved ")
                .name(self.proposal.short())
                .text(" for ")
                .name(&self.environment)
                .text(format!(": {} of {} approvals", self.approvals, self.needed)),
        );
        not_shared(page, self.shared);
        proposal_page::needs(page, self.proposal, &self.needs);
    }
}
