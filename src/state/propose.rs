//! Asking for a change.

use std::collections::BTreeSet;

use super::{
    Refusal, State, StateError,
    apply::Deciding,
    draft::Draft,
    quarantine::propose_lift,
    read::keys,
    records::{ProposalRecord, Status},
    secrets::refuse_in_rules,
    touched::{Target, plan},
};
use crate::{
    governance::Change,
    ledger::{Event, GOVERNANCE, LiveChange, Proposal},
    name::{Artifact, Environment},
    object::VersionId,
    problem::quoted,
    trust::Verb,
};

/// A proposal is recorded when it says truly what is, and what would be.
pub(super) fn propose(
    draft: &Draft<'_>,
    event: &Event,
    with: &Deciding<'_>,
    proposal: &Proposal,
) -> Result<(), StateError> {
    let mut lowers = Vec::new();
    if proposal.environment == GOVERNANCE {
        lowers = propose_governance(with, proposal)?;
    } else if let Some(lift) = &proposal.lifts {
        propose_lift(with, proposal, lift)?;
    } else {
        propose_change(with, proposal)?;
    }
    let id = event.id();
    let record = ProposalRecord {
        id,
        proposal: proposal.clone(),
        person: event.act.act().person.clone(),
        time: event.record.time,
        status: Status::Open,
        closed: None,
        approvals: Vec::new(),
        reviews: Vec::new(),
        lowers,
    };
    draft.put(keys::proposal(id), &record);
    draft.put(keys::open(&proposal.environment, id), &id);
    Ok(())
}

/// Answers what of the change lowers a bar.
fn propose_governance(with: &Deciding<'_>, proposal: &Proposal) -> Result<Vec<String>, StateError> {
    with.actor.must(with.governance, Verb::Govern, &[], None)?;
    let Some(change) = &proposal.governance else {
        return Err(Refusal::cannot("empty-proposal", "a change of rules names the rules it asks for").into());
    };
    if !proposal.changes.is_empty() || !proposal.bundles.is_empty() || proposal.lifts.is_some() {
        return Err(Refusal::cannot("mixed-proposal", "a change of rules changes nothing else").into());
    }
    let in_force = with.state.project()?.map(|project| project.governance);
    if in_force != Some(change.from) {
        return Err(Refusal::moved("base-moved", "the rules in force have changed since").into());
    }
    if change.from == change.to {
        return Err(Refusal::cannot("nothing-changed", "these rules are in force already").into());
    }
    let rules = with.payload.governance(&change.to)?;
    refuse_in_rules(with.state, with.payload, &change.to)?;
    if !rules.can_be_changed() {
        let message = "nobody could ever change these rules again: they ask for more roots than they list";
        return Err(Refusal::cannot("rules-locked", message).into());
    }
    let differences = with.governance.differences(&rules);
    let lowering = differences.iter().filter(|change| change.lowers).map(Change::told);
    Ok(lowering.map(|(what, how)| format!("`{what}` {how}")).collect())
}

fn propose_change(with: &Deciding<'_>, proposal: &Proposal) -> Result<(), StateError> {
    let environment = environment(with, &proposal.environment)?;
    let artifacts: Vec<&Artifact> = proposal.changes.iter().map(|change| &change.artifact).collect();
    with.actor.must(with.governance, Verb::Propose, &artifacts, Some(&environment))?;
    if with.governance.environment(&environment).is_some_and(|rules| rules.follows_heads) {
        let message = format!("`{environment}` follows heads: a commit moves it, nothing is proposed for it");
        return Err(Refusal::cannot("follows-heads", message).into());
    }
    if proposal.governance.is_some() {
        return Err(Refusal::cannot("mixed-proposal", "a change of an environment does not change the rules").into());
    }
    if !listed_once(&artifacts) {
        return Err(Refusal::cannot("empty-proposal", "a proposal lists each artifact it changes once, sorted").into());
    }
    check_from(with.state, &environment, &proposal.changes)?;
    refuse_purged(with.state, &proposal.changes)?;
    let targets = targets(with.state, &proposal.changes)?;
    let plan = plan(with.state, &environment, &targets)?;
    if let Some((prompt, missing)) = plan.lacking().next() {
        let message = format!("`{prompt}` would lack {} in `{environment}`", quoted(missing, ", "));
        return Err(Refusal::cannot("bundle-incomplete", message).into());
    }
    if plan.changes() == proposal.bundles {
        Ok(())
    } else {
        Err(Refusal::moved("base-moved", "the bundles are not what the proposal says").into())
    }
}

/// Parses an environment's name and finds it in the rules in force.
pub(super) fn environment(with: &Deciding<'_>, name: &str) -> Result<Environment, Refusal> {
    let unknown = || Refusal::cannot("unknown-environment", format!("there is no environment `{name}`"));
    let environment = Environment::parse(name).map_err(|_| unknown())?;
    if with.governance.environment(&environment).is_some() { Ok(environment) } else { Err(unknown()) }
}

/// Whether something is listed, sorted, and nothing twice, not even in another case.
pub(super) fn listed_once(artifacts: &[&Artifact]) -> bool {
    let keys: BTreeSet<String> = artifacts.iter().map(|artifact| artifact.key()).collect();
    let sorted = artifacts.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
    sorted && !artifacts.is_empty() && keys.len() == artifacts.len()
}

/// What each change replaces is what is live, made so by the event it names.
pub(super) fn check_from(
    state: &State<'_>,
    environment: &Environment,
    changes: &[LiveChange],
) -> Result<(), StateError> {
    for change in changes {
        let live = state.live(environment, &change.artifact)?;
        let artifact = &change.artifact;
        if !change.stands_on(live.as_ref().map(|live| (live.version, live.event))) {
            return Err(Refusal::moved("base-moved", format!("`{artifact}` has moved in `{environment}` since")).into());
        }
        if change.from == change.to {
            return Err(Refusal::cannot(
                "nothing-changed",
                format!("`{artifact}` is what it is in `{environment}` already"),
            )
            .into());
        }
    }
    Ok(())
}

/// Changes with the commit that made each version; a version that was never committed is refused.
pub(super) fn targets(state: &State<'_>, changes: &[LiveChange]) -> Result<Vec<Target>, StateError> {
    let mut targets = Vec::new();
    for change in changes {
        let to = match change.to {
            None => None,
            Some(version) => {
                let known = state.version(&change.artifact, version)?;
                let unknown = || {
                    let message = format!("`{}` never had a version `{}`", change.artifact, version.short());
                    Refusal::cannot("unknown-version", message)
                };
                Some((version, known.ok_or_else(unknown)?.number))
            }
        };
        targets.push(Target { artifact: change.artifact.clone(), to });
    }
    Ok(targets)
}

/// What has no bytes any more goes live nowhere.
pub(super) fn refuse_purged(state: &State<'_>, changes: &[LiveChange]) -> Result<(), StateError> {
    changes.iter().filter_map(|change| change.to).try_for_each(|version| refuse_purged_version(state, version))
}

/// The same of one version.
pub(super) fn refuse_purged_version(state: &State<'_>, version: VersionId) -> Result<(), StateError> {
    match state.purged(&version.0)? {
        Some(purged) => Err(purged.refusal().into()),
        None => Ok(()),
    }
}
