//! What looks like a secret and is said to be none.

use super::{Refusal, StateError, apply::Deciding, draft::Draft, read::keys, records::ExceptionRecord};
use crate::{
    ledger::{Event, Exception},
    trust::Verb,
};

/// From this event on a fingerprint is no secret. Who may say so is a person, says why, and says it once.
pub(super) fn except(
    draft: &Draft<'_>,
    event: &Event,
    with: &Deciding<'_>,
    exception: &Exception,
) -> Result<(), StateError> {
    with.actor.must(with.governance, Verb::Except, &[], None)?;
    if with.actor.person.program {
        return Err(Refusal::no("program-excepts", "a program never says of a secret that it is none").into());
    }
    if exception.reason.trim().is_empty() {
        return Err(Refusal::cannot("no-reason", "an exception says why").into());
    }
    if let Some(known) = with.state.exception(&exception.fingerprint)? {
        let (short, person) = (exception.fingerprint.short(), known.person);
        let message = format!("`{short}` is an exception already: `{person}` said so");
        return Err(Refusal::cannot("already-excepted", message).into());
    }
    let record = ExceptionRecord {
        fingerprint: exception.fingerprint,
        event: event.id(),
        person: with.actor.handle.clone(),
        time: event.record.time,
        reason: exception.reason.clone(),
    };
    draft.put(keys::exception(&exception.fingerprint), &record);
    Ok(())
}
