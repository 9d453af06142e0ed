//! The port that gives writers turns.

use super::JournalError;

/// The port that lets one process at a time read, decide and write.
///
/// Promises: while the value it gives lives, no other process or handle holds one; a process that dies holds none.
/// It makes racing fair and cheap. It is not what keeps the ledger right: that is [`super::Journal::append`], which
/// compares before it writes.
pub trait Guard: Send + Sync {
    /// Waits for its turn.
    ///
    /// # Errors
    ///
    /// [`JournalError::Outside`] when the lock cannot be taken.
    fn hold(&self) -> Result<Box<dyn Turn + '_>, JournalError>;
}

/// A turn that lasts as long as the value lives.
pub trait Turn {}
