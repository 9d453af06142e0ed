//! From the ledger to what the gate weighs of what is beside the ordinary way.

use super::{State, StateError, case::Case, records::ProposalRecord};
use crate::{
    gate::{BesideFacts, QuarantinedFacts},
    name::Environment,
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
        overrides: Vec::new(),
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
