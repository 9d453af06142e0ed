//! The findings that a proposal is judged with, as a dossier carries them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    FindingRecord, FindingStatus, Refusal, State, StateError, case::Case, closers::who, lineage::names_between,
};
use crate::{
    gate::FindingFacts,
    ledger::{Closing, GOVERNANCE},
    name::{Artifact, Handle},
    object::{Digest, EventId, VersionId},
};

/// One finding with everything that was said of it, without clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingLine {
    /// The finding.
    pub finding: EventId,
    /// The proposal it was raised on.
    pub proposal: EventId,
    /// The artifact; absent for the rules.
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
    /// What has become of it.
    pub status: FindingStatus,
    /// Whether it counts against the proposal.
    pub stands: bool,
    /// What closed it.
    pub answer: Option<AnswerLine>,
}

/// What closed a finding, without clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerLine {
    /// The event.
    pub event: EventId,
    /// How it ends.
    pub closing: Closing,
    /// The version that fixes it.
    pub version: Option<VersionId>,
    /// Who.
    pub person: Handle,
    /// Why.
    pub message: String,
}

impl FindingLine {
    fn of(record: &FindingRecord, to: Option<VersionId>) -> Self {
        let finding = &record.finding;
        let answer = record.answer.as_ref().map(|known| AnswerLine {
            event: known.event,
            closing: known.answer.closing,
            version: known.answer.version,
            person: known.person.clone(),
            message: known.answer.message.clone(),
        });
        Self {
            finding: record.id,
            proposal: finding.proposal,
            artifact: finding.artifact.clone(),
            version: finding.version,
            path: finding.path.clone(),
            line: finding.line,
            quote: finding.quote.clone(),
            message: finding.message.clone(),
            person: record.person.clone(),
            status: record.status(),
            stands: record.stands_against(to),
            answer,
        }
    }

    /// The same while nobody had answered.
    fn unanswered(&self) -> Self {
        Self { status: FindingStatus::Open, stands: true, answer: None, ..self.clone() }
    }
}

/// Findings that concern a proposal, oldest first: those that stand against it, those raised on it, and what else was
/// said of what it changes, under whatever name, since what is live went live.
///
/// # Errors
///
/// [`StateError`] when a record cannot be read.
pub fn finding_lines(state: &State<'_>, case: &Case<'_>) -> Result<Vec<FindingLine>, StateError> {
    Ok(concerning(state, case)?.into_iter().map(|(_, line)| line).collect())
}

/// What the gate must know of them: those that stand.
pub(super) fn finding_facts(state: &State<'_>, case: &Case<'_>) -> Result<Vec<FindingFacts>, StateError> {
    let mut facts = Vec::new();
    for (record, _) in concerning(state, case)?.into_iter().filter(|(_, line)| line.stands) {
        facts.push(FindingFacts {
            finding: record.id,
            place: record.place(),
            person: record.person.clone(),
            fixed: record.fixed(),
            who: who(state, case.governance, &record)?,
        });
    }
    Ok(facts)
}

fn concerning(state: &State<'_>, case: &Case<'_>) -> Result<Vec<(FindingRecord, FindingLine)>, StateError> {
    let proposal = &case.record.proposal;
    let mut found: BTreeMap<EventId, (FindingRecord, FindingLine)> = BTreeMap::new();
    let mut add = |records: Vec<FindingRecord>, to: Option<VersionId>, since: Option<EventId>| {
        let since = match since {
            Some(event) => state.placed(event)?.map_or(0, |placed| placed.seq),
            None => 0,
        };
        for record in records {
            let line = FindingLine::of(&record, to);
            let said = state.placed(record.last_word())?.map_or(0, |placed| placed.seq);
            if line.stands || line.proposal == case.record.id || said > since {
                let stands = line.stands;
                found.entry(record.id).or_insert((record, line)).1.stands |= stands;
            }
        }
        Ok::<(), StateError>(())
    };
    if let Some(change) = &proposal.governance {
        let since = state.project()?.map(|project| project.since);
        add(state.objections(GOVERNANCE, None)?, Some(VersionId(change.to)), since)?;
    }
    for change in &proposal.changes {
        for artifact in names_between(state, &change.artifact, change.from, change.to)? {
            add(state.objections(&proposal.environment, Some(&artifact))?, change.to, change.moved)?;
        }
    }
    state.in_order(found.into_values().collect(), |(record, _)| record.id)
}

/// Refuses unless every finding shown is one of those there are, told as it was at some time, and none that stands is
/// hidden. One that was closed since may be shown as open.
pub(super) fn refuse_untold(shown: &[FindingLine], present: &[FindingLine]) -> Result<(), Refusal> {
    let told = |line: &FindingLine| present.iter().any(|known| line == known || *line == known.unanswered());
    if let Some(line) = shown.iter().find(|line| !told(line)) {
        let message = format!("the dossier tells of finding `{}` what was never so", line.finding.short());
        return Err(Refusal::no("bad-dossier", message));
    }
    refuse_hidden(&shown.iter().map(|line| line.finding).collect::<Vec<_>>(), present)
}

/// Refuses when a finding that stands is not among those shown.
pub(super) fn refuse_hidden(shown: &[EventId], present: &[FindingLine]) -> Result<(), Refusal> {
    match present.iter().find(|line| line.stands && !shown.contains(&line.finding)) {
        Some(line) => {
            let (id, place) = (line.finding.short(), format!("{}:{}", line.path, line.line));
            let message = format!("finding `{id}` of `{}` at `{place}` is open, and was not shown", line.person);
            Err(Refusal::moved("stale-dossier", message))
        }
        None => Ok(()),
    }
}
