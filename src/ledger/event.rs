//! An act at its place.

use serde::{Deserialize, Serialize};

use super::{SignedAct, format::other_format};
use crate::{
    clock::Time,
    name::Handle,
    object::{Canonical, Digest, EventId, NotCanonical, encode, parse},
    trust::Signature,
};

/// The version of the rules in `state::apply` that this program decides by.
///
/// Every event names the version it was decided by; a clone that lacks it says "upgrade" and stops. What counts as a
/// secret (the room `scan`) is part of these rules: a version that one clone refuses all must refuse, so another table
/// of secrets is another number here.
pub const RULES: u32 = 1;

/// The format number of event records this version writes and reads.
const FORMAT: u32 = 1;

/// Why bytes are not what a recorder states about an act's place.
#[derive(Debug, thiserror::Error)]
pub enum BadRecord {
    /// Not the canonical JSON of an event record.
    #[error("its record is {0}")]
    Record(#[from] NotCanonical),
    /// A format this version does not know.
    #[error("its record has format {0}; this version knows format {FORMAT}: upgrade")]
    Format(u32),
}

/// What the recorder states about an act's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventRecord {
    /// Format number of the record.
    pub format: u32,
    /// Place in the ledger, from 1.
    pub seq: u64,
    /// When it was recorded, by the recorder's clock; never before the event before it.
    pub time: Time,
    /// The act.
    pub act: EventId,
    /// The SHA-256 of the act's armored signature.
    pub signature: Digest,
    /// The SHA-256 of the record before; absent at the beginning.
    pub previous: Option<Digest>,
    /// Who placed it.
    pub recorder: Handle,
    /// The rules version it was decided by.
    pub rules: u32,
}

impl EventRecord {
    /// Reads a record from its bytes.
    ///
    /// # Errors
    ///
    /// [`BadRecord`].
    pub fn read(bytes: &[u8]) -> Result<Canonical<Self>, BadRecord> {
        match other_format(bytes, FORMAT) {
            Some(format) => Err(BadRecord::Format(format)),
            None => Ok(parse(bytes)?),
        }
    }

    /// The record's digest, which the next record names.
    pub fn digest(&self) -> Digest {
        Digest::of(&encode(self))
    }
}

/// The recorder's signature and what it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// The exact bytes that were signed (for git: the commit without its signature header).
    pub signed: Vec<u8>,
    /// The signature, under namespace `git`.
    pub signature: Signature,
}

/// An act at its place in the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The place.
    pub record: EventRecord,
    /// What happened there.
    pub act: SignedAct,
}

impl Event {
    /// The id people see: the act's digest.
    pub fn id(&self) -> EventId {
        self.act.id()
    }
}
