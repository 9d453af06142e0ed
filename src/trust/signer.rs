//! The port that signs.

use super::{Namespace, PublicKey, Signature};

/// Why nothing could be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// No usable key.
    #[error("key `{path}`: {reason}")]
    Key {
        /// The key file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// `ssh-keygen`, an agent or a device failed.
    #[error("{tool}: {reason}")]
    Tool {
        /// The program.
        tool: String,
        /// What it answered.
        reason: String,
    },
}

/// The port that signs for the person at the keyboard.
///
/// Promises that what it returns verifies under [`Signer::key`] and the namespace asked for.
pub trait Signer: Send + Sync {
    /// The public key that signs.
    fn key(&self) -> &PublicKey;

    /// Signs exactly these bytes.
    ///
    /// # Errors
    ///
    /// [`SignerError`] when the key cannot be used.
    fn sign(&self, namespace: Namespace, bytes: &[u8]) -> Result<Signature, SignerError>;
}
