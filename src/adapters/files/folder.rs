//! The project folder on disk.

use std::{
    fs,
    io::{self, ErrorKind},
    path::{Component, Path, PathBuf},
};

use super::{
    git,
    replace::{replace, sync_folder},
    walk::{self, disk, is_inside},
};
use crate::{
    adapters::Failpoint,
    workspace::{Git, Listing, SourceTree, TreeError},
};

/// A project as a folder on disk.
#[derive(Debug, Clone)]
pub struct FolderTree {
    /// The folder, canonical: links in it are judged by where they really lead.
    root: PathBuf,
    failpoint: Failpoint,
}

impl FolderTree {
    /// The project in this folder, which must exist.
    ///
    /// # Errors
    ///
    /// [`TreeError::Disk`].
    pub fn open(folder: &Path) -> Result<Self, TreeError> {
        let failed = |reason: &dyn std::fmt::Display| disk("cannot open", &folder.display().to_string(), reason);
        let root = fs::canonicalize(folder).map_err(|error| failed(&error))?;
        if root.is_dir() {
            Ok(Self { root, failpoint: Failpoint::default() })
        } else {
            Err(failed(&"it is not a folder"))
        }
    }

    /// The same project, which a test stops at the failpoint.
    #[must_use]
    pub fn stopping_at(mut self, failpoint: Failpoint) -> Self {
        self.failpoint = failpoint;
        self
    }

    /// The folder, as a canonical path.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where a path leads, links followed; `None` when nothing is there.
    fn target(&self, path: &str) -> Result<Option<PathBuf>, TreeError> {
        let whole = self.root.join(checked(path)?);
        match fs::canonicalize(&whole) {
            Ok(target) if is_inside(&self.root, &target) => Ok(Some(target)),
            Ok(_) => Err(TreeError::Outside(path.to_owned())),
            // A link to nowhere may lead out as soon as somebody writes through it.
            Err(error) if is_absent(&error) && !whole.is_symlink() => Ok(None),
            Err(error) if is_absent(&error) => Err(TreeError::Outside(path.to_owned())),
            Err(error) => Err(disk("cannot find", path, &error)),
        }
    }

    /// Where a file that is not there yet would stand.
    fn new_target(&self, path: &str) -> Result<PathBuf, TreeError> {
        let whole = self.root.join(checked(path)?);
        for above in whole.ancestors().skip(1) {
            match fs::canonicalize(above) {
                Ok(real) if real == self.root || is_inside(&self.root, &real) => {
                    let rest = whole.strip_prefix(above).map_err(|error| disk("cannot find", path, &error))?;
                    return Ok(real.join(rest));
                }
                Err(error) if is_absent(&error) && !above.is_symlink() => {}
                Ok(_) | Err(_) => break,
            }
        }
        Err(TreeError::Outside(path.to_owned()))
    }
}

impl SourceTree for FolderTree {
    fn list(&self, folder: &str) -> Result<Listing, TreeError> {
        if !folder.is_empty() {
            checked(folder)?;
        }
        Ok(walk::list(&self.root, folder))
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, TreeError> {
        let Some(target) = self.target(path)? else { return Ok(None) };
        // Only files: reading a pipe would wait for ever.
        if !target.is_file() {
            return Ok(None);
        }
        match fs::read(&target) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(disk("cannot read", path, &error)),
        }
    }

    fn write(&self, path: &str, bytes: &[u8]) -> Result<(), TreeError> {
        let target = match self.target(path)? {
            Some(target) => target,
            None => self.new_target(path)?,
        };
        replace(&target, bytes, &self.failpoint).map_err(|error| disk("cannot write", path, &error))
    }

    fn remove(&self, path: &str) -> Result<(), TreeError> {
        // The link goes, not what it leads to; so only the folder it stands in has to be the project's.
        let whole = self.new_target(path)?;
        match fs::remove_file(&whole) {
            Ok(()) => {}
            Err(error) if is_absent(&error) => return Ok(()),
            Err(error) => return Err(disk("cannot remove", path, &error)),
        }
        for folder in whole.ancestors().skip(1).take_while(|folder| *folder != self.root) {
            if fs::remove_dir(folder).is_err() {
                return sync_folder(folder).map_err(|error| disk("cannot remove", path, &error));
            }
        }
        sync_folder(&self.root).map_err(|error| disk("cannot remove", path, &error))
    }

    fn git(&self) -> Result<Option<Box<dyn Git + '_>>, TreeError> {
        Ok(git::open(&self.root)?.map(|git| Box::new(git) as Box<dyn Git>))
    }
}

/// A path of plain words below the project folder, in no repository's folder.
fn checked(path: &str) -> Result<&Path, TreeError> {
    let outside = || TreeError::Outside(path.to_owned());
    if path.split('/').any(|word| matches!(word, "" | "." | "..")) || path.contains('\0') {
        return Err(outside());
    }
    if path.split('/').any(|word| word == ".git") || path == ".chancery" || path.starts_with(".chancery/") {
        return Err(TreeError::Reserved(path.to_owned()));
    }
    let path = Path::new(path);
    let plain = path.components().all(|word| matches!(word, Component::Normal(_)));
    if plain { Ok(path) } else { Err(outside()) }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// When a file last changed, in nanoseconds since 1970; 0 where unknown.
///
/// The time of change, not of modification: copying tools and `touch` set the latter back, nobody the former.
#[cfg(unix)]
pub(super) fn stamp_of(metadata: &fs::Metadata) -> i128 {
    use std::os::unix::fs::MetadataExt as _;
    i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec())
}

/// When a file was last modified, in nanoseconds since 1970; 0 where unknown.
#[cfg(not(unix))]
pub(super) fn stamp_of(metadata: &fs::Metadata) -> i128 {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    since.and_then(|since| i128::try_from(since.as_nanos()).ok()).unwrap_or(0)
}
