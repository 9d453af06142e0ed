//! `log`: versions, newest first.

use serde::Serialize;

use super::{
    Answer, ArtifactName, Failure, World,
    changes::{Changes, FileChange, Look},
    resolve::Names,
    sources::source_of,
    standing::Standing,
};
use crate::{
    clock::Time,
    diff::Class,
    ledger::Deed,
    name::{Artifact, Handle, Kind},
    object::{EventId, VersionId},
    state::{LineageRecord, State, lineage},
    workspace::Labels,
};

/// What to list.
#[derive(Debug, Clone)]
pub struct Request {
    /// One artifact, or the whole project.
    pub artifact: Option<ArtifactName>,
    /// Whether to say what each version changed.
    pub patch: bool,
    /// How many at most: versions of an artifact, or commits of the project.
    pub limit: Option<usize>,
}

/// Versions, newest first.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The artifact, where one was asked for.
    pub artifact: Option<String>,
    /// The versions; without an artifact, those of each commit stand together.
    pub versions: Vec<Version>,
    /// The name the artifact goes on under.
    pub renamed_to: Option<String>,
    /// Whether there are earlier ones.
    pub more: bool,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.log/1";
}

/// One commit of one artifact.
#[derive(Debug, Serialize)]
pub struct Version {
    /// The artifact under the name it had then.
    pub artifact: String,
    /// Its kind.
    pub kind: Kind,
    /// The version; absent for a deletion.
    pub version: Option<VersionId>,
    /// Its place among the artifact's commits.
    pub number: u64,
    /// The event.
    pub event: EventId,
    /// Who committed it.
    pub person: Handle,
    /// Declared authors besides.
    pub authors: Vec<Handle>,
    /// When it was recorded.
    pub time: Time,
    /// Why.
    pub message: String,
    /// Where the file stood.
    pub path: Option<String>,
    /// The name before, where this commit renamed it.
    pub renamed_from: Option<String>,
    /// The name after, where this commit took the name away.
    pub renamed_to: Option<String>,
    /// Whether it is a deletion.
    pub deleted: bool,
    /// What kind of change it is, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// What it changed, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<FileChange>>,
    /// Why what changed cannot be shown: bytes of it or of the commit before were purged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purged: Option<String>,
}

/// Lists versions.
///
/// # Errors
///
/// An unknown artifact, or a record that cannot be read.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    let standing = Standing::read(world)?;
    let names = Names::of(&standing);
    match &request.artifact {
        Some(name) => of_artifact(world, &standing, &names, &names.named(name)?, request),
        None => of_project(world, &standing, &names.labels()?, request),
    }
}

/// An artifact's history through its names. Only what is shown is read, and one more to know whether it goes on.
fn of_artifact(
    world: &World,
    standing: &Standing<'_>,
    names: &Names<'_>,
    artifact: &Artifact,
    request: &Request,
) -> Result<Outcome, Failure> {
    let state = standing.state();
    let number = state.head(artifact)?.map_or(0, |head| head.number);
    if number == 0 {
        let message = format!("`{artifact}` was never committed");
        return Err(Failure::cannot("unknown-version", message).run("chancery commit -m \"why\""));
    }
    let limit = request.limit.unwrap_or(usize::MAX);
    let records = lineage(&state, artifact, number, limit.saturating_add(1))?;
    let label = |artifact: &Artifact| names.label(artifact);
    let mut versions = Vec::new();
    for (at, record) in records.iter().enumerate().take(limit) {
        let mut version = describe(record, &label)?;
        if request.patch {
            version.add_changes(world, record, records.get(at + 1))?;
        }
        versions.push(version);
    }
    let renamed_to = records.first().and_then(|record| record.renamed_to.as_ref());
    Ok(Outcome {
        artifact: Some(names.label(artifact)?),
        versions,
        renamed_to: renamed_to.map(|artifact| names.label(artifact)).transpose()?,
        more: records.len() > limit,
    })
}

/// The newest commits of the project, found by walking the ledger back.
fn of_project(world: &World, standing: &Standing<'_>, labels: &Labels, request: &Request) -> Result<Outcome, Failure> {
    let mut left = request.limit.unwrap_or(usize::MAX);
    let mut outcome = Outcome { artifact: None, versions: Vec::new(), renamed_to: None, more: false };
    let label = |artifact: &Artifact| Ok(labels.of(artifact));
    for seq in (1..=standing.tip.seq).rev() {
        let (event, _) = world.journal.read(seq)?;
        let Deed::Commit(commit) = &event.act.act().deed else { continue };
        if left == 0 {
            outcome.more = true;
            break;
        }
        left -= 1;
        let view = world.journal.state(seq)?;
        let state = State::new(view.as_ref());
        for change in &commit.changes {
            let Some(record) = head_commit(&state, &change.artifact)? else { continue };
            let mut version = describe(&record, &label)?;
            if request.patch {
                version.add_changes(world, &record, before(&state, &record)?.as_ref())?;
            }
            outcome.versions.push(version);
        }
    }
    Ok(outcome)
}

/// The commit that is an artifact's head.
fn head_commit(state: &State<'_>, artifact: &Artifact) -> Result<Option<LineageRecord>, Failure> {
    match state.head(artifact)? {
        Some(head) => Ok(state.commit(artifact, head.number)?),
        None => Ok(None),
    }
}

/// The commit before this one, under whatever name.
fn before(state: &State<'_>, record: &LineageRecord) -> Result<Option<LineageRecord>, Failure> {
    let artifact = record.renamed_from.as_ref().unwrap_or(&record.artifact);
    match record.number {
        0 | 1 => Ok(None),
        number => Ok(state.commit(artifact, number - 1)?),
    }
}

fn describe(record: &LineageRecord, label: &dyn Fn(&Artifact) -> Result<String, Failure>) -> Result<Version, Failure> {
    Ok(Version {
        artifact: label(&record.artifact)?,
        kind: record.artifact.kind,
        version: record.version,
        number: record.number,
        event: record.event,
        person: record.person.clone(),
        authors: record.authors.clone(),
        time: record.time,
        message: record.message.clone(),
        path: record.path.clone(),
        renamed_from: record.renamed_from.as_ref().map(label).transpose()?,
        renamed_to: record.renamed_to.as_ref().map(label).transpose()?,
        deleted: record.version.is_none(),
        class: None,
        changes: None,
        purged: None,
    })
}

impl Version {
    /// Says what the commit changed, compared with the one before it; of purged bytes, that they were.
    fn add_changes(
        &mut self,
        world: &World,
        record: &LineageRecord,
        before: Option<&LineageRecord>,
    ) -> Result<(), Failure> {
        let read = |record: Option<&LineageRecord>| match record {
            Some(record) if record.version.is_some() => source_of(world, record).map(Some),
            _ => Ok(None),
        };
        let (old, new) = match (read(before), read(Some(record))) {
            (Err(failure), _) | (_, Err(failure)) if failure.code == "purged" => {
                self.purged = Some(failure.message);
                return Ok(());
            }
            (old, new) => (old?, new?),
        };
        let mut changes = Changes::between(old.as_ref(), new.as_ref(), Look::Lines);
        if record.renamed_from.is_some() && old.is_some() {
            changes = changes.renamed();
        }
        self.class = Some(changes.class);
        self.changes = Some(changes.files);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ledger::{Commit, HeadChange},
        ops::{
            record::record,
            story::{self, commit},
            testing::TestProject,
        },
    };

    fn ask(artifact: Option<&str>, patch: bool, limit: Option<usize>) -> Request {
        Request { artifact: artifact.map(|name| name.parse().unwrap()), patch, limit }
    }

    /// Two commits of `a`, one of `b`, then `a` goes on as `c`.
    fn renamed() -> (TestProject, World) {
        let project = TestProject::new();
        let world = project.of("maya");
        commit(&world, &[("prompt/a", "one\n"), ("prompt/b", "b\n")]);
        let second = commit(&world, &[("prompt/a", "two\n")]);
        let version = VersionId(world.store.put(&[b"two\n"]).unwrap().remove(0));
        let change = HeadChange {
            artifact: story::artifact("prompt/c"),
            moved: Some(second.event),
            renamed_from: Some(story::artifact("prompt/a")),
            version: Some(version),
            listed: false,
            path: Some("prompts/c.md".to_owned()),
            template: Some(true),
        };
        let deed = Commit { message: "a better name".to_owned(), authors: Vec::new(), changes: vec![change] };
        record(&world, Deed::Commit(deed)).unwrap();
        (project, world)
    }

    #[test]
    fn history_follows_a_rename_and_stops_where_it_is_told() {
        let (_project, world) = renamed();
        let names = |outcome: &Outcome| -> Vec<(String, u64)> {
            outcome.versions.iter().map(|version| (version.artifact.clone(), version.number)).collect()
        };
        let all = run(&world, &ask(Some("c"), true, None)).unwrap();
        assert_eq!(names(&all), [("c".to_owned(), 3), ("a".to_owned(), 2), ("a".to_owned(), 1)]);
        let classes: Vec<_> = all.versions.iter().filter_map(|version| version.class).collect();
        assert_eq!(classes, [Class::Renamed, Class::Text, Class::Added]);
        let two = run(&world, &ask(Some("c"), false, Some(2))).unwrap();
        assert_eq!((names(&two).len(), two.more), (2, true));
    }

    #[test]
    fn an_earlier_name_says_where_it_went() {
        let (_project, world) = renamed();
        let old = run(&world, &ask(Some("a"), false, None)).unwrap();
        assert_eq!(old.renamed_to.as_deref(), Some("c"));
        assert!(old.versions[0].deleted);
    }

    #[test]
    fn the_project_is_listed_by_commit_newest_first() {
        let (_project, world) = renamed();
        let all = run(&world, &ask(None, true, Some(2))).unwrap();
        let shown: Vec<_> = all.versions.iter().map(|v| (v.artifact.as_str(), v.number, v.class)).collect();
        assert_eq!(shown, [("c", 3, Some(Class::Renamed)), ("a", 2, Some(Class::Text))]);
        assert!(all.more);
    }

    #[test]
    fn an_unknown_artifact_is_answered_with_the_nearest() {
        let (_project, world) = renamed();
        let failure = run(&world, &ask(Some("cc"), false, None)).unwrap_err();
        assert_eq!(failure.code, "unknown-artifact");
    }
}
