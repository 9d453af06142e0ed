//! The port to a copy of the ledger that others share.

use std::{collections::BTreeSet, sync::Arc};

use super::{History, Journal, JournalError, Tip, Turn};
use crate::object::Digest;

/// One of the lines of events that a clone of a shared ledger has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The clone's own ledger: what is shared, then what is not yet.
    Ledger,
    /// Up to the newest event that the remote has confirmed and the rules have accepted here.
    Shared,
    /// What the remote had when it was last asked; nothing of it is believed.
    Arrived,
    /// What is about to be offered to the remote, or to become the ledger.
    Draft,
}

/// What became of the payload that arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Absorbed {
    /// Pieces that are new here.
    pub new: u64,
    /// Entries that were left out, because their bytes are not what their name says.
    pub refused: u64,
    /// Pieces that were purged and that the remote offers nevertheless; left out.
    pub purged: u64,
    /// Pieces that the remote had once and has no longer, but for those that were purged.
    pub dropped: Vec<Digest>,
}

/// Why nothing could be exchanged.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The remote has moved on since it was asked; ask again.
    #[error("somebody else was faster at `{place}`")]
    Lost {
        /// The remote, as people may see it.
        place: String,
    },
    /// The remote, the way to it, or the program that goes there failed.
    #[error("{what} `{place}`: {reason}")]
    Remote {
        /// What was being done.
        what: &'static str,
        /// The remote, as people may see it.
        place: String,
        /// What was answered, one line.
        reason: String,
    },
    /// The remote was reached and does not take what was offered.
    #[error("`{place}` does not take `{name}`: {reason}")]
    Refused {
        /// The remote, as people may see it.
        place: String,
        /// What it is called there.
        name: String,
        /// What was answered, one line.
        reason: String,
        /// Whether what is there would have been replaced, as a purge must.
        replaces: bool,
    },
    /// The way was cut before the remote answered: it may have taken what was offered.
    #[error("{what} `{place}`: {reason}")]
    Unsure {
        /// What was being done.
        what: &'static str,
        /// The remote, as people may see it.
        place: String,
        /// What was answered, one line.
        reason: String,
    },
    /// The clone's own side failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// A copy of the ledger and its payload that others share, and this clone's notes of it.
///
/// Promises: `fetch` changes neither ledger nor payload nor what is shared; `publish` moves the remote only from
/// what arrived to the draft, in one step with the payload it needs; `adopt` and `confirm` are durable, and the
/// mark of what is shared moves only through `confirm`.
pub trait Exchange: Send + Sync {
    /// The remote, as people may see it: without passwords.
    fn place(&self) -> String;

    /// Whether this remote has not confirmed anything to this clone yet, so that it may be empty.
    fn is_new(&self) -> bool;

    /// Waits until no other process of this clone exchanges anything.
    ///
    /// # Errors
    ///
    /// [`JournalError::Outside`] when the lock cannot be taken.
    fn turn(&self) -> Result<Box<dyn Turn + '_>, JournalError>;

    /// Brings what the remote has, aside; answers whether that is anything else than when it was last asked.
    ///
    /// # Errors
    ///
    /// [`ExchangeError::Remote`].
    fn fetch(&self) -> Result<bool, ExchangeError>;

    /// Waits before the remote is asked once more, longer with every attempt.
    fn rest(&self, attempt: u32);

    /// A line of events, to read.
    fn line(&self, side: Side) -> Arc<dyn History>;

    /// How many events two lines have in common, from the first on.
    ///
    /// # Errors
    ///
    /// [`JournalError::Damaged`] where a line is not one.
    fn common(&self, one: Side, other: Side) -> Result<u64, JournalError>;

    /// Takes over the payload that arrived: every piece whose bytes are what its name says, but for those of which
    /// `gone` says that they were purged.
    ///
    /// # Errors
    ///
    /// [`JournalError::Outside`].
    fn absorb(&self, gone: &dyn Fn(&Digest) -> bool) -> Result<Absorbed, JournalError>;

    /// Begins a draft where another line ends.
    ///
    /// # Errors
    ///
    /// [`JournalError::Outside`].
    fn draft(&self, from: Side) -> Result<Arc<dyn Journal>, JournalError>;

    /// Offers a line to the remote, with all payload but this; what arrived is what it must still have.
    ///
    /// # Errors
    ///
    /// [`ExchangeError::Lost`] when it has something else by now, or the line does not begin with what arrived;
    /// [`ExchangeError::Refused`] when it does not take it; [`ExchangeError::Unsure`] when nobody knows what it has.
    fn publish(&self, side: Side, without: &BTreeSet<Digest>) -> Result<(), ExchangeError>;

    /// Makes a line the ledger.
    ///
    /// # Errors
    ///
    /// [`JournalError::Moved`] when the ledger's newest event is not the expected one any more.
    fn adopt(&self, side: Side, expected: Option<&Tip>) -> Result<(), JournalError>;

    /// Notes that everything that arrived is shared.
    ///
    /// # Errors
    ///
    /// [`JournalError::Outside`].
    fn confirm(&self) -> Result<(), JournalError>;
}
