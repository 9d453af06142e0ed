//! Which charters would cover what a proposal touches.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    State, StateError,
    case::Case,
    touched::{After, contents},
};
use crate::{
    artifact::{Charter, Coverage, covering},
    gate::CharterFacts,
    governance::{EnvironmentRules, Governance},
    name::{Artifact, Handle, Kind, Name},
    trust::Verb,
};

/// What the charters of every prompt touched would say in the target: of prompts whose bundles differ, and of live
/// ones that a proposed charter covers, so that nobody takes a charter away from under them.
pub(super) fn facts(
    state: &State<'_>,
    case: &Case<'_>,
    environment: &EnvironmentRules,
) -> Result<Vec<CharterFacts>, StateError> {
    if environment.gate.charter.is_none() {
        return Ok(Vec::new());
    }
    let mut facts = Vec::new();
    for prompt in prompts(state, case, environment)? {
        let coverage = coverage(state, case, environment, &prompt)?;
        let nearest = coverage.as_ref().and_then(Coverage::nearest).unwrap_or(&prompt);
        let who = committers(case.governance, &Artifact::new(Kind::Charter, nearest.clone()));
        facts.push(CharterFacts { prompt, coverage, who });
    }
    Ok(facts)
}

fn prompts(state: &State<'_>, case: &Case<'_>, environment: &EnvironmentRules) -> Result<BTreeSet<Name>, StateError> {
    let stays = case.plan.touched.iter().filter(|touched| touched.after != After::Gone);
    let mut prompts: BTreeMap<String, Name> =
        stays.map(|touched| (touched.prompt.folded(), touched.prompt.clone())).collect();
    let charters: BTreeSet<String> = case
        .targets
        .iter()
        .filter(|target| target.artifact.kind == Kind::Charter)
        .map(|target| target.artifact.name.folded())
        .collect();
    if !charters.is_empty() {
        let gone = |prompt: &Name| {
            case.plan
                .touched
                .iter()
                .any(|touched| touched.after == After::Gone && touched.prompt.folded() == prompt.folded())
        };
        for live in state.bundles(&environment.name)? {
            let covered = covering(&live.prompt).iter().any(|name| charters.contains(&name.folded()));
            if live.bundle.is_some() && covered && !gone(&live.prompt) {
                prompts.insert(live.prompt.folded(), live.prompt);
            }
        }
    }
    Ok(prompts.into_values().collect())
}

fn coverage(
    state: &State<'_>,
    case: &Case<'_>,
    environment: &EnvironmentRules,
    prompt: &Name,
) -> Result<Option<Coverage>, StateError> {
    let mut charters = Vec::new();
    for name in covering(prompt) {
        let artifact = Artifact::new(Kind::Charter, name.clone());
        let proposed = case.targets.iter().find(|target| target.artifact.key() == artifact.key());
        let number = match proposed {
            Some(target) => target.to.map(|(_, number)| number),
            None => state.live(&environment.name, &artifact)?.map(|live| live.number),
        };
        let Some(number) = number else { continue };
        // A record without what it says would be one of another version: it says nothing, which is a no.
        let charter: Charter = contents(state, &artifact, number)?.charter.unwrap_or_default();
        charters.push((name, charter));
    }
    Ok(Coverage::of(charters))
}

/// Everybody who may commit an artifact, programs left out.
fn committers(governance: &Governance, artifact: &Artifact) -> Vec<Handle> {
    let people = &governance.people;
    let may = |handle: &Handle| people.may(handle, Verb::Commit, &[artifact], None);
    people
        .people
        .iter()
        .filter(|(handle, person)| !person.program && may(handle))
        .map(|(handle, _)| handle.clone())
        .collect()
}
