//! The port that keeps payload.

use super::{Digest, Prefix};

/// Why payload could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Bytes that do not hash to the name they are stored under.
    #[error("payload `{id}` does not hash to its name")]
    Corrupt {
        /// The name they were asked for by.
        id: Digest,
    },
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

/// Keeps bytes under their SHA-256; what it holds only grows, but for what [`super::Upkeep`] takes away.
///
/// Promises: once `put` returns, the bytes survive a power cut; `get` checks the digest before it
/// answers; equal bytes are kept once; writers in several processes do not lose each other's bytes.
pub trait Store: Send + Sync {
    /// Keeps all of these durably, in one step.
    ///
    /// # Errors
    ///
    /// [`StoreError::Outside`]; then none, some or all of them may have been kept.
    fn put(&self, contents: &[&[u8]]) -> Result<Vec<Digest>, StoreError>;

    /// The bytes with this digest, or `None` when they are not here.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] when they do not hash to their name.
    fn get(&self, id: &Digest) -> Result<Option<Vec<u8>>, StoreError>;

    /// Whether bytes with this digest are here, without reading them.
    ///
    /// # Errors
    ///
    /// [`StoreError::Outside`].
    fn has(&self, id: &Digest) -> Result<bool, StoreError>;

    /// Every digest here that begins with these digits, sorted.
    ///
    /// # Errors
    ///
    /// [`StoreError::Outside`].
    fn with_prefix(&self, prefix: &Prefix) -> Result<Vec<Digest>, StoreError>;
}
