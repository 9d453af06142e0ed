//! From the ledger to what the gate weighs of what is beside the ordinary way.

use super::{State, StateError, case::Case, overriding::OverrideRecord, records::ProposalRecord};
use crate::{
    gate::{BesideFacts, OverrideFacts, QuarantinedFacts},
    governance::Governance,
    name::{Artifact, Environment, Handle},
    trust::{Person, Verb},
};

/// Gathers it for a proposal to change an environment.
///
/// # Errors
///
/// [`StateError`] when a record cannot be read.
pub(super) fn facts(state: &State<'_>, case: &Case<'_>, environment: &Environment) -> Result<BesideFacts, StateError> {
    Ok(BesideFacts {
        lifts: case.record.proposal.lifts.is_some(),
        quarantined: quarantined(state, case, environment)?,
        overrides: overrides(state, case, environment)?,
    })
}

/// The proposed versions that are in quarantine there.
fn quarantined(
    state: &State<'_>,
    case: &Case<'_>,
    environment: &Environment,
) -> Result<Vec<QuarantinedFacts>, StateError> {
    let mut found = Vec::new();
    for target in case.targets() {
        let Some((version, _)) = target.to else { continue };
        let Some(record) = state.quarantined(environment, &target.artifact, version)? else { continue };
        let lifts = |open: &ProposalRecord| open.proposal.lifts.as_ref().is_some_and(|lift| record.is_lifted_by(lift));
        let asked = state.open(environment.as_str())?.into_iter().find(lifts).map(|open| open.id);
        let (artifact, rollback, person) = (record.artifact, record.rollback, record.person);
        found.push(QuarantinedFacts { artifact, version, rollback, person, asked });
    }
    Ok(found)
}

/// Overrides there that nobody has reviewed yet, with who could.
fn overrides(state: &State<'_>, case: &Case<'_>, environment: &Environment) -> Result<Vec<OverrideFacts>, StateError> {
    let open = state.unreviewed(environment)?;
    let told = |record: OverrideRecord| {
        let who = reviewers(case.governance, &record);
        OverrideFacts { expires: record.expires, event: record.event, person: record.person, who }
    };
    Ok(open.into_iter().map(told).collect())
}

/// Who may review an override as the rules are, sorted.
pub fn reviewers(governance: &Governance, record: &OverrideRecord) -> Vec<Handle> {
    let artifacts: Vec<&Artifact> = record.artifacts.iter().collect();
    let people = &governance.people;
    let may = |handle: &Handle, person: &Person| {
        !person.program
            && *handle != record.person
            && !record.authors.contains(handle)
            && people.may(handle, Verb::Approve, &artifacts, Some(&record.environment))
    };
    people.people.iter().filter(|(handle, person)| may(handle, person)).map(|(handle, _)| handle.clone()).collect()
}
