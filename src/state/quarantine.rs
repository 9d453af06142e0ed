//! What a rollback took away stays away until people have let it in again.

use serde::{Deserialize, Serialize};

use super::{
    Refusal, State, StateError,
    apply::Deciding,
    draft::Draft,
    propose::{environment, refuse_purged_version},
    touched::Target,
};
use crate::{
    clock::Time,
    ledger::{Event, Key, Lift, LiveChange, Proposal, Rollback},
    name::{Artifact, Environment, Handle},
    object::{EventId, VersionId},
    trust::Verb,
};

/// A version that a rollback took away from an environment. It stands until a proposal lifts it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuarantineRecord {
    /// The artifact.
    pub artifact: Artifact,
    /// The version.
    pub version: VersionId,
    /// What the rollback put back instead; absent where nothing was.
    pub instead: Option<VersionId>,
    /// The rollback.
    pub rollback: EventId,
    /// Who rolled back.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// Why.
    pub message: String,
}

impl QuarantineRecord {
    /// Whether a proposal to let it in again is of this very quarantine.
    pub fn is_lifted_by(&self, lift: &Lift) -> bool {
        self.artifact.key() == lift.artifact.key() && self.version == lift.version && self.rollback == lift.rollback
    }
}

fn collection(environment: &Environment) -> String {
    format!("quarantined/{environment}")
}

fn key(environment: &Environment, artifact: &Artifact, version: VersionId) -> Key {
    Key::new(collection(environment), format!("{}@{version}", artifact.key()))
}

impl State<'_> {
    /// Whether a version is in quarantine in an environment, and through which rollback.
    ///
    /// # Errors
    ///
    /// [`StateError`] when the record cannot be read.
    pub fn quarantined(
        &self,
        environment: &Environment,
        artifact: &Artifact,
        version: VersionId,
    ) -> Result<Option<QuarantineRecord>, StateError> {
        self.get(&key(environment, artifact, version))
    }

    /// Everything in quarantine in an environment, sorted by artifact and version.
    ///
    /// # Errors
    ///
    /// [`StateError`] when a record cannot be read.
    pub fn all_quarantined(&self, environment: &Environment) -> Result<Vec<QuarantineRecord>, StateError> {
        let mut found: Vec<QuarantineRecord> = self.list(&collection(environment))?;
        found.sort_by(|a, b| (&a.artifact, a.version).cmp(&(&b.artifact, b.version)));
        Ok(found)
    }

    /// The quarantine that a proposal would lift, as long as it is the one the proposal was made for.
    ///
    /// # Errors
    ///
    /// [`StateError`] when the record cannot be read.
    pub fn to_lift(&self, environment: &Environment, lift: &Lift) -> Result<Option<QuarantineRecord>, StateError> {
        let found = self.quarantined(environment, &lift.artifact, lift.version)?;
        Ok(found.filter(|record| record.is_lifted_by(lift)))
    }
}

/// What a rollback took away is in quarantine there.
pub(super) fn quarantine(draft: &Draft<'_>, event: &Event, back: &Rollback) {
    for change in &back.changes {
        let Some(version) = change.from else { continue };
        let record = QuarantineRecord {
            artifact: change.artifact.clone(),
            version,
            instead: change.to,
            rollback: event.id(),
            person: event.act.act().person.clone(),
            time: event.record.time,
            message: back.message.clone(),
        };
        draft.put(key(&back.environment, &change.artifact, version), &record);
    }
}

/// Where heads are followed nothing is proposed: committing a version again is what lets it in.
pub(super) fn release(draft: &Draft<'_>, environment: &Environment, targets: &[Target]) -> Result<(), StateError> {
    // Mostly there is none at all, and thousands of targets.
    if State::new(draft).all_quarantined(environment)?.is_empty() {
        return Ok(());
    }
    for target in targets {
        if let Some((version, _)) = target.to {
            draft.take_away(key(environment, &target.artifact, version));
        }
    }
    Ok(())
}

/// The version may be proposed there again.
pub(super) fn lift(draft: &Draft<'_>, environment: &Environment, lift: &Lift) {
    draft.take_away(key(environment, &lift.artifact, lift.version));
}

/// Refuses to bring back what a rollback took away, unless people have let it in again.
///
/// A second rollback is no such decision.
///
/// # Errors
///
/// A refusal `quarantined`.
pub fn refuse_quarantined(
    state: &State<'_>,
    environment: &Environment,
    changes: &[LiveChange],
) -> Result<(), StateError> {
    for change in changes {
        let Some(version) = change.to else { continue };
        if let Some(record) = state.quarantined(environment, &change.artifact, version)? {
            let message = format!(
                "`{}` {} was taken from `{environment}` by rollback `{}`; only `requalify` lets it in again",
                change.artifact,
                version.short(),
                record.rollback.short()
            );
            return Err(Refusal::no("quarantined", message).into());
        }
    }
    Ok(())
}

/// A proposal to let a version in again changes nothing by itself, and names a quarantine that stands.
pub(super) fn propose_lift(with: &Deciding<'_>, proposal: &Proposal, lift: &Lift) -> Result<(), StateError> {
    let environment = environment(with, &proposal.environment)?;
    with.actor.must(with.governance, Verb::Propose, &[&lift.artifact], Some(&environment))?;
    if with.governance.environment(&environment).is_some_and(|rules| rules.follows_heads) {
        let message = format!("`{environment}` follows heads: what is committed again is live there again");
        return Err(Refusal::cannot("follows-heads", message).into());
    }
    let alone = proposal.changes.is_empty() && proposal.bundles.is_empty() && proposal.governance.is_none();
    if !alone || proposal.only {
        return Err(Refusal::cannot("mixed-proposal", "lifting a quarantine changes nothing else").into());
    }
    refuse_purged_version(with.state, lift.version)?;
    if with.state.to_lift(&environment, lift)?.is_some() {
        return Ok(());
    }
    let message = format!("`{}` {} is not in quarantine in `{environment}`", lift.artifact, lift.version.short());
    Err(Refusal::cannot("not-quarantined", message).into())
}
