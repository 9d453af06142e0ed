//! Which remote this clone shares its ledger through.

use serde::{Deserialize, Serialize};

use super::{Settings, TreeError};

/// The name it is kept under.
const KEPT_AS: &str = "remote";

/// A remote as this clone remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remote {
    /// Where it is, as git understands it.
    pub url: String,
    /// The branch that holds the ledger there; without one it stands under the same names as here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Whether it has confirmed events to this clone: from then on an empty one was emptied.
    #[serde(default)]
    pub confirmed: bool,
}

/// Why it is not known which remote there is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    /// What was noted cannot be read.
    #[error("this clone's note of its remote cannot be read: {0}")]
    Damaged(String),
    /// The disk failed.
    #[error(transparent)]
    Tree(#[from] TreeError),
}

impl Remote {
    /// The remote of this clone, where it has one.
    ///
    /// # Errors
    ///
    /// [`RemoteError`]: a remote that cannot be read is not the same as none.
    pub fn read(settings: &dyn Settings) -> Result<Option<Self>, RemoteError> {
        let Some(kept) = settings.read(KEPT_AS)? else { return Ok(None) };
        serde_json::from_slice(&kept.bytes).map(Some).map_err(|error| RemoteError::Damaged(error.to_string()))
    }

    /// Remembers it.
    ///
    /// # Errors
    ///
    /// [`RemoteError`].
    pub fn write(&self, settings: &dyn Settings) -> Result<(), RemoteError> {
        let bytes = serde_json::to_vec(self).map_err(|error| RemoteError::Damaged(error.to_string()))?;
        Ok(settings.write(KEPT_AS, &bytes)?)
    }
}
