//! Who acts, and whether they may.

use super::Refusal;
use crate::{
    governance::Governance,
    ledger::Event,
    name::{Artifact, Environment, Handle, Role},
    trust::{Person, Verb},
};

/// The person whose key signed the act, as governance lists them at the event's place.
pub(super) struct Actor<'a> {
    pub(super) handle: &'a Handle,
    pub(super) person: &'a Person,
}

impl<'a> Actor<'a> {
    /// Finds the person by the key that signed; the act must name the same person.
    pub(super) fn identify(event: &Event, governance: &'a Governance) -> Result<Self, Refusal> {
        let claimed = &event.act.act().person;
        let Some((handle, person)) = governance.people.owner(event.act.key()) else {
            return Err(Refusal::no("unknown-key", format!("the key that signed for `{claimed}` is not listed")));
        };
        if handle == claimed {
            Ok(Self { handle, person })
        } else {
            Err(Refusal::no("key-of-another", format!("`{claimed}` is named, but the key is that of `{handle}`")))
        }
    }

    /// What the person is, sorted.
    pub(super) fn roles(&self) -> Vec<Role> {
        self.person.roles.iter().cloned().collect()
    }

    /// Refuses unless a role of the person allows the verb there.
    pub(super) fn must(
        &self,
        governance: &Governance,
        verb: Verb,
        artifacts: &[&Artifact],
        environment: Option<&Environment>,
    ) -> Result<(), Refusal> {
        if governance.people.may(self.handle, verb, artifacts, environment) {
            return Ok(());
        }
        let place = environment.map_or_else(String::new, |environment| format!(" in `{environment}`"));
        Err(Refusal::no(
            "not-allowed",
            format!("no role of `{}` allows `{}`{place} on all of this", self.handle, verb.word()),
        ))
    }

    /// Refuses unless one role of the person allows the verb on this artifact, or on all where none is named, in this
    /// environment, or in all where none is named. `word` is what the person wants to do.
    pub(super) fn must_throughout(
        &self,
        governance: &Governance,
        (verb, word): (Verb, &str),
        artifact: Option<&Artifact>,
        environment: Option<&Environment>,
    ) -> Result<(), Refusal> {
        if governance.people.may_throughout(self.handle, verb, artifact, environment) {
            return Ok(());
        }
        let what = artifact.map_or_else(|| "everything".to_owned(), |artifact| format!("`{artifact}`"));
        let place = environment.map_or_else(|| "all environments".to_owned(), |place| format!("`{place}`"));
        Err(Refusal::no("not-allowed", format!("no role of `{}` lets them {word} {what} in {place}", self.handle)))
    }
}
