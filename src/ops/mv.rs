//! `mv`: another name, the same history.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Answer, ArtifactName, Failure, World, commit,
    keep::keep,
    layout, memory,
    named::named,
    own_files::own_files,
    record,
    restore::unsaved,
    secrecy,
    working::{self, Item, Working},
};
use crate::{
    artifact::Source,
    ledger::{self, Deed, HeadChange},
    name::{Artifact, Kind},
    object::{Digest, EventId, VersionId},
    workspace::{FileState, Record, WorkingFile, discover_moved},
};

/// What to rename.
#[derive(Debug, Clone)]
pub struct Request {
    /// A name or a file.
    pub old: String,
    /// A name, a file, or a folder.
    pub new: String,
    /// Why.
    pub message: Option<String>,
}

/// What was renamed.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Its name now.
    pub artifact: String,
    /// Its kind.
    pub kind: Kind,
    /// Its name before.
    pub renamed_from: String,
    /// The event.
    pub event: EventId,
    /// The version under the new name; the same bytes, so the same version, unless several files make it up.
    pub version: VersionId,
    /// Its place among the artifact's commits.
    pub number: u64,
    /// The version before.
    pub parent: VersionId,
    /// Where its file stands now.
    pub path: String,
    /// Prompts and suites that still say the old name, by file.
    pub named_in: Vec<String>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.mv/1";
}

/// A rename that has been thought through.
struct Renaming {
    artifact: Artifact,
    path: String,
    source: Source,
    /// Files that stand elsewhere afterwards: from, to.
    moves: BTreeMap<String, String>,
}

/// Records the rename, then moves the files. Killed in between, `status` shows the new name as behind, and
/// `restore` of it brings the file and takes the old one away.
///
/// # Errors
///
/// `unsaved-changes` unless the file is its head; `name-taken`; the refusal of the rules.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    let working = Working::read(world)?;
    let (label, item) = named(&working, &request.old)?;
    let old = item.artifact.clone();
    let (file, parent) = in_step(&item, &label)?;
    let renaming = destination(&working, &item, file, &request.new)?;
    nothing_there(world, &working, &old, &renaming)?;
    let change = change(&item, file, &renaming)?;
    let before = working.standing.state().head(&renaming.artifact)?.map_or(0, |head| head.number);
    let number = before.max(item.next_number() - 1) + 1;
    let message = request.message.clone().unwrap_or_else(|| format!("mv {label} {}", request.new));
    let deed = Deed::Commit(ledger::Commit { message, authors: Vec::new(), changes: vec![change] });
    working.standing.me(world)?;
    secrecy::refuse_in_words(&working.standing, &deed.words())?;
    let exceptions = secrecy::exceptions(&working.standing)?;
    secrecy::refuse(secrecy::problems(&exceptions, &file.path, &renaming.source))?;
    let blobs = renaming.source.blobs();
    keep(world, &blobs.iter().map(Vec::as_slice).collect::<Vec<&[u8]>>())?;
    let act = record::signed(world, deed)?;
    let own = own_files(world, &working, &item)?;
    let turn = world.guard.hold()?;
    let recorded = record::place(world, &act).map_err(|failure| teach(failure, &label))?;
    move_files(world, &renaming, &own)?;
    memory::remember(world, vec![old.clone()], vec![moved_record(&working, &renaming, file, number)])?;
    drop(turn);
    Ok(Outcome {
        artifact: if renaming.artifact.kind.is_bare() {
            renaming.artifact.name.to_string()
        } else {
            renaming.artifact.to_string()
        },
        kind: old.kind,
        renamed_from: label,
        event: recorded.event,
        version: renaming.source.version(),
        number,
        parent,
        named_in: named_in(&working, &old)?,
        path: renaming.path,
    })
}

/// The file and the head it is in step with.
fn in_step<'i>(item: &'i Item, label: &str) -> Result<(&'i WorkingFile, VersionId), Failure> {
    let head = item.head.as_ref().and_then(|head| head.version);
    match (item.state, &item.file, head) {
        (FileState::Clean, Some(file), Some(head)) => Ok((file, head)),
        (FileState::New, ..) => Err(Failure::cannot("never-committed", format!("`{label}` was never committed"))
            .say(format!("it has no history to keep: move `{}` yourself", item.path))),
        (FileState::Behind | FileState::Deleted, ..) => {
            Err(Failure::cannot("not-in-step", format!("`{label}` is not here as its head is"))
                .run(format!("chancery restore {label}")))
        }
        _ => Err(unsaved(&item.path)),
    }
}

/// Where a name, a file or a folder puts it. What artifact a file would be is asked of discovery itself.
fn destination(working: &Working<'_>, item: &Item, file: &WorkingFile, new: &str) -> Result<Renaming, Failure> {
    let text = new.strip_prefix("./").unwrap_or(new);
    let last = file.path.rsplit('/').next().unwrap_or(&file.path);
    let is_folder = text.ends_with('/') || working.found.has_below(text);
    let path = if is_folder { format!("{}/{last}", text.trim_end_matches('/')) } else { text.to_owned() };
    if let Some(renaming) = at(working, item, file, &path) {
        return Ok(renaming);
    }
    let name: ArtifactName = text.parse()?;
    let of_kind = name.kind.is_none_or(|kind| kind == item.artifact.kind);
    if !of_kind {
        return Err(Failure::cannot("bad-rename", format!("a {} cannot become `{text}`", item.artifact.kind)));
    }
    let wanted = Artifact::new(item.artifact.kind, name.name);
    let path = path_for(&file.path, item.artifact.name.as_str(), wanted.name.as_str());
    let renaming = path.and_then(|path| at(working, item, file, &path)).filter(|found| found.artifact == wanted);
    renaming.ok_or_else(|| {
        Failure::cannot("no-place", format!("cannot tell where the file of `{wanted}` would stand"))
            .because(format!("`{}` is named by where it stands or by `[[sources]]`", file.path))
            .say("say the new file instead of the name, with its ending")
    })
}

/// The rename that puts the main file there, if that makes it an artifact of its kind.
fn at(working: &Working<'_>, item: &Item, file: &WorkingFile, path: &str) -> Option<Renaming> {
    let source = layout::under(&file.source, path);
    let pairs = file.source.files().map(|old| layout::file_path(&file.path, &old.path));
    let moves: BTreeMap<String, String> =
        pairs.map(|from| (from.clone(), layout::renamed(&file.path, path, &from))).collect();
    let found = discover_moved(&working.found, &working.standing.governance.sources, &moves);
    let place = found.places.values().find(|place| place.path == path)?;
    let artifact = place.artifact.clone();
    (artifact.kind == item.artifact.kind).then(|| Renaming { artifact, path: path.to_owned(), source, moves })
}

/// The file of another name in the same layout: `prompts/a.md` → `prompts/b.md`, `policies/a/policy.cedar` likewise.
fn path_for(path: &str, old: &str, new: &str) -> Option<String> {
    let (stem, ending) = match path.rsplit_once('.') {
        Some((stem, ending)) if !ending.contains('/') => (stem, format!(".{ending}")),
        _ => (path, String::new()),
    };
    let in_place = |text: &str| {
        let before = text.strip_suffix(old)?;
        (before.is_empty() || before.ends_with('/')).then(|| format!("{before}{new}"))
    };
    if let Some(stem) = in_place(stem) {
        return Some(format!("{stem}{ending}"));
    }
    let (folder, file) = path.rsplit_once('/')?;
    Some(format!("{}/{file}", in_place(folder)?))
}

/// Nothing may stand where the files go, and nothing may have the name.
fn nothing_there(world: &World, working: &Working<'_>, old: &Artifact, renaming: &Renaming) -> Result<(), Failure> {
    let taken = |what: &str| Err(Failure::cannot("name-taken", format!("there is a `{what}` already")));
    let Renaming { artifact, moves, path, .. } = renaming;
    if artifact == old && moves.iter().all(|(from, to)| from == to) {
        return Err(Failure::cannot("name-taken", format!("`{path}` is where it stands already")));
    }
    if artifact.key() != old.key() && working.found.places.keys().any(|other| other.key() == artifact.key()) {
        return taken(&artifact.to_string());
    }
    for to in moves.values().filter(|to| !moves.contains_key(*to)) {
        if world.tree.read(to)?.is_some() || working.found.has_below(to) {
            return taken(to);
        }
    }
    Ok(())
}

fn change(item: &Item, file: &WorkingFile, renaming: &Renaming) -> Result<HeadChange, Failure> {
    let moved = WorkingFile {
        artifact: renaming.artifact.clone(),
        path: renaming.path.clone(),
        source: renaming.source.clone(),
        ..file.clone()
    };
    let parsed = working::parse(&moved).map_err(Failure::problems)?;
    let same = item.artifact == renaming.artifact;
    Ok(HeadChange {
        artifact: renaming.artifact.clone(),
        moved: item.head.as_ref().map(|head| head.event),
        renamed_from: (!same).then(|| item.artifact.clone()),
        version: Some(renaming.source.version()),
        listed: !renaming.source.attached.is_empty(),
        path: Some(renaming.path.clone()),
        template: commit::template(&parsed),
    })
}

fn teach(failure: Failure, label: &str) -> Failure {
    if failure.code == "still-needed" {
        return failure
            .run(format!("chancery impact {label}"))
            .say("copy the file under the new name, name that one instead, commit, then `chancery rm` the old one");
    }
    failure
}

/// New files first: killed in between, nothing is missing. What others name too stays where it was as well.
fn move_files(world: &World, renaming: &Renaming, own: &[String]) -> Result<(), Failure> {
    for file in renaming.source.files() {
        let to = layout::file_path(&renaming.path, &file.path);
        if world.tree.read(&to)?.is_none_or(|bytes| Digest::of(&bytes) != Digest::of(&file.bytes)) {
            world.tree.write(&to, &file.bytes)?;
        }
    }
    for (from, to) in &renaming.moves {
        if from != to && own.contains(from) && !renaming.moves.values().any(|target| target == from) {
            world.tree.remove(from)?;
        }
    }
    Ok(())
}

fn moved_record(working: &Working<'_>, renaming: &Renaming, file: &WorkingFile, number: u64) -> Record {
    Record {
        artifact: renaming.artifact.clone(),
        path: renaming.path.clone(),
        base: Some((renaming.source.version(), number)),
        ground: working.ground().cloned(),
        coming: None,
        template: file.template,
        hashed: None,
    }
}

/// The files of heads that say the old name.
fn named_in(working: &Working<'_>, old: &Artifact) -> Result<Vec<String>, Failure> {
    let state = working.standing.state();
    let mut naming = Vec::new();
    for head in state.heads()?.into_iter().filter(|head| matches!(head.artifact.kind, Kind::Prompt | Kind::Suite)) {
        let Some(commit) = state.commit(&head.artifact, head.number)?.filter(|commit| commit.version.is_some()) else {
            continue;
        };
        let tested = commit.contents.tests.as_ref().is_some_and(|tests| tests.subject.key() == old.key());
        if tested || commit.contents.uses.artifacts().any(|used| used.key() == old.key()) {
            naming.extend(commit.path);
        }
    }
    naming.sort();
    Ok(naming)
}
