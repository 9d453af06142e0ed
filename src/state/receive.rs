//! Accepting an event from somewhere else: the seal, then the rules.

use super::{Payload, Refusal, State, StateError, apply};
use crate::{
    ledger::{Changes, Deed, Event, Seal, View},
    trust::{Namespace, PublicKey, SignatureError},
};

/// A recorder's seal that was looked at: whose key made it.
///
/// That takes longest of all and needs no state, so it can be done ahead.
#[derive(Debug)]
pub struct Sealed(Result<PublicKey, SignatureError>);

impl Sealed {
    /// Looks at a seal.
    pub fn look(seal: &Seal) -> Self {
        Self(seal.signature.verify(Namespace::Git, &seal.signed))
    }
}

/// Decides an event that was read, not written: its recorder's seal must hold before [`apply()`] is asked.
///
/// The recorder is judged by the governance in force before the event (for the first event: by the one it brings).
///
/// # Errors
///
/// As [`apply()`], and refusals `bad-seal` and `unknown-recorder`.
pub fn receive(view: &dyn View, event: &Event, seal: &Seal, payload: &Payload<'_>) -> Result<Changes, StateError> {
    receive_sealed(view, event, &Sealed::look(seal), payload)
}

/// [`receive()`], with a seal that was looked at before.
///
/// # Errors
///
/// As [`receive()`].
pub fn receive_sealed(
    view: &dyn View,
    event: &Event,
    seal: &Sealed,
    payload: &Payload<'_>,
) -> Result<Changes, StateError> {
    let key = seal.0.as_ref().map_err(|error| Refusal::no("bad-seal", format!("the recorder's signature: {error}")))?;
    let governance = match (State::new(view).project()?, &event.act.act().deed) {
        (Some(project), _) => payload.governance(&project.governance)?,
        (None, Deed::Init { governance }) => payload.governance(governance)?,
        (None, _) => return Err(Refusal::no("not-begun", "the first event must begin the project").into()),
    };
    match governance.people.owner(key) {
        Some((handle, _)) if *handle == event.record.recorder => apply(view, event, payload),
        Some((handle, _)) => {
            let message = format!("recorded in the name of `{}` with the key of `{handle}`", event.record.recorder);
            Err(Refusal::no("bad-seal", message).into())
        }
        None => Err(Refusal::no("unknown-recorder", "the recorder's key is not listed").into()),
    }
}
