//! The project folder beside the heads: what each file is, and what this clone remembers of it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Failure, Revision, Spec, World, memory,
    resolve::unmeant,
    standing::Standing,
    step::{Base, Question, Steps, files_of},
};
use crate::{
    artifact::Parsed,
    name::{Artifact, Kind, Name},
    object::{EventId, VersionId},
    problem::Problem,
    state::HeadRecord,
    workspace::{self, Coming, FileState, Found, Ground, Index, Labels, Place, Record, WorkingFile, discover, judge},
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
    steps: Steps<'a>,
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
    /// The version its file was last in step with; looked up where the file does not have the head's bytes.
    pub(super) base: Option<Base>,
}

impl Item {
    /// Whether its head is a version that is there.
    pub(super) fn is_committed(&self) -> bool {
        self.head.as_ref().is_some_and(|head| head.version.is_some())
    }

    /// The record of its file while a commit of it is about to be recorded as this event.
    pub(super) fn coming(&self, event: EventId, ground: Option<&Ground>) -> Option<Record> {
        let file = self.file.as_ref()?;
        let coming = Coming { event, version: file.version(), number: self.next_number() };
        Some(Record { coming: Some(coming), ..Record::of(file, self.base, ground) })
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
        let (index, forgot) = memory::read(world)?;
        drop(turn);
        Self::of(world, standing, index, forgot)
    }

    /// The same for those who only look: nobody is waited for and nothing is locked.
    ///
    /// # Errors
    ///
    /// As [`Working::read`].
    pub(super) fn glance(world: &'a World) -> Result<Self, Failure> {
        let (index, forgot) = memory::read(world)?;
        let standing = Standing::read(world)?;
        Self::of(world, standing, index, forgot)
    }

    fn of(world: &'a World, standing: Standing<'a>, index: Index, forgot: bool) -> Result<Self, Failure> {
        let steps = Steps::open(world)?;
        let found = discover(world.tree.as_ref(), &standing.governance.sources)?;
        let heads = standing.state().heads()?.into_iter().map(|head| (head.artifact.key(), head)).collect();
        Ok(Self { world, standing, found, heads, index, steps, forgot })
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
        artifacts.iter().map(|artifact| self.look(artifact)).collect()
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

    fn look(&self, artifact: &Artifact) -> Result<Item, Failure> {
        let head = self.heads.get(&artifact.key()).cloned();
        let place = self.found.places.get(artifact);
        let path = place.map(|place| place.path.clone()).or_else(|| head.as_ref().and_then(|head| head.path.clone()));
        let mut item = Item {
            artifact: artifact.clone(),
            path: path.unwrap_or_default(),
            state: FileState::Clean,
            version: None,
            head,
            file: None,
            problem: None,
            base: None,
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
        self.step(&mut item, place.is_some())?;
        Ok(item)
    }

    /// Finds the base and the state of a file that was looked at.
    fn step(&self, item: &mut Item, is_there: bool) -> Result<(), Failure> {
        let record = self.index.get(&item.artifact);
        let head = item.head.as_ref();
        let head_version = head.and_then(|head| head.version);
        // Of a file with its head's bytes nothing more need be known; what was deleted, only this clone tells.
        if head_version.is_none() || head_version == item.version {
            item.base = memory::base(&self.standing, record, head)?;
            item.state = state(item, false, false);
            return Ok(());
        }
        let files = match &item.file {
            Some(file) => file.files.iter().map(|file| file.path.clone()).collect(),
            None if is_there && item.problem.is_some() => vec![item.path.clone()],
            None => files_of(record),
        };
        let files = if files.is_empty() { vec![item.path.clone()] } else { files };
        let is_older = match item.version {
            Some(version) => self.standing.state().version(&item.artifact, version)?.is_some(),
            None => false,
        };
        let is_unmodified = match item.version.filter(|_| is_older) {
            Some(version) => self.steps.is_unmodified(&files, version)?,
            None => false,
        };
        let question = Question { artifact: &item.artifact, head, files, is_there };
        item.base = self.steps.base(&self.standing, &self.index, &question)?;
        item.state = state(item, is_older, is_unmodified);
        Ok(())
    }

    /// Remembers of a file that was just written here that it is in step with this version.
    ///
    /// # Errors
    ///
    /// When it cannot be read again, or not be remembered.
    pub(super) fn in_step(&self, artifact: &Artifact, base: Base) -> Result<(), Failure> {
        let found = discover(self.world.tree.as_ref(), &self.standing.governance.sources)?;
        let Some(place) = found.places.get(artifact) else { return Ok(()) };
        match found.load(self.world.tree.as_ref(), place)? {
            Ok(file) => memory::remember(self.world, Vec::new(), vec![Record::of(&file, Some(base), self.ground())]),
            Err(_) => Ok(()),
        }
    }

    /// Where git stands.
    pub(super) fn ground(&self) -> Option<&Ground> {
        self.steps.ground()
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
            let _ = memory::found(self.world, &self.index, news);
        }
    }

    fn news(&self, item: &Item) -> Option<Record> {
        let known = self.index.get(&item.artifact);
        let in_step = item.head.as_ref().filter(|_| item.state == FileState::Clean);
        let in_step = in_step.and_then(|head| Some((head.version.filter(|v| item.version == Some(*v))?, head.number)));
        let base = in_step.or(item.base);
        let ground = self.ground();
        let mut record = if let Some(file) = &item.file {
            Record::of(file, base, ground)
        } else {
            let known = known?;
            let remembered = memory::base(&self.standing, Some(known), item.head.as_ref()).ok()?;
            let branch = |ground: Option<&Ground>| ground.map(|ground| ground.branch.clone());
            if base == remembered && branch(ground) == branch(known.ground.as_ref()) {
                return None;
            }
            Record { base, ground: ground.cloned(), ..known.clone() }
        };
        // A commit on its way stays so, unless it came or what came of it is known better.
        let is_open = |coming: &Coming| item.head.as_ref().is_none_or(|head| head.number < coming.number);
        record.coming = known.and_then(|known| known.coming).filter(is_open);
        Some(record)
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
        // It was edited here while somebody deleted it.
        FileState::New
            if head.is_some_and(|head| {
                item.base.is_some_and(|(version, number)| number < head.number && item.version != Some(version))
            }) =>
        {
            FileState::Diverged
        }
        // Somebody deleted it, and here it was not touched since: no commit brings it back.
        FileState::New if head.is_some() && base.is_some() && base == item.version => FileState::Behind,
        // The same bytes at another place are a change of their own.
        FileState::Clean if item.version.is_some() && head.and_then(|head| head.path.as_ref()) != Some(&item.path) => {
            FileState::Changed
        }
        judged => judged,
    }
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
