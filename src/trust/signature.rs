//! Detached SSH signatures (SSHSIG, OpenSSH's PROTOCOL.sshsig).

use std::fmt;

use super::{PublicKey, armor::dearmor, sshsig::Parts};

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

/// An armored SSHSIG (`-----BEGIN SSH SIGNATURE-----` …), with the newline at its end.
///
/// One signature has one spelling: what `ssh-keygen -Y sign` writes. Anything else does not verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature(String);

impl Signature {
    /// Takes the armored text as it is; whether it holds is what [`Signature::verify`] answers.
    pub fn new(armored: impl Into<String>) -> Self {
        Self(armored.into())
    }

    /// Takes the text of a commit's `gpgsig` header, which has no newline at its end.
    pub fn from_commit_header(text: &str) -> Self {
        Self(format!("{text}\n"))
    }

    /// The text for a commit's `gpgsig` header: the armored text without the newline at its end.
    pub fn as_commit_header(&self) -> &str {
        self.0.strip_suffix('\n').unwrap_or(&self.0)
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
        let blob = dearmor(&self.0)
            .ok_or_else(|| SignatureError::Malformed("the text is not as `ssh-keygen` writes it".to_owned()))?;
        let parts = Parts::decode(&blob)?;
        if parts.namespace != namespace.as_str() {
            return Err(SignatureError::Namespace { wanted: namespace.as_str(), found: parts.namespace.to_owned() });
        }
        if parts.holds(bytes) { Ok(PublicKey::from_material(&parts.key)) } else { Err(SignatureError::Wrong) }
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
