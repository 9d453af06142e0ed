//! Bytes and their address.
//!
//! Everything chancery keeps is named by the SHA-256 of its bytes, so that `sha256sum` can check
//! it without us. Records (acts, events, evidence) are hashed in their RFC 8785 form: one meaning
//! has one encoding, and whatever is read back in another encoding is refused.
//!
//! This room knows nothing of what the bytes mean. Its port, [`Store`], keeps the payload:
//! version bytes, model replies and dossiers; [`Upkeep`] takes some of it away again, where it must go.

mod canonical;
mod digest;
mod store;
mod upkeep;

pub use canonical::{Canonical, NotCanonical, encode, parse};
pub use digest::{BundleId, Digest, DossierId, EventId, NotADigest, Prefix, VersionId};
pub use store::{Store, StoreError};
pub use upkeep::{Repacked, Size, Upkeep};
