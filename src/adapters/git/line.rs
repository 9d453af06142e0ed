//! Lines of events: the ledger itself, and lines beside it that arrived or are drafted.

use std::sync::Arc;

use super::{
    GitStore,
    index::Index,
    journal::{Line, step},
    refs::LEDGER,
};
use crate::{
    ledger::{Changes, Event, History, Journal, JournalError, Seal, Tip, View},
    object::{EventId, Prefix},
    trust::{Signature, SignerError},
};

/// Whoever has a line of events.
pub(super) trait Lined: Send + Sync {
    fn line(&self) -> Line<'_>;
}

impl Lined for GitStore {
    fn line(&self) -> Line<'_> {
        Line { store: self, name: LEDGER, index: self.index() }
    }
}

/// A line of events beside the ledger, in the same store.
#[derive(Debug)]
pub(super) struct Aside {
    store: Arc<GitStore>,
    name: &'static str,
    index: Index,
}

impl Aside {
    /// The line that this ref leads to; where its events stand is kept in memory only.
    pub(super) fn new(store: Arc<GitStore>, name: &'static str) -> Self {
        let index = store.index().beside();
        Self { store, name, index }
    }
}

impl Lined for Aside {
    fn line(&self) -> Line<'_> {
        Line { store: &self.store, name: self.name, index: &self.index }
    }
}

/// How many events two lines have in common, from the first on.
///
/// Where one goes on from the other's end, which is the rule, only what is beyond that is read.
pub(super) fn common(one: &dyn Lined, other: &dyn Lined) -> Result<u64, JournalError> {
    let (one, other) = (one.line(), other.line());
    let repository = one.store.repository()?;
    let (Some(one_tip), Some(other_tip)) = (one.newest(&repository)?, other.newest(&repository)?) else {
        return Ok(0);
    };
    let (mut long, short) = if one_tip.seq < other_tip.seq { (other_tip, one_tip) } else { (one_tip, other_tip) };
    while let Some(parent) = long.parent.filter(|_| long.seq > short.seq) {
        long = step(&repository, parent)?;
    }
    if long.place.commit == short.place.commit {
        return Ok(short.seq);
    }
    let (one, other) = (one.places(&repository)?, other.places(&repository)?);
    let same = one.iter().zip(other.iter()).take_while(|(one, other)| one.commit == other.commit).count();
    Ok(same as u64)
}

impl<T: Lined> History for T {
    fn tip(&self) -> Result<Option<Tip>, JournalError> {
        self.line().tip()
    }

    fn read(&self, seq: u64) -> Result<(Event, Seal), JournalError> {
        self.line().read(seq)
    }

    fn state(&self, seq: u64) -> Result<Box<dyn View + '_>, JournalError> {
        self.line().state(seq)
    }

    fn follows(&self, seq: u64, changes: &Changes) -> Result<bool, JournalError> {
        self.line().follows(seq, changes)
    }
}

impl<T: Lined> Journal for T {
    fn find(&self, prefix: &Prefix) -> Result<Vec<(EventId, u64)>, JournalError> {
        self.line().find(prefix)
    }

    fn append(
        &self,
        expected: Option<&Tip>,
        event: &Event,
        changes: &Changes,
        seal: &dyn Fn(&[u8]) -> Result<Signature, SignerError>,
    ) -> Result<Tip, JournalError> {
        self.line().append(expected, event, changes, seal)
    }
}
