//! An environment moves: everything that is written then.

use super::{
    Refusal, State, StateError,
    draft::Draft,
    needs::Needs,
    read::keys,
    records::{BundleRecord, EnvironmentRecord, LiveRecord, MoveRecord, Placed, ServedRecord},
    touched::{After, Plan, Target, Touched, contents, plan},
};
use crate::{
    clock::Time,
    ledger::{Event, LiveChange},
    name::Environment,
    object::EventId,
    version::Contents,
};

/// Why an environment moves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cause {
    /// `commit`, `promote`, `override`, `adopt` or `rollback`.
    pub(super) kind: &'static str,
    /// The proposal carried out.
    pub(super) proposal: Option<EventId>,
}

/// Those of `targets` that an environment does not have already.
pub(super) fn differing(
    state: &State<'_>,
    environment: &Environment,
    targets: &[Target],
) -> Result<Vec<Target>, StateError> {
    let mut differing = Vec::new();
    for target in targets {
        let live = state.live(environment, &target.artifact)?.map(|record| record.version);
        if live != target.to.map(|(version, _)| version) {
            differing.push(target.clone());
        }
    }
    Ok(differing)
}

/// Makes `targets` live: what is live, its bundles, who needs what, how long everything served, and the move itself.
///
/// Refuses (`still-needed`) to take away what a live prompt would then lack.
pub(super) fn move_environment(
    draft: &Draft<'_>,
    event: &Event,
    environment: &Environment,
    targets: &[Target],
    cause: Cause,
) -> Result<(), StateError> {
    let state = State::new(draft);
    let plan = plan(&state, environment, targets)?;
    refuse_needed(&plan, environment, targets)?;
    let mut changes = Vec::new();
    let mut needs = Needs::default();
    for target in targets {
        changes.push(make_live(draft, event, environment, target, &mut needs)?);
    }
    needs.write(draft, environment)?;
    changes.sort_by(|a, b| a.artifact.cmp(&b.artifact));
    for touched in &plan.touched {
        write_bundle(draft, event, environment, touched)?;
    }
    let number = state.environment(environment)?.map_or(0, |record| record.moves) + 1;
    let (id, seq, time) = (event.id(), event.record.seq, event.record.time);
    let person = event.act.act().person.clone();
    draft.put(
        keys::movement(environment, number),
        &MoveRecord {
            number,
            event: id,
            seq,
            time,
            person,
            kind: cause.kind.to_owned(),
            proposal: cause.proposal,
            changes,
        },
    );
    let record = EnvironmentRecord { environment: environment.clone(), moves: number, event: id, time };
    draft.put(keys::environment(environment), &record);
    Ok(())
}

fn refuse_needed(plan: &Plan, environment: &Environment, targets: &[Target]) -> Result<(), Refusal> {
    for (prompt, missing) in plan.lacking() {
        let taken = targets
            .iter()
            .find(|target| target.to.is_none() && missing.iter().any(|m| m.key() == target.artifact.key()));
        if let Some(target) = taken {
            let message = format!("`{prompt}` is live in `{environment}` and needs `{}`", target.artifact);
            return Err(Refusal::no("still-needed", message));
        }
    }
    Ok(())
}

/// One artifact becomes, or ceases to be, live.
fn make_live(
    draft: &Draft<'_>,
    event: &Event,
    environment: &Environment,
    target: &Target,
    needs: &mut Needs,
) -> Result<LiveChange, StateError> {
    let state = State::new(draft);
    let artifact = &target.artifact;
    let time = event.record.time;
    let old = state.live(environment, artifact)?;
    let mut before = Contents::default();
    let mut after = Contents::default();
    if let Some(old) = &old {
        before = contents(&state, artifact, old.number)?;
        let served = state.version_served(environment, artifact, old.version)?;
        draft.put(keys::version_served(environment, artifact, old.version), &ended(served, time));
    }
    if let Some((version, number)) = target.to {
        after = contents(&state, artifact, number)?;
        let served = state.version_served(environment, artifact, version)?;
        draft.put(keys::version_served(environment, artifact, version), &begun(served, time));
        let live = LiveRecord { artifact: artifact.clone(), version, number, event: event.id(), since: time };
        draft.put(keys::live(environment, artifact), &live);
        draft.take_away(keys::gone(environment, artifact));
    } else {
        draft.take_away(keys::live(environment, artifact));
        let placed = Placed { event: event.id(), seq: event.record.seq, time };
        draft.put(keys::gone(environment, artifact), &placed);
    }
    needs.note(target, &before, &after);
    Ok(LiveChange {
        artifact: artifact.clone(),
        from: old.as_ref().map(|old| old.version),
        to: target.to.map(|(version, _)| version),
        moved: old.map(|old| old.event),
    })
}

/// A touched bundle's record, and how long the old and the new one served.
fn write_bundle(
    draft: &Draft<'_>,
    event: &Event,
    environment: &Environment,
    touched: &Touched,
) -> Result<(), StateError> {
    let state = State::new(draft);
    let prompt = &touched.prompt;
    let time = event.record.time;
    let before = touched.before.as_ref().and_then(|record| record.bundle);
    let (after, members, missing) = match &touched.after {
        After::Gone => (None, Vec::new(), Vec::new()),
        After::Whole(bundle) => (Some(bundle.id()), bundle.members.clone(), Vec::new()),
        After::Lacking(missing) => (None, Vec::new(), missing.clone()),
    };
    if before != after {
        if let Some(old) = before {
            let served = state.bundle_served(environment, prompt, old)?;
            draft.put(keys::bundle_served(environment, prompt, old), &ended(served, time));
        }
        if let Some(new) = after {
            let served = state.bundle_served(environment, prompt, new)?;
            draft.put(keys::bundle_served(environment, prompt, new), &begun(served, time));
        }
    }
    if touched.after == After::Gone {
        draft.take_away(keys::bundle(environment, prompt));
    } else if before.is_none() || before != after {
        let record =
            BundleRecord { prompt: prompt.clone(), bundle: after, members, missing, event: event.id(), since: time };
        draft.put(keys::bundle(environment, prompt), &record);
    }
    Ok(())
}

fn begun(served: Option<ServedRecord>, time: Time) -> ServedRecord {
    ServedRecord { since: Some(time), longest: served.and_then(|record| record.longest) }
}

fn ended(served: Option<ServedRecord>, time: Time) -> ServedRecord {
    let Some(served) = served else { return ServedRecord { since: None, longest: None } };
    let stay = served.since.map(|since| (since, time));
    let longest = [served.longest, stay].into_iter().flatten().max_by_key(|(from, to)| to.since(*from));
    ServedRecord { since: None, longest }
}
