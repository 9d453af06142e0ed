//! The port that keeps events in order, and the state beside each.

use std::{collections::BTreeMap, fmt};

use super::{BadAct, BadRecord, Event, Seal};
use crate::{
    object::{Digest, EventId, Prefix},
    trust::{Signature, SignerError},
};

/// The name of one record of the state: a collection and a name within it.
///
/// A collection is a path of plain words (`heads`, `live/production`); a name is any text. Records are kept
/// under the SHA-256 of their name, three one-digit folders deep, so that a change costs the same however many
/// there are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Where it stands.
    pub collection: String,
    /// What it is called there.
    pub name: String,
}

impl Key {
    /// The key of a name in a collection.
    pub fn new(collection: impl Into<String>, name: impl Into<String>) -> Self {
        Self { collection: collection.into(), name: name.into() }
    }

    /// `COLLECTION/x/y/z/SHA256`, relative to the root of the state.
    pub fn path(&self) -> String {
        let hex = Digest::of(self.name.as_bytes()).hex();
        let mut path = self.collection.clone();
        for digit in hex.chars().take(3) {
            path.push('/');
            path.push(digit);
        }
        path.push('/');
        path.push_str(&hex);
        path
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.collection, self.name)
    }
}

/// What an event changes in the state: records written, and (as `None`) records taken away.
pub type Changes = BTreeMap<Key, Option<Vec<u8>>>;

/// The state after one event, read record by record.
pub trait View {
    /// The record with this key.
    ///
    /// # Errors
    ///
    /// [`JournalError::Outside`] or [`JournalError::Damaged`].
    fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, JournalError>;

    /// All records of a collection (not of collections below it), in the order of the SHA-256 of their names.
    ///
    /// # Errors
    ///
    /// As [`View::get`].
    fn list(&self, collection: &str) -> Result<Vec<Vec<u8>>, JournalError>;
}

/// The newest event of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    /// Its sequence number, from 1.
    pub seq: u64,
    /// Its id.
    pub event: EventId,
    /// The digest of its record.
    pub record: Digest,
    /// Where it stands, in the words of the adapter (for git: the commit).
    pub place: String,
}

/// Why a journal could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Somebody appended first; read again and decide again.
    #[error("somebody else recorded an event first")]
    Moved,
    /// There is no event with this number.
    #[error("there is no event number {0}")]
    NoSuchEvent(u64),
    /// What stands there is not an event.
    #[error("event number {seq}: {reason}")]
    Damaged {
        /// Its place.
        seq: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// What stands there has a format that only a newer version can judge.
    #[error("event number {seq}: {reason}")]
    Newer {
        /// Its place.
        seq: u64,
        /// Which format, and which one is known.
        reason: String,
    },
    /// The recorder's key failed.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// The disk, or git, failed.
    #[error("{what} `{place}`: {reason}")]
    Outside {
        /// What was being done.
        what: &'static str,
        /// File, ref or object concerned.
        place: String,
        /// What the outside answered.
        reason: String,
    },
}

impl JournalError {
    /// An event whose record is not canonical, or cannot be judged here.
    pub fn record(seq: u64, error: &BadRecord) -> Self {
        match error {
            BadRecord::Format(_) => Self::Newer { seq, reason: error.to_string() },
            BadRecord::Record(_) => Self::Damaged { seq, reason: error.to_string() },
        }
    }

    /// An event whose act does not hold, or cannot be judged here.
    pub fn act(seq: u64, error: &BadAct) -> Self {
        let reason = error.to_string();
        if matches!(error, BadAct::Format(_)) { Self::Newer { seq, reason } } else { Self::Damaged { seq, reason } }
    }
}

/// Events in one order, and the state after each: what can be read of a ledger, ours or one that arrived.
///
/// Promises: reading event N and the state after it costs the same wherever N stands; nothing read is believed:
/// acts are verified when read, and digests of records are compared along the chain.
pub trait History: Send + Sync {
    /// The newest event; `None` where there is none.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    fn tip(&self) -> Result<Option<Tip>, JournalError>;

    /// The event at a place (from 1), its act's signature verified, with the recorder's seal (not yet verified).
    ///
    /// # Errors
    ///
    /// [`JournalError::NoSuchEvent`], [`JournalError::Damaged`].
    fn read(&self, seq: u64) -> Result<(Event, Seal), JournalError>;

    /// The state after an event; 0 gives the empty state before the first.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoSuchEvent`].
    fn state(&self, seq: u64) -> Result<Box<dyn View + '_>, JournalError>;

    /// Whether the state kept after event `seq` is the one before it with exactly these changes.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    fn follows(&self, seq: u64, changes: &Changes) -> Result<bool, JournalError>;
}

/// A history that grows.
///
/// Promises: an event that `append` acknowledged survives a power cut; `append` happens only while the tip is
/// still the expected one.
pub trait Journal: History {
    /// Ids and places of all events whose id begins with these digits, sorted.
    ///
    /// # Errors
    ///
    /// [`JournalError`].
    fn find(&self, prefix: &Prefix) -> Result<Vec<(EventId, u64)>, JournalError>;

    /// Places an event after `expected`, with what it changes, sealed through `seal`.
    ///
    /// # Errors
    ///
    /// [`JournalError::Moved`] when the tip is another; then nothing has changed.
    fn append(
        &self,
        expected: Option<&Tip>,
        event: &Event,
        changes: &Changes,
        seal: &dyn Fn(&[u8]) -> Result<Signature, SignerError>,
    ) -> Result<Tip, JournalError>;
}

/// Something kept that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Damage {
    /// The file, object or ref, in the words of the adapter.
    pub place: String,
    /// The event it belongs to, where that is known.
    pub event: Option<EventId>,
    /// What is wrong with it.
    pub reason: String,
}

/// The port that looks at everything kept, reachable or not.
pub trait Inspect {
    /// Re-hashes every object, pack and index, and checks that both histories are whole.
    ///
    /// # Errors
    ///
    /// [`JournalError::Outside`] when something cannot even be looked at.
    fn damage(&self) -> Result<Vec<Damage>, JournalError>;

    /// The same, with something else done beside it: once it is known that what is kept can be followed without harm,
    /// and not at all where it cannot.
    ///
    /// # Errors
    ///
    /// As [`Inspect::damage`].
    fn damage_beside(&self, meanwhile: &mut dyn FnMut()) -> Result<Vec<Damage>, JournalError>;
}
