//! Lines of events: the ledger itself, and lines beside it that arrived or are drafted.

use std::sync::Arc;

use super::{
    GitStore,
    index::{Index, Place},
    journal::Line,
    refs::LEDGER,
};
use crate::{
    ledger::{Changes, Event, History, Journal, JournalError, Seal, Tip, View},
    object::{EventId, Prefix},
    trust::{Signature, SignerError},
};

/// Whoever has a line of events.
trait Lined: Send + Sync {
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

    /// Where its events stand.
    pub(super) fn places(&self) -> Result<Arc<Vec<Place>>, JournalError> {
        places(self)
    }
}

impl GitStore {
    /// Where the ledger's events stand.
    pub(super) fn places(&self) -> Result<Arc<Vec<Place>>, JournalError> {
        places(self)
    }
}

fn places(lined: &dyn Lined) -> Result<Arc<Vec<Place>>, JournalError> {
    let line = lined.line();
    let repository = line.store.repository()?;
    line.places(&repository)
}

impl Lined for Aside {
    fn line(&self) -> Line<'_> {
        Line { store: &self.store, name: self.name, index: &self.index }
    }
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
