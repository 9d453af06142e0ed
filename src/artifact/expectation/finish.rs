//! Why a reply ends.

use serde::{Deserialize, Serialize};

/// Why a reply ends, in one word for all providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Finish {
    /// The model was done, or came to a stop word.
    Stop,
    /// It waits for the answers of tools.
    Tools,
    /// It was cut off where its tokens ended: what it says is not all it had to say.
    Length,
    /// The provider or the model held it back.
    Refused,
}

impl Finish {
    /// Every word users may write.
    pub(super) const WORDS: [(&str, Self); 4] =
        [("stop", Self::Stop), ("tools", Self::Tools), ("length", Self::Length), ("refused", Self::Refused)];

    /// The word users write for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Tools => "tools",
            Self::Length => "length",
            Self::Refused => "refused",
        }
    }
}
