//! Events in memory.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    ledger::{Changes, Damage, Event, History, Inspect, Journal, JournalError, Key, Seal, SignedAct, Tip, View},
    object::{Digest, EventId, Prefix, encode},
    trust::{Signature, SignerError},
};

/// Records by collection and the SHA-256 of their name.
type State = BTreeMap<(String, Digest), Vec<u8>>;

/// Keeps events until it is dropped.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    places: Mutex<Vec<Place>>,
}

#[derive(Debug)]
struct Place {
    event: Event,
    seal: Seal,
    state: Arc<State>,
}

/// The state after one event.
struct MemoryView(Arc<State>);

impl MemoryJournal {
    /// An empty journal.
    pub fn new() -> Self {
        Self::default()
    }

    fn places(&self) -> MutexGuard<'_, Vec<Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl History for MemoryJournal {
    fn tip(&self) -> Result<Option<Tip>, JournalError> {
        Ok(self.places().last().map(|place| tip_of(&place.event)))
    }

    fn read(&self, seq: u64) -> Result<(Event, Seal), JournalError> {
        let places = self.places();
        let place = at(&places, seq)?;
        let (bytes, signature) = (place.event.act.bytes(), place.event.act.signature().as_str());
        SignedAct::read(bytes, signature).map_err(|error| JournalError::act(seq, &error))?;
        Ok((place.event.clone(), place.seal.clone()))
    }

    fn state(&self, seq: u64) -> Result<Box<dyn View + '_>, JournalError> {
        Ok(Box::new(MemoryView(state_after(&self.places(), seq)?)))
    }

    fn follows(&self, seq: u64, changes: &Changes) -> Result<bool, JournalError> {
        let places = self.places();
        let before = seq.checked_sub(1).ok_or(JournalError::NoSuchEvent(0))?;
        Ok(changed(&*state_after(&places, before)?, changes) == *state_after(&places, seq)?)
    }
}

impl Journal for MemoryJournal {
    fn find(&self, prefix: &Prefix) -> Result<Vec<(EventId, u64)>, JournalError> {
        let places = self.places();
        let mut found: Vec<_> = places.iter().map(|place| (place.event.id(), place.event.record.seq)).collect();
        found.retain(|(id, _)| prefix.matches(&id.0));
        found.sort_by_key(|(id, seq)| (id.0, *seq));
        Ok(found)
    }

    fn append(
        &self,
        expected: Option<&Tip>,
        event: &Event,
        changes: &Changes,
        seal: &dyn Fn(&[u8]) -> Result<Signature, SignerError>,
    ) -> Result<Tip, JournalError> {
        let mut places = self.places();
        let now = places.last().map(|place| tip_of(&place.event));
        if now.as_ref() != expected {
            return Err(JournalError::Moved);
        }
        check_continues(now.as_ref(), event)?;
        let signed = encode(&event.record);
        let seal = Seal { signature: seal(&signed)?, signed };
        let state = Arc::new(changed(&*state_after(&places, event.record.seq - 1)?, changes));
        places.push(Place { event: event.clone(), seal, state });
        Ok(tip_of(event))
    }
}

impl Inspect for MemoryJournal {
    fn damage(&self) -> Result<Vec<Damage>, JournalError> {
        self.damage_beside(&mut || ())
    }

    fn damage_beside(&self, meanwhile: &mut dyn FnMut()) -> Result<Vec<Damage>, JournalError> {
        meanwhile();
        Ok(Vec::new())
    }
}

impl View for MemoryView {
    fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, JournalError> {
        Ok(self.0.get(&address(key)).cloned())
    }

    fn list(&self, collection: &str) -> Result<Vec<Vec<u8>>, JournalError> {
        Ok(self.0.iter().filter(|((name, _), _)| name == collection).map(|(_, record)| record.clone()).collect())
    }
}

fn address(key: &Key) -> (String, Digest) {
    (key.collection.clone(), Digest::of(key.name.as_bytes()))
}

fn changed(state: &State, changes: &Changes) -> State {
    let mut state = state.clone();
    for (key, record) in changes {
        match record {
            Some(record) => state.insert(address(key), record.clone()),
            None => state.remove(&address(key)),
        };
    }
    state
}

fn at(places: &[Place], seq: u64) -> Result<&Place, JournalError> {
    let position = usize::try_from(seq).ok().and_then(|seq| seq.checked_sub(1));
    position.and_then(|position| places.get(position)).ok_or(JournalError::NoSuchEvent(seq))
}

fn state_after(places: &[Place], seq: u64) -> Result<Arc<State>, JournalError> {
    if seq == 0 { Ok(Arc::default()) } else { Ok(Arc::clone(&at(places, seq)?.state)) }
}

fn tip_of(event: &Event) -> Tip {
    let record = &event.record;
    Tip { seq: record.seq, event: record.act, record: record.digest(), place: format!("event {}", record.seq) }
}

/// Refuses what does not stand after the newest event, and a record of another act.
fn check_continues(now: Option<&Tip>, event: &Event) -> Result<(), JournalError> {
    let record = &event.record;
    let damaged = |reason: &str| JournalError::Damaged { seq: record.seq, reason: reason.to_owned() };
    if record.seq != now.map_or(1, |tip| tip.seq + 1) || record.previous != now.map(|tip| tip.record) {
        return Err(damaged("it does not follow the newest event"));
    }
    if record.act != event.id() || record.signature != Digest::of(event.act.signature().as_str().as_bytes()) {
        return Err(damaged("its record names another act or signature"));
    }
    Ok(())
}
