//! What is frozen and what is halted: the acts, their records, and what they hold back.

use serde::{Deserialize, Serialize};

use super::{
    Refusal, State, StateError, apply::Deciding, case::Case, draft::Draft, propose::environment, touched::After,
};
use crate::{
    clock::Time,
    gate::{Stop, StopFacts, WindowFacts},
    governance::Governance,
    ledger::{Event, Freeze, Halt, Key},
    name::{Artifact, Environment, Handle},
    object::EventId,
    trust::Verb,
};

/// Something that somebody stopped and nobody has let go on: a freeze or a halt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopRecord {
    /// Only in this environment; a freeze always names one.
    pub environment: Option<Environment>,
    /// Only this artifact, and every bundle it is part of; a freeze never names one.
    pub artifact: Option<Artifact>,
    /// The event that stopped it.
    pub event: EventId,
    /// Who.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// Why.
    pub message: String,
}

impl StopRecord {
    fn new(event: &Event, environment: Option<&Environment>, artifact: Option<Artifact>, message: &str) -> Self {
        Self {
            environment: environment.cloned(),
            artifact,
            event: event.id(),
            person: event.act.act().person.clone(),
            time: event.record.time,
            message: message.to_owned(),
        }
    }

    /// Whether a halt stops the serving of a bundle with these members in an environment.
    pub fn holds<'a>(&self, environment: &Environment, members: impl IntoIterator<Item = &'a Artifact>) -> bool {
        let here = self.environment.as_ref().is_none_or(|halted| halted == environment);
        let among = |halted: &Artifact| members.into_iter().any(|member| member.key() == halted.key());
        here && self.artifact.as_ref().is_none_or(among)
    }

    /// The same as the gate tells it, with everybody whom these rules let undo it.
    pub fn facts(&self, stop: Stop, governance: &Governance) -> StopFacts {
        let (verb, artifact, environment) = match &stop {
            Stop::Frozen(environment) => (Verb::Freeze, None, Some(environment)),
            Stop::Halted { environment, artifact } => (Verb::Halt, artifact.as_ref(), environment.as_ref()),
        };
        let people = &governance.people;
        let may = |handle: &&Handle| people.may_throughout(handle, verb, artifact, environment);
        StopFacts {
            who: people.people.keys().filter(may).cloned().collect(),
            since: self.time,
            event: self.event,
            person: self.person.clone(),
            message: self.message.clone(),
            stop,
        }
    }

    /// What a halt stops.
    pub fn halted(&self) -> Stop {
        Stop::Halted { environment: self.environment.clone(), artifact: self.artifact.clone() }
    }
}

#[expect(clippy::missing_errors_doc, reason = "every method fails alike: a record that cannot be read")]
impl State<'_> {
    /// The freeze of an environment; `None` while promotions go on.
    pub fn frozen(&self, environment: &Environment) -> Result<Option<StopRecord>, StateError> {
        self.get(&frozen_key(environment))
    }

    /// The halt of exactly this: everything where neither is named.
    pub fn halt(
        &self,
        environment: Option<&Environment>,
        artifact: Option<&Artifact>,
    ) -> Result<Option<StopRecord>, StateError> {
        self.get(&halt_key(environment, artifact))
    }

    /// Every halt, the widest first: sorted by artifact, then by environment, neither before any.
    pub fn halts(&self) -> Result<Vec<StopRecord>, StateError> {
        let mut halts: Vec<StopRecord> = self.list(HALTS)?;
        halts.sort_by(|a, b| (&a.artifact, &a.environment).cmp(&(&b.artifact, &b.environment)));
        Ok(halts)
    }
}

const HALTS: &str = "halts";

fn frozen_key(environment: &Environment) -> Key {
    Key::new("frozen", environment.as_str())
}

/// Neither a name nor a kind holds a `*`.
fn halt_key(environment: Option<&Environment>, artifact: Option<&Artifact>) -> Key {
    let place = environment.map_or("*", Environment::as_str);
    let what = artifact.map_or_else(|| "*".to_owned(), Artifact::key);
    Key::new(HALTS, format!("{place} {what}"))
}

/// Nothing is promoted there any more.
pub(super) fn freeze(draft: &Draft<'_>, event: &Event, with: &Deciding<'_>, freeze: &Freeze) -> Result<(), StateError> {
    let place = environment(with, freeze.environment.as_str())?;
    may_freeze(with, "freeze", &place)?;
    give_reason(&freeze.message)?;
    if with.governance.environment(&place).is_some_and(|rules| rules.follows_heads) {
        let message = format!("`{place}` follows heads: nothing is promoted there, so a freeze would stop nothing");
        return Err(Refusal::cannot("follows-heads", message).into());
    }
    if let Some(known) = with.state.frozen(&place)? {
        let message = format!("`{place}` was frozen by `{}` at {}", known.person, known.time);
        return Err(Refusal::cannot("already-frozen", message).into());
    }
    draft.put(frozen_key(&place), &StopRecord::new(event, Some(&place), None, &freeze.message));
    Ok(())
}

/// Promotions go on. One that the rules no longer have is thawed all the same: it may come back.
pub(super) fn thaw(draft: &Draft<'_>, with: &Deciding<'_>, thaw: &Freeze) -> Result<(), StateError> {
    let place = &thaw.environment;
    let frozen = with.state.frozen(place)?;
    if frozen.is_none() {
        environment(with, place.as_str())?;
    }
    may_freeze(with, "thaw", place)?;
    give_reason(&thaw.message)?;
    if frozen.is_none() {
        return Err(Refusal::cannot("not-frozen", format!("`{place}` is not frozen")).into());
    }
    draft.take_away(frozen_key(place));
    Ok(())
}

/// It is not served any more.
pub(super) fn halt(draft: &Draft<'_>, event: &Event, with: &Deciding<'_>, halt: &Halt) -> Result<(), StateError> {
    if let Some(place) = &halt.environment {
        environment(with, place.as_str())?;
    }
    let artifact = match &halt.artifact {
        Some(artifact) => {
            let unknown = || Refusal::cannot("unknown-artifact", format!("there never was an `{artifact}`"));
            Some(with.state.head(artifact)?.ok_or_else(unknown)?.artifact)
        }
        None => None,
    };
    may_halt(with, "halt", halt)?;
    give_reason(&halt.message)?;
    let place = halt.environment.as_ref();
    if let Some(known) = with.state.halt(place, artifact.as_ref())? {
        let message = format!("{}, by `{}` at {}", known.halted().told(), known.person, known.time);
        return Err(Refusal::cannot("already-halted", message).into());
    }
    draft.put(halt_key(place, artifact.as_ref()), &StopRecord::new(event, place, artifact, &halt.message));
    Ok(())
}

/// It is served again, as far as no other halt holds it.
pub(super) fn resume(draft: &Draft<'_>, with: &Deciding<'_>, halt: &Halt) -> Result<(), StateError> {
    let (place, artifact) = (halt.environment.as_ref(), halt.artifact.as_ref());
    let halted = with.state.halt(place, artifact)?;
    if let (None, Some(place)) = (&halted, place) {
        environment(with, place.as_str())?;
    }
    may_halt(with, "resume", halt)?;
    give_reason(&halt.message)?;
    if halted.is_none() {
        return Err(Refusal::cannot("not-halted", format!("there is no halt of {}", halt.what())).into());
    }
    draft.take_away(halt_key(place, artifact));
    Ok(())
}

/// Who stops a whole environment needs the verb on everything in it.
fn may_freeze(with: &Deciding<'_>, word: &str, place: &Environment) -> Result<(), Refusal> {
    with.actor.must_throughout(with.governance, (Verb::Freeze, word), None, Some(place))
}

/// Who halts without naming an artifact, or an environment, needs the verb on all of them.
fn may_halt(with: &Deciding<'_>, word: &str, halt: &Halt) -> Result<(), Refusal> {
    let (artifact, place) = (halt.artifact.as_ref(), halt.environment.as_ref());
    with.actor.must_throughout(with.governance, (Verb::Halt, word), artifact, place)
}

/// Who reads that something is stopped wants to know why.
fn give_reason(message: &str) -> Result<(), Refusal> {
    if message.trim().is_empty() {
        return Err(Refusal::cannot("no-reason", "it gives no reason"));
    }
    Ok(())
}

/// What is halted under one name is halted under the name it goes on under: renaming it is no way around.
pub(super) fn follow_rename(
    draft: &Draft<'_>,
    state: &State<'_>,
    from: &Artifact,
    to: &Artifact,
) -> Result<(), StateError> {
    for halt in state.halts()? {
        let place = halt.environment.clone();
        let is_its = halt.artifact.as_ref().is_some_and(|halted| halted.key() == from.key());
        if is_its && state.halt(place.as_ref(), Some(to))?.is_none() {
            let halt = StopRecord { artifact: Some(to.clone()), ..halt };
            draft.put(halt_key(place.as_ref(), Some(to)), &halt);
        }
    }
    Ok(())
}

/// When the environment of a proposal is changed, and every freeze and halt that concerns the change: of the
/// environment, of everything, of an artifact that changes, and of any member of a bundle as it would be.
pub(super) fn window_facts(state: &State<'_>, case: &Case<'_>) -> Result<WindowFacts, StateError> {
    let Some(rules) = case.environment else { return Ok(WindowFacts::default()) };
    let frozen = state.frozen(&rules.name)?;
    let frozen = frozen.map(|record| record.facts(Stop::Frozen(rules.name.clone()), case.governance));
    let mut stops: Vec<StopFacts> = frozen.into_iter().collect();
    let members = case.plan.touched.iter().filter_map(|touched| match &touched.after {
        After::Whole(bundle) => Some(bundle.members.iter().map(|member| &member.artifact)),
        After::Gone | After::Lacking(_) => None,
    });
    let changed: Vec<&Artifact> = case.targets.iter().map(|target| &target.artifact).chain(members.flatten()).collect();
    for halt in state.halts()? {
        if halt.holds(&rules.name, changed.iter().copied()) {
            stops.push(halt.facts(halt.halted(), case.governance));
        }
    }
    Ok(WindowFacts { window: rules.window.clone(), stops })
}
