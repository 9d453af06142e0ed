//! Listing a folder as git would see it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use ignore::{DirEntry, WalkBuilder};

use super::{folder::stamp_of, replace::TEMPORARY};
use crate::workspace::{Entry, Listing, Refusal, Refused, TreeError};

/// Lists what is below `folder` (relative, `""` for all) of the project at `root`, which is a canonical path.
///
/// The walk begins at the root, so that the `.gitignore` of every folder on the way counts; branches that do not lead
/// to `folder` are left at once.
pub(super) fn list(root: &Path, folder: &str) -> Listing {
    let in_git = root.ancestors().any(|above| above.join(".git").exists());
    let wanted = root.join(folder);
    let towards = wanted.clone();
    let walk = WalkBuilder::new(root)
        .standard_filters(false)
        .git_ignore(true)
        // Above the project only the rules of a git work tree around it count: `~/.gitignore` may ignore everything.
        // Without `require_git` the library would not notice where the work tree begins.
        .parents(in_git)
        .require_git(in_git)
        .follow_links(false)
        .filter_entry(move |entry| is_ours(entry) && leads_to(entry.path(), &towards))
        .build();
    let mut listing = Listing::default();
    for entry in walk {
        match entry {
            Ok(entry) if entry.path().starts_with(&wanted) => take(root, &entry, &mut listing),
            Ok(_) => {}
            Err(error) => listing.refused.extend(unreadable(root, &wanted, &error)),
        }
    }
    listing.files.sort();
    listing.refused.sort();
    listing.refused.dedup();
    listing
}

fn is_ours(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    entry.depth() == 0
        || !(name == ".git"
            || (name == ".chancery" && entry.depth() == 1)
            || name.to_str().is_some_and(|name| name.starts_with(TEMPORARY)))
}

fn leads_to(path: &Path, wanted: &Path) -> bool {
    path.starts_with(wanted) || wanted.starts_with(path)
}

fn take(root: &Path, entry: &DirEntry, listing: &mut Listing) {
    let Some(kind) = entry.file_type() else { return };
    if kind.is_dir() {
        return;
    }
    let path = match spelled(root, entry.path()) {
        Ok(path) => path,
        Err(path) => return listing.refused.push(Refused { path, why: Refusal::NotUtf8 }),
    };
    let metadata = if kind.is_symlink() { linked(root, entry.path()) } else { plain(entry) };
    match metadata {
        Ok(Some(metadata)) => listing.files.push(Entry { path, size: metadata.len(), stamp: stamp_of(&metadata) }),
        Ok(None) => {}
        Err(why) => listing.refused.push(Refused { path, why }),
    }
}

/// A file that is no link; pipes, sockets and devices are nobody's artifacts.
fn plain(entry: &DirEntry) -> Result<Option<fs::Metadata>, Refusal> {
    match entry.metadata() {
        Ok(metadata) if metadata.is_file() => Ok(Some(metadata)),
        Ok(_) => Ok(None),
        // Gone since the folder was read.
        Err(error) if error.io_error().is_some_and(|e| e.kind() == std::io::ErrorKind::NotFound) => Ok(None),
        Err(_) => Err(Refusal::Unreadable),
    }
}

/// The file that a link means, if it is one of the project's.
fn linked(root: &Path, link: &Path) -> Result<Option<fs::Metadata>, Refusal> {
    let target = fs::canonicalize(link).map_err(|_| Refusal::LinkOut)?;
    if !is_inside(root, &target) {
        return Err(Refusal::LinkOut);
    }
    let metadata = fs::metadata(&target).map_err(|_| Refusal::Unreadable)?;
    if metadata.is_dir() {
        return Err(Refusal::LinkToFolder);
    }
    Ok(metadata.is_file().then_some(metadata))
}

/// Whether a canonical path is one of the project's own files: below its root and in no repository's folder.
pub(super) fn is_inside(root: &Path, target: &Path) -> bool {
    target
        .strip_prefix(root)
        .is_ok_and(|below| !below.starts_with(".chancery") && below.components().all(|word| word.as_os_str() != ".git"))
}

/// A path as the project writes it; the best likeness where it is not UTF-8.
fn spelled(root: &Path, path: &Path) -> Result<String, String> {
    let below = path.strip_prefix(root).unwrap_or(path);
    let slashes = |text: String| if cfg!(windows) { text.replace('\\', "/") } else { text };
    match below.to_str() {
        Some(text) => Ok(slashes(text.to_owned())),
        None => Err(slashes(below.to_string_lossy().into_owned())),
    }
}

/// A folder that could not be read; a wrong line in some `.gitignore` is git's concern, not ours.
fn unreadable(root: &Path, wanted: &Path, error: &ignore::Error) -> Option<Refused> {
    let path = path_of(error)?;
    let gone = error.io_error().is_none_or(|e| e.kind() == std::io::ErrorKind::NotFound);
    let concerned = !gone && path.starts_with(wanted);
    concerned.then(|| Refused { path: spelled(root, &path).unwrap_or_else(|path| path), why: Refusal::Unreadable })
}

fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

/// What the disk answered, as the port says it.
pub(super) fn disk(what: &'static str, path: &str, reason: &dyn std::fmt::Display) -> TreeError {
    TreeError::Disk { what, path: path.to_owned(), reason: reason.to_string() }
}
