//! One pack of everything that refs lead to, in place of all other packs and of every loose object.

use std::{
    collections::HashSet,
    ffi::OsStr,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use git2::{ObjectType, Oid, Repository};

use super::{
    GitStore,
    failure::{Failure, failed},
    files::files,
    repository::sync_folder,
};

const WHAT: &str = "cannot repack";

impl GitStore {
    /// Repacks everything; the caller holds the lock, and so does whoever fetches objects that no ref leads to yet.
    ///
    /// The new pack is durable before anything is removed, so a kill leaves too much, never too little.
    pub(super) fn repack_all(&self) -> Result<(), Failure> {
        let old = files(&self.dir().join("objects"))?;
        let repository = self.repository()?;
        let objects = reachable(&repository)?;
        if objects.is_empty() {
            return Ok(());
        }
        self.failpoint().step();
        let pack = write(&repository, &objects)?;
        self.failpoint().step();
        drop(repository);
        self.sweep(&old, &pack)?;
        self.reopen()?;
        self.failpoint().step();
        let repository = self.repository()?;
        repository.refdb_compress().map_err(failed(WHAT, "refs"))?;
        self.failpoint().step();
        Ok(())
    }

    /// Removes what the new pack replaces. Of a pack the index goes last, for an index alone leads nowhere.
    fn sweep(&self, old: &[PathBuf], pack: &str) -> Result<(), Failure> {
        let ends = |file: &Path, end: &str| file.extension() == Some(OsStr::new(end));
        let replaced = |file: &&PathBuf| file.file_stem().is_none_or(|stem| stem != pack);
        // What git keeps beside packs names packs or commits that may be about to go.
        let order: [&dyn Fn(&Path) -> bool; 4] = [
            &|file| !is_loose(file) && !["pack", "idx", "keep"].iter().any(|end| ends(file, end)),
            &is_loose,
            &|file| ends(file, "pack"),
            &|file| ends(file, "idx") || ends(file, "keep"),
        ];
        let mut folder = None;
        for turn in order {
            for file in old.iter().filter(replaced).filter(|file| turn(file)) {
                // A test stops once a folder of loose objects, and at every pack.
                if folder != file.parent() || !is_loose(file) {
                    self.failpoint().step();
                }
                folder = file.parent();
                remove(file)?;
            }
        }
        let objects = self.dir().join("objects");
        for folder in [objects.join("pack"), objects.clone()] {
            sync_folder(&folder).map_err(failed(WHAT, folder.display()))?;
        }
        Ok(())
    }
}

/// Whether a file below `objects/` is a loose object.
fn is_loose(file: &Path) -> bool {
    let folder = file.parent().and_then(Path::file_name);
    folder.is_some_and(|name| name.len() == 2) && file.extension().is_none()
}

/// A read-only file goes too: it is the folder that must be writable.
fn remove(file: &Path) -> Result<(), Failure> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::new(WHAT, file.display(), error)),
        _ => Ok(()),
    }
}

/// Every object that a ref leads to, with the name it stands under, newest history first.
///
/// An object that is not here stops it: a damaged store is for `verify`, not to be made smaller.
fn reachable(repository: &Repository) -> Result<Vec<(Oid, String)>, Failure> {
    let mut waiting = Vec::new();
    for reference in repository.references().map_err(failed(WHAT, "refs"))? {
        let reference = reference.map_err(failed(WHAT, "refs"))?;
        waiting.extend(reference.target().map(|id| (id, String::new())));
    }
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    let mut trees = Vec::new();
    while let Some((id, name)) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        let object = repository.find_object(id, None).map_err(failed(WHAT, id))?;
        if let Some(commit) = object.as_commit() {
            waiting.extend(commit.parent_ids().map(|parent| (parent, String::new())));
            trees.push((commit.tree_id(), String::new()));
        } else if let Some(tag) = object.as_tag() {
            waiting.push((tag.target_id(), String::new()));
        } else {
            trees.push((id, String::new()));
            seen.remove(&id);
            continue;
        }
        found.push((id, name));
    }
    for (id, name) in trees {
        below(repository, id, name, &mut seen, &mut found)?;
    }
    Ok(found)
}

/// A tree or blob, and all that a tree leads to.
fn below(
    repository: &Repository,
    id: Oid,
    name: String,
    seen: &mut HashSet<Oid>,
    found: &mut Vec<(Oid, String)>,
) -> Result<(), Failure> {
    let mut waiting = vec![(id, name, true)];
    while let Some((id, name, folder)) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        if folder && let Ok(tree) = repository.find_tree(id) {
            for entry in &tree {
                let folder = entry.kind() == Some(ObjectType::Tree);
                // A link to another repository's commit is no object of this one.
                if folder || entry.kind() == Some(ObjectType::Blob) {
                    waiting.push((entry.id(), String::from_utf8_lossy(entry.name_bytes()).into_owned(), folder));
                }
            }
        } else if folder {
            repository.find_blob(id).map_err(failed(WHAT, id))?;
        }
        found.push((id, name));
    }
    Ok(())
}

/// Writes the pack, durably; answers with its name without an ending.
fn write(repository: &Repository, objects: &[(Oid, String)]) -> Result<String, Failure> {
    let folder = repository.path().join("objects").join("pack");
    let here = || folder.display();
    let mut builder = repository.packbuilder().map_err(failed(WHAT, here()))?;
    builder.set_threads(0);
    for (id, name) in objects {
        builder.insert_object(*id, Some(name.as_str())).map_err(failed(WHAT, id))?;
    }
    builder.write(&folder, 0).map_err(failed(WHAT, here()))?;
    match builder.name() {
        Ok(Some(name)) => Ok(format!("pack-{name}")),
        _ => Err(Failure::new(WHAT, here(), "the new pack has no name")),
    }
}
