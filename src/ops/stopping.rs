//! What is stopped, as it is shown, and what the verbs that stop and let go on have in common.

use serde::Serialize;

use super::{Failure, World, resolve::Names, standing::Standing};
use crate::{
    gate::{Stop, StopFacts},
    name::{Artifact, Environment, Name},
    object::EventId,
    report::StopLine,
    state::StopRecord,
};

/// The freeze of an environment, then the halts that concern it.
pub(super) fn of_environment(standing: &Standing<'_>, place: &Environment) -> Result<Vec<StopLine>, Failure> {
    let mut lines = frozen(standing, place)?;
    for halt in standing.state().halts()? {
        if halt.environment.as_ref().is_none_or(|halted| halted == place) {
            lines.push(of_halt(standing, &halt)?);
        }
    }
    Ok(lines)
}

/// Everything that is stopped: freezes in the order of the environments, then halts, the widest first.
pub(super) fn all(standing: &Standing<'_>) -> Result<Vec<StopLine>, Failure> {
    let mut lines = Vec::new();
    for rules in &standing.governance.environments {
        lines.extend(frozen(standing, &rules.name)?);
    }
    for halt in standing.state().halts()? {
        lines.push(of_halt(standing, &halt)?);
    }
    Ok(lines)
}

/// Open proposals for an environment, oldest first, as things stand now.
pub(super) fn waiting(world: &World, place: &Environment) -> Result<Vec<EventId>, Failure> {
    let open = Standing::read(world)?.state().open(place.as_str())?;
    Ok(open.into_iter().map(|record| record.id).collect())
}

fn frozen(standing: &Standing<'_>, place: &Environment) -> Result<Vec<StopLine>, Failure> {
    let record = standing.state().frozen(place)?;
    record.iter().map(|record| of_freeze(standing, place, record)).collect()
}

/// One freeze.
pub(super) fn of_freeze(
    standing: &Standing<'_>,
    place: &Environment,
    record: &StopRecord,
) -> Result<StopLine, Failure> {
    line(standing, &record.facts(Stop::Frozen(place.clone()), &standing.governance))
}

/// One halt.
pub(super) fn of_halt(standing: &Standing<'_>, record: &StopRecord) -> Result<StopLine, Failure> {
    line(standing, &record.facts(record.halted(), &standing.governance))
}

/// One stop that the gate knows of.
pub(super) fn line(standing: &Standing<'_>, facts: &StopFacts) -> Result<StopLine, Failure> {
    let (stop, environment, artifact, command) = match &facts.stop {
        Stop::Frozen(place) => ("freeze", Some(place.clone()), None, thaw(place)),
        Stop::Halted { environment, artifact } => {
            let label = artifact.as_ref().map(|artifact| Names::of(standing).label(artifact)).transpose()?;
            ("halt", environment.clone(), label, resume(environment.as_ref(), artifact.as_ref()))
        }
    };
    Ok(StopLine {
        stop,
        environment,
        artifact,
        event: facts.event,
        person: facts.person.clone(),
        since: facts.since,
        message: facts.message.clone(),
        who: facts.who.clone(),
        command,
    })
}

/// The command that lets promotions go on.
pub(super) fn thaw(place: &Environment) -> String {
    format!("chancery thaw {place} -m \"…\"")
}

/// The command that has something served again.
pub(super) fn resume(place: Option<&Environment>, artifact: Option<&Artifact>) -> String {
    let place = place.map_or_else(String::new, |place| format!(" --env {place}"));
    let what = artifact.map_or_else(String::new, |artifact| format!(" --artifact {artifact}"));
    format!("chancery resume{place}{what} -m \"…\"")
}

/// One live bundle that a halt concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HaltedBundle {
    /// Where it is live.
    pub environment: Environment,
    /// The prompt.
    pub prompt: Name,
}

/// The live bundles that a halt holds, in the order of the environments; each with whether another halt holds it too.
pub(super) fn held_by(standing: &Standing<'_>, halt: &StopRecord) -> Result<Vec<(HaltedBundle, bool)>, Failure> {
    let state = standing.state();
    let halts = state.halts()?;
    let mut held = Vec::new();
    for rules in &standing.governance.environments {
        for bundle in state.bundles(&rules.name)? {
            let members = super::served::members(&bundle);
            let holds = |halt: &StopRecord| halt.holds(&rules.name, &members);
            if holds(halt) {
                let other = halts.iter().any(|other| other != halt && holds(other));
                held.push((HaltedBundle { environment: rules.name.clone(), prompt: bundle.prompt }, other));
            }
        }
    }
    Ok(held)
}

/// Who reads that something is stopped, or goes on, wants to know why.
pub(super) fn reason(message: &str) -> Result<(), Failure> {
    if message.trim().is_empty() {
        return Err(Failure::usage("the message is empty").say("say why in a line: `-m \"refunds doubled\"`"));
    }
    Ok(())
}
