//! Acts beside the ordinary way, each visible as what it is.

use serde::{Deserialize, Serialize};

use super::{BundleChange, LiveChange};
use crate::{
    clock::Time,
    name::Environment,
    object::{Digest, DossierId, EventId},
};

/// A proposal carried out although named rules do not hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The proposal.
    pub proposal: EventId,
    /// Payload: the dossier the gate weighed.
    pub dossier: DossierId,
    /// The rules that are waived, by their words in `chancery.toml`, sorted; at least one.
    pub rules: Vec<String>,
    /// Why.
    pub reason: String,
    /// Until when it must have been reviewed.
    pub expires: Time,
}

/// Somebody else has looked at an override afterwards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverrideReview {
    /// The event that overrode.
    pub promotion: EventId,
    /// What they say to it.
    pub message: String,
}

/// What already runs in an environment that has never moved. Not gated, and shown as adopted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adoption {
    /// The environment.
    pub environment: Environment,
    /// Why.
    pub message: String,
    /// What is live from now on, sorted by artifact.
    pub changes: Vec<LiveChange>,
    /// Every bundle touched, sorted by prompt.
    pub bundles: Vec<BundleChange>,
}

/// Something that looks like a secret and is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The fingerprint that `check` shows with a finding of its scan.
    pub fingerprint: Digest,
    /// Why it may stand.
    pub reason: String,
}
