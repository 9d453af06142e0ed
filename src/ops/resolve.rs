//! From what people type to artifacts, versions, events and proposals.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};

use super::{ArtifactName, Failure, ProposalName, Revision, Spec, World, standing::Standing};
use crate::{
    governance::EnvironmentRules,
    ledger::GOVERNANCE,
    name::{Artifact, Environment, Kind},
    object::{EventId, Prefix},
    problem::{did_you_mean, quoted},
    state::{FindingRecord, LineageRecord, ProposalRecord, lineage},
    workspace::{Found, Labels, SpecError},
};

/// The names there are: heads, and working files where a verb looks at them.
pub(super) struct Names<'a> {
    standing: &'a Standing<'a>,
    files: Option<&'a Found>,
}

impl<'a> Names<'a> {
    /// Names of committed artifacts.
    pub(super) fn of(standing: &'a Standing<'a>) -> Self {
        Self { standing, files: None }
    }

    /// Names of committed artifacts and of working files.
    pub(super) fn with(standing: &'a Standing<'a>, files: &'a Found) -> Self {
        Self { standing, files: Some(files) }
    }

    /// Whether something of this name is committed or stands in a file.
    fn exists(&self, artifact: &Artifact) -> Result<bool, Failure> {
        let in_file = self.files.is_some_and(|found| found.places.contains_key(artifact));
        Ok(in_file || self.standing.state().head(artifact)?.is_some_and(|head| head.version.is_some()))
    }

    /// The artifacts a spec means, sorted; never none.
    pub(super) fn meant(&self, spec: &Spec) -> Result<Vec<Artifact>, Failure> {
        if let Some(artifact) = self.plain(&spec.text)? {
            return Ok(vec![artifact]);
        }
        let (known, paths) = self.all()?;
        crate::workspace::resolve(spec, &known, &paths).map_err(unmeant)
    }

    /// The one artifact a spec means.
    pub(super) fn one(&self, spec: &Spec) -> Result<Artifact, Failure> {
        let meant = self.meant(spec)?;
        match <[Artifact; 1]>::try_from(meant) {
            Ok([artifact]) => Ok(artifact),
            Err(several) => Err(unmeant(SpecError::Ambiguous { text: spec.text.clone(), artifacts: several })),
        }
    }

    /// The one artifact a spec means among all that were ever committed.
    pub(super) fn one_ever(&self, spec: &Spec) -> Result<Artifact, Failure> {
        self.one(spec).or_else(|failure| match spec.text.parse::<ArtifactName>() {
            // What is deleted stands in no list of names, and its history does not go away.
            Ok(name) if failure.code == "unknown-artifact" => self.named(&name).map_err(|_| failure),
            _ => Err(failure),
        })
    }

    /// The artifact a name means; one that is deleted is found too.
    pub(super) fn named(&self, name: &ArtifactName) -> Result<Artifact, Failure> {
        let text = name.to_string();
        if let Some(artifact) = self.plain(&text)? {
            return Ok(artifact);
        }
        for kind in Kind::ALL.into_iter().filter(|kind| name.kind.map_or(kind.is_bare(), |wanted| wanted == *kind)) {
            let artifact = Artifact::new(kind, name.name.clone());
            if let Some(head) = self.standing.state().head(&artifact)? {
                return Ok(head.artifact);
            }
        }
        let (known, paths) = self.all()?;
        let spec = Spec { text, revision: Revision::Default };
        let meant = crate::workspace::resolve(&spec, &known, &paths).map_err(unmeant)?;
        meant.into_iter().next().ok_or_else(|| Failure::bug("a spec means nothing"))
    }

    /// A plain name that means exactly one thing as it is spelled: no list of all names is needed for it.
    fn plain(&self, text: &str) -> Result<Option<Artifact>, Failure> {
        let mut found = Vec::new();
        let (kind, bare) = match text.split_once('/').map(|(word, rest)| (word.parse::<Kind>(), rest)) {
            Some((Ok(kind), rest)) => (Some(kind), rest),
            _ => (None, text),
        };
        let Ok(name) = crate::name::Name::parse(bare) else { return Ok(None) };
        for candidate in Kind::ALL.into_iter().filter(|k| kind.map_or(k.is_bare(), |wanted| wanted == *k)) {
            let artifact = Artifact::new(candidate, name.clone());
            if self.exists(&artifact)? {
                found.push(self.spelled(artifact)?);
            }
        }
        Ok(if found.len() == 1 { found.pop() } else { None })
    }

    /// The artifact as its head spells it.
    fn spelled(&self, artifact: Artifact) -> Result<Artifact, Failure> {
        let head = self.standing.state().head(&artifact)?.filter(|head| head.version.is_some());
        Ok(head.map_or(artifact, |head| head.artifact))
    }

    fn all(&self) -> Result<(BTreeSet<Artifact>, BTreeMap<String, Artifact>), Failure> {
        let mut known = BTreeSet::new();
        let mut paths = BTreeMap::new();
        for head in self.standing.state().heads()? {
            if head.version.is_some() {
                paths.extend(head.path.map(|path| (path, head.artifact.clone())));
                known.insert(head.artifact);
            }
        }
        if let Some(found) = self.files {
            known.extend(found.places.keys().cloned());
            paths.extend(found.paths());
        }
        Ok((known, paths))
    }

    /// How every artifact is shown: as it would be typed. For long lists.
    pub(super) fn labels(&self) -> Result<Labels, Failure> {
        let (known, _) = self.all()?;
        Ok(Labels::new(&known))
    }

    /// How one artifact is shown, without a list of all names.
    pub(super) fn label(&self, artifact: &Artifact) -> Result<String, Failure> {
        if !artifact.kind.is_bare() {
            return Ok(artifact.to_string());
        }
        for kind in Kind::ALL.into_iter().filter(|kind| kind.is_bare() && *kind != artifact.kind) {
            if self.exists(&Artifact::new(kind, artifact.name.clone()))? {
                return Ok(artifact.to_string());
            }
        }
        Ok(artifact.name.to_string())
    }
}

/// Why a spec means nothing, as people are told.
pub(super) fn unmeant(error: SpecError) -> Failure {
    let message = error.to_string();
    match error {
        SpecError::Ambiguous { artifacts, .. } => {
            let first = artifacts.first().map(ToString::to_string).unwrap_or_default();
            Failure::cannot("ambiguous-name", message).say(format!("write the kind in front, as in `{first}`"))
        }
        SpecError::Unknown { nearest, .. } => {
            let failure = Failure::cannot("unknown-artifact", message);
            match nearest {
                Some(name) => failure.say(format!("did you mean `{name}`?")),
                None => failure.run("chancery status"),
            }
        }
        SpecError::BadGlob { .. } => Failure::usage(message),
    }
}

/// The commit of an artifact that a revision means; `@work` is no commit and is for the caller to read.
pub(super) fn pick(
    standing: &Standing<'_>,
    artifact: &Artifact,
    revision: &Revision,
) -> Result<LineageRecord, Failure> {
    let state = standing.state();
    let unknown = |what: String| Failure::cannot("unknown-version", what).run(format!("chancery log {artifact}"));
    let head = state.head(artifact)?.ok_or_else(|| unknown(format!("`{artifact}` was never committed")))?;
    let found = match revision {
        Revision::Work => return Err(Failure::usage(format!("`{artifact}@work` is a file, not a version"))),
        Revision::Default | Revision::Head => {
            if head.version.is_none() {
                return Err(unknown(format!("`{artifact}` is deleted"))
                    .say("an earlier version is named by `@v1` or the first digits of its id"));
            }
            state.commit(artifact, head.number)?
        }
        Revision::Number(number) if *number > head.number => None,
        Revision::Number(number) => {
            let records = lineage(&state, artifact, head.number, usize::MAX)?;
            records.into_iter().find(|record| record.number == *number)
        }
        Revision::Prefix(prefix) => Some(by_prefix(standing, artifact, head.number, prefix)?),
        Revision::Environment(environment, back) => {
            environment_rules(standing, environment)?;
            lived(standing, artifact, environment, *back)?
        }
    };
    found.ok_or_else(|| unknown(format!("`{artifact}` has no version `{revision}`")))
}

fn by_prefix(
    standing: &Standing<'_>,
    artifact: &Artifact,
    number: u64,
    prefix: &Prefix,
) -> Result<LineageRecord, Failure> {
    let records = lineage(&standing.state(), artifact, number, usize::MAX)?;
    let matching: Vec<LineageRecord> =
        records.into_iter().filter(|record| record.version.is_some_and(|id| prefix.matches(&id.0))).collect();
    let versions: BTreeSet<_> = matching.iter().filter_map(|record| record.version).collect();
    if versions.len() > 1 {
        return Err(ambiguous(prefix, versions));
    }
    let missing = || {
        Failure::cannot("unknown-version", format!("`{artifact}` has no version `{prefix}`"))
            .run(format!("chancery log {artifact}"))
    };
    matching.into_iter().next().ok_or_else(missing)
}

/// What was live of an artifact, so many changes of it ago.
fn lived(
    standing: &Standing<'_>,
    artifact: &Artifact,
    environment: &Environment,
    back: u32,
) -> Result<Option<LineageRecord>, Failure> {
    let state = standing.state();
    let live = state.live(environment, artifact)?;
    if back == 0 {
        return match live {
            Some(live) => Ok(state.commit(&live.artifact, live.number)?),
            None => Ok(None),
        };
    }
    let mut left = back;
    let mut number = state.environment(environment)?.map_or(0, |record| record.moves);
    while number > 0 {
        let movement = state.movement(environment, number)?;
        let changes = movement.map(|movement| movement.changes).unwrap_or_default();
        if let Some(change) = changes.into_iter().find(|change| change.artifact.key() == artifact.key()) {
            left -= 1;
            if left == 0 {
                let Some(version) = change.from else { return Ok(None) };
                let record = state.version(&change.artifact, version)?;
                return match record {
                    Some(record) => Ok(state.commit(&record.artifact, record.number)?),
                    None => Ok(None),
                };
            }
        }
        number -= 1;
    }
    Ok(None)
}

/// The rules of an environment; an unknown name comes with the nearest one.
pub(super) fn environment_rules<'a>(
    standing: &'a Standing<'_>,
    environment: &Environment,
) -> Result<&'a EnvironmentRules, Failure> {
    standing.governance.environment(environment).ok_or_else(|| {
        let failure = Failure::cannot("unknown-environment", format!("there is no environment `{environment}`"));
        let known = standing.governance.environments.iter().map(|rules| rules.name.as_str());
        match did_you_mean(environment.as_str(), known) {
            Some(advice) => failure.say(advice),
            None => failure.run("chancery env"),
        }
    })
}

/// The event whose id begins so, and its place.
pub(super) fn event(world: &World, prefix: &Prefix) -> Result<(EventId, u64), Failure> {
    let found = world.journal.find(prefix)?;
    match found.as_slice() {
        [one] => Ok(*one),
        [] => {
            Err(Failure::cannot("unknown-event", format!("no event's id begins with `{prefix}`")).run("chancery audit"))
        }
        several => Err(ambiguous(prefix, several.iter().map(|(id, _)| id))),
    }
}

/// The finding whose id begins so.
pub(super) fn finding(world: &World, standing: &Standing<'_>, prefix: &Prefix) -> Result<FindingRecord, Failure> {
    let (id, _) = event(world, prefix)?;
    let none = || {
        Failure::cannot("unknown-finding", format!("event `{}` is not a finding", id.short()))
            .run("chancery findings --all")
    };
    standing.state().finding(id)?.ok_or_else(none)
}

/// That the first digits of an id fit several.
pub(super) fn ambiguous(prefix: &Prefix, ids: impl IntoIterator<Item = impl Display>) -> Failure {
    Failure::cannot("ambiguous-id", format!("`{prefix}` may be {}", quoted(ids, " or ")))
}

/// The proposal a name means: by id, or the only open one of an environment (or of `governance`).
pub(super) fn proposal(world: &World, standing: &Standing<'_>, name: &ProposalName) -> Result<ProposalRecord, Failure> {
    let state = standing.state();
    match name {
        ProposalName::Id(prefix) => {
            let (id, _) = event(world, prefix)?;
            let none = || {
                Failure::cannot("unknown-proposal", format!("event `{}` is not a proposal", id.short()))
                    .run("chancery proposals")
            };
            state.proposal(id)?.ok_or_else(none)
        }
        ProposalName::Environment(environment) => {
            if environment.as_str() != GOVERNANCE {
                environment_rules(standing, environment)?;
            }
            let open = state.open(environment.as_str())?;
            match <[ProposalRecord; 1]>::try_from(open) {
                Ok([record]) => Ok(record),
                Err(none) if none.is_empty() => {
                    Err(Failure::cannot("no-proposal", format!("nothing is proposed for `{environment}`"))
                        .run(format!("chancery propose {environment} -m \"why\"")))
                }
                Err(several) => {
                    let ids = quoted(several.iter().map(|record| record.id.short()), ", ");
                    let message = format!("`{environment}` has {} open proposals", several.len());
                    Err(Failure::cannot("ambiguous-proposal", message)
                        .because(format!("they are {ids}"))
                        .run(format!("chancery proposals {environment}")))
                }
            }
        }
    }
}
