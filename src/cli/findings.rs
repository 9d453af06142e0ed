//! `chancery findings`: objections, and what became of them.

use super::{
    face::{self, Face, shown},
    finding_page,
    wire::Wire,
};
use crate::{
    ops::{
        ProposalName,
        findings::{self, Outcome, Request},
    },
    problem::counted,
    ui::{Line, Page},
};

/// List findings and what was answered
///
/// Open ones, of every environment, unless one of them or a proposal is named. With --all, closed ones too.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery findings
  chancery findings production --all")]
pub(super) struct FindingsArgs {
    /// A proposal, by its id or the first digits of it; or an environment
    #[arg(value_name = "PROPOSAL|ENV")]
    about: Option<ProposalName>,
    /// Closed ones too
    #[arg(long)]
    all: bool,
}

pub(super) fn run(args: FindingsArgs, wire: &Wire) -> face::Outcome {
    shown(findings::run(&wire.world()?, &Request { about: args.about, all: args.all }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        if self.findings.is_empty() {
            page.line("no finding is open");
            page.note("closed ones are listed with --all");
            return;
        }
        finding_page::findings(page, &self.findings);
        let open = self.findings.iter().filter(|finding| finding.stands).count();
        let head = counted(self.findings.len(), "finding");
        page.note(Line::new().text(format!("{head}, {open} open")));
    }
}
