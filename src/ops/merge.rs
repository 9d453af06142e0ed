//! `merge`: what others committed and what was edited here, put together in the file.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    Answer, Exit, Failure, World,
    layout::{self, file_path},
    markers, memory,
    named::named,
    own_files::own_files,
    restore,
    sources::source_of,
    working::{Item, Working},
};
use crate::{
    artifact::{Source, SourceFile},
    diff,
    name::Kind,
    object::VersionId,
    state::LineageRecord,
    workspace::FileState,
};

/// What to merge.
#[derive(Debug, Clone)]
pub struct Request {
    /// A name or a file.
    pub artifact: String,
}

/// What became of the file.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The artifact.
    pub artifact: String,
    /// Its kind.
    pub kind: Kind,
    /// Its file.
    pub path: String,
    /// What was done.
    pub result: Done,
    /// The version the file was in step with before.
    pub base: Option<VersionId>,
    /// The base's place among the artifact's commits.
    pub base_number: Option<u64>,
    /// The head, which the file is in step with now; none for a deletion.
    pub head: Option<VersionId>,
    /// The head's place among the artifact's commits.
    pub number: u64,
    /// The files that were written or taken away, sorted.
    pub files: Vec<String>,
    /// What a person has to put together, by place.
    pub conflicts: Vec<Conflict>,
}

/// What a merge did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Done {
    /// Both sides stand in the file, between marks where they do not go together.
    Merged,
    /// Nothing was edited here: the file is what its head is.
    Taken,
    /// The head did not move: the file is as it was.
    Nothing,
}

/// A place where both sides changed the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Conflict {
    /// The file.
    pub path: String,
    /// The line of the first mark, from 1; the first line of a file that one side deleted.
    pub line: u32,
    /// The line of the last mark.
    pub end: u32,
    /// Which side deleted the file that the other one changed; the file was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Side>,
}

/// One side of a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The working file.
    Work,
    /// The head.
    Head,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.merge/1";

    fn exit(&self) -> Exit {
        if self.conflicts.is_empty() { Exit::Done } else { Exit::No }
    }
}

/// Writes into the file what the head has and the file has not, and remembers that the file is in step with the head.
/// Nothing is recorded. Killed in between, the same command ends it.
///
/// # Errors
///
/// `no-base` when it is not known what the file was edited on; `head-deleted`; `not-text`; `unsaved-changes` when a
/// file would be written over that belongs to no version; `invalid-files`.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    let working = Working::read(world)?;
    let (label, item) = named(&working, &request.artifact)?;
    if let Some(problem) = &item.problem {
        return Err(Failure::problems(vec![problem.clone()]));
    }
    let Some(head) = item.head.clone() else {
        return Err(Failure::cannot("never-committed", format!("`{label}` was never committed"))
            .say("there is nothing to merge it with: commit it"));
    };
    let base_number = item.base.map(|(_, number)| number);
    let mut outcome = Outcome {
        artifact: label,
        kind: item.artifact.kind,
        path: item.path.clone(),
        result: Done::Nothing,
        base: item.base.map(|(version, _)| version),
        base_number,
        head: head.version,
        number: head.number,
        files: Vec::new(),
        conflicts: Vec::new(),
    };
    match item.state {
        FileState::Clean | FileState::Changed | FileState::New | FileState::Deleted => {
            outcome.conflicts = unresolved(world, &working, &item)?;
        }
        FileState::Behind => take(world, &working, &item, &mut outcome)?,
        FileState::Diverged => together(world, &working, &item, &mut outcome)?,
    }
    outcome.files.sort();
    outcome.conflicts.sort();
    Ok(outcome)
}

/// What a merge before left to a person.
fn unresolved(world: &World, working: &Working<'_>, item: &Item) -> Result<Vec<Conflict>, Failure> {
    let Some(file) = &item.file else { return Ok(Vec::new()) };
    let problems = markers::problems(world, Some(&working.standing), &item.artifact, &file.path, &file.source)?;
    let mut conflicts = Vec::new();
    for problem in problems {
        let bytes = file.source.files().find(|one| file_path(&file.path, &one.path) == problem.path);
        let text = String::from_utf8_lossy(bytes.map(|file| file.bytes.as_slice()).unwrap_or_default());
        let of_problem = diff::conflicts(&text).into_iter().filter(|one| one.line == problem.line);
        conflicts.extend(of_problem.map(|one| marked(&problem.path, &one)));
    }
    Ok(conflicts)
}

fn marked(path: &str, one: &diff::Conflict) -> Conflict {
    Conflict { path: path.to_owned(), line: one.line, end: one.end, deleted: None }
}

/// The head's bytes into a file that nobody edited; or the file away, where the head is a deletion.
fn take(world: &World, working: &Working<'_>, item: &Item, outcome: &mut Outcome) -> Result<(), Failure> {
    outcome.result = Done::Taken;
    if outcome.head.is_none() {
        outcome.files = own_files(world, working, item)?;
        for file in &outcome.files {
            world.tree.remove(file)?;
        }
        return memory::remember(world, vec![item.artifact.clone()], Vec::new());
    }
    let record = commit(working, item, outcome.number)?;
    outcome.path = restore::place_of(working, item, &record)?;
    let source = layout::under(&source_of(world, &record)?, &outcome.path);
    restore::nothing_lost(world, working, item, &source, &outcome.path)?;
    write(world, working, item, &source, outcome)
}

/// What was edited here and what the head has.
fn together(world: &World, working: &Working<'_>, item: &Item, outcome: &mut Outcome) -> Result<(), Failure> {
    let label = outcome.artifact.clone();
    let Some(file) = &item.file else { return Err(Failure::bug("a file that is not there has diverged")) };
    if outcome.head.is_none() {
        return Err(Failure::cannot("head-deleted", format!("`{label}` was edited here and deleted by others"))
            .because("a deletion and an edit cannot be put together")
            .run(format!("chancery log {label} -n 2"))
            .say("to keep your file as a new version, commit it with `--onto-head`; else delete it"));
    }
    let Some((_, number)) = item.base else { return Err(no_base(&label, &item.path)) };
    let left = markers::problems(world, Some(&working.standing), &item.artifact, &file.path, &file.source)?;
    if !left.is_empty() {
        return Err(Failure::problems(left).because("what is not resolved cannot be merged again"));
    }
    let committed = |number: u64| -> Result<Source, Failure> {
        let record = commit(working, item, number)?;
        Ok(layout::under(&source_of(world, &record)?, &file.path))
    };
    let sides = Sides { base: committed(number)?, ours: file.source.clone(), theirs: committed(outcome.number)? };
    let mut merge = Merge { path: &file.path, head: outcome.number, files: Vec::new(), conflicts: Vec::new() };
    for path in sides.paths() {
        merge.file(&path, sides.of(&path)).ok_or_else(|| not_text(&label, &file_path(&file.path, &path)))?;
    }
    let source = merge.source(&file.source.main.path).ok_or_else(|| Failure::bug("a merge left no file"))?;
    outcome.conflicts = merge.conflicts;
    outcome.result = Done::Merged;
    restore::nothing_beside_lost(world, item, &source, &file.path)?;
    write(world, working, item, &source, outcome)
}

fn no_base(label: &str, path: &str) -> Failure {
    Failure::cannot("no-base", format!("it is not known which version `{path}` was edited on"))
        .because("neither this clone nor git's history has a version of it")
        .run(format!("chancery diff {label}@head {label}@work"))
        .say("put what the head has into your file by hand, then commit with `--onto-head`")
        .run(format!("chancery restore {label} --force"))
}

fn not_text(label: &str, path: &str) -> Failure {
    Failure::cannot("not-text", format!("`{path}` cannot be merged line by line"))
        .because("it holds a zero byte, so it is no text")
        .say("to record your file on top of the head, commit it with `--onto-head`")
        .run(format!("chancery restore {label} --force"))
}

fn commit(working: &Working<'_>, item: &Item, number: u64) -> Result<LineageRecord, Failure> {
    let record = working.standing.state().commit(&item.artifact, number)?;
    record.ok_or_else(|| Failure::bug("a version has no commit"))
}

/// Writes the files, and remembers that they are in step with the head.
fn write(
    world: &World,
    working: &Working<'_>,
    item: &Item,
    source: &Source,
    outcome: &mut Outcome,
) -> Result<(), Failure> {
    outcome.files = restore::put(world, working, item, source, &outcome.path)?;
    match outcome.head {
        Some(head) => working.in_step(&item.artifact, (head, outcome.number)),
        None => Ok(()),
    }
}

/// Three versions of an artifact's files, the main one called alike in each.
struct Sides {
    base: Source,
    ours: Source,
    theirs: Source,
}

impl Sides {
    fn paths(&self) -> BTreeSet<String> {
        let all = [&self.base, &self.ours, &self.theirs];
        all.into_iter().flat_map(Source::files).map(|file| file.path.clone()).collect()
    }

    fn of(&self, path: &str) -> [Option<&[u8]>; 3] {
        [&self.base, &self.ours, &self.theirs]
            .map(|side| side.files().find(|file| file.path == path).map(|file| file.bytes.as_slice()))
    }
}

/// An artifact's files as they are put together.
struct Merge<'a> {
    path: &'a str,
    head: u64,
    files: Vec<SourceFile>,
    conflicts: Vec<Conflict>,
}

impl Merge<'_> {
    /// Puts one file together; `None` when it is no text.
    fn file(&mut self, path: &str, [base, ours, theirs]: [Option<&[u8]>; 3]) -> Option<()> {
        let bytes = match (ours, theirs) {
            _ if ours == theirs || base == theirs => ours.map(<[u8]>::to_vec),
            _ if base == ours => theirs.map(<[u8]>::to_vec),
            (Some(kept), None) => Some(self.kept(path, kept, Side::Head)),
            (None, Some(kept)) => Some(self.kept(path, kept, Side::Work)),
            (Some(ours), Some(theirs)) => Some(self.texts(path, base.unwrap_or_default(), ours, theirs)?),
            (None, None) => None,
        };
        self.files.extend(bytes.map(|bytes| SourceFile { path: path.to_owned(), bytes }));
        Some(())
    }

    /// What one side changed and the other deleted stays until a person decides.
    fn kept(&mut self, path: &str, bytes: &[u8], deleted: Side) -> Vec<u8> {
        let path = file_path(self.path, path);
        self.conflicts.push(Conflict { path, line: 1, end: 1, deleted: Some(deleted) });
        bytes.to_vec()
    }

    fn texts(&mut self, path: &str, base: &[u8], ours: &[u8], theirs: &[u8]) -> Option<Vec<u8>> {
        let [base, ours, theirs] = [base, ours, theirs].map(|bytes| std::str::from_utf8(bytes).ok());
        let merged = diff::merge(base?, ours?, theirs?, ("yours (work)", &format!("head v{}", self.head)))?;
        if merged.conflicts > 0 {
            let path = file_path(self.path, path);
            self.conflicts.extend(diff::conflicts(&merged.text).iter().map(|one| marked(&path, one)));
        }
        Some(merged.text.into_bytes())
    }

    /// The files with the main one first.
    fn source(&mut self, main: &str) -> Option<Source> {
        let at = self.files.iter().position(|file| file.path == main)?;
        let main = self.files.remove(at);
        Some(Source { main, attached: std::mem::take(&mut self.files) })
    }
}
