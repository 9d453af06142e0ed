//! Deciding one event after the other, with what was read of the state kept for the next.

use std::{
    cell::RefCell,
    collections::HashMap,
    ops::{ControlFlow, RangeInclusive},
    sync::mpsc::sync_channel,
    thread,
};

use super::World;
use crate::{
    ledger::{Changes, Event, History, JournalError, Key, View},
    object::Digest,
    state::{Payload, Sealed, StateError, receive_sealed},
};

/// So many bytes of records are remembered; then remembering begins anew.
const MOST_REMEMBERED: usize = 32 << 20;

/// How many events are decided between two reports of progress.
pub(super) const STRIDE: u64 = 250;

/// So many events are read before they are decided.
const AHEAD: usize = 32;

/// An event as it was read, both signatures looked at.
pub(super) type Read = Result<(Event, Sealed), JournalError>;

/// Reads the event at a place.
pub(super) fn read_at(history: &dyn History, seq: u64) -> Read {
    history.read(seq).map(|(event, seal)| (event, Sealed::look(&seal)))
}

/// Hands over the events at these places, in their order, until told to stop.
///
/// Reading an event is checking two signatures, which takes as long as much of the rest: it is done ahead.
pub(super) fn read_ahead(
    history: &dyn History,
    places: RangeInclusive<u64>,
    each: &mut dyn FnMut(u64, Read) -> ControlFlow<()>,
) {
    let reading = places.clone();
    thread::scope(|scope| {
        let (ahead, events) = sync_channel(AHEAD);
        scope.spawn(move || reading.map(|seq| read_at(history, seq)).all(|read| ahead.send(read).is_ok()));
        for (seq, read) in places.zip(events) {
            if each(seq, read).is_break() {
                break;
            }
        }
    });
}

/// Decides events of one history in their order.
///
/// Records of the state are remembered from one event to the next: the state after an event is the state before it
/// with the event's changes, once [`History::follows`] has said so. Whatever else comes between two calls, an event
/// out of order or one that was refused, begins anew.
pub(super) struct Deciding<'a> {
    history: &'a dyn History,
    payload: Payload<'a>,
    remembered: RefCell<Remembered>,
}

/// Records as they are after the event at `seq`.
#[derive(Default)]
struct Remembered {
    seq: u64,
    records: HashMap<Key, Option<Vec<u8>>>,
    bytes: usize,
}

impl<'a> Deciding<'a> {
    /// Decides events of a history whose payload is in this world's store. `newest`: the state after its newest event,
    /// which says what of that payload was purged since.
    pub(super) fn of(history: &'a dyn History, world: &'a World, newest: &'a dyn View) -> Self {
        let payload = Payload::new(world.store.as_ref()).recalling(newest);
        Self { history, payload, remembered: RefCell::default() }
    }

    /// Refuses unless bytes with this digest are here, or were purged.
    ///
    /// # Errors
    ///
    /// `payload-missing`.
    pub(super) fn demand(&self, id: &Digest, what: &str) -> Result<(), StateError> {
        self.payload.demand(id, what)
    }

    /// Decides an event at its place; answers whether the state kept after it is what it makes.
    ///
    /// # Errors
    ///
    /// The refusal of the rules, or what kept it from being decided.
    pub(super) fn decide(&self, event: &Event, seal: &Sealed) -> Result<bool, StateError> {
        let seq = event.record.seq;
        let before = seq.saturating_sub(1);
        let mut remembered = self.remembered.take();
        if remembered.seq != before {
            remembered = Remembered { seq: before, ..Remembered::default() };
        }
        let view = Remembering { base: self.history.state(before)?, remembered: RefCell::new(remembered) };
        let changes = receive_sealed(&view, event, seal, &self.payload)?;
        let follows = self.history.follows(seq, &changes)?;
        if follows {
            self.remembered.replace(view.remembered.into_inner().after(seq, changes));
        }
        Ok(follows)
    }
}

impl Remembered {
    fn keep(&mut self, key: Key, record: Option<Vec<u8>>) {
        if self.bytes > MOST_REMEMBERED {
            (self.records, self.bytes) = (HashMap::new(), 0);
        }
        self.bytes += key.name.len() + key.collection.len() + record.as_ref().map_or(0, Vec::len) + 100;
        self.records.insert(key, record);
    }

    /// The same after the event at `seq`, which made these changes.
    fn after(mut self, seq: u64, changes: Changes) -> Self {
        self.seq = seq;
        for (key, record) in changes {
            self.keep(key, record);
        }
        self
    }
}

/// A view that reads each record once.
struct Remembering<'a> {
    base: Box<dyn View + 'a>,
    remembered: RefCell<Remembered>,
}

impl View for Remembering<'_> {
    fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, JournalError> {
        if let Some(known) = self.remembered.borrow().records.get(key) {
            return Ok(known.clone());
        }
        let record = self.base.get(key)?;
        self.remembered.borrow_mut().keep(key.clone(), record.clone());
        Ok(record)
    }

    fn list(&self, collection: &str) -> Result<Vec<Vec<u8>>, JournalError> {
        self.base.list(collection)
    }
}
