//! The one place where an event is allowed or refused.

use super::{
    Payload, Refusal, State, StateError, adopt, authority::Actor, commit, decide, draft::Draft, evaluate, exceptions,
    findings, genesis, overriding, promote, propose, purge, read::keys, records::Placed, rollback, secrets, stops,
};
use crate::{
    governance::Governance,
    ledger::{Changes, Deed, Event, RULES, View},
    object::Digest,
};

/// The format number of event records this version knows.
const FORMAT: u32 = 1;

/// Decides one event: what it changes, or why it is refused.
///
/// `view` is the state before the event. The answer depends on `view`, `event` and payload alone, never on who
/// asks or when: every clone decides alike. Outcomes of evidence are taken as attested here; who promotes, and
/// `verify --deep`, score the stored replies again.
///
/// # Errors
///
/// [`StateError::Refused`] names the rule; the other variants mean that no answer could be given.
pub fn apply(view: &dyn View, event: &Event, payload: &Payload<'_>) -> Result<Changes, StateError> {
    let draft = Draft::new(view);
    let state = State::new(&draft);
    check_place(&state, event)?;
    match state.project()? {
        None => genesis::init(&draft, event, payload)?,
        Some(project) => {
            let governance = payload.governance(&project.governance)?;
            let act = event.act.act();
            if act.project != project.project {
                return Err(
                    Refusal::no("foreign-project", format!("the act belongs to project `{}`", act.project)).into()
                );
            }
            check_recorder(event, &governance)?;
            let actor = Actor::identify(event, &governance)?;
            decide(&draft, event, &Deciding { state: &state, governance: &governance, actor, payload })?;
        }
    }
    let placed = Placed { event: event.id(), seq: event.record.seq, time: event.record.time };
    draft.put(keys::placed(event.id()), &placed);
    draft.put(keys::newest(), &placed);
    Ok(draft.into_changes()?)
}

/// What every rule may look at.
pub(super) struct Deciding<'a> {
    pub(super) state: &'a State<'a>,
    pub(super) governance: &'a Governance,
    pub(super) actor: Actor<'a>,
    pub(super) payload: &'a Payload<'a>,
}

fn decide(draft: &Draft<'_>, event: &Event, with: &Deciding<'_>) -> Result<(), StateError> {
    secrets::refuse_in_words(with, &event.act.act().deed)?;
    match &event.act.act().deed {
        Deed::Init { .. } => Err(Refusal::no("already-begun", "the project has begun already").into()),
        Deed::Commit(commit) => commit::commit(draft, event, with, commit),
        Deed::Announce(announcement) => evaluate::announce(draft, event, with, announcement),
        Deed::Evidence(evidence) => evaluate::attest(draft, event, with, evidence),
        Deed::Propose(proposal) => propose::propose(draft, event, with, proposal),
        Deed::Withdraw(reason) => decide::withdraw(draft, event, with, reason),
        Deed::Reject(reason) => decide::reject(draft, event, with, reason),
        Deed::Review(review) => decide::review(draft, event, with, review),
        Deed::Approve(approval) => decide::approve(draft, event, with, approval),
        Deed::Promote(promotion) => promote::promote(draft, event, with, promotion),
        Deed::Rollback(rollback) => rollback::rollback(draft, event, with, rollback),
        Deed::Attempt(attempt) => decide::attempt(draft, event, with, attempt),
        Deed::Purge(purge) => purge::purge(draft, event, with, purge),
        Deed::Freeze(freeze) => stops::freeze(draft, event, with, freeze),
        Deed::Thaw(thaw) => stops::thaw(draft, with, thaw),
        Deed::Halt(halt) => stops::halt(draft, event, with, halt),
        Deed::Resume(halt) => stops::resume(draft, with, halt),
        Deed::Finding(finding) => findings::finding(draft, event, with, finding),
        Deed::Answer(answer) => findings::answer(draft, event, with, answer),
        Deed::Override(act) => overriding::promote(draft, event, with, act),
        Deed::OverrideReview(act) => overriding::review(draft, event, with, act),
        Deed::Adopt(act) => adopt::adopt(draft, event, with, act),
        Deed::Except(exception) => exceptions::except(draft, event, with, exception),
    }
}

/// Format, rules version, order and time: the event stands where it says.
fn check_place(state: &State<'_>, event: &Event) -> Result<(), StateError> {
    let record = &event.record;
    if record.format != FORMAT || !(1..=RULES).contains(&record.rules) {
        let message = format!(
            "decided by rules {} in format {}; this version knows {RULES} and {FORMAT}: upgrade",
            record.rules, record.format
        );
        return Err(Refusal::cannot("upgrade", message).into());
    }
    if record.act != event.id() || record.signature != Digest::of(event.act.signature().as_str().as_bytes()) {
        return Err(Refusal::no("wrong-act", "the record names another act or another signature").into());
    }
    let newest = state.newest()?;
    let expected = newest.as_ref().map_or(1, |placed| placed.seq + 1);
    if record.seq != expected {
        return Err(Refusal::no(
            "wrong-place",
            format!("the event says it is number {}, it stands at {expected}", record.seq),
        )
        .into());
    }
    if newest.is_some_and(|placed| record.time < placed.time) {
        return Err(Refusal::no("time-goes-back", "the event was recorded before the one it follows").into());
    }
    if state.placed(event.id())?.is_some() {
        return Err(Refusal::no("replayed", "the act stands in the ledger already").into());
    }
    let seen = event.act.act().seen;
    let known = match seen {
        None => expected == 1,
        Some(seen) => state.placed(seen)?.is_some(),
    };
    if known {
        Ok(())
    } else {
        Err(Refusal::no("unknown-past", "the act refers to an event that is not in this ledger").into())
    }
}

/// The recorder is a listed person; that the seal is theirs is checked by [`super::receive()`].
fn check_recorder(event: &Event, governance: &Governance) -> Result<(), Refusal> {
    if governance.people.people.contains_key(&event.record.recorder) {
        return Ok(());
    }
    Err(Refusal::no("unknown-recorder", format!("`{}` is not a listed person", event.record.recorder)))
}
