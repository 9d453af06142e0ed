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
    /// Whether that event only recorded what ran already, and no gate let it through.
    pub adopted: bool,
}

impl Live {
    /// The state's record under the artifact's shortest name.
    ///
    /// `adoption`: the event that adopted what ran there, where one did.
    pub(super) fn of(names: &Names<'_>, record: &LiveRecord, adoption: Option<EventId>) -> Result<Self, Failure> {
        Ok(Self {
            artifact: names.label(&record.artifact)?,
            kind: record.artifact.kind,
            version: record.version,
            number: record.number,
            since: record.since,
            event: record.event,
            adopted: adoption == Some(record.event),
        })
    }
}
