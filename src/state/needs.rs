//! The two reverse indexes of an environment: which prompts name an artifact, which suites test a prompt.

use std::collections::{BTreeMap, BTreeSet};

use super::{State, StateError, draft::Draft, read::keys, touched::Target};
use crate::{
    name::{Artifact, Environment, Kind, Name},
    version::Contents,
};

/// What one move changes in the indexes, gathered so that each record is written once however many prompts share
/// what it is about.
#[derive(Debug, Default)]
pub(super) struct Needs {
    /// By the key of what is named: who names it no longer, and who does now.
    prompts: BTreeMap<String, Edit>,
    /// By the key of what is tested.
    suites: BTreeMap<String, Edit>,
}

#[derive(Debug)]
struct Edit {
    about: Artifact,
    /// Folded, since a name is taken out in whatever case it was put in.
    gone: BTreeSet<String>,
    come: BTreeSet<Name>,
}

impl Needs {
    /// One artifact is live with other contents than before.
    pub(super) fn note(&mut self, target: &Target, before: &Contents, after: &Contents) {
        let name = &target.artifact.name;
        for used in before.uses.artifacts() {
            edit(&mut self.prompts, &used).gone.insert(name.folded());
        }
        for used in after.uses.artifacts() {
            edit(&mut self.prompts, &used).come.insert(name.clone());
        }
        if target.artifact.kind == Kind::Suite {
            if let Some(tests) = &before.tests {
                edit(&mut self.suites, &tests.subject).gone.insert(name.folded());
            }
            if let Some(tests) = &after.tests {
                edit(&mut self.suites, &tests.subject).come.insert(name.clone());
            }
        }
    }

    /// Writes every record that differs; one that has become empty is taken away.
    pub(super) fn write(self, draft: &Draft<'_>, environment: &Environment) -> Result<(), StateError> {
        let state = State::new(draft);
        for edit in self.prompts.into_values() {
            let key = keys::needed(environment, &edit.about);
            let mut record = state.needed(environment, &edit.about)?;
            edit.apply(&mut record.prompts);
            if record.prompts.is_empty() { draft.take_away(key) } else { draft.put(key, &record) }
        }
        for edit in self.suites.into_values() {
            let key = keys::guards(environment, &edit.about);
            let mut record = state.guards(environment, &edit.about)?;
            edit.apply(&mut record.suites);
            if record.suites.is_empty() { draft.take_away(key) } else { draft.put(key, &record) }
        }
        Ok(())
    }
}

impl Edit {
    fn apply(self, names: &mut BTreeSet<Name>) {
        names.retain(|known| !self.gone.contains(&known.folded()));
        names.extend(self.come);
    }
}

fn edit<'e>(edits: &'e mut BTreeMap<String, Edit>, about: &Artifact) -> &'e mut Edit {
    let new = || Edit { about: about.clone(), gone: BTreeSet::new(), come: BTreeSet::new() };
    edits.entry(about.key()).or_insert_with(new)
}
