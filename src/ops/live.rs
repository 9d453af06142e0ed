//! One artifact that is live, or was.

use serde::Serialize;

use super::{Failure, resolve::Names};
use crate::{
    clock::Time,
    name::Kind,
    object::{EventId, VersionId},
    state::LiveRecord,
};

/// One artifact that is live, or was at the moment asked about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Live {
    /// As a person would type it.
    pub artifact: String,
    /// What it is.
    pub kind: Kind,
    /// Its version.
    pub version: VersionId,
    /// The commit that made it.
    pub number: u64,
    /// Since when.
    pub since: Time,
    /// Through which event.
    pub event: EventId,
}

impl Live {
    /// The state's record under the artifact's shortest name.
    pub(super) fn of(names: &Names<'_>, record: &LiveRecord) -> Result<Self, Failure> {
        Ok(Self {
            artifact: names.label(&record.artifact)?,
            kind: record.artifact.kind,
            version: record.version,
            number: record.number,
            since: record.since,
            event: record.event,
        })
    }
}
