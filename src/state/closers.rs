//! Who may close a finding that somebody else raised.

use std::collections::BTreeSet;

use super::{FindingRecord, State, StateError, lineage::authors_between, records::ProposalRecord};
use crate::{
    governance::{Closers, Governance},
    ledger::GOVERNANCE,
    name::{Artifact, Environment, Handle},
    object::VersionId,
    trust::Verb,
};

/// Whose word closes a finding besides its raiser's; `None`: there is no such environment.
pub(super) fn closers(governance: &Governance, environment: &str) -> Option<Closers> {
    if environment == GOVERNANCE {
        return Closers::of_rules();
    }
    governance.environments.iter().find(|rules| rules.name.as_str() == environment)?.closers()
}

/// Everybody with a hand in what a finding objects to, or in what would answer it: authors of the proposal it was
/// raised on, of every open proposal that changes the artifact there, and of the version said to fix it.
pub(super) fn hands(
    state: &State<'_>,
    record: &FindingRecord,
    fixed: Option<VersionId>,
) -> Result<BTreeSet<Handle>, StateError> {
    let mut hands = BTreeSet::new();
    if let Some(proposal) = state.proposal(record.finding.proposal)? {
        hands.extend(authors(state, &proposal)?);
    }
    let Some(artifact) = &record.finding.artifact else { return Ok(hands) };
    for proposal in state.open(&record.environment)? {
        if proposal.proposal.changes.iter().any(|change| change.artifact.key() == artifact.key()) {
            hands.extend(authors(state, &proposal)?);
        }
    }
    if fixed.is_some() {
        hands.extend(authors_between(state, artifact, Some(VersionId(record.finding.version)), fixed)?);
    }
    Ok(hands)
}

/// Authors of every change of a proposal, and who proposed it.
fn authors(state: &State<'_>, record: &ProposalRecord) -> Result<BTreeSet<Handle>, StateError> {
    let mut authors = BTreeSet::from([record.person.clone()]);
    for change in &record.proposal.changes {
        authors.extend(authors_between(state, &change.artifact, change.from, change.to)?);
    }
    Ok(authors)
}

/// Everybody who may close a finding, its raiser included, sorted.
pub(super) fn who(
    state: &State<'_>,
    governance: &Governance,
    record: &FindingRecord,
) -> Result<Vec<Handle>, StateError> {
    let people = &governance.people;
    let about: Vec<&Artifact> = record.finding.artifact.iter().collect();
    let place = Environment::parse(&record.environment).ok();
    let asked = closers(governance, &record.environment);
    let hands = hands(state, record, None)?;
    let may = |handle: &Handle| match record.environment.as_str() {
        GOVERNANCE => people.may(handle, Verb::Govern, &[], None),
        _ => people.may(handle, Verb::Finding, &about, place.as_ref()),
    };
    let judges = |handle: &Handle, asked: &Closers| {
        people.people.get(handle).is_some_and(|person| !person.program && person.roles.contains(&asked.role))
            && (asked.authors || !hands.contains(handle))
    };
    let listed = people.people.keys().filter(|handle| {
        may(handle) && (**handle == record.person || asked.as_ref().is_some_and(|asked| judges(handle, asked)))
    });
    Ok(listed.cloned().collect())
}
