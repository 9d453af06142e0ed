//! A finding as one entry of a list: plain data, for a screen, a page or a document.

use serde::Serialize;

use crate::{
    clock::Time,
    name::{Artifact, Handle},
    object::{Digest, EventId, VersionId},
    state::{AnswerRecord, FindingRecord, FindingStatus},
};

/// A finding with the whole exchange.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FindingSheet {
    /// The finding.
    pub finding: EventId,
    /// What has become of it.
    pub status: FindingStatus,
    /// Whether it counts against the proposal it is shown with; by itself, whether it is open.
    pub stands: bool,
    /// The proposal it was raised on.
    pub proposal: EventId,
    /// The environment, or `governance`.
    pub environment: String,
    /// The artifact, kind in front; absent for the rules.
    pub artifact: Option<Artifact>,
    /// The version it objects to, or the payload digest of the rules.
    pub version: Digest,
    /// The file, relative to the project folder.
    pub path: String,
    /// The line, from 1.
    pub line: u64,
    /// The text that stands there.
    pub quote: String,
    /// What is wrong.
    pub message: String,
    /// Who raised it.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// What closed it.
    pub answer: Option<AnswerSheet>,
}

/// What closed a finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnswerSheet {
    /// The event.
    pub event: EventId,
    /// The version that fixes it.
    pub version: Option<VersionId>,
    /// Who.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// Why.
    pub message: String,
}

impl FindingSheet {
    /// A finding; whether it stands against something is for the caller to know.
    pub fn of(record: &FindingRecord, stands: bool) -> Self {
        let finding = &record.finding;
        Self {
            finding: record.id,
            status: record.status(),
            stands,
            proposal: finding.proposal,
            environment: record.environment.clone(),
            artifact: finding.artifact.clone(),
            version: finding.version,
            path: finding.path.clone(),
            line: finding.line,
            quote: finding.quote.clone(),
            message: finding.message.clone(),
            person: record.person.clone(),
            time: record.time,
            answer: record.answer.as_ref().map(AnswerSheet::of),
        }
    }

    /// Where it points: file and line.
    pub fn place(&self) -> String {
        format!("{}:{}", self.path, self.line)
    }

    /// Its status in words, before its place; one that is closed and counts all the same says so.
    pub fn standing(&self) -> String {
        let word = self.status.word();
        if self.stands && self.status != FindingStatus::Open {
            return format!("{word}, but not in what is proposed,");
        }
        word.to_owned()
    }
}

impl AnswerSheet {
    fn of(record: &AnswerRecord) -> Self {
        Self {
            event: record.event,
            version: record.answer.version,
            person: record.person.clone(),
            time: record.time,
            message: record.answer.message.clone(),
        }
    }
}
