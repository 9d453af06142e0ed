//! Detached SSH signatures (SSHSIG, OpenSSH's PROTOCOL.sshsig).

use std::fmt;

use super::PublicKey;

/// What a signature is for. A signature under one namespace is worth nothing under another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Namespace {
    /// `chancery-act-v1`: a person's act.
    Act,
    /// `git`: the recorder's signature of a ledger commit.
    Git,
}

impl Namespace {
    /// The text that is signed along.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Act => "chancery-act-v1",
            Self::Git => "git",
        }
    }
}

/// Why a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Not an armored SSHSIG in the one spelling we accept.
    #[error("not an SSH signature: {0}")]
    Malformed(String),
    /// Made for another purpose.
    #[error("signed for `{found}`, not for `{wanted}`")]
    Namespace {
        /// What was needed.
        wanted: &'static str,
        /// What the signature says.
        found: String,
    },
    /// An algorithm we do not accept.
    #[error("signed with `{0}`, which is not accepted")]
    Algorithm(String),
    /// The signature is not of these bytes by this key.
    #[error("the signature is not of these bytes")]
    Wrong,
}

/// An armored SSHSIG (`-----BEGIN SSH SIGNATURE-----` …).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature(String);

impl Signature {
    /// Takes the armored text as it is; whether it holds is what [`Signature::verify`] answers.
    pub fn new(armored: impl Into<String>) -> Self {
        Self(armored.into())
    }

    /// The armored text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks the signature over `bytes` and answers with the key that made it.
    ///
    /// # Errors
    ///
    /// [`SignatureError`]; a stripped, re-encoded or foreign signature is one of them.
    pub fn verify(&self, namespace: Namespace, bytes: &[u8]) -> Result<PublicKey, SignatureError> {
        let malformed = |e: ssh_key::Error| SignatureError::Malformed(e.to_string());
        let sig = ssh_key::SshSig::from_pem(&self.0).map_err(malformed)?;
        let key = ssh_key::PublicKey::new(sig.public_key().clone(), "");
        if sig.namespace() != namespace.as_str() {
            return Err(SignatureError::Namespace { wanted: namespace.as_str(), found: sig.namespace().to_owned() });
        }
        key.verify(namespace.as_str(), bytes, &sig).map_err(|_| SignatureError::Wrong)?;
        PublicKey::parse(&key.to_openssh().map_err(malformed)?).map_err(|e| SignatureError::Malformed(e.to_string()))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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

/// The allowed-signers file `ssh-keygen -Y verify` takes: one line a key, valid for `git` and for acts.
pub fn allowed_signers<'a>(keys: impl IntoIterator<Item = (&'a str, &'a PublicKey)>) -> String {
    let mut lines = String::new();
    for (handle, key) in keys {
        lines.push_str(handle);
        lines.push_str(" namespaces=\"git,chancery-act-v1\" ");
        lines.push_str(key.as_str());
        lines.push('\n');
    }
    lines
}
