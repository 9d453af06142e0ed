//! What a change of an environment would bring: what is ahead of it, and what that needs.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ArtifactName, Failure, Revision, Spec,
    resolve::{Names, pick},
    standing::Standing,
};
use crate::{
    artifact::covering,
    governance::EnvironmentRules,
    name::{Artifact, Environment, Kind, Name},
    object::VersionId,
    state::{LineageRecord, Target},
    version::Contents,
};

/// Where versions come from: the environment before, or the heads.
pub(super) struct Ahead<'a> {
    standing: &'a Standing<'a>,
    rules: &'a EnvironmentRules,
}

/// What is wanted, by key; what is the same already, sorted.
pub(super) struct Wanted {
    /// What differs from what is live.
    pub(super) targets: Vec<Target>,
    /// What was asked for and is live as it is.
    pub(super) equal: Vec<Artifact>,
}

impl<'a> Ahead<'a> {
    /// Looks ahead of an environment.
    pub(super) fn of(standing: &'a Standing<'a>, rules: &'a EnvironmentRules) -> Self {
        Self { standing, rules }
    }

    /// Everything that differs, deletions included.
    pub(super) fn everything(&self) -> Result<Wanted, Failure> {
        let mut targets = BTreeMap::new();
        for artifact in self.there()? {
            self.want(&mut targets, &artifact)?;
        }
        for live in self.standing.state().all_live(&self.rules.name)? {
            if self.available(&live.artifact)?.is_none() && self.is_gone(&live.artifact)? {
                targets.insert(live.artifact.key(), Target { artifact: live.artifact, to: None });
            }
        }
        self.settle(targets)
    }

    /// The named versions and, unless `only`, what they need.
    pub(super) fn named(&self, specs: &[Spec], only: bool) -> Result<Wanted, Failure> {
        let mut targets = BTreeMap::new();
        for spec in specs {
            for target in self.meant(spec)? {
                targets.insert(target.artifact.key(), target);
            }
        }
        if !only {
            self.needed(&mut targets)?;
        }
        self.settle(targets)
    }

    /// These targets as far as they differ from what is live.
    pub(super) fn settle(&self, targets: BTreeMap<String, Target>) -> Result<Wanted, Failure> {
        let mut wanted = Wanted { targets: Vec::new(), equal: Vec::new() };
        for target in targets.into_values() {
            let live = self.standing.state().live(&self.rules.name, &target.artifact)?;
            if live.map(|live| live.version) == target.to.map(|(version, _)| version) {
                wanted.equal.push(target.artifact);
            } else {
                wanted.targets.push(target);
            }
        }
        wanted.targets.sort_by(|a, b| a.artifact.cmp(&b.artifact));
        wanted.equal.sort();
        Ok(wanted)
    }

    /// The targets a spec means.
    fn meant(&self, spec: &Spec) -> Result<Vec<Target>, Failure> {
        let names = Names::of(self.standing);
        let artifacts = match names.meant(spec) {
            Ok(artifacts) => artifacts,
            // A deleted artifact has no name among the heads any more, and its deletion can be proposed.
            Err(failure) => match spec.text.parse::<ArtifactName>().map(|name| names.named(&name)) {
                Ok(Ok(artifact)) => vec![artifact],
                _ => return Err(failure),
            },
        };
        let mut targets = Vec::new();
        for artifact in artifacts {
            let to = match &spec.revision {
                Revision::Default => self.default(&artifact)?,
                revision => commit(&pick(self.standing, &artifact, revision)?),
            };
            targets.push(Target { artifact, to });
        }
        Ok(targets)
    }

    /// The version that a bare name means: live in the environment before, else the head; `None` is a deletion.
    fn default(&self, artifact: &Artifact) -> Result<Option<(VersionId, u64)>, Failure> {
        match self.available(artifact)? {
            Some(found) => Ok(Some(found)),
            None if self.is_gone(artifact)? => Ok(None),
            None => self.head(artifact),
        }
    }

    /// Everything that prompts among the targets use, the suites that test them, and the charters that cover them.
    fn needed(&self, targets: &mut BTreeMap<String, Target>) -> Result<(), Failure> {
        let prompts = |target: &Target| target.artifact.kind == Kind::Prompt && target.to.is_some();
        let mut waiting: Vec<Target> = targets.values().filter(|target| prompts(target)).cloned().collect();
        let mut seen = BTreeSet::new();
        while let Some(target) = waiting.pop() {
            let Some((_, number)) = target.to.filter(|_| seen.insert(target.artifact.key())) else { continue };
            let contents = self.contents(&target.artifact, number)?;
            let suites = self.suites(&target.artifact.name)?;
            let charters = covering(&target.artifact.name).into_iter().map(|name| Artifact::new(Kind::Charter, name));
            for artifact in contents.uses.artifacts().chain(suites).chain(charters) {
                waiting.extend(self.want(targets, &artifact)?.filter(prompts));
            }
        }
        Ok(())
    }

    /// Adds an artifact as it is ahead, unless it is among the targets already.
    fn want(&self, targets: &mut BTreeMap<String, Target>, artifact: &Artifact) -> Result<Option<Target>, Failure> {
        if let Some(target) = targets.get(&artifact.key()) {
            return Ok(Some(target.clone()));
        }
        let to = match self.available(artifact)? {
            Some(to) => Some(to),
            // What the environment has stays; what neither has comes as its head, which the order rule then judges.
            None if self.standing.state().live(&self.rules.name, artifact)?.is_some() => None,
            None => self.head(artifact)?,
        };
        let Some(to) = to else { return Ok(None) };
        let spelled = self.standing.state().commit(artifact, to.1)?.map_or(artifact.clone(), |record| record.artifact);
        let target = Target { artifact: spelled, to: Some(to) };
        targets.insert(artifact.key(), target.clone());
        Ok(Some(target))
    }

    /// All artifacts there are ahead.
    fn there(&self) -> Result<Vec<Artifact>, Failure> {
        let state = self.standing.state();
        if let Some(after) = &self.rules.after {
            return Ok(state.all_live(after)?.into_iter().map(|live| live.artifact).collect());
        }
        let heads = state.heads()?.into_iter().filter(|head| head.version.is_some());
        Ok(heads.map(|head| head.artifact).collect())
    }

    /// An artifact's version ahead.
    fn available(&self, artifact: &Artifact) -> Result<Option<(VersionId, u64)>, Failure> {
        match &self.rules.after {
            Some(after) => Ok(self.standing.state().live(after, artifact)?.map(|live| (live.version, live.number))),
            None => self.head(artifact),
        }
    }

    fn head(&self, artifact: &Artifact) -> Result<Option<(VersionId, u64)>, Failure> {
        let head = self.standing.state().head(artifact)?;
        Ok(head.and_then(|head| head.version.map(|version| (version, head.number))))
    }

    /// Whether an artifact that is not ahead was taken away: there, or by a deletion of its head.
    fn is_gone(&self, artifact: &Artifact) -> Result<bool, Failure> {
        let state = self.standing.state();
        let was_there = |after: &Environment| state.gone(after, artifact).map(|gone| gone.is_some());
        let taken = self.rules.after.as_ref().map(was_there).transpose()?.unwrap_or_default();
        Ok(taken || self.head(artifact)?.is_none())
    }

    /// The suites that test a prompt, ahead.
    fn suites(&self, prompt: &Name) -> Result<Vec<Artifact>, Failure> {
        let state = self.standing.state();
        let subject = Artifact::new(Kind::Prompt, prompt.clone());
        if let Some(after) = &self.rules.after {
            let names = state.guards(after, &subject)?.suites;
            return Ok(names.into_iter().map(|name| Artifact::new(Kind::Suite, name)).collect());
        }
        let mut suites = Vec::new();
        for head in state.heads()? {
            if head.artifact.kind == Kind::Suite && head.version.is_some() {
                let tests = self.contents(&head.artifact, head.number)?.tests;
                if tests.is_some_and(|tests| tests.subject.key() == subject.key()) {
                    suites.push(head.artifact);
                }
            }
        }
        Ok(suites)
    }

    fn contents(&self, artifact: &Artifact, number: u64) -> Result<Contents, Failure> {
        Ok(self.standing.state().commit(artifact, number)?.map(|record| record.contents).unwrap_or_default())
    }
}

/// The version a commit made; none for a deletion.
fn commit(record: &LineageRecord) -> Option<(VersionId, u64)> {
    record.version.map(|version| (version, record.number))
}
