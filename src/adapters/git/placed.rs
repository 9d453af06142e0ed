//! An event's commit and tree, taken apart, and the last few of them.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use git2::{ObjectType, Odb, Oid};

use super::{
    commit::{self, Commit},
    objects,
    tree::Entry,
};
use crate::{
    ledger::{BadRecord, EventRecord, JournalError},
    object::Canonical,
};

/// The act, as a file of an event's tree.
pub(super) const ACT: &str = "act";
/// Its signature.
pub(super) const SIGNATURE: &str = "act.sig";
/// The record of its place.
pub(super) const EVENT: &str = "event";
/// The state after it.
pub(super) const STATE: &str = "state";

/// Deciding an event looks at it and at the one before, several times each.
const RECENT: usize = 8;

/// An event's commit and tree, read but not verified.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) id: Oid,
    pub(super) commit: Commit,
    pub(super) record: Canonical<EventRecord>,
    pub(super) state: Oid,
    act: Oid,
    signature: Oid,
}

impl Placed {
    /// Reads the commit and refuses a tree with anything but act, signature, event and state in it.
    pub(super) fn read(odb: &Odb<'_>, id: Oid, seq: u64) -> Result<Self, JournalError> {
        let damaged = |reason: &str| JournalError::Damaged { seq, reason: reason.to_owned() };
        let bytes = objects::read(odb, id, ObjectType::Commit)?;
        let commit = commit::parse(&bytes).map_err(damaged)?;
        let entries = objects::tree(odb, commit.tree)?;
        let [act, signature, event, state] = entries.as_slice() else {
            return Err(damaged("its tree does not hold act, act.sig, event and state"));
        };
        let named = |entry: &Entry, name: &str, folder: bool| entry.name == name && entry.folder == folder;
        let whole = named(act, ACT, false)
            && named(signature, SIGNATURE, false)
            && named(event, EVENT, false)
            && named(state, STATE, true);
        if !whole {
            return Err(damaged("its tree does not hold act, act.sig, event and state"));
        }
        let bytes = objects::read(odb, event.id, ObjectType::Blob)?;
        let record = EventRecord::read(&bytes).map_err(|error: BadRecord| JournalError::record(seq, &error))?;
        let (act, signature, state) = (act.id, signature.id, state.id);
        Ok(Self { id, commit, record, state, act, signature })
    }

    /// The bytes of the act, and the text of its signature.
    pub(super) fn act(&self, odb: &Odb<'_>, seq: u64) -> Result<(Vec<u8>, String), JournalError> {
        let act = objects::read(odb, self.act, ObjectType::Blob)?;
        let signature = objects::read(odb, self.signature, ObjectType::Blob)?;
        let signature = String::from_utf8(signature)
            .map_err(|_| JournalError::Damaged { seq, reason: "the act's signature is not text".to_owned() })?;
        Ok((act, signature))
    }
}

/// The last few that were read. A commit's name is the hash of all it leads to, so none of them goes stale.
#[derive(Debug, Default)]
pub(super) struct Recent(Mutex<VecDeque<Arc<Placed>>>);

impl Recent {
    /// What stands in this commit.
    pub(super) fn read(&self, odb: &Odb<'_>, id: Oid, seq: u64) -> Result<Arc<Placed>, JournalError> {
        let known =
            self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().find(|placed| placed.id == id).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let placed = Arc::new(Placed::read(odb, id, seq)?);
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recent.truncate(RECENT - 1);
        recent.push_front(Arc::clone(&placed));
        Ok(placed)
    }
}
