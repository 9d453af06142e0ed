//! `commit`: what changed in the folder becomes versions, in one event.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    Answer, Failure, World,
    keep::keep,
    markers, memory, record, secrecy,
    working::{self, Item, Working},
};
use crate::{
    artifact::{Parsed, Template},
    ledger::{self, Deed, HeadChange},
    name::{Artifact, Handle, Kind},
    object::{EventId, VersionId},
    problem::{Problem, quoted},
    workspace::{FileState, Labels, is_within},
};

/// How often it begins again after somebody else moved a head in between.
const TRIES: u32 = 16;

/// What to commit.
#[derive(Debug, Clone)]
pub struct Request {
    /// Names, files or folders; all that changed when there are none.
    pub paths: Vec<String>,
    /// Why.
    pub message: String,
    /// Take also files whose head has moved since they were in step with it.
    pub onto_head: bool,
    /// Authors besides the committer.
    pub authors: Vec<Handle>,
}

/// What was recorded.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The event; none when nothing had changed.
    pub event: Option<EventId>,
    /// Why.
    pub message: String,
    /// The new versions, sorted by artifact.
    pub versions: Vec<Version>,
    /// Artifacts that were asked for or stand in the folder and are behind their head: left alone.
    pub behind: Vec<String>,
}

/// One artifact's new version.
#[derive(Debug, Serialize)]
pub struct Version {
    /// The artifact.
    pub artifact: String,
    /// Its kind.
    pub kind: Kind,
    /// The version; none for a deletion.
    pub version: Option<VersionId>,
    /// Its place among the artifact's commits.
    pub number: u64,
    /// The version it replaces.
    pub parent: Option<VersionId>,
    /// Its file.
    pub path: String,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.commit/1";
}

/// Records versions of what changed.
///
/// # Errors
///
/// `head-moved` when files were edited on top of something that is no longer the head; `invalid-files`, with all
/// problems of all files; the refusal of the rules.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    if request.message.trim().is_empty() {
        return Err(Failure::usage("the message is empty").say("say why in a line: `-m \"shorter answers\"`"));
    }
    for _ in 0..TRIES {
        let working = Working::read(world)?;
        let chosen = choose(&working, request)?;
        match record(world, &working, request, chosen) {
            // Another process was faster. Where it recorded these very files there is nothing left to do; where it
            // recorded others, the next look says so.
            Err(failure) if failure.code == "head-moved" => {}
            done => return done,
        }
    }
    Err(Failure::moved("moved", "others commit the same files faster than they can be read here")
        .say("nothing was recorded: run the command again"))
}

/// What will be recorded, and what will not.
struct Chosen {
    taken: Vec<Item>,
    /// What is as its head is, or behind.
    left: Vec<Item>,
}

fn choose(working: &Working<'_>, request: &Request) -> Result<Chosen, Failure> {
    let named = !request.paths.is_empty();
    let artifacts = if named { meant(working, &request.paths)? } else { working.artifacts() };
    let items = working.judge(&artifacts)?;
    let mut chosen = Chosen { taken: Vec::new(), left: Vec::new() };
    let mut moved = Vec::new();
    for item in items {
        match item.state {
            FileState::New | FileState::Changed | FileState::Deleted => chosen.taken.push(item),
            FileState::Diverged if request.onto_head => chosen.taken.push(item),
            FileState::Diverged => moved.push(item),
            // Somebody who names an older file and says that it goes on top means it.
            FileState::Behind if named && request.onto_head && item.version.is_some() => chosen.taken.push(item),
            FileState::Behind | FileState::Clean => chosen.left.push(item),
        }
    }
    let errors: Vec<Problem> = working.found.problems.iter().filter(|problem| !problem.warning).cloned().collect();
    // A second file of the same name would look as if the head had moved past it.
    let doubtful = |item: &Item| errors.iter().any(|problem| problem.path.eq_ignore_ascii_case(&item.path));
    if !moved.is_empty() && !moved.iter().any(doubtful) {
        return Err(head_moved(&moved, &working.names().labels()));
    }
    let unsafe_names = !named || !moved.is_empty() || chosen.taken.iter().any(|item| item.state == FileState::Deleted);
    if unsafe_names && !errors.is_empty() {
        return Err(Failure::problems(errors)
            .because("a file that cannot be read would look like a deleted one; nothing was recorded"));
    }
    Ok(chosen)
}

/// The artifacts that names, files and folders mean.
fn meant(working: &Working<'_>, paths: &[String]) -> Result<Vec<Artifact>, Failure> {
    let names = working.names();
    let mut meant = BTreeSet::new();
    for path in paths {
        match names.meant(path) {
            Ok(artifacts) => meant.extend(artifacts),
            Err(failure) => {
                let below = path.trim_end_matches('/');
                let inside = |problem: &&Problem| !problem.warning && is_within(&problem.path, below);
                let problems: Vec<Problem> = working.found.problems.iter().filter(inside).cloned().collect();
                return Err(if problems.is_empty() { failure } else { Failure::problems(problems) });
            }
        }
    }
    Ok(meant.into_iter().collect())
}

fn head_moved(items: &[Item], labels: &Labels) -> Failure {
    let files = quoted(items.iter().map(|item| &item.path), ", ");
    let Some(item) = items.first() else { return Failure::bug("no head has moved") };
    let first = labels.of(&item.artifact);
    let message = match items {
        [_] => format!("the head of `{first}` has moved past `{}`", item.path),
        _ => format!("the heads of {} files have moved past them", items.len()),
    };
    let failure = Failure::moved("head-moved", message);
    // What is not known cannot be merged either.
    let failure = if item.base.is_some() {
        failure
            .because(format!("somebody committed after these were last in step here: {files}"))
            .run(format!("chancery merge {first}"))
    } else {
        failure.because(format!("nothing here tells which versions these were edited on: {files}"))
    };
    failure
        .run(format!("chancery diff {first}@head {first}@work"))
        .say("to record your files in place of what came in between, commit with `--onto-head`")
}

fn record(world: &World, working: &Working<'_>, request: &Request, chosen: Chosen) -> Result<Outcome, Failure> {
    let Chosen { mut taken, left } = chosen;
    let labels = working.names().labels();
    let behind = left.iter().filter(|item| item.state == FileState::Behind);
    let behind = behind.map(|item| labels.of(&item.artifact)).collect();
    if taken.is_empty() {
        working.remember(&left);
        return Ok(Outcome { event: None, message: request.message.clone(), versions: Vec::new(), behind });
    }
    let me = working.standing.me(world)?;
    secrecy::refuse_in_words(&working.standing, &[&request.message])?;
    let changes = read(world, working, &mut taken)?;
    let exceptions = secrecy::exceptions(&working.standing)?;
    let files = taken.iter().filter_map(|item| item.file.as_ref());
    secrecy::refuse(files.flat_map(|file| secrecy::problems(&exceptions, &file.path, &file.source)).collect())?;
    let versions = changes.iter().zip(&taken).map(|(change, item)| version(change, item, &labels)).collect();
    let blobs: Vec<Vec<u8>> =
        taken.iter().filter_map(|item| item.file.as_ref()).flat_map(|f| f.source.blobs()).collect();
    keep(world, &blobs.iter().map(Vec::as_slice).collect::<Vec<&[u8]>>())?;
    let mut authors: Vec<Handle> = request.authors.iter().filter(|author| **author != me).cloned().collect();
    authors.sort();
    authors.dedup();
    let deed = Deed::Commit(ledger::Commit { message: request.message.clone(), authors, changes });
    let act = record::signed(world, deed)?;
    let coming = taken.iter().filter_map(|item| item.coming(act.id(), working.ground())).collect();
    let turn = world.guard.hold()?;
    // Written down before the event stands, so that a kill in between does not part files from their own commit. It
    // is only memory: where it cannot be written, the files are read again.
    let _ = memory::remember(world, Vec::new(), coming);
    let recorded = record::place(world, &act)?;
    let gone: Vec<Artifact> =
        taken.iter().filter(|item| item.file.is_none()).map(|item| item.artifact.clone()).collect();
    if !gone.is_empty() {
        let _ = memory::remember(world, gone, Vec::new());
    }
    drop(turn);
    working.remember(&left);
    Ok(Outcome { event: Some(recorded.event), message: request.message.clone(), versions, behind })
}

/// Reads all files that are taken and says what of each becomes of its head; or everything that is wrong with them.
fn read(world: &World, working: &Working<'_>, taken: &mut [Item]) -> Result<Vec<HeadChange>, Failure> {
    let (mut changes, mut problems) = (Vec::with_capacity(taken.len()), Vec::new());
    for item in taken {
        working.open(item)?;
        if let Some(file) = &item.file {
            let marks = markers::problems(world, Some(&working.standing), &item.artifact, &file.path, &file.source)?;
            if !marks.is_empty() {
                problems.extend(marks);
                continue;
            }
        }
        match change(item) {
            Ok(change) => changes.push(change),
            Err(wrong) => problems.extend(wrong),
        }
    }
    if problems.is_empty() { Ok(changes) } else { Err(Failure::problems(problems)) }
}

fn change(item: &Item) -> Result<HeadChange, Vec<Problem>> {
    if let Some(problem) = &item.problem {
        return Err(vec![problem.clone()]);
    }
    let moved = item.head.as_ref().map(|head| head.event);
    let artifact = item.artifact.clone();
    let Some(file) = &item.file else {
        let (version, path, template) = (None, None, None);
        return Ok(HeadChange { artifact, moved, renamed_from: None, version, listed: false, path, template });
    };
    Ok(HeadChange {
        artifact,
        moved,
        renamed_from: None,
        version: Some(file.version()),
        listed: !file.source.attached.is_empty(),
        path: Some(file.path.clone()),
        template: template(&working::parse(file)?),
    })
}

/// Whether a prompt's body is a template.
pub(super) fn template(parsed: &Parsed) -> Option<bool> {
    match parsed {
        Parsed::Prompt(prompt) => Some(prompt.template == Template::Jinja),
        Parsed::Tool(_) | Parsed::Policy(_) | Parsed::Model(_) | Parsed::Suite(_) | Parsed::Charter(_) => None,
    }
}

fn version(change: &HeadChange, item: &Item, labels: &Labels) -> Version {
    Version {
        artifact: labels.of(&item.artifact),
        kind: item.artifact.kind,
        version: change.version,
        number: item.next_number(),
        parent: item.head.as_ref().and_then(|head| head.version),
        path: item.path.clone(),
    }
}
