//! The project folder beside the heads: what each file is, and what this clone remembers of it.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use super::{Failure, Revision, Spec, World, resolve::unmeant, standing::Standing};
use crate::{
    artifact::Parsed,
    name::{Artifact, Kind, Name},
    object::{EventId, VersionId},
    problem::Problem,
    state::HeadRecord,
    workspace::{
        self, Coming, FileState, Found, Index, IndexError, Labels, Place, Record, WorkingFile, discover, judge,
    },
};

/// The project folder as it is, the heads as they are, and this clone's memory of both.
pub(super) struct Working<'a> {
    world: &'a World,
    /// Where the project stands.
    pub(super) standing: Standing<'a>,
    /// What stands in the folder.
    pub(super) found: Found,
    /// Every head, deletions included, by the artifact's key.
    heads: BTreeMap<String, HeadRecord>,
    index: Index,
    /// Whether what this clone remembered could not be read.
    pub(super) forgot: bool,
}

/// One artifact: its file, its head, and how the one stands to the other.
#[derive(Debug)]
pub(super) struct Item {
    /// The artifact.
    pub(super) artifact: Artifact,
    /// Where its file stands, or stood.
    pub(super) path: String,
    /// How its file stands to its head.
    pub(super) state: FileState,
    /// The version its bytes are; `None` without a file, or with one that cannot be used.
    pub(super) version: Option<VersionId>,
    /// The newest commit of it, a deletion perhaps.
    pub(super) head: Option<HeadRecord>,
    /// Its files, where they had to be read to say so.
    pub(super) file: Option<WorkingFile>,
    /// Why its file cannot be used.
    pub(super) problem: Option<Problem>,
    base: Option<(VersionId, u64)>,
}

impl Item {
    /// Whether its head is a version that is there.
    pub(super) fn is_committed(&self) -> bool {
        self.head.as_ref().is_some_and(|head| head.version.is_some())
    }

    /// The record of its file while a commit of it is about to be recorded as this event.
    pub(super) fn coming(&self, event: EventId) -> Option<Record> {
        let file = self.file.as_ref()?;
        let coming = Coming { event, version: file.version(), number: self.next_number() };
        Some(Record { coming: Some(coming), ..Record::of(file, self.base) })
    }

    /// What a commit of it would be numbered.
    pub(super) fn next_number(&self) -> u64 {
        self.head.as_ref().map_or(0, |head| head.number) + 1
    }
}

/// The names there are, read once for many questions.
pub(super) struct Named {
    known: BTreeSet<Artifact>,
    paths: BTreeMap<String, Artifact>,
}

impl Named {
    /// The artifacts that a name, a file or a folder means, sorted; never none.
    ///
    /// # Errors
    ///
    /// `unknown-artifact` or `ambiguous-name`.
    pub(super) fn meant(&self, text: &str) -> Result<Vec<Artifact>, Failure> {
        // A file that is spelled as it is, and whose path is nobody's name, needs no search.
        let is_name = Name::parse(text).is_ok_and(|name| {
            Kind::ALL.into_iter().any(|kind| self.known.contains(&Artifact::new(kind, name.clone())))
        });
        if let Some(artifact) = self.paths.get(text).filter(|_| !is_name) {
            return Ok(vec![artifact.clone()]);
        }
        let spec = Spec { text: text.to_owned(), revision: Revision::Default };
        workspace::resolve(&spec, &self.known, &self.paths).map_err(unmeant)
    }

    /// How each artifact is shown.
    pub(super) fn labels(&self) -> Labels {
        Labels::new(&self.known)
    }
}

/// What is known before it is said whether git calls a file unmodified.
struct Seen {
    item: Item,
    is_older_version: bool,
}

impl<'a> Working<'a> {
    /// Lists the folder, and reads the heads and this clone's memory as they stood at one moment: no commit that was
    /// recorded is missing in the one and there in the other.
    ///
    /// # Errors
    ///
    /// When the project has not begun, or something cannot be read.
    pub(super) fn read(world: &'a World) -> Result<Self, Failure> {
        let turn = world.guard.hold()?;
        let standing = Standing::read(world)?;
        let (index, forgot) = remembered(world)?;
        drop(turn);
        Self::of(world, standing, index, forgot)
    }

    /// The same for those who only look: nobody is waited for and nothing is locked.
    ///
    /// # Errors
    ///
    /// As [`Working::read`].
    pub(super) fn glance(world: &'a World) -> Result<Self, Failure> {
        let (index, forgot) = remembered(world)?;
        let standing = Standing::read(world)?;
        Self::of(world, standing, index, forgot)
    }

    fn of(world: &'a World, standing: Standing<'a>, index: Index, forgot: bool) -> Result<Self, Failure> {
        let found = discover(world.tree.as_ref(), &standing.governance.sources)?;
        let heads = standing.state().heads()?.into_iter().map(|head| (head.artifact.key(), head)).collect();
        Ok(Self { world, standing, found, heads, index, forgot })
    }

    /// Everything there is: files, and heads without a file. Sorted.
    pub(super) fn artifacts(&self) -> Vec<Artifact> {
        let filed: BTreeMap<String, &Artifact> =
            self.found.places.keys().map(|artifact| (artifact.key(), artifact)).collect();
        let unfiled = self.heads.iter().filter(|(key, head)| head.version.is_some() && !filed.contains_key(*key));
        let mut all: Vec<Artifact> = unfiled.map(|(_, head)| head.artifact.clone()).collect();
        all.extend(filed.into_values().cloned());
        all.sort();
        all
    }

    /// Finds what people name among files and heads: each by name, file or folder, as [`workspace::resolve`] says.
    pub(super) fn names(&self) -> Named {
        let known: BTreeSet<Artifact> = self.artifacts().into_iter().collect();
        let live = self.heads.values().filter(|head| head.version.is_some());
        let mut paths: BTreeMap<String, Artifact> =
            live.filter_map(|head| Some((head.path.clone()?, head.artifact.clone()))).collect();
        paths.extend(self.found.paths());
        Named { known, paths }
    }

    /// How each of these stands. Files that this clone remembers unchanged are not read.
    ///
    /// # Errors
    ///
    /// When the disk, git or the state cannot be read.
    pub(super) fn judge(&self, artifacts: &[Artifact]) -> Result<Vec<Item>, Failure> {
        let mut seen = Vec::with_capacity(artifacts.len());
        for artifact in artifacts {
            seen.push(self.look(artifact)?);
        }
        let unmodified = self.unmodified(&seen)?;
        Ok(seen
            .into_iter()
            .map(|Seen { item, is_older_version }| {
                let git_unmodified = is_older_version && unmodified.contains(&item.path);
                Item { state: state(&item, is_older_version, git_unmodified), ..item }
            })
            .collect())
    }

    /// One artifact, judged.
    ///
    /// # Errors
    ///
    /// As [`Working::judge`].
    pub(super) fn one(&self, artifact: &Artifact) -> Result<Item, Failure> {
        let judged = self.judge(std::slice::from_ref(artifact))?.pop();
        judged.ok_or_else(|| Failure::bug("an artifact was not judged"))
    }

    fn look(&self, artifact: &Artifact) -> Result<Seen, Failure> {
        let head = self.heads.get(&artifact.key()).cloned();
        let place = self.found.places.get(artifact);
        let base = base(&self.standing, &self.index, artifact, head.as_ref())?;
        let path = place.map(|place| place.path.clone()).or_else(|| head.as_ref().and_then(|head| head.path.clone()));
        let mut item = Item {
            artifact: artifact.clone(),
            path: path.unwrap_or_default(),
            state: FileState::Clean,
            version: None,
            head,
            file: None,
            problem: None,
            base,
        };
        if let Some(place) = place {
            match self.index.unchanged(&self.found, place) {
                Some(version) => item.version = Some(version),
                None => match self.load(place)? {
                    Ok(file) => {
                        item.version = Some(file.version());
                        item.file = Some(file);
                    }
                    Err(problem) => item.problem = Some(problem),
                },
            }
        }
        let is_older_version = match (&item.head, item.version) {
            (Some(head), Some(version)) if head.version != Some(version) => {
                self.standing.state().version(artifact, version)?.is_some()
            }
            _ => false,
        };
        Ok(Seen { item, is_older_version })
    }

    /// The paths of older versions that git calls unmodified.
    fn unmodified(&self, seen: &[Seen]) -> Result<BTreeSet<String>, Failure> {
        let older: Vec<&str> =
            seen.iter().filter(|seen| seen.is_older_version).map(|seen| seen.item.path.as_str()).collect();
        if older.is_empty() {
            return Ok(BTreeSet::new());
        }
        Ok(self.world.tree.unmodified(&older)?.into_iter().collect())
    }

    fn load(&self, place: &Place) -> Result<Result<WorkingFile, Problem>, Failure> {
        Ok(self.found.load(self.world.tree.as_ref(), place)?)
    }

    /// The item's files, read if they were not yet; `None` without any, or where they cannot be used.
    ///
    /// # Errors
    ///
    /// When the disk fails.
    pub(super) fn open(&self, item: &mut Item) -> Result<(), Failure> {
        let Some(place) = self.found.places.get(&item.artifact).filter(|_| item.file.is_none()) else {
            return Ok(());
        };
        match self.load(place)? {
            Ok(file) => {
                item.version = Some(file.version());
                item.file = Some(file);
            }
            Err(problem) => item.problem = Some(problem),
        }
        Ok(())
    }

    /// Remembers what these files hashed to, and of those in step with their head that they are. What other
    /// processes remembered meanwhile stays; not being able to remember is no failure.
    pub(super) fn remember(&self, items: &[Item]) {
        let news = items.iter().filter_map(|item| self.news(item)).collect::<Vec<Record>>();
        if !news.is_empty() || self.forgot {
            // What is lost here is found out again by reading the files.
            let _ = remember(self.world, Vec::new(), news);
        }
    }

    fn news(&self, item: &Item) -> Option<Record> {
        let in_step = item.head.as_ref().filter(|_| item.state == FileState::Clean);
        let in_step = in_step.and_then(|head| Some((head.version.filter(|v| item.version == Some(*v))?, head.number)));
        let base = in_step.or(item.base);
        match &item.file {
            Some(file) => Some(Record::of(file, base)),
            None if base != item.base => Some(Record { base, coming: None, ..self.index.get(&item.artifact)?.clone() }),
            None => None,
        }
    }
}

/// How a working file stands to its head.
fn state(item: &Item, is_older_version: bool, git_unmodified: bool) -> FileState {
    let head = item.head.as_ref();
    if item.problem.is_some() {
        return match head.and_then(|head| head.version.map(|_| head.number)) {
            None => FileState::New,
            Some(number) if item.base.is_some_and(|(_, base)| base == number) => FileState::Changed,
            Some(_) => FileState::Diverged,
        };
    }
    let base = item.base.map(|(version, _)| version);
    let head_version = head.and_then(|head| head.version);
    let standing =
        workspace::Standing { working: item.version, base, head: head_version, is_older_version, git_unmodified };
    let judged = judge(standing);
    let in_step = item.base.map(|(_, number)| number) == head.map(|head| head.number);
    match judged {
        // The bytes of the base came back by way of others: what they did in between was never seen here.
        FileState::Changed if !in_step => FileState::Diverged,
        FileState::Deleted if !in_step => FileState::Behind,
        // Somebody deleted it, and here it was not touched since: no commit brings it back.
        FileState::New if head.is_some() && base.is_some() && base == item.version => FileState::Behind,
        // The same bytes at another place are a change of their own.
        FileState::Clean if item.version.is_some() && head.and_then(|head| head.path.as_ref()) != Some(&item.path) => {
            FileState::Changed
        }
        judged => judged,
    }
}

/// The version an artifact's file was last in step with here, and its number. A commit that was about to be recorded
/// when this clone last wrote it down counts from the moment it is.
///
/// # Errors
///
/// When the state cannot be read.
pub(super) fn base(
    standing: &Standing<'_>,
    index: &Index,
    artifact: &Artifact,
    head: Option<&HeadRecord>,
) -> Result<Option<(VersionId, u64)>, Failure> {
    let Some(record) = index.get(artifact) else { return Ok(None) };
    let (Some(coming), Some(head)) = (record.coming, head) else { return Ok(record.base) };
    let came = match head.number.cmp(&coming.number) {
        Ordering::Less => false,
        Ordering::Equal => head.event == coming.event,
        Ordering::Greater => {
            standing.state().commit(&head.artifact, coming.number)?.is_some_and(|commit| commit.event == coming.event)
        }
    };
    Ok(if came { Some((coming.version, coming.number)) } else { record.base })
}

/// What this clone remembers, and whether it had to be given up; a memory that is damaged only costs comfort.
fn remembered(world: &World) -> Result<(Index, bool), Failure> {
    match Index::open(world.settings.as_ref()) {
        Ok(index) => Ok((index, false)),
        Err(IndexError::Damaged { .. }) => Ok((Index::default(), true)),
        Err(IndexError::Tree(error)) => Err(error.into()),
    }
}

/// Changes this clone's memory of some artifacts. It is read anew under the lock, so that what other processes
/// remembered of other artifacts stays; and of one artifact, whoever saw the newer commit is right.
///
/// # Errors
///
/// When it cannot be locked or written.
pub(super) fn remember(world: &World, forget: Vec<Artifact>, records: Vec<Record>) -> Result<(), Failure> {
    let _turn = world.guard.hold()?;
    let (mut index, _) = remembered(world)?;
    for artifact in forget {
        index.forget(&artifact);
    }
    for mut record in records {
        let number = |record: &Record| record.base.map_or(0, |(_, number)| number);
        if let Some(known) = index.get(&record.artifact) {
            match number(known).cmp(&number(&record)) {
                Ordering::Greater => continue,
                // Whoever only looked does not know of a commit that is on its way.
                Ordering::Equal => record.coming = record.coming.or(known.coming),
                Ordering::Less => {}
            }
        }
        index.set(record);
    }
    Ok(index.save(world.settings.as_ref())?)
}

/// Reads what a file says, as the rules will when it is committed.
///
/// # Errors
///
/// Everything wrong with it.
pub(super) fn parse(file: &WorkingFile) -> Result<Parsed, Vec<Problem>> {
    let (kind, name) = (file.artifact.kind, &file.artifact.name);
    let (parsed, _) = crate::artifact::parse(kind, name, &file.path, &file.source, file.template).map_err(errors)?;
    if let Parsed::Prompt(prompt) = &parsed {
        let text = String::from_utf8_lossy(&file.source.main.bytes);
        crate::render::uses(prompt, &file.path, &text).map_err(errors)?;
    }
    Ok(parsed)
}

/// Warnings do not keep a file from being used.
fn errors(problems: Vec<Problem>) -> Vec<Problem> {
    problems.into_iter().filter(|problem| !problem.warning).collect()
}
