//! Every file below `objects/`: loose objects, packs, and what git keeps beside them.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use git2::{ObjectType, Odb, Oid};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::{
    commit,
    failure::{Failure, failed},
    inflate::inflate,
    lock::is_unfinished,
    packs::offsets_stay_inside,
};
use crate::{ledger::Damage, object::EventId};

const WHAT: &str = "cannot inspect";

/// What was found, by place, and which objects are whole.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// What is wrong where, with the object concerned.
    pub(super) found: BTreeMap<String, (Option<Oid>, String)>,
    /// Objects that were read and hash to their name.
    pub(super) whole: HashSet<Oid>,
    /// Loose ones whose files do.
    pub(super) loose: HashSet<Oid>,
}

impl Findings {
    /// Notes what is wrong with a file or ref, once.
    pub(super) fn report(&mut self, place: impl Into<String>, reason: impl Into<String>) {
        self.found.entry(place.into()).or_insert_with(|| (None, reason.into()));
    }

    /// Notes what is wrong with an object, once, unless its file was reported already.
    pub(super) fn report_object(&mut self, id: Oid, reason: impl Into<String>) {
        if !self.found.contains_key(&loose_place(id)) {
            self.found.entry(id.to_string()).or_insert_with(|| (Some(id), reason.into()));
        }
    }
}

impl Findings {
    /// Whether a file is damaged that libgit2 follows blindly.
    pub(super) fn index_is_damaged(&self) -> bool {
        let is_pack = |place: &String| Path::new(place).extension().is_some_and(|extension| extension == "pack");
        let is_index = |place: &String| place.starts_with("objects/pack/") && !is_pack(place);
        self.found.keys().any(is_index)
    }

    /// All of it, with the events that own damaged objects.
    pub(super) fn damage(self, owners: &HashMap<Oid, EventId>) -> Vec<Damage> {
        let named = |(place, (object, reason)): (String, (Option<Oid>, String))| {
            let event = object.and_then(|id| owners.get(&id).copied());
            Damage { place, event, reason }
        };
        self.found.into_iter().map(named).collect()
    }
}

fn loose_place(id: Oid) -> String {
    let hex = id.to_string();
    let (folder, name) = hex.split_at(2);
    format!("objects/{folder}/{name}")
}

/// Checks every file below `objects/`, byte by byte.
pub(super) fn check_objects(dir: &Path, findings: &mut Findings) -> Result<(), Failure> {
    for file in files(&dir.join("objects"))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if is_unfinished(&name) {
            continue;
        }
        let place = place(dir, &file);
        let bytes = fs::read(&file).map_err(failed(WHAT, file.display()))?;
        if let Some(id) = loose_name(&place) {
            if loose_id(&bytes) == Some(id) {
                findings.loose.insert(id);
            } else {
                findings.found.insert(place, (Some(id), "its bytes are not those that were written".to_owned()));
            }
        } else if let Err(reason) = check_other(&file, &place, &bytes) {
            findings.report(place, reason);
        }
    }
    Ok(())
}

/// Checks every object that was not read yet by reading it; libgit2 compares its hash.
pub(super) fn check_packed(odb: &Odb<'_>, findings: &mut Findings) {
    let whole = &mut findings.whole;
    whole.extend(&findings.loose);
    let mut ids = Vec::new();
    let listed = odb.foreach(|id| {
        if !whole.contains(id) {
            ids.push(*id);
        }
        true
    });
    if let Err(error) = listed {
        findings.report("objects", error.message());
    }
    for id in ids {
        if findings.found.contains_key(&loose_place(id)) {
            continue;
        }
        match odb.read(id) {
            Ok(_) => {
                findings.whole.insert(id);
            }
            Err(error) => findings.report_object(id, error.message()),
        }
    }
}

/// All files below a folder, sorted.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(failed(WHAT, folder.display()))? {
            let entry = entry.map_err(failed(WHAT, folder.display()))?;
            let kind = entry.file_type().map_err(failed(WHAT, entry.path().display()))?;
            match (kind.is_dir(), kind.is_file()) {
                (true, _) => folders.push(entry.path()),
                (_, true) => found.push(entry.path()),
                // A link leads elsewhere, and reading a pipe never ends.
                _ => return Err(Failure::new(WHAT, entry.path().display(), "it is not a file")),
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Whether something stands here that is no file of ours: a link that leads elsewhere, a pipe.
pub(super) fn is_strange(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| !found.is_file())
}

/// A file's path below the repository, with `/` everywhere.
pub(super) fn place(dir: &Path, file: &Path) -> String {
    let below = file.strip_prefix(dir).unwrap_or(file);
    let words: Vec<_> = below.components().map(|word| word.as_os_str().to_string_lossy()).collect();
    words.join("/")
}

/// The object a loose file is named after.
fn loose_name(place: &str) -> Option<Oid> {
    let (folder, name) = place.strip_prefix("objects/")?.split_once('/')?;
    if folder.len() == 2 { commit::oid(&format!("{folder}{name}")) } else { None }
}

/// The name that a loose object's bytes deserve; `None` when they are not an object.
fn loose_id(stream: &[u8]) -> Option<Oid> {
    let object = inflate(stream)?;
    let nul = object.iter().position(|byte| *byte == 0)?;
    let (header, content) = object.split_at_checked(nul)?;
    let (kind, size) = std::str::from_utf8(header).ok()?.split_once(' ')?;
    let known = ["blob", "tree", "commit", "tag"].contains(&kind);
    if !known || size != (content.len() - 1).to_string() || ObjectType::from_str(kind).is_none() {
        return None;
    }
    Oid::from_bytes(sha1(&object).as_ref()).ok()
}

fn sha1(bytes: &[u8]) -> ring::digest::Digest {
    digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes)
}

/// Files that are not loose objects: all but two kinds end in the SHA-1 of everything before it.
fn check_other(file: &Path, place: &str, bytes: &[u8]) -> Result<(), &'static str> {
    let name = place.rsplit('/').next().unwrap_or(place);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension).unwrap_or_default();
    match (place.strip_prefix("objects/").unwrap_or(place), extension) {
        (_, "pack") if place.starts_with("objects/pack/") => {
            ends_in_its_hash(bytes)?;
            if file.with_extension("idx").exists() { Ok(()) } else { Err("its index is missing") }
        }
        (_, "idx") if place.starts_with("objects/pack/") => {
            ends_in_its_hash(bytes)?;
            check_index(file, bytes)
        }
        (_, "rev" | "bitmap" | "mtimes") if place.starts_with("objects/pack/") => ends_in_its_hash(bytes),
        ("pack/multi-pack-index" | "info/commit-graph", _) => ends_in_its_hash(bytes),
        (below, "graph") if below.starts_with("info/commit-graphs/") => ends_in_its_hash(bytes),
        ("info/packs", _) => check_list(file, bytes),
        _ => Err("it does not belong here"),
    }
}

/// Whether the last twenty bytes are the SHA-1 of those before.
pub(super) fn ends_in_its_hash(bytes: &[u8]) -> Result<(), &'static str> {
    match bytes.split_last_chunk::<20>() {
        Some((content, stated)) if sha1(content).as_ref() == stated => Ok(()),
        _ => Err("its bytes are not those that were written"),
    }
}

/// The index of a pack names, before its own hash, the hash its pack ends in.
fn check_index(file: &Path, bytes: &[u8]) -> Result<(), &'static str> {
    // Whoever is killed between writing or removing the two leaves an index that nobody follows; what it named and
    // is needed is missed where it is needed.
    let Ok(pack) = fs::read(file.with_extension("pack")) else { return Ok(()) };
    if offsets_stay_inside(bytes, pack.len() as u64) != Some(true) {
        return Err("it leads out of its pack");
    }
    let named = bytes.len().checked_sub(40).and_then(|from| bytes.get(from..from + 20));
    if pack.last_chunk::<20>().map(<[u8; 20]>::as_slice) == named { Ok(()) } else { Err("it is of another pack") }
}

/// `info/packs`, which git writes for servers without a program: a line a pack.
fn check_list(file: &Path, bytes: &[u8]) -> Result<(), &'static str> {
    let folder = file.parent().and_then(Path::parent).map(|objects| objects.join("pack")).unwrap_or_default();
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not text")?;
    let lines = text.strip_suffix("\n\n").map_or(text, |lines| lines).lines();
    let known = |line: &str| line.strip_prefix("P ").is_some_and(|pack| folder.join(pack).is_file());
    if text.is_empty() || lines.into_iter().all(known) { Ok(()) } else { Err("it names packs that are not here") }
}
