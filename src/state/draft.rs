//! The state while an event is being decided: what was, and what the event has changed so far.

use std::cell::RefCell;

use serde::Serialize;

use crate::{
    ledger::{Changes, JournalError, Key, View},
    object::encode,
};

/// A view that shows its own changes on top of another.
pub(super) struct Draft<'a> {
    below: &'a dyn View,
    changes: RefCell<Changes>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(below: &'a dyn View) -> Self {
        Self { below, changes: RefCell::default() }
    }

    pub(super) fn put<T: Serialize>(&self, key: Key, record: &T) {
        self.changes.borrow_mut().insert(key, Some(encode(record)));
    }

    pub(super) fn take_away(&self, key: Key) {
        self.changes.borrow_mut().insert(key, None);
    }

    /// What has changed; a record taken away that never was there is no change.
    pub(super) fn into_changes(self) -> Result<Changes, JournalError> {
        let mut changes = self.changes.into_inner();
        let mut idle = Vec::new();
        for (key, change) in &changes {
            if self.below.get(key)? == *change {
                idle.push(key.clone());
            }
        }
        for key in idle {
            changes.remove(&key);
        }
        Ok(changes)
    }
}

impl View for Draft<'_> {
    fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, JournalError> {
        match self.changes.borrow().get(key) {
            Some(change) => Ok(change.clone()),
            None => self.below.get(key),
        }
    }

    /// The collection as it was before the event: deciding reads single records of what it has changed itself.
    fn list(&self, collection: &str) -> Result<Vec<Vec<u8>>, JournalError> {
        self.below.list(collection)
    }
}
