//! Recording a deed: sign it once, decide, append, and decide again when somebody was faster.

use super::{Failure, World, purge, secrecy, sharing, standing::Standing};
use crate::{
    clock::Time,
    ledger::{Act, Deed, Event, EventRecord, Journal, JournalError, Nonce, RULES, SignedAct, Tip},
    name::Handle,
    object::{Digest, EventId},
    state::{Payload, State, StateError, apply},
    trust::{Namespace, Signer},
};

/// How often a writer starts again after losing a race before it says so.
const TRIES: u32 = 64;

/// The failure of an act that holds, where the key at hand cannot seal its event.
pub(super) const NO_SEAL: &str = "no-seal";

/// A deed that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The event.
    pub event: EventId,
    /// Its place, from 1.
    pub seq: u64,
    /// When it was recorded.
    pub time: Time,
    /// Whether the remote has it; `None` where there is no remote.
    pub shared: Option<bool>,
}

/// States, signs and records a deed of the person at the keyboard. Where there is a remote, what moves an environment
/// or decides on a proposal is recorded once the remote has it.
///
/// # Errors
///
/// The refusal of the rules as a [`Failure`], or what kept it from being recorded.
pub(super) fn record(world: &World, deed: Deed) -> Result<Recorded, Failure> {
    let through = sharing::through(world, &deed)?;
    let act = signed(world, deed)?;
    match through {
        Some(remote) => sharing::publish(world, remote, &act),
        None => place(world, &act),
    }
}

/// States and signs a deed of the person at the keyboard; nothing is recorded yet.
///
/// # Errors
///
/// That there is no key, or that it is nobody's.
pub(super) fn signed(world: &World, deed: Deed) -> Result<SignedAct, Failure> {
    let standing = Standing::read(world)?;
    secrecy::refuse_in_words(&standing, &deed.words())?;
    let signer = world.signer.as_ref().map_err(|error| Failure::from(error.clone()))?;
    let act = Act {
        format: SignedAct::format(),
        project: standing.project.project,
        person: standing.me(world)?,
        nonce: Nonce::new((world.random)()),
        time: world.clock.now(),
        seen: Some(seen(world, &standing)?),
        deed,
    };
    drop(standing);
    Ok(SignedAct::sign(act, signer.as_ref())?)
}

/// What an act says was seen: the newest event that stays. One of this clone's own may yet have to go, and would take
/// everything with it that was done after it.
fn seen(world: &World, standing: &Standing<'_>) -> Result<EventId, Failure> {
    let shared = sharing::confirmed(world)?;
    let stays = shared.filter(|tip| tip.seq <= standing.tip.seq);
    Ok(stays.map_or(standing.tip.event, |tip| tip.event))
}

/// Begins the project: the first event, in which the rules are recorded.
///
/// # Errors
///
/// As [`record`].
pub(super) fn begin(world: &World, person: Handle, governance: Digest) -> Result<Recorded, Failure> {
    let signer = world.signer.as_ref().map_err(|error| Failure::from(error.clone()))?;
    let act = Act {
        format: SignedAct::format(),
        project: governance,
        person,
        nonce: Nonce::new((world.random)()),
        time: world.clock.now(),
        seen: None,
        deed: Deed::Init { governance },
    };
    place(world, &SignedAct::sign(act, signer.as_ref())?)
}

/// Places a signed act, whoever signed it, at the end of the ledger; the recorder is the person at the keyboard.
///
/// The act is judged at the place it gets. When another event is recorded in between, it is judged anew; it is
/// never signed again, so its id never changes. This is how acts that were signed elsewhere are brought together.
///
/// # Errors
///
/// The refusal of the rules, or `moved` after losing very many races.
pub fn place(world: &World, act: &SignedAct) -> Result<Recorded, Failure> {
    let _guard = world.guard.hold()?;
    if world.remote.is_none() {
        purge::finish(world)?;
    }
    place_only(world, act)
}

/// The same, leaving a purge that was killed as it is.
pub(super) fn place_only(world: &World, act: &SignedAct) -> Result<Recorded, Failure> {
    let _guard = world.guard.hold()?;
    for _ in 0..TRIES {
        match place_on(world, world.journal.as_ref(), act) {
            Err(Unplaced::Lost) => {}
            Err(Unplaced::Failed(failure)) => return Err(*failure),
            Ok(recorded) => return Ok(recorded),
        }
    }
    Err(JournalError::Moved.into())
}

/// Why an act has no place.
pub(super) enum Unplaced {
    /// Somebody recorded another event first.
    Lost,
    /// It is refused, or the outside failed.
    Failed(Box<Failure>),
}

impl From<StateError> for Unplaced {
    fn from(error: StateError) -> Self {
        Self::Failed(Box::new(error.into()))
    }
}

impl From<JournalError> for Unplaced {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Moved => Self::Lost,
            error => Self::Failed(Box::new(error.into())),
        }
    }
}

/// Places an act at the end of a journal, once.
pub(super) fn place_on(world: &World, journal: &dyn Journal, act: &SignedAct) -> Result<Recorded, Unplaced> {
    let tip = journal.tip()?;
    let view = journal.state(tip.as_ref().map_or(0, |tip| tip.seq))?;
    let payload = Payload::new(world.store.as_ref());
    let state = State::new(view.as_ref());
    let signer = world.signer.as_ref().map_err(|error| Unplaced::Failed(Box::new(error.clone().into())))?;
    let listed = recorder(&state, &payload, signer.as_ref())?;
    // Whose act it is stands in for a stranger: a refusal by the rules says more than one of the seal.
    let recorder = listed.clone().unwrap_or_else(|| act.act().person.clone());
    let newest = state.newest()?.map(|placed| placed.time);
    let now = world.clock.now();
    let event = event(act, tip.as_ref(), newest.map_or(now, |time| time.max(now)), recorder);
    let changes = apply(view.as_ref(), &event, &payload)?;
    if listed.is_none() && event.record.seq > 1 {
        return Err(Unplaced::Failed(Box::new(no_seal(signer.as_ref()))));
    }
    let seal = |bytes: &[u8]| signer.sign(Namespace::Git, bytes);
    journal.append(tip.as_ref(), &event, &changes, &seal)?;
    let shared = world.remote.as_ref().map(|_| false);
    Ok(Recorded { event: event.id(), seq: event.record.seq, time: event.record.time, shared })
}

/// The listed person whose key seals here; nobody before the very beginning.
fn recorder(state: &State<'_>, payload: &Payload<'_>, signer: &dyn Signer) -> Result<Option<Handle>, StateError> {
    let Some(project) = state.project()? else { return Ok(None) };
    let governance = payload.governance(&project.governance)?;
    Ok(governance.people.owner(signer.key()).map(|(handle, _)| handle.clone()))
}

/// That the act would hold, and the key here cannot seal the event.
fn no_seal(signer: &dyn Signer) -> Failure {
    Failure::cannot(NO_SEAL, "the key that seals events here belongs to nobody in the rules in force")
        .because(format!("it is {}", signer.key().fingerprint()))
        .say("use a listed key with `--key FILE`; nothing has changed")
        .run("chancery keys")
}

fn event(act: &SignedAct, tip: Option<&Tip>, time: Time, recorder: Handle) -> Event {
    let record = EventRecord {
        format: 1,
        seq: tip.map_or(1, |tip| tip.seq + 1),
        time,
        act: act.id(),
        signature: Digest::of(act.signature().as_str().as_bytes()),
        previous: tip.map(|tip| tip.record),
        recorder,
        rules: RULES,
    };
    Event { record, act: act.clone() }
}
