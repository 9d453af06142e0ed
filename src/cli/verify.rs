//! `chancery verify`: prove that the record is true.

use super::{
    face::{self, Face, shown},
    pull::deciding,
    wire::Wire,
};
use crate::{
    ops::verify::{self, Depth, Outcome, Problem},
    problem::counted,
    ui::{Line, Page, Tone},
};

/// Prove that everything recorded is true
///
/// Hashes every object, reachable or not, checks every signature, and decides every event again. The first lie is
/// named with its event and the rule it breaks.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery verify
  chancery verify --deep")]
pub(super) struct VerifyArgs {
    /// Score the evidence again too
    #[arg(long)]
    deep: bool,
}

pub(super) fn run(args: &VerifyArgs, wire: &Wire) -> face::Outcome {
    let world = wire.world()?;
    let depth = if args.deep { Depth::Replies } else { Depth::Ledger };
    shown(deciding(wire, "events decided again", |told| verify::run(&world, depth, told)))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        if self.ok {
            let events = counted(self.events, "event");
            page.paragraph(
                Line::new().good("ok").text(format!(": {events}; every byte, signature and decision holds.")),
            );
            if self.checked.rescored > 0 {
                let suites = counted(self.checked.rescored, "suite run");
                page.paragraph(format!("Every stored reply scores as attested, in {suites}."));
            }
            if self.checked.purged > 0 {
                let count = counted(self.checked.purged, "blob");
                page.paragraph(format!(
                    "Purged, and so not looked at: {count}; `chancery audit --kind purge` says why."
                ));
            }
            if !self.still_here.is_empty() {
                let count = counted(self.still_here.len(), "purged blob");
                page.warn(format!("still in this store: {count}; a purge was interrupted"));
                page.next("chancery maintenance");
            }
            page.note(match self.shared {
                Some(shared) if shared == self.events => "The remote has confirmed all of it.".to_owned(),
                Some(shared) => format!("The remote has confirmed it up to event {shared}."),
                None => {
                    "That nothing was cut off the end can be told only against another copy of the ledger.".to_owned()
                }
            });
            return;
        }
        let count = counted(self.problems.len(), "problem");
        let decided = format!(" in {}; {} hold.", counted(self.events, "event"), self.checked.decided);
        page.paragraph(Line::new().bad("not ok").text(": ").strong(count).text(decided));
        page.gap();
        for problem in &self.problems {
            page.paragraph(place(problem).toned(Tone::Bad, &problem.rule));
            page.indented(|page| page.paragraph(problem.message.as_str()));
        }
        page.note("Nothing that stands on a broken event can be relied on. Restore the store from another copy.");
        if self.problems.iter().any(|problem| problem.rule == "cut-short") {
            page.next("chancery pull");
        }
    }
}

/// Where it is: the event, the file, or both.
fn place(problem: &Problem) -> Line {
    let mut line = Line::new();
    if let Some(seq) = problem.seq {
        line = line.text(format!("event {seq} "));
    } else if problem.event.is_some() {
        line = line.text("event ");
    }
    if let Some(event) = &problem.event {
        line = line.name(event.short()).text(" ");
    }
    if let Some(place) = &problem.place {
        line = line.name(place).text(" ");
    }
    line
}
