//! SSH public keys.

use std::fmt;

/// Text that is not an SSH public key we accept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an SSH public key: {why}")]
pub struct BadKey {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub why: String,
}

/// A public key as `authorized_keys` writes it, without comment; equal keys have equal text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(String);

impl PublicKey {
    /// Reads `ALGORITHM BASE64 [COMMENT]`.
    ///
    /// # Errors
    ///
    /// [`BadKey`] with the reason.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let refuse = |why: String| BadKey { text: text.to_owned(), why };
        let key = ssh_key::PublicKey::from_openssh(text.trim()).map_err(|e| refuse(e.to_string()))?;
        let bare = ssh_key::PublicKey::new(key.key_data().clone(), "");
        let text = bare.to_openssh().map_err(|e| refuse(e.to_string()))?;
        Ok(Self(text.trim().to_owned()))
    }

    /// `ALGORITHM BASE64`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
