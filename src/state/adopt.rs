//! Recording what already runs.

use super::{
    Refusal, State, StateError,
    apply::Deciding,
    draft::Draft,
    movement::{Cause, move_environment},
    propose::{check_from, environment, listed_once, refuse_purged, targets},
    touched::plan,
};
use crate::{
    ledger::{Adoption, Event},
    name::{Artifact, Environment},
    object::EventId,
    problem::quoted,
    trust::Verb,
};

impl State<'_> {
    /// The event that adopted what ran in an environment: its first move, where that was none of its own.
    ///
    /// # Errors
    ///
    /// [`StateError`] when the record cannot be read.
    pub fn adoption(&self, environment: &Environment) -> Result<Option<EventId>, StateError> {
        let first = self.movement(environment, 1)?;
        Ok(first.filter(|movement| movement.kind == "adopt").map(|movement| movement.event))
    }
}

/// What runs already is recorded as live, once, before an environment has ever moved. No gate is asked: it is shown
/// as adopted for as long as it is live.
pub(super) fn adopt(
    draft: &Draft<'_>,
    event: &Event,
    with: &Deciding<'_>,
    adoption: &Adoption,
) -> Result<(), StateError> {
    let environment = environment(with, adoption.environment.as_str())?;
    let artifacts: Vec<&Artifact> = adoption.changes.iter().map(|change| &change.artifact).collect();
    with.actor.must(with.governance, Verb::Adopt, &artifacts, Some(&environment))?;
    if with.governance.environment(&environment).is_some_and(|rules| rules.follows_heads) {
        let message = format!("`{environment}` follows heads: a commit moves it, nothing is adopted there");
        return Err(Refusal::cannot("follows-heads", message).into());
    }
    if with.state.frozen(&environment)?.is_some() {
        return Err(Refusal::no("frozen", format!("`{environment}` is frozen: nothing moves it forward")).into());
    }
    if let Some(moved) = with.state.environment(&environment)? {
        let message = format!("`{environment}` has moved already, last by event `{}`", moved.event.short());
        return Err(Refusal::no("already-moved", message).into());
    }
    if !listed_once(&artifacts) {
        return Err(Refusal::cannot("nothing-changed", "an adoption lists each artifact once, sorted").into());
    }
    check_from(with.state, &environment, &adoption.changes)?;
    refuse_purged(with.state, &adoption.changes)?;
    let targets = targets(with.state, &adoption.changes)?;
    let plan = plan(with.state, &environment, &targets)?;
    if let Some((prompt, missing)) = plan.lacking().next() {
        let message = format!("`{prompt}` would lack {} in `{environment}`", quoted(missing, ", "));
        return Err(Refusal::cannot("bundle-incomplete", message).into());
    }
    if plan.changes() != adoption.bundles {
        return Err(Refusal::moved("base-moved", "the bundles are not what the adoption says").into());
    }
    move_environment(draft, event, &environment, &targets, Cause { kind: "adopt", proposal: None })
}
