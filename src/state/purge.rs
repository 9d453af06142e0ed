//! Payload goes for good.

use std::collections::BTreeSet;

use super::{
    KnownPayload, Refusal, StateError,
    apply::Deciding,
    draft::Draft,
    read::keys,
    records::{ProposalRecord, PurgedRecord, Status},
    said::said,
};
use crate::{
    ledger::{Event, Purge},
    name::Artifact,
    object::{Digest, VersionId},
    trust::Verb,
};

/// Digests are recorded as purged; from here on their bytes may be absent, and never come back.
///
/// Only payload of versions, of evidence and of decisions goes, and nothing that anybody still needs: no head, nothing
/// live, nothing that an open proposal is about, no rules that ever were. The purge vouches for what the state knows
/// from the bytes ([`said()`]): it is what deciding the ledger again will have to believe.
pub(super) fn purge(draft: &Draft<'_>, event: &Event, with: &Deciding<'_>, purge: &Purge) -> Result<(), StateError> {
    if purge.payload.is_empty() || !purge.payload.is_sorted_by(|a, b| a < b) {
        return Err(Refusal::no("bad-order", "a purge lists each digest once, sorted").into());
    }
    if purge.reason.trim().is_empty() {
        return Err(Refusal::cannot("no-reason", "a purge says why").into());
    }
    let known = KnownPayload::read(with.state, &purge.payload)?;
    let artifacts: Vec<&Artifact> = known.artifacts().into_iter().collect();
    with.actor.must(with.governance, Verb::Purge, &artifacts, None)?;
    for id in &purge.payload {
        if let Some(purged) = with.state.purged(id)? {
            return Err(purged.refusal().into());
        }
        if !known.holds(id) {
            let message = format!("`{}` is no payload of a version, of evidence or of a decision", id.short());
            return Err(Refusal::cannot("unknown-payload", message).into());
        }
    }
    refuse_needed(with, purge, &known)?;
    if purge.said != said(&known) {
        let message = "what is known from these bytes is not what the purge says: something was recorded since";
        return Err(Refusal::moved("stale-purge", message).into());
    }
    for payload in &purge.payload {
        let record = PurgedRecord {
            payload: *payload,
            event: event.id(),
            person: with.actor.handle.clone(),
            time: event.record.time,
            reason: purge.reason.clone(),
        };
        draft.put(keys::purged(payload), &record);
    }
    Ok(())
}

/// A version of an artifact, whatever the case of its name.
type Version = (String, VersionId);

/// Refuses while anything that goes is still needed.
fn refuse_needed(with: &Deciding<'_>, purge: &Purge, known: &KnownPayload) -> Result<(), StateError> {
    let versions: BTreeSet<Version> =
        known.commits.iter().filter_map(|record| Some((record.artifact.key(), record.version?))).collect();
    refuse_heads(with, known)?;
    for rules in &with.governance.environments {
        for live in with.state.all_live(&rules.name)? {
            if versions.contains(&(live.artifact.key(), live.version)) {
                let (environment, short) = (&rules.name, live.version.short());
                let message =
                    format!("`{}` {short} is live in `{environment}`; let another go live first", live.artifact);
                return Err(Refusal::cannot("still-live", message).into());
            }
        }
    }
    let payload: BTreeSet<&Digest> = purge.payload.iter().collect();
    let project = with.state.project()?;
    let in_force = project.iter().flat_map(|project| [project.project, project.governance]);
    let mut rules: Vec<Digest> = in_force.collect();
    for record in with.state.proposals()? {
        rules.extend(record.proposal.governance.iter().flat_map(|change| [change.from, change.to]));
        if record.status == Status::Open && concerns(&record, &versions, known) {
            let (id, environment) = (record.id.short(), &record.proposal.environment);
            let message = format!("proposal `{id}` for `{environment}` is about it; withdraw or carry it out first");
            return Err(Refusal::cannot("in-open-proposal", message).into());
        }
    }
    match rules.iter().find(|digest| payload.contains(digest)) {
        Some(digest) => {
            let message = format!("`{}` are rules of this project, and rules are never purged", digest.short());
            Err(Refusal::no("rules-stay", message).into())
        }
        None => Ok(()),
    }
}

fn refuse_heads(with: &Deciding<'_>, known: &KnownPayload) -> Result<(), StateError> {
    for record in &known.commits {
        let head = with.state.head(&record.artifact)?;
        if let Some(head) = head.filter(|head| head.version.is_some() && head.version == record.version) {
            let message = format!("`{}` v{} is the head; commit a replacement first", head.artifact, head.number);
            return Err(Refusal::cannot("still-head", message).into());
        }
    }
    Ok(())
}

/// Whether a proposal would move one of the versions, or stands on one of the dossiers.
fn concerns(record: &ProposalRecord, versions: &BTreeSet<Version>, known: &KnownPayload) -> bool {
    let moves = record.proposal.changes.iter().any(|change| {
        let key = change.artifact.key();
        [change.from, change.to].into_iter().flatten().any(|version| versions.contains(&(key.clone(), version)))
    });
    moves || known.dossiers.iter().any(|dossier| dossier.proposal == record.id)
}
