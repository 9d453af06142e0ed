//! `restore`: the bytes of a version back into the file.

use serde::Serialize;

use super::{
    Answer, Failure, Spec, World,
    layout::{self, file_path},
    memory,
    resolve::{Names, pick},
    sources,
    working::{Item, Working},
};
use crate::{
    artifact::Source,
    name::Kind,
    object::{Digest, VersionId},
    state::LineageRecord,
};

/// What to put back.
#[derive(Debug, Clone)]
pub struct Request {
    /// The artifact and which version of it.
    pub spec: Spec,
    /// Whether changes that no version has may be lost.
    pub force: bool,
}

/// What was put back.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The artifact.
    pub artifact: String,
    /// Its kind.
    pub kind: Kind,
    /// Its file.
    pub path: String,
    /// The version the file is now.
    pub version: VersionId,
    /// The commit that made it.
    pub number: u64,
    /// Whether it is the head.
    pub head: bool,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.restore/1";
}

/// Writes a version's files where the artifact stands. Nothing is recorded.
///
/// # Errors
///
/// `unsaved-changes` when bytes would be lost that no version has; that there is no such version.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    let working = Working::read(world)?;
    let artifact = Names::with(&working.standing, &working.found).one_ever(&request.spec)?;
    let record = pick(&working.standing, &artifact, &request.spec.revision)?;
    let mut item = working.one(&artifact)?;
    working.open(&mut item)?;
    let path = place_of(&working, &item, &record)?;
    let source = layout::under(&sources::source_of(world, &record)?, &path);
    if !request.force {
        nothing_lost(world, &working, &item, &source, &path)?;
    }
    put(world, &working, &item, &source, &path)?;
    leave_old_name(world, &working, &record)?;
    let head =
        item.head.as_ref().is_some_and(|head| head.number == record.number || head.version == Some(source.version()));
    remember(world, &working, &item, source.version())?;
    let label = Names::with(&working.standing, &working.found).label(&artifact)?;
    let (version, number) = (source.version(), record.number);
    Ok(Outcome { artifact: label, kind: artifact.kind, path, version, number, head })
}

/// Has a file that is behind follow its head: its bytes, its place, or that it is gone. Answers what was touched;
/// nothing where bytes would be lost that no version has.
pub(super) fn follow(world: &World, working: &Working<'_>, mut item: Item) -> Result<Option<String>, Failure> {
    let Some(head) = item.head.clone() else { return Ok(None) };
    let Some(path) = head.path.clone().filter(|_| head.version.is_some()) else {
        let belongs = working.found.places.get(&item.artifact).map(|place| place.files.as_slice()).unwrap_or_default();
        for entry in belongs {
            world.tree.remove(&entry.path)?;
        }
        memory::remember(world, vec![item.artifact.clone()], Vec::new())?;
        return Ok(Some(item.path).filter(|path| !path.is_empty()));
    };
    working.open(&mut item)?;
    let record = working.standing.state().commit(&item.artifact, head.number)?;
    let record = record.ok_or_else(|| Failure::bug("a head has no commit"))?;
    let source = sources::source_of(world, &record)?;
    if nothing_lost(world, working, &item, &source, &path).is_err() {
        return Ok(None);
    }
    put(world, working, &item, &source, &path)?;
    leave_old_name(world, working, &record)?;
    working.in_step(&item.artifact, (source.version(), head.number))?;
    Ok(Some(path))
}

/// Where it stands now, else where its head does, else where it stood last under this name, else where that version did.
pub(super) fn place_of(working: &Working<'_>, item: &Item, record: &LineageRecord) -> Result<String, Failure> {
    if !item.path.is_empty() {
        return Ok(item.path.clone());
    }
    for number in (1..item.next_number()).rev() {
        let commit = working.standing.state().commit(&item.artifact, number)?;
        if let Some(path) = commit.and_then(|commit| commit.path) {
            return Ok(path);
        }
    }
    record.path.clone().ok_or_else(|| Failure::bug("a version has no path"))
}

/// Refuses to write over bytes that no version has.
pub(super) fn nothing_lost(
    world: &World,
    working: &Working<'_>,
    item: &Item,
    source: &Source,
    path: &str,
) -> Result<(), Failure> {
    let state = working.standing.state();
    let known = match (&item.problem, item.version) {
        (Some(_), _) => false,
        (None, None) => true,
        (None, Some(version)) => version == source.version() || state.version(&item.artifact, version)?.is_some(),
    };
    if !known {
        return Err(unsaved(&item.path));
    }
    nothing_beside_lost(world, item, source, path)
}

/// Refuses to write over files that it will have, and does not have now.
pub(super) fn nothing_beside_lost(world: &World, item: &Item, source: &Source, path: &str) -> Result<(), Failure> {
    let read = item.file.as_ref().map(|file| file.files.as_slice()).unwrap_or_default();
    for file in source.files() {
        let whole = file_path(path, &file.path);
        if read.iter().all(|entry| entry.path != whole)
            && let Some(bytes) = world.tree.read(&whole)?
            && bytes != file.bytes
            && !world.store.has(&Digest::of(&bytes))?
        {
            return Err(unsaved(&whole));
        }
    }
    Ok(())
}

pub(super) fn unsaved(path: &str) -> Failure {
    Failure::cannot("unsaved-changes", format!("`{path}` holds changes that no version has"))
        .because("they would be lost")
        .say("record them with `chancery commit`, or give them up with `--force`")
}

/// Writes these files, and takes away those that made the artifact something else: answers which.
pub(super) fn put(
    world: &World,
    working: &Working<'_>,
    item: &Item,
    source: &Source,
    path: &str,
) -> Result<Vec<String>, Failure> {
    let mut touched = Vec::new();
    let wanted: Vec<String> = source.files().map(|file| file_path(path, &file.path)).collect();
    for (file, whole) in source.files().zip(&wanted) {
        if world.tree.read(whole)?.as_ref() != Some(&file.bytes) {
            world.tree.write(whole, &file.bytes)?;
            touched.push(whole.clone());
        }
    }
    let belongs = working.found.places.get(&item.artifact).map(|place| place.files.as_slice()).unwrap_or_default();
    for entry in belongs.iter().filter(|entry| !wanted.contains(&entry.path)) {
        world.tree.remove(&entry.path)?;
        touched.push(entry.path.clone());
    }
    Ok(touched)
}

/// A rename that was killed after it was recorded left the old file: where its bytes are recorded, it goes.
fn leave_old_name(world: &World, working: &Working<'_>, record: &LineageRecord) -> Result<(), Failure> {
    let Some(old) = &record.renamed_from else { return Ok(()) };
    let Some(place) = working.found.places.get(old) else { return Ok(()) };
    let mut item = working.one(old)?;
    working.open(&mut item)?;
    let state = working.standing.state();
    let is_left = item.head.as_ref().is_some_and(|head| head.version.is_none());
    let is_known = match item.version {
        Some(version) => state.version(old, version)?.is_some(),
        None => false,
    };
    if is_left && is_known {
        for entry in &place.files {
            world.tree.remove(&entry.path)?;
        }
        memory::remember(world, vec![old.clone()], Vec::new())?;
    }
    Ok(())
}

/// The file is in step with its head where it is the head's bytes; else it stays in step with what it was. What was
/// deleted and is brought back on purpose is in step with nothing: a commit takes it.
fn remember(world: &World, working: &Working<'_>, item: &Item, version: VersionId) -> Result<(), Failure> {
    if !item.is_committed() {
        return memory::remember(world, vec![item.artifact.clone()], Vec::new());
    }
    match item.head.as_ref().filter(|head| head.version == Some(version)) {
        Some(head) => working.in_step(&item.artifact, (version, head.number)),
        None => Ok(()),
    }
}
