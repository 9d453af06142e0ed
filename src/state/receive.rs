//! Accepting an event from somewhere else: the seal, then the rules.

use super::{Payload, Refusal, State, StateError, apply};
use crate::{
    ledger::{Changes, Deed, Event, Seal, View},
    trust::Namespace,
};

/// Decides an event that was read, not written: its recorder's seal must hold before [`apply()`] is asked.
///
/// The recorder is judged by the governance in force before the event (for the first event: by the one it brings).
///
/// # Errors
///
/// As [`apply()`], and refusals `bad-seal` and `unknown-recorder`.
pub fn receive(view: &dyn View, event: &Event, seal: &Seal, payload: &Payload<'_>) -> Result<Changes, StateError> {
    let key = seal
        .signature
        .verify(Namespace::Git, &seal.signed)
        .map_err(|error| Refusal::no("bad-seal", format!("the recorder's signature: {error}")))?;
    let governance = match (State::new(view).project()?, &event.act.act().deed) {
        (Some(project), _) => payload.governance(&project.governance)?,
        (None, Deed::Init { governance }) => payload.governance(governance)?,
        (None, _) => return Err(Refusal::no("not-begun", "the first event must begin the project").into()),
    };
    match governance.people.owner(&key) {
        Some((handle, _)) if *handle == event.record.recorder => apply(view, event, payload),
        Some((handle, _)) => {
            let message = format!("recorded in the name of `{}` with the key of `{handle}`", event.record.recorder);
            Err(Refusal::no("bad-seal", message).into())
        }
        None => Err(Refusal::no("unknown-recorder", "the recorder's key is not listed").into()),
    }
}
