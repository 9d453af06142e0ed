//! The versions among which the one that broke a case is looked for, oldest first.

use crate::{
    clock::Time,
    name::{Artifact, Handle, Kind, Name},
    object::{EventId, VersionId},
    ops::{
        Failure, Revision, World, at,
        resolve::pick,
        stage::{Ground, Stage},
        standing::Standing,
    },
    state::{LineageRecord, lineage},
    workspace::Found,
};

/// An artifact's commits in the order of its log, and its file after them where that is asked too.
pub(super) struct History<'a> {
    world: &'a World,
    standing: &'a Standing<'a>,
    artifact: Artifact,
    records: Vec<LineageRecord>,
    /// The file's version, where the file is the last of them.
    file: Option<VersionId>,
}

/// Where looking begins.
pub(super) struct Range {
    /// The version that must pass; the oldest that can be asked where nobody says.
    pub(super) good: Option<usize>,
    /// The version that must fail.
    pub(super) bad: usize,
}

impl<'a> History<'a> {
    /// Reads an artifact's history through its names.
    pub(super) fn of(
        world: &'a World,
        standing: &'a Standing<'a>,
        found: &Found,
        artifact: Artifact,
    ) -> Result<Self, Failure> {
        let state = standing.state();
        let number = state.head(&artifact)?.map_or(0, |head| head.number);
        if number == 0 {
            return Err(Failure::cannot("unknown-version", format!("`{artifact}` was never committed"))
                .because("there are no versions to look through")
                .run("chancery commit -m \"why\""));
        }
        let mut records = lineage(&state, &artifact, number, usize::MAX)?;
        records.reverse();
        let file = match found.places.get(&artifact) {
            Some(place) => found.load(world.tree.as_ref(), place)?.ok().map(|file| file.version()),
            None => None,
        };
        Ok(Self { world, standing, artifact, records, file })
    }

    /// The two ends as they were asked for.
    pub(super) fn range(&self, good: Option<&Revision>, bad: Option<&Revision>) -> Result<Range, Failure> {
        let head = self.records.len() - 1;
        let changed = self.file.is_some() && self.file != self.records.get(head).and_then(|record| record.version);
        let bad = match bad {
            Some(revision) => self.place(revision)?,
            None if changed => self.records.len(),
            None => head,
        };
        let good = good.map(|revision| self.place(revision)).transpose()?;
        if good.is_some_and(|good| good >= bad) {
            return Err(Failure::usage("the version that passed must be older than the one that fails")
                .because(format!("`{}` is not older than `{}`", self.label(good.unwrap_or(bad)), self.label(bad)))
                .run(format!("chancery log {}", self.artifact)));
        }
        if bad == 0 {
            return Err(Failure::cannot("one-version", format!("`{}` has one version", self.artifact))
                .because("what broke a case is looked for between a version that passes and a later one that fails"));
        }
        Ok(Range { good, bad })
    }

    fn place(&self, revision: &Revision) -> Result<usize, Failure> {
        if matches!(revision, Revision::Work) {
            let missing =
                || Failure::cannot("no-file", format!("`{}` has no file here that can be read", self.artifact));
            return self.file.map(|_| self.records.len()).ok_or_else(missing);
        }
        let picked = pick(self.standing, &self.artifact, revision)?;
        let same =
            |record: &LineageRecord| record.number == picked.number && record.artifact.key() == picked.artifact.key();
        self.records.iter().position(same).ok_or_else(|| {
            Failure::cannot("unknown-version", format!("`{revision}` is not in the history of `{}`", self.artifact))
                .run(format!("chancery log {}", self.artifact))
        })
    }

    /// How a version is named: `v3`, or `file`.
    pub(super) fn label(&self, at: usize) -> String {
        self.records.get(at).map_or_else(|| "file".to_owned(), |record| format!("v{}", record.number))
    }

    /// What is known of a version.
    pub(super) fn version(&self, at: usize) -> Version {
        let record = self.records.get(at);
        Version {
            label: self.label(at),
            version: record.map_or(self.file, |record| record.version),
            number: record.map(|record| record.number),
            event: record.map(|record| record.event),
            person: record.map(|record| record.person.clone()),
            authors: record.map(|record| record.authors.clone()).unwrap_or_default(),
            time: record.map(|record| record.time),
            message: record.map(|record| record.message.clone()),
        }
    }

    /// Looks a bundle up as it was with a version: among the heads right after its commit, or among the files.
    pub(super) fn with_stage<T>(
        &self,
        at: usize,
        look: impl FnOnce(&Stage<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let Some(record) = self.records.get(at) else {
            return look(&Stage::open(self.world, self.standing, Ground::Work)?);
        };
        let missing =
            || Failure::refused("ledger-damaged", "a commit has no place in the ledger").run("chancery verify");
        let placed = self.standing.state().placed(record.event)?.ok_or_else(missing)?;
        let then = at::after(self.world, placed.seq)?;
        look(&Stage::open(self.world, &then, Ground::Heads)?)
    }

    /// The prompt that a case tested, under the name it had then.
    pub(super) fn prompt(&self, at: usize, tested: &Name) -> Name {
        let is_tested = self.artifact.name.folded() == tested.folded();
        match self.records.get(at).filter(|record| is_tested && record.artifact.kind == Kind::Prompt) {
            Some(record) => record.artifact.name.clone(),
            None => tested.clone(),
        }
    }
}

/// One version of the history.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Version {
    /// `v3`, or `file`.
    pub label: String,
    /// The version; absent for a deletion.
    pub version: Option<VersionId>,
    /// Its place among the artifact's commits; absent for a file that is not committed, as all below.
    pub number: Option<u64>,
    /// The event.
    pub event: Option<EventId>,
    /// Who committed it.
    pub person: Option<Handle>,
    /// Declared authors besides.
    pub authors: Vec<Handle>,
    /// When it was recorded.
    pub time: Option<Time>,
    /// Why.
    pub message: Option<String>,
}
