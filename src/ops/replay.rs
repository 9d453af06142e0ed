//! The whole ledger decided again, event by event, believing nothing that is kept beside it.

use std::{collections::BTreeSet, ops::ControlFlow};

use serde::Serialize;

use super::{
    World,
    deciding::{Deciding, Read, STRIDE, read_ahead, read_at},
};
use crate::{
    ledger::{Deed, Event, JournalError, Sample, Tip},
    object::{Digest, EventId, StoreError},
    state::{State, StateError},
};

/// So many events in a row that cannot be read are one damage; who states a high number must not keep us busy.
const MOST_UNREADABLE: u64 = 16;

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The event it belongs to, where that is known.
    pub event: Option<EventId>,
    /// The event's place, where that is known.
    pub seq: Option<u64>,
    /// The rule it breaks, as a kebab-case word.
    pub rule: String,
    /// What is wrong, in one line.
    pub message: String,
    /// The file, object or ref, where something kept is damaged.
    pub place: Option<String>,
}

/// What a replay looked at, and what it found wrong.
#[derive(Debug, Default)]
pub(super) struct Replayed {
    /// Events whose act, signature and place in the chain were read.
    pub(super) read: u64,
    /// Events that were decided again.
    pub(super) decided: u64,
    /// Payload that events name and that was purged since.
    pub(super) purged: BTreeSet<Digest>,
    /// What is wrong, in the order of the events.
    pub(super) problems: Vec<Problem>,
}

/// Decides every event up to the newest again.
///
/// The first event that the rules refuse, or whose kept state is not what it makes, stops the deciding: whatever
/// follows stands on it. The events after it are still read, so that a broken signature, a broken chain and
/// missing payload are told there too. After [`MOST_UNREADABLE`] events in a row that cannot be read only the
/// newest is looked at.
pub(super) fn replay(world: &World, tip: &Tip, progress: &dyn Fn(u64, u64)) -> Replayed {
    let newest = match world.journal.state(tip.seq) {
        Ok(newest) => newest,
        Err(error) => {
            let problems = vec![of_journal(Some(tip.event), Some(tip.seq), error)];
            return Replayed { problems, ..Replayed::default() };
        }
    };
    let mut walk = Walk {
        world,
        newest: State::new(newest.as_ref()),
        deciding: Deciding::of(world.journal.as_ref(), world, newest.as_ref()),
        previous: None,
        decides: true,
        found: Replayed::default(),
    };
    let journal = world.journal.as_ref();
    let mut unreadable = 0;
    read_ahead(journal, 1..=tip.seq, &mut |seq, read| {
        unreadable = if walk.step(seq, read, tip) { 0 } else { unreadable + 1 };
        if unreadable == MOST_UNREADABLE && seq < tip.seq {
            walk.step(tip.seq, read_at(journal, tip.seq), tip);
            return ControlFlow::Break(());
        }
        if seq.is_multiple_of(STRIDE) || seq == tip.seq {
            progress(seq, tip.seq);
        }
        ControlFlow::Continue(())
    });
    walk.found
}

/// Where a replay stands.
struct Walk<'a> {
    world: &'a World,
    /// The state kept after the newest event, which says what was purged; that it is true, the walk will show.
    newest: State<'a>,
    deciding: Deciding<'a>,
    /// The digest of the record before; `None` at the beginning and after one that could not be read.
    previous: Option<Digest>,
    /// Whether every event so far was lawful.
    decides: bool,
    found: Replayed,
}

impl Walk<'_> {
    /// Looks at one event; answers whether it could be read.
    fn step(&mut self, seq: u64, read: Read, tip: &Tip) -> bool {
        let (event, seal) = match read {
            Ok(read) => read,
            Err(error) => {
                let event = self.name(seq, tip);
                self.found.problems.push(of_journal(event, Some(seq), error));
                (self.decides, self.previous) = (false, None);
                return false;
            }
        };
        self.found.read += 1;
        if self.breaks_chain(&event) {
            let message = "it names another event before it than the one that stands there".to_owned();
            self.report(&event, "broken-chain", message);
        }
        self.previous = Some(event.record.digest());
        if !self.decides {
            self.demand_payload(&event);
            return true;
        }
        match self.deciding.decide(&event, &seal) {
            Ok(true) => {
                self.found.decided += 1;
                // The rules ask only that a reply is there; here its bytes must be those its name says.
                self.demand_payload(&event);
            }
            Ok(false) => {
                let message = "the state kept after it is not what the events up to it make".to_owned();
                self.report(&event, "state-differs", message);
            }
            Err(error) => {
                self.decides = false;
                self.found.problems.push(of_state(&event, error));
            }
        }
        true
    }

    fn breaks_chain(&self, event: &Event) -> bool {
        let first = event.record.seq == 1;
        first != event.record.previous.is_none() || (self.previous.is_some() && event.record.previous != self.previous)
    }

    fn report(&mut self, event: &Event, rule: &str, message: String) {
        self.decides = false;
        self.found.problems.push(problem(Some(event.id()), Some(event.record.seq), rule, message));
    }

    /// What an event refers to must be here, byte for byte.
    fn demand_payload(&mut self, event: &Event) {
        for (id, what) in payload_of(&event.act.act().deed) {
            let found = self.world.store.get(&id).map(|bytes| bytes.is_some());
            let found = match found {
                Ok(true) => continue,
                Ok(false) if self.newest.purged(&id).is_ok_and(|purged| purged.is_some()) => {
                    self.found.purged.insert(id);
                    continue;
                }
                Ok(false) => StateError::from(crate::state::Refusal::no(
                    "payload-missing",
                    format!("{what} `{}` is not in the store", id.short()),
                )),
                Err(error) => error.into(),
            };
            self.found.problems.push(of_state(event, found));
        }
    }

    /// The event that the newest state says stands there, for an event that cannot be read itself.
    fn name(&self, seq: u64, tip: &Tip) -> Option<EventId> {
        if seq == tip.seq {
            return Some(tip.event);
        }
        let view = self.world.journal.state(tip.seq).ok()?;
        let placed = State::new(view.as_ref()).all_placed().ok()?;
        placed.into_iter().find(|placed| placed.seq == seq).map(|placed| placed.event)
    }
}

/// A problem that is not one of a kept file.
pub(super) fn problem(event: Option<EventId>, seq: Option<u64>, rule: &str, message: String) -> Problem {
    Problem { event, seq, rule: rule.to_owned(), message, place: None }
}

/// A ledger that cannot be read at some place.
pub(super) fn of_journal(event: Option<EventId>, seq: Option<u64>, error: JournalError) -> Problem {
    let message = error.to_string();
    match error {
        JournalError::Damaged { reason, .. } => problem(event, seq, "event-damaged", reason),
        JournalError::Newer { reason, .. } => problem(event, seq, "upgrade", reason),
        JournalError::Outside { place, .. } => {
            Problem { place: Some(place), ..problem(event, seq, "unreadable", message) }
        }
        JournalError::NoSuchEvent(_) => problem(event, seq, "event-missing", message),
        JournalError::Moved | JournalError::Signer(_) => problem(event, seq, "unreadable", message),
    }
}

fn of_state(event: &Event, error: StateError) -> Problem {
    let (id, seq) = (Some(event.id()), Some(event.record.seq));
    let message = error.to_string();
    match error {
        StateError::Refused(refusal) => problem(id, seq, refusal.rule, refusal.message),
        StateError::Journal(error) => of_journal(id, seq, error),
        StateError::Store(StoreError::Corrupt { .. }) => problem(id, seq, "payload-corrupt", message),
        StateError::Store(StoreError::Outside { place, .. }) => {
            Problem { place: Some(place), ..problem(id, seq, "unreadable", message) }
        }
        StateError::Record { .. } => problem(id, seq, "state-damaged", message),
    }
}

/// The payload that an act names, and what to call it.
pub(super) fn payload_of(deed: &Deed) -> Vec<(Digest, &'static str)> {
    match deed {
        Deed::Init { governance } => vec![(*governance, "governance")],
        Deed::Commit(commit) => {
            commit.changes.iter().filter_map(|change| change.version).map(|version| (version.0, "version")).collect()
        }
        Deed::Evidence(evidence) => {
            evidence.samples.iter().flat_map(Sample::kept).map(|reply| (reply, "reply")).collect()
        }
        Deed::Propose(proposal) => proposal.governance.iter().map(|change| (change.to, "governance")).collect(),
        Deed::Review(review) => vec![(review.dossier.0, "dossier")],
        Deed::Approve(approval) => vec![(approval.dossier.0, "dossier")],
        Deed::Promote(promotion) => vec![(promotion.dossier.0, "dossier")],
        Deed::Override(promotion) => vec![(promotion.dossier.0, "dossier")],
        Deed::Announce(_)
        | Deed::Withdraw(_)
        | Deed::Reject(_)
        | Deed::Rollback(_)
        | Deed::Attempt(_)
        | Deed::Purge(_)
        | Deed::Freeze(_)
        | Deed::Thaw(_)
        | Deed::Halt(_)
        | Deed::Resume(_)
        | Deed::Finding(_)
        | Deed::Answer(_)
        | Deed::OverrideReview(_)
        | Deed::Adopt(_)
        | Deed::Except(_) => Vec::new(),
    }
}
