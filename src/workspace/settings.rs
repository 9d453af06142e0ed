//! The port to what this clone alone remembers.

use super::TreeError;

/// Bytes that were kept, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// When they were written, by the clock that gives [`super::Entry`] its stamps; 0 where unknown.
    pub stamp: i128,
}

/// Small files of this clone: caches and settings, never shared, never signed.
///
/// Promises: a write is the whole new value or the old one. Whatever is kept here may be lost.
pub trait Settings: Send + Sync {
    /// What is kept under a name (one word), or `None`.
    ///
    /// # Errors
    ///
    /// [`TreeError`].
    fn read(&self, name: &str) -> Result<Option<Kept>, TreeError>;

    /// Replaces what is kept under a name.
    ///
    /// # Errors
    ///
    /// [`TreeError`].
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), TreeError>;
}
