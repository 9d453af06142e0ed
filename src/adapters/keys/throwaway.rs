//! A key that lives in memory only.

use std::path::Path;

use ssh_key::private::{Ed25519Keypair, KeypairData};

use super::plain::{bad_key, public_half, sign_in_process};
use crate::trust::{Namespace, PublicKey, Signature, Signer, SignerError};

/// How failures name a key that stands in no file.
const NOWHERE: &str = "(in memory)";

/// An Ed25519 key in memory, for demonstrations and tests; never written by itself.
pub struct ThrowawayKey {
    private: ssh_key::PrivateKey,
    public: PublicKey,
}

impl ThrowawayKey {
    /// The key of this seed: the same seed gives the same key and the same signatures.
    ///
    /// # Errors
    ///
    /// [`SignerError::Key`] when the key cannot be encoded.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, SignerError> {
        let path = Path::new(NOWHERE);
        let pair = KeypairData::Ed25519(Ed25519Keypair::from_seed(seed));
        let private = ssh_key::PrivateKey::new(pair, "").map_err(|e| bad_key(path, e))?;
        let public = public_half(&private, path)?;
        Ok(Self { private, public })
    }

    /// A key nobody has seen before.
    ///
    /// # Errors
    ///
    /// [`SignerError::Key`] when the system has no randomness to give.
    pub fn random() -> Result<Self, SignerError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|e| bad_key(Path::new(NOWHERE), e))?;
        Self::from_seed(&seed)
    }

    /// The private key as a key file holds it.
    ///
    /// # Errors
    ///
    /// [`SignerError::Key`] when the key cannot be encoded.
    pub fn to_file_text(&self) -> Result<String, SignerError> {
        let text = self.private.to_openssh(ssh_key::LineEnding::LF).map_err(|e| bad_key(Path::new(NOWHERE), e))?;
        Ok(format!("{}\n", text.trim_end()))
    }
}

impl Signer for ThrowawayKey {
    fn key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, namespace: Namespace, bytes: &[u8]) -> Result<Signature, SignerError> {
        sign_in_process(&self.private, Path::new(NOWHERE), namespace, bytes)
    }
}
