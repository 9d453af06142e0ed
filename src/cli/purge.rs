//! `chancery purge`: take bytes away, for good and everywhere.

use super::{
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    ops::purge::{self, Outcome, Request},
    problem::counted,
    ui::{Line, Page},
};

/// How many events a page names before it counts the rest.
const NAMED: usize = 5;

/// Take the bytes of a version or of evidence away, for good
///
/// For what must not be kept: a password in a prompt, a reply that has to be deleted. The bytes go from this store at
/// once and from every other clone when it pulls; the digest, who purged it and why stay in the ledger. Only root
/// may, and nothing is purged that is a head, live, or asked for in an open proposal.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery purge refund-triage@v3 -m \"it held a password\"
  chancery purge 7be4410c -m \"replies are kept for 30 days\"")]
pub(super) struct PurgeArgs {
    /// NAME@REVISION, or the first digits of a version's id or of an evidence event
    #[arg(value_name = "VERSION|EVIDENCE")]
    what: String,
    /// Why; it stays in the ledger for good
    #[arg(short, long, value_name = "MSG")]
    message: String,
}

pub(super) fn run(args: PurgeArgs, wire: &Wire) -> face::Outcome {
    shown(purge::run(&wire.world()?, &Request { what: args.what, reason: args.message }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let what = match (&self.version, &self.evidence) {
            (Some(version), _) => Line::new().name(&self.artifact).text(" ").name(version.short()),
            (None, Some(event)) => Line::new().text("evidence ").name(event.short()).text(" of ").name(&self.artifact),
            (None, None) => Line::new().name(&self.artifact),
        };
        page.paragraph(Line::new().good("purged ").append(what).text(", by event ").name(self.event.short()));
        page.gap();
        let dossiers = self.dossiers.len();
        let rest = self.payload.len() - dossiers;
        page.fields([
            ("gone here", Line::new().text(format!("{}{}", counted(rest, "blob"), showing(dossiers)))),
            ("elsewhere", Line::new().text("every other clone drops them when it pulls")),
            ("stays", Line::new().text("digests, who purged them, and why")),
        ]);
        if !self.may_quote.is_empty() {
            page.gap();
            page.paragraph("Replies in this evidence may quote it; purge it too where they do:");
            page.indented(|page| {
                for event in self.may_quote.iter().take(NAMED) {
                    page.line(Line::new().name(event.short()));
                }
                if self.may_quote.len() > NAMED {
                    page.line(Line::new().faint(format!("and {} more", self.may_quote.len() - NAMED)));
                }
            });
        }
        if let Some(remote) = &self.remote {
            page.note(
                Line::new()
                    .text(remote)
                    .text(" leads to it no longer; its keeper can have git forget it: `git gc --prune=now`"),
            );
        }
        page.note("working files, recordings, git's history of them and backups are not touched");
        page.note("a password or key that was kept here must be changed: others may have read it");
        page.next("chancery verify");
    }
}

fn showing(dossiers: usize) -> String {
    match dossiers {
        0 => String::new(),
        count => format!(", and {} that showed it", counted(count, "dossier")),
    }
}
