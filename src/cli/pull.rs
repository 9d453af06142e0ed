//! `chancery pull`: what others recorded comes here.

use super::{
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    ops::pull::{self, Dropped, Outcome},
    ui::{Line, Page, Progress},
};

/// More files than this are counted, not listed.
const LISTED: usize = 20;

/// Bring here what others recorded
///
/// Every event that arrives is decided here by the rules before it counts; the first that does not hold is named, and
/// this clone stays where it was. What only this clone has is placed after what arrived. Files that were in step with
/// their heads follow them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery pull
  chancery pull --json")]
pub(super) struct PullArgs {}

pub(super) fn run(_args: &PullArgs, wire: &Wire) -> face::Outcome {
    let world = wire.world()?;
    shown(deciding(wire, DECIDED, |told| pull::run(&world, told)))
}

/// What is said of events that arrive, while they are decided.
pub(super) const DECIDED: &str = "events decided";

/// Does work that decides many events, telling how far it is.
pub(super) fn deciding<T>(wire: &Wire, what: &str, work: impl FnOnce(&dyn Fn(u64, u64)) -> T) -> T {
    let progress = Progress::new(wire.console());
    let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let done = work(&|done, all| progress.step(number(done), number(all), what));
    progress.finish();
    done
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        traffic(self, page);
    }
}

/// What came and went, and what that means here.
pub(super) fn traffic(outcome: &Outcome, page: &mut Page) {
    let said = match (outcome.events_in, outcome.events_out) {
        (0, 0) => "nothing new".to_owned(),
        (came, 0) => format!("{} in", events(came)),
        (0, went) => format!("{} out", events(went)),
        (came, went) => format!("{} in, {} out", events(came), events(went)),
    };
    page.line(Line::new().good(said).text(": ").text(&outcome.remote));
    if outcome.relinked > 0 {
        page.line(format!("{} of yours placed after them, ids unchanged", events(outcome.relinked)));
    }
    for file in outcome.files.iter().take(LISTED) {
        page.indented(|page| page.line(Line::new().name(file)));
    }
    if let Some(more) = outcome.files.len().checked_sub(LISTED).filter(|more| *more > 0) {
        page.indented(|page| page.line(Line::new().faint(format!("and {more} more files"))));
    }
    lapsed(&outcome.dropped, page);
    if outcome.payload_purged > 0 {
        page.line(format!("{} purged by others, and gone from here", pieces(outcome.payload_purged)));
    }
    if outcome.payload_refused > 0 {
        page.warn(format!("{} entries of its payload are not what their names say; left out", outcome.payload_refused));
    }
    if outcome.payload_lost > 0 {
        page.warn(format!("it no longer has {} that it had", pieces(outcome.payload_lost)));
    }
    if outcome.unshared > 0 {
        page.warn(Line::new().warning("NOT SHARED").text(format!(": {} of this clone", events(outcome.unshared))));
    }
    if !outcome.dropped.is_empty() {
        page.next("chancery status");
    }
    if outcome.unshared > 0 || outcome.payload_lost > 0 {
        page.next("chancery push");
    }
}

/// Acts of this clone that are out of the ledger, and why.
pub(super) fn lapsed(all: &[Dropped], page: &mut Page) {
    for dropped in all {
        page.warn(
            Line::new()
                .text(format!("the {} of `{}` ", dropped.kind, dropped.person))
                .name(dropped.event.short())
                .text(format!(" no longer holds, and is out of the ledger: {}", dropped.message)),
        );
    }
    if !all.is_empty() {
        page.note("your files are as you left them; the acts are kept in `.chancery/clone/dropped`");
    }
}

/// That others do not know of it yet, where that is so.
pub(super) fn not_shared(page: &mut Page, shared: Option<bool>) {
    if shared == Some(false) {
        page.warn(Line::new().warning("NOT SHARED").text(": provisional until the remote has it"));
        page.next("chancery push");
    }
}

fn pieces(count: u64) -> String {
    if count == 1 { "1 piece of payload".to_owned() } else { format!("{count} pieces of payload") }
}

pub(super) fn events(count: u64) -> String {
    if count == 1 { "1 event".to_owned() } else { format!("{count} events") }
}
