//! Going back to what was live.

use std::collections::BTreeMap;

use super::{
    Refusal, State, StateError,
    apply::Deciding,
    draft::Draft,
    movement::{Cause, move_environment},
    propose::{check_from, environment, listed_once, refuse_purged, targets},
    quarantine::{quarantine, refuse_quarantined},
    touched::{After, Plan, plan},
};
use crate::{
    ledger::{Event, Rollback},
    name::{Artifact, Environment},
    object::{EventId, VersionId},
    trust::Verb,
};

/// Bundles that were live whole are live again. It needs a role and no evaluation; what it takes away is in quarantine.
pub(super) fn rollback(
    draft: &Draft<'_>,
    event: &Event,
    with: &Deciding<'_>,
    back: &Rollback,
) -> Result<(), StateError> {
    let environment = environment(with, back.environment.as_str())?;
    may_roll_back(with, &environment, back)?;
    let artifacts: Vec<&Artifact> = back.changes.iter().map(|change| &change.artifact).collect();
    if !listed_once(&artifacts) {
        return Err(Refusal::cannot("nothing-changed", "a rollback lists each artifact it changes once, sorted").into());
    }
    check_from(with.state, &environment, &back.changes)?;
    let then = undo_until(with.state, &environment, back.to_event)?;
    for change in &back.changes {
        if then.get(&change.artifact).is_none_or(|version| *version != change.to) {
            let message =
                format!("`{}` was not so in `{environment}` after event `{}`", change.artifact, back.to_event.short());
            return Err(Refusal::no("never-live", message).into());
        }
    }
    refuse_purged(with.state, &back.changes)?;
    let targets = targets(with.state, &back.changes)?;
    let plan = plan(with.state, &environment, &targets)?;
    if plan.changes() != back.bundles {
        return Err(Refusal::moved("base-moved", "the bundles are not what the rollback says").into());
    }
    refuse_never_whole(with.state, &environment, &plan)?;
    refuse_quarantined(with.state, &environment, &back.changes)?;
    move_environment(draft, event, &environment, &targets, Cause { kind: "rollback", proposal: None })?;
    quarantine(draft, event, back);
    Ok(())
}

/// The roles the environment names for it, or else whoever may by their own role.
fn may_roll_back(with: &Deciding<'_>, environment: &Environment, back: &Rollback) -> Result<(), Refusal> {
    let named =
        with.governance.environment(environment).map(|rules| rules.rollback_roles.as_slice()).unwrap_or_default();
    if named.is_empty() {
        let artifacts: Vec<&Artifact> = back.changes.iter().map(|change| &change.artifact).collect();
        return with.actor.must(with.governance, Verb::Rollback, &artifacts, Some(environment));
    }
    if named.iter().any(|role| with.actor.person.roles.contains(role)) {
        return Ok(());
    }
    Err(Refusal::no("not-allowed", format!("`{}` holds no role that may roll back `{environment}`", with.actor.handle)))
}

/// Refuses a plan unless every bundle it touches was live there before, whole, as it would be again.
///
/// # Errors
///
/// A refusal `never-live`.
pub fn refuse_never_whole(state: &State<'_>, environment: &Environment, plan: &Plan) -> Result<(), StateError> {
    for touched in &plan.touched {
        let lawful = match &touched.after {
            After::Gone => true,
            After::Whole(bundle) => state.bundle_served(environment, &touched.prompt, bundle.id())?.is_some(),
            After::Lacking(_) => false,
        };
        if !lawful {
            let message =
                format!("the bundle of `{}` that this would make was never live in `{environment}`", touched.prompt);
            return Err(Refusal::no("never-live", message).into());
        }
    }
    Ok(())
}

/// What every artifact that has moved since an event was live as, right after that event.
///
/// The event moved the environment, or it stands before its first move, when nothing was live.
///
/// # Errors
///
/// A refusal `never-moved` for any other event.
pub fn undo_until(
    state: &State<'_>,
    environment: &Environment,
    event: EventId,
) -> Result<BTreeMap<Artifact, Option<VersionId>>, StateError> {
    let mut then = BTreeMap::new();
    let mut number = state.environment(environment)?.map_or(0, |record| record.moves);
    let mut first = None;
    while number > 0 {
        let missing = || StateError::Record {
            key: format!("moves/{environment} {number}"),
            reason: "it is not there".to_owned(),
        };
        let movement = state.movement(environment, number)?.ok_or_else(missing)?;
        if movement.event == event {
            return Ok(then);
        }
        first = Some(movement.seq);
        for change in movement.changes {
            then.insert(change.artifact, change.from);
        }
        number -= 1;
    }
    let placed = state.placed(event)?.map(|placed| placed.seq);
    if placed.zip(first).is_some_and(|(placed, first)| placed < first) {
        return Ok(then);
    }
    Err(Refusal::cannot("never-moved", format!("event `{}` did not move `{environment}`", event.short())).into())
}
