//! `chancery proposals`: open proposals and what they need.

use super::{
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    name::Environment,
    ops::proposals::{self, Line as Proposal, Outcome, Request},
    ui::{Line, Page, Tone},
};

/// List open proposals and what each still needs
///
/// With --all, those carried out, rejected, withdrawn and void are listed too.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery proposals
  chancery proposals production --all")]
pub(super) struct ProposalsArgs {
    /// Only for this environment
    #[arg(value_name = "ENV")]
    environment: Option<Environment>,
    /// Closed ones too
    #[arg(long)]
    all: bool,
}

pub(super) fn run(args: ProposalsArgs, wire: &Wire) -> face::Outcome {
    shown(proposals::run(&wire.world()?, &Request { environment: args.environment, all: args.all }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        if self.proposals.is_empty() {
            page.line("nothing is proposed");
            page.next("chancery propose ENV -m \"why\"");
        }
        for (at, proposal) in self.proposals.iter().enumerate() {
            if at > 0 {
                page.gap();
            }
            one(page, proposal);
        }
    }
}

fn one(page: &mut Page, proposal: &Proposal) {
    let tone = match proposal.status.as_str() {
        "promoted" => Tone::Good,
        "void" => Tone::Warning,
        "open" => Tone::Strong,
        _ => Tone::Faint,
    };
    let mut line = Line::new()
        .name(proposal.proposal.short())
        .text(" for ")
        .name(&proposal.environment)
        .text(", ")
        .toned(tone, &proposal.status);
    if let Some(tier) = proposal.tier {
        line = line.text(format!(", {} risk", tier.word()));
    }
    page.line(line.text(format!(", by {} at {}", proposal.person, proposal.time)));
    page.indented(|page| {
        page.paragraph(proposal.message.lines().next().unwrap_or_default());
        if let Some(lift) = &proposal.lifts {
            let text = format!(" {}, which was rolled back", lift.version.short());
            page.paragraph(Line::new().text("lets in again ").name(&lift.artifact).text(text));
        }
        if proposal.status == "open" && proposal.needs.is_empty() {
            page.line(Line::new().good("ready: ").name(format!("chancery promote {}", proposal.proposal.short())));
        }
        for reason in &proposal.risk {
            page.paragraph(Line::new().warning("risk ").text(reason));
        }
        for need in &proposal.needs {
            let next = need.next.as_deref().map(|next| format!("; {next}")).unwrap_or_default();
            page.paragraph(Line::new().bad("needs ").name(&need.rule).text(": ").text(&need.reason).text(next));
        }
    });
}
