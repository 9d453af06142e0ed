//! What rollbacks took away from environments, in words that people type.

use serde::Serialize;

use super::{Failure, World, resolve::Names, standing::Standing};
use crate::{
    clock::Time,
    ledger::{Deed, LiveChange},
    name::{Environment, Handle, Kind},
    object::{EventId, VersionId},
    report::LiftLine,
    state::{ProposalRecord, QuarantineRecord},
};

/// A version that a rollback took away from an environment, and that nobody has let in again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quarantined {
    /// Where.
    pub environment: Environment,
    /// As a person would type it.
    pub artifact: String,
    /// What it is.
    pub kind: Kind,
    /// The version.
    pub version: VersionId,
    /// The commit that made it.
    pub number: u64,
    /// The rollback.
    pub event: EventId,
    /// Who rolled back.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// Why.
    pub message: String,
}

impl Quarantined {
    /// Tells one record.
    pub(super) fn of(
        standing: &Standing<'_>,
        environment: &Environment,
        record: QuarantineRecord,
    ) -> Result<Self, Failure> {
        let number = standing.state().version(&record.artifact, record.version)?.map_or(0, |known| known.number);
        Ok(Self {
            environment: environment.clone(),
            artifact: Names::of(standing).label(&record.artifact)?,
            kind: record.artifact.kind,
            version: record.version,
            number,
            event: record.rollback,
            person: record.person,
            time: record.time,
            message: record.message,
        })
    }

    /// What a person would type to mean it.
    pub fn spec(&self) -> String {
        format!("{}@{}", self.artifact, self.version.short())
    }
}

/// Everything in quarantine in an environment, sorted by kind and name.
pub(super) fn all(standing: &Standing<'_>, environment: &Environment) -> Result<Vec<Quarantined>, Failure> {
    let records = standing.state().all_quarantined(environment)?;
    records.into_iter().map(|record| Quarantined::of(standing, environment, record)).collect()
}

/// What a proposal would let in again, and the rollback that took it away; `None` for any other proposal.
pub(super) fn lifted(
    world: &World,
    standing: &Standing<'_>,
    record: &ProposalRecord,
) -> Result<Option<LiftLine>, Failure> {
    let Some(lift) = &record.proposal.lifts else { return Ok(None) };
    let state = standing.state();
    let lost = || Failure::bug(format!("event `{}` rolled nothing back", lift.rollback.short()));
    let seq = state.placed(lift.rollback)?.ok_or_else(lost)?.seq;
    let (event, _) = world.journal.read(seq)?;
    let act = event.act.act();
    let Deed::Rollback(back) = &act.deed else { return Err(lost()) };
    let number = |version| Ok::<_, Failure>(state.version(&lift.artifact, version)?.map(|known| known.number));
    let instead = back.changes.iter().find(|change| change.artifact == lift.artifact).and_then(|change| change.to);
    Ok(Some(LiftLine {
        artifact: Names::of(standing).label(&lift.artifact)?,
        kind: lift.artifact.kind,
        version: lift.version,
        number: number(lift.version)?,
        instead,
        instead_number: instead.map(number).transpose()?.flatten(),
        rollback: lift.rollback,
        person: act.person.clone(),
        time: event.record.time,
        message: back.message.clone(),
        diff: None,
    }))
}

/// The command that asks people to let in the first of these that is in quarantine.
pub(super) fn way_back(
    standing: &Standing<'_>,
    environment: &Environment,
    changes: &[LiveChange],
) -> Result<Option<String>, Failure> {
    for change in changes {
        let Some(version) = change.to else { continue };
        if let Some(record) = standing.state().quarantined(environment, &change.artifact, version)? {
            let spec = Quarantined::of(standing, environment, record)?.spec();
            return Ok(Some(format!("chancery requalify {spec} --env {environment} -m \"…\"")));
        }
    }
    Ok(None)
}
