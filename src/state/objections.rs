//! Findings as the state keeps them: what was objected to, and how it was answered.

use serde::{Deserialize, Serialize};

use super::{State, StateError};
use crate::{
    clock::Time,
    ledger::{Answer, Closing, Finding, Key},
    name::{Artifact, Handle},
    object::{EventId, VersionId},
};

/// A finding and what became of it.
///
/// It belongs to the artifact in the environment that its proposal was for, or to the rules, and outlives the
/// proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingRecord {
    /// The finding's id.
    pub id: EventId,
    /// What it says.
    pub finding: Finding,
    /// The environment, or `governance`.
    pub environment: String,
    /// Who raised it.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// What closed it; absent while it is open.
    pub answer: Option<AnswerRecord>,
}

/// What closed a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerRecord {
    /// The event.
    pub event: EventId,
    /// Who.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// What was said.
    pub answer: Answer,
}

/// What has become of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FindingStatus {
    /// It waits for an answer.
    Open,
    /// It stands so for a reason.
    Justified,
    /// It was none.
    Withdrawn,
    /// Another version does not have it.
    Fixed,
}

impl FindingStatus {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Justified => "justified",
            Self::Withdrawn => "withdrawn",
            Self::Fixed => "fixed",
        }
    }
}

impl From<Closing> for FindingStatus {
    fn from(closing: Closing) -> Self {
        match closing {
            Closing::Justified => Self::Justified,
            Closing::Withdrawn => Self::Withdrawn,
            Closing::Fixed => Self::Fixed,
        }
    }
}

impl FindingRecord {
    /// What has become of it.
    pub fn status(&self) -> FindingStatus {
        self.answer.as_ref().map_or(FindingStatus::Open, |answer| answer.answer.closing.into())
    }

    /// The version it was fixed by.
    pub fn fixed(&self) -> Option<VersionId> {
        self.answer.as_ref().and_then(|answer| answer.answer.version)
    }

    /// Whether it counts against what would be live: while it is open, and again when the very version it objects to
    /// is proposed after another one fixed it. Of other versions nobody has said that they have it; whoever finds it
    /// there objects again, with a quote that stands there.
    pub fn stands_against(&self, to: Option<VersionId>) -> bool {
        match self.status() {
            FindingStatus::Open => true,
            FindingStatus::Fixed => to == Some(VersionId(self.finding.version)),
            FindingStatus::Justified | FindingStatus::Withdrawn => false,
        }
    }

    /// The newest event of the exchange.
    pub fn last_word(&self) -> EventId {
        self.answer.as_ref().map_or(self.id, |answer| answer.event)
    }

    /// Where it points: file and line.
    pub fn place(&self) -> String {
        format!("{}:{}", self.finding.path, self.finding.line)
    }
}

impl State<'_> {
    /// A finding.
    ///
    /// # Errors
    ///
    /// When the record cannot be read.
    pub fn finding(&self, id: EventId) -> Result<Option<FindingRecord>, StateError> {
        self.get(&finding(id))
    }

    /// Every finding ever raised, oldest first.
    ///
    /// # Errors
    ///
    /// When a record cannot be read.
    pub fn findings(&self) -> Result<Vec<FindingRecord>, StateError> {
        self.in_order(self.list("findings")?, |record: &FindingRecord| record.id)
    }

    /// Findings on an artifact in an environment, or on the rules, in order.
    ///
    /// # Errors
    ///
    /// When a record cannot be read.
    pub fn objections(&self, environment: &str, about: Option<&Artifact>) -> Result<Vec<FindingRecord>, StateError> {
        let ids: Vec<EventId> = self.get(&objections(environment, about))?.unwrap_or_default();
        let mut found = Vec::new();
        for id in ids {
            found.extend(self.finding(id)?);
        }
        Ok(found)
    }
}

/// Where a finding stands.
pub(super) fn finding(id: EventId) -> Key {
    Key::new("findings", id.to_string())
}

/// Where the ids of the findings on one artifact in one environment stand.
pub(super) fn objections(environment: &str, about: Option<&Artifact>) -> Key {
    Key::new(format!("objections/{environment}"), about.map_or_else(|| "rules".to_owned(), Artifact::key))
}
