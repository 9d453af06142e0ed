//! The first event, and the keys that governance lists.

use std::collections::BTreeMap;

use super::{
    Payload, Refusal, State, StateError,
    authority::Actor,
    draft::Draft,
    read::keys,
    records::{KeyRecord, ProjectRecord},
    secrets::refuse_in_rules,
};
use crate::{
    governance::Governance,
    ledger::{Deed, Event},
    name::Handle,
    trust::Verb,
};

/// The project begins: the rules parse, and a root of theirs says so.
pub(super) fn init(draft: &Draft<'_>, event: &Event, payload: &Payload<'_>) -> Result<(), StateError> {
    let act = event.act.act();
    let Deed::Init { governance: digest } = &act.deed else {
        return Err(Refusal::no("not-begun", "the first event must begin the project").into());
    };
    if act.project != *digest {
        return Err(Refusal::no("foreign-project", "a project is named by the digest of its first rules").into());
    }
    let governance = payload.governance(digest)?;
    refuse_in_rules(&State::new(draft), payload, digest)?;
    Actor::identify(event, &governance)?.must(&governance, Verb::Govern, &[], None)?;
    if event.record.recorder != act.person {
        return Err(Refusal::no("unknown-recorder", "the first event is recorded by who begins the project").into());
    }
    let record = ProjectRecord { project: *digest, governance: *digest, since: event.id(), time: event.record.time };
    draft.put(keys::project(), &record);
    list_keys(draft, event, &governance)
}

/// Notes which keys are listed from this event on, and which no longer are.
pub(super) fn list_keys(draft: &Draft<'_>, event: &Event, governance: &Governance) -> Result<(), StateError> {
    let state = State::new(draft);
    let listed: BTreeMap<&str, &Handle> = governance
        .people
        .people
        .iter()
        .flat_map(|(handle, person)| person.keys.iter().map(move |key| (key.as_str(), handle)))
        .collect();
    for old in state.keys()? {
        if old.until.is_none() && listed.get(old.key.as_str()) != Some(&&old.person) {
            draft.put(keys::key(&old.person, &old.key), &KeyRecord { until: Some(event.id()), ..old });
        }
    }
    for (key, person) in listed {
        let known = state.key(person, key)?.is_some_and(|old| old.until.is_none());
        if !known {
            let record = KeyRecord { key: key.to_owned(), person: person.clone(), since: event.id(), until: None };
            draft.put(keys::key(person, key), &record);
        }
    }
    Ok(())
}
