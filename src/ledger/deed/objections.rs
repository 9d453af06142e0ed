//! Acts of people, and reviewing programs, who object.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    name::Artifact,
    object::{Digest, EventId, VersionId},
};

/// An objection to what is proposed, with proof: text that stands there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The proposal it is raised on.
    pub proposal: EventId,
    /// The artifact; absent for the rules.
    pub artifact: Option<Artifact>,
    /// The proposed bytes it objects to: the version, or the payload digest of the rules.
    pub version: Digest,
    /// The file, relative to the project folder.
    pub path: String,
    /// The line where the quote begins, from 1.
    pub line: u64,
    /// Text that stands there, byte for byte; it may go on over the lines that follow.
    pub quote: String,
    /// What is wrong.
    pub message: String,
}

/// How an objection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Closing {
    /// It stands so for a reason.
    Justified,
    /// It was none.
    Withdrawn,
    /// Another version does not have it.
    Fixed,
}

impl fmt::Display for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Justified => "justified",
            Self::Withdrawn => "withdrawn",
            Self::Fixed => "fixed",
        })
    }
}

/// An answer to a finding that closes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The finding.
    pub finding: EventId,
    /// How it ends.
    pub closing: Closing,
    /// For `fixed`: the version that no longer has it; absent otherwise.
    pub version: Option<VersionId>,
    /// Why.
    pub message: String,
}
