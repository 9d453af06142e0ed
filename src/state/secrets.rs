//! No secret gets into the ledger: not in a version, not in the rules, not in a reply, not in what people say.
//!
//! Where one stands already (it was recorded by other rules, or somebody said that it is none), it may stay.

use super::{Payload, Refusal, State, StateError, apply::Deciding};
use crate::{
    artifact::Source,
    eval::{Reply, texts},
    ledger::{Deed, HeadChange},
    object::Digest,
    scan::{Hit, scan},
};

/// The word refusals of secrets go by.
const RULE: &str = "secret";

/// The first secret in a text of which nobody said that it is none.
///
/// # Errors
///
/// [`StateError`] when a record cannot be read.
pub fn first_secret(state: &State<'_>, project: &Digest, text: &str) -> Result<Option<Hit>, StateError> {
    for hit in scan(text) {
        if state.exception(&hit.fingerprint(project, text))?.is_none() {
            return Ok(Some(hit));
        }
    }
    Ok(None)
}

/// Refuses a version of which a file holds a secret.
pub(super) fn refuse_in_version(with: &Deciding<'_>, change: &HeadChange, source: &Source) -> Result<(), StateError> {
    let Some(project) = with.state.project()? else { return Ok(()) };
    for file in source.files() {
        let text = String::from_utf8_lossy(&file.bytes);
        if let Some(hit) = first_secret(with.state, &project.project, &text)? {
            let Hit { title, line, column, .. } = hit;
            let message = format!("`{}` holds {title}: `{}`, {line}:{column}", change.artifact, file.path);
            return Err(Refusal::no(RULE, message).into());
        }
    }
    Ok(())
}

/// Refuses rules in which a secret stands. Before the project begins nobody can have said that it is none.
pub(super) fn refuse_in_rules(state: &State<'_>, payload: &Payload<'_>, rules: &Digest) -> Result<(), StateError> {
    // Bytes that are not here were refused before, or are purged and tell nothing any more.
    let Some(bytes) = payload.readable(rules)? else { return Ok(()) };
    let text = String::from_utf8_lossy(&bytes);
    let project = state.project()?.map_or(*rules, |project| project.project);
    let Some(Hit { title, line, column, .. }) = first_secret(state, &project, &text)? else { return Ok(()) };
    Err(Refusal::no(RULE, format!("the rules hold {title}: {line}:{column}")).into())
}

/// Refuses an act in whose words a secret stands.
pub(super) fn refuse_in_words(with: &Deciding<'_>, deed: &Deed) -> Result<(), StateError> {
    let Some(project) = with.state.project()? else { return Ok(()) };
    for words in deed.words() {
        if let Some(hit) = first_secret(with.state, &project.project, words)? {
            let message = format!("what is said in this act holds {}", hit.title);
            return Err(Refusal::no(RULE, message).into());
        }
    }
    Ok(())
}

/// Refuses a reply in which a secret stands that was not masked.
pub(super) fn refuse_in_reply(with: &Deciding<'_>, reply: &Reply) -> Result<(), StateError> {
    let Some(project) = with.state.project()? else { return Ok(()) };
    for text in texts(reply) {
        if let Some(hit) = first_secret(with.state, &project.project, &text)? {
            return Err(Refusal::no(RULE, format!("a reply of this run holds {}", hit.title)).into());
        }
    }
    Ok(())
}
