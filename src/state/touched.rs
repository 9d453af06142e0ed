//! Which bundles a change of an environment touches, and what they would be.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    State, StateError,
    records::{BundleRecord, LineageRecord},
};
use crate::{
    ledger::BundleChange,
    name::{Artifact, Environment, Kind, Name},
    object::VersionId,
    version::{Bundle, Contents, Uses},
};

/// What an environment would have instead of what it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The artifact.
    pub artifact: Artifact,
    /// The version and the commit that made it; `None` for a deletion.
    pub to: Option<(VersionId, u64)>,
}

/// What a bundle would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// The prompt would not be live.
    Gone,
    /// Everything it needs would be there.
    Whole(Bundle),
    /// Some of what it needs would not be there.
    Lacking(Vec<Artifact>),
}

/// One bundle that a change touches.
#[derive(Debug, Clone, PartialEq)]
pub struct Touched {
    /// The prompt.
    pub prompt: Name,
    /// The bundle that is live now.
    pub before: Option<BundleRecord>,
    /// What it would be.
    pub after: After,
}

/// Every bundle that a change of an environment touches, sorted by prompt.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The bundles.
    pub touched: Vec<Touched>,
}

impl Plan {
    /// The plan as a proposal states it.
    pub fn changes(&self) -> Vec<BundleChange> {
        let state = |touched: &Touched| BundleChange {
            prompt: touched.prompt.clone(),
            before: touched.before.as_ref().and_then(|record| record.bundle),
            after: match &touched.after {
                After::Whole(bundle) => Some(bundle.id()),
                After::Gone | After::Lacking(_) => None,
            },
        };
        self.touched.iter().map(state).collect()
    }

    /// Prompts that would be live and lack something, with what they lack.
    pub fn lacking(&self) -> impl Iterator<Item = (&Name, &[Artifact])> {
        self.touched.iter().filter_map(|touched| match &touched.after {
            After::Lacking(missing) => Some((&touched.prompt, missing.as_slice())),
            After::Gone | After::Whole(_) => None,
        })
    }
}

/// Finds every bundle that `targets` touch in an environment: those of changed prompts, of prompts that use
/// something changed (through fragments too), and of prompts that a changed suite tests.
///
/// # Errors
///
/// [`StateError`] when a record cannot be read.
pub fn plan(state: &State<'_>, environment: &Environment, targets: &[Target]) -> Result<Plan, StateError> {
    let scene = Scene::new(state, environment, targets)?;
    let mut touched = Vec::new();
    for prompt in scene.affected()? {
        let artifact = Artifact::new(Kind::Prompt, prompt.clone());
        let before = state.bundle(environment, &prompt)?;
        let after = match scene.look(&artifact)? {
            None => After::Gone,
            Some(_) => match Bundle::resolve(&prompt, |artifact| scene.look(artifact))? {
                Ok(bundle) => After::Whole(bundle),
                Err(missing) => After::Lacking(missing.artifacts),
            },
        };
        if before.is_some() || after != After::Gone {
            touched.push(Touched { prompt, before, after });
        }
    }
    Ok(Plan { touched })
}

/// An environment as it would be.
struct Scene<'a> {
    state: &'a State<'a>,
    environment: &'a Environment,
    targets: BTreeMap<String, (Artifact, Option<(VersionId, Contents)>)>,
    /// Prompts among the targets, by the key of what they would name.
    users: BTreeMap<String, BTreeSet<Name>>,
}

impl<'a> Scene<'a> {
    fn new(state: &'a State<'a>, environment: &'a Environment, list: &[Target]) -> Result<Self, StateError> {
        let mut targets = BTreeMap::new();
        let mut users: BTreeMap<String, BTreeSet<Name>> = BTreeMap::new();
        for target in list {
            let to = match target.to {
                Some((version, number)) => Some((version, contents(state, &target.artifact, number)?)),
                None => None,
            };
            for used in to.iter().flat_map(|(_, contents)| contents.uses.artifacts()) {
                users.entry(used.key()).or_default().insert(target.artifact.name.clone());
            }
            targets.insert(target.artifact.key(), (target.artifact.clone(), to));
        }
        Ok(Self { state, environment, targets, users })
    }

    /// The version that would be live, and what it names.
    fn look(&self, artifact: &Artifact) -> Result<Option<(VersionId, Uses)>, StateError> {
        if let Some((_, target)) = self.targets.get(&artifact.key()) {
            return Ok(target.as_ref().map(|(version, contents)| (*version, contents.uses.clone())));
        }
        match self.state.live(self.environment, artifact)? {
            Some(live) => Ok(Some((live.version, contents(self.state, artifact, live.number)?.uses))),
            None => Ok(None),
        }
    }

    /// Prompts (not fragments) whose bundle could differ.
    fn affected(&self) -> Result<BTreeSet<Name>, StateError> {
        let mut affected = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<Artifact> = self.targets.values().map(|(artifact, _)| artifact.clone()).collect();
        while let Some(artifact) = waiting.pop() {
            if !seen.insert(artifact.key()) {
                continue;
            }
            match artifact.kind {
                Kind::Suite => {
                    for prompt in self.tested_by(&artifact)? {
                        affected.insert(self.spelled(&Artifact::new(Kind::Prompt, prompt))?);
                    }
                }
                Kind::Prompt if !artifact.name.is_fragment() => {
                    affected.insert(self.spelled(&artifact)?);
                }
                Kind::Charter => {}
                Kind::Prompt | Kind::Tool | Kind::Policy | Kind::Model => {
                    let users = self.users(&artifact)?;
                    waiting.extend(users.into_iter().map(|prompt| Artifact::new(Kind::Prompt, prompt)));
                }
            }
        }
        Ok(affected)
    }

    /// The name in the one spelling it would be live under, so that no bundle is touched twice.
    fn spelled(&self, artifact: &Artifact) -> Result<Name, StateError> {
        if let Some((target, _)) = self.targets.get(&artifact.key()) {
            return Ok(target.name.clone());
        }
        let live = self.state.live(self.environment, artifact)?;
        Ok(live.map_or_else(|| artifact.name.clone(), |live| live.artifact.name))
    }

    /// Prompts that name an artifact, as things are or as they would be.
    fn users(&self, artifact: &Artifact) -> Result<BTreeSet<Name>, StateError> {
        let mut users = self.state.needed(self.environment, artifact)?.prompts;
        users.extend(self.users.get(&artifact.key()).into_iter().flatten().cloned());
        Ok(users)
    }

    /// The prompts that a changed suite tests, before and after the change.
    fn tested_by(&self, suite: &Artifact) -> Result<BTreeSet<Name>, StateError> {
        let mut subjects = Vec::new();
        if let Some(live) = self.state.live(self.environment, suite)? {
            subjects.extend(contents(self.state, suite, live.number)?.tests);
        }
        if let Some((_, Some((_, contents)))) = self.targets.get(&suite.key()) {
            subjects.extend(contents.tests.clone());
        }
        let prompts = subjects.into_iter().map(|tests| tests.subject).filter(|subject| subject.kind == Kind::Prompt);
        Ok(prompts.map(|subject| subject.name).collect())
    }
}

/// What a commit's bytes say.
pub(super) fn contents(state: &State<'_>, artifact: &Artifact, number: u64) -> Result<Contents, StateError> {
    let missing =
        || StateError::Record { key: format!("lineage {artifact}#{number}"), reason: "it is not there".to_owned() };
    state.commit(artifact, number)?.map(|record: LineageRecord| record.contents).ok_or_else(missing)
}
