//! What a person did, as a signed statement.

use serde::{Deserialize, Serialize};

use super::{Deed, format::other_format};
use crate::{
    clock::Time,
    name::Handle,
    object::{Canonical, Digest, EventId, NotCanonical, encode, parse},
    trust::{Namespace, PublicKey, Signature, SignatureError, Signer, SignerError},
};

/// The format number of acts this version writes and reads.
const FORMAT: u32 = 1;

/// Sixteen random bytes in hexadecimal, so that doing the same thing twice is two acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Nonce(String);

impl Nonce {
    /// The nonce of these bytes.
    pub fn new(bytes: [u8; 16]) -> Self {
        let mut text = Digest::of(&bytes).hex();
        text.truncate(32);
        Self(text)
    }
}

impl TryFrom<String> for Nonce {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == 32 && text.bytes().all(is_digit) {
            Ok(Self(text))
        } else {
            Err("a nonce is 32 lower-case hexadecimal digits")
        }
    }
}

impl From<Nonce> for String {
    fn from(nonce: Nonce) -> Self {
        nonce.0
    }
}

/// A statement by a person. Its canonical bytes are what is signed, and their SHA-256 is its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// Format number of the record.
    pub format: u32,
    /// The project it belongs to: the SHA-256 of the governance it began with.
    pub project: Digest,
    /// Who acts.
    pub person: Handle,
    /// Makes the act unlike every other.
    pub nonce: Nonce,
    /// When, by the clock of the person acting.
    pub time: Time,
    /// The newest event the person had seen; absent only at the very beginning.
    pub seen: Option<EventId>,
    /// What was done.
    pub deed: Deed,
}

/// Why bytes are not an act somebody signed.
#[derive(Debug, thiserror::Error)]
pub enum BadAct {
    /// Not the canonical JSON of an act.
    #[error("the act is {0}")]
    Record(#[from] NotCanonical),
    /// A format this version does not know.
    #[error("the act has format {0}; this version knows format {FORMAT}: upgrade")]
    Format(u32),
    /// The signature does not hold.
    #[error("the act's signature: {0}")]
    Signature(#[from] SignatureError),
}

/// An act with its signature and the key that made it; there is none whose signature does not hold.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedAct {
    act: Canonical<Act>,
    /// Known from the start: it is asked for once for each of thousands of changes.
    id: EventId,
    signature: Signature,
    key: PublicKey,
}

impl SignedAct {
    /// States and signs a deed.
    ///
    /// # Errors
    ///
    /// [`SignerError`] when the key cannot be used.
    pub fn sign(act: Act, signer: &dyn Signer) -> Result<Self, SignerError> {
        let bytes = encode(&act);
        let signature = signer.sign(Namespace::Act, &bytes)?;
        let act = Canonical { record: act, bytes };
        Ok(Self { id: EventId(act.digest()), act, signature, key: signer.key().clone() })
    }

    /// Reads an act from its bytes and signature: the bytes verified are the bytes parsed.
    ///
    /// # Errors
    ///
    /// [`BadAct`].
    pub fn read(bytes: &[u8], signature: &str) -> Result<Self, BadAct> {
        if let Some(format) = other_format(bytes, FORMAT) {
            return Err(BadAct::Format(format));
        }
        let signature = Signature::new(signature);
        let key = signature.verify(Namespace::Act, bytes)?;
        let act: Canonical<Act> = parse(bytes)?;
        Ok(Self { id: EventId(act.digest()), act, signature, key })
    }

    /// The format number acts are written with.
    pub fn format() -> u32 {
        FORMAT
    }

    /// What everything refers to it by.
    pub fn id(&self) -> EventId {
        self.id
    }

    /// What it says.
    pub fn act(&self) -> &Act {
        &self.act.record
    }

    /// The exact bytes that were signed.
    pub fn bytes(&self) -> &[u8] {
        &self.act.bytes
    }

    /// The armored signature.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The key that signed.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }
}
