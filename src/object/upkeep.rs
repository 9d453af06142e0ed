//! The port that takes payload away, and keeps the store small.

use std::collections::BTreeSet;

use super::{Digest, StoreError};

/// How much the store takes on the disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// Bytes of all files that hold objects.
    pub bytes: u64,
    /// How many files those are.
    pub files: u64,
}

/// What repacking did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Repacked {
    /// Before.
    pub before: Size,
    /// After.
    pub after: Size,
}

/// Takes payload away for good, and repacks what stays.
///
/// Promises: once `discard` returns, no file of the store holds the bytes, and no history leads to them; nothing else
/// that any history leads to is lost. A kill at any moment leaves a store that opens; what was intended then is still
/// in [`Upkeep::intended`] until a later `discard` completes.
pub trait Upkeep: Send + Sync {
    /// Every digest here, sorted.
    ///
    /// # Errors
    ///
    /// [`StoreError::Outside`].
    fn held(&self) -> Result<Vec<Digest>, StoreError>;

    /// Notes durably what is about to be taken away, in place of what was noted before; nothing takes the note away.
    ///
    /// # Errors
    ///
    /// [`StoreError::Outside`].
    fn intend(&self, payload: &[Digest]) -> Result<(), StoreError>;

    /// What was noted; costs one question to the disk when there is nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Outside`].
    fn intended(&self) -> Result<Vec<Digest>, StoreError>;

    /// Those of these digests that some history here still leads to, that of a remote as last seen included.
    ///
    /// # Errors
    ///
    /// [`StoreError::Outside`].
    fn kept(&self, payload: &BTreeSet<Digest>) -> Result<BTreeSet<Digest>, StoreError>;

    /// Takes these away, with everything no history leads to, and forgets what was intended.
    ///
    /// # Errors
    ///
    /// [`StoreError::Outside`]; then some of it may be gone, and nothing else is.
    fn discard(&self, payload: &BTreeSet<Digest>) -> Result<(), StoreError>;

    /// Brings everything that any history leads to together, and removes the rest.
    ///
    /// # Errors
    ///
    /// [`StoreError::Outside`]; then nothing that a history leads to is gone.
    fn repack(&self) -> Result<Repacked, StoreError>;
}
