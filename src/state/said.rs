//! What the state knows from payload: where a digest is used, and what will be believed of it once its bytes are gone.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    FindingRecord, State, StateError,
    records::{DossierRecord, LineageRecord},
};
use crate::{
    name::{Artifact, Kind},
    object::{Digest, DossierId, EventId, encode},
    version::Contents,
};

/// Everything the state knows about some payload.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownPayload {
    /// Commits whose version, or a file of it, is among it; sorted by artifact and number.
    pub commits: Vec<LineageRecord>,
    /// Replies and votes among it, with the prompts whose evidence they are.
    pub replies: BTreeSet<(Digest, Artifact)>,
    /// Dossiers among it that somebody decided on, sorted.
    pub dossiers: Vec<DossierRecord>,
    /// Findings that quote it, sorted.
    pub findings: Vec<EventId>,
}

impl KnownPayload {
    /// Looks these digests up. It reads every commit and every run: what is purged once in a while needs no index.
    ///
    /// # Errors
    ///
    /// [`StateError`] when a record cannot be read.
    pub fn read(state: &State<'_>, payload: &[Digest]) -> Result<Self, StateError> {
        let wanted: BTreeSet<&Digest> = payload.iter().collect();
        let uses = |record: &LineageRecord| {
            record.version.is_some_and(|version| wanted.contains(&version.0))
                || record.contents.files.iter().any(|file| wanted.contains(file))
        };
        let mut commits: Vec<LineageRecord> = state.commits()?.into_iter().filter(uses).collect();
        commits.sort_by(|a, b| (&a.artifact, a.number).cmp(&(&b.artifact, b.number)));
        let mut replies = BTreeSet::new();
        for runs in state.all_runs()? {
            let prompt = Artifact::new(Kind::Prompt, runs.prompt);
            let samples = runs.runs.iter().flat_map(|run| &run.samples);
            let named = samples.flat_map(crate::ledger::Sample::kept).filter(|reply| wanted.contains(reply));
            replies.extend(named.map(|reply| (reply, prompt.clone())));
        }
        let mut dossiers = Vec::new();
        for id in &wanted {
            dossiers.extend(state.dossier(DossierId(**id))?);
        }
        let findings = quoting(state, &commits)?;
        Ok(Self { commits, replies, dossiers, findings })
    }

    /// Whether a digest is payload of a version, of evidence, or of a decision.
    pub(super) fn holds(&self, id: &Digest) -> bool {
        let of_commit = |record: &LineageRecord| {
            record.version.is_some_and(|version| version.0 == *id) || record.contents.files.contains(id)
        };
        self.commits.iter().any(of_commit)
            || self.replies.iter().any(|(reply, _)| reply == id)
            || self.dossiers.iter().any(|record| record.dossier.0 == *id)
    }

    /// The artifacts it belongs to, sorted.
    pub fn artifacts(&self) -> BTreeSet<&Artifact> {
        let of_replies = self.replies.iter().map(|(_, prompt)| prompt);
        self.commits.iter().map(|record| &record.artifact).chain(of_replies).collect()
    }

    fn said(&self) -> Digest {
        let versions = self.commits.iter().map(|record| Version {
            artifact: &record.artifact,
            number: record.number,
            contents: &record.contents,
        });
        Digest::of(&encode(&Said { versions: versions.collect(), dossiers: &self.dossiers, findings: &self.findings }))
    }
}

/// Findings on the versions of these commits: that each quotes what stood there will have to be believed.
fn quoting(state: &State<'_>, commits: &[LineageRecord]) -> Result<Vec<EventId>, StateError> {
    let of = |record: &FindingRecord, commit: &LineageRecord| {
        let about = record.finding.artifact.as_ref().is_some_and(|artifact| artifact.key() == commit.artifact.key());
        about && commit.version.is_some_and(|version| version.0 == record.finding.version)
    };
    let findings = state.findings()?.into_iter().filter(|record| commits.iter().any(|commit| of(record, commit)));
    let mut ids: Vec<EventId> = findings.map(|record| record.id).collect();
    ids.sort();
    Ok(ids)
}

/// What a purge vouches for, in canonical JSON.
#[derive(Serialize)]
struct Said<'a> {
    versions: Vec<Version<'a>>,
    dossiers: &'a [DossierRecord],
    #[serde(skip_serializing_if = "<[EventId]>::is_empty")]
    findings: &'a [EventId],
}

#[derive(Serialize)]
struct Version<'a> {
    artifact: &'a Artifact,
    number: u64,
    contents: &'a Contents,
}

/// The digest of what the state knows from these bytes: what versions name and test, what dossiers showed, what was
/// found in them.
///
/// A purge states it, and so vouches for what everybody who comes later must believe without the bytes. It is taken
/// anew from the state when the purge is decided.
pub fn said(known: &KnownPayload) -> Digest {
    known.said()
}
