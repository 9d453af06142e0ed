//! What a working file was last in step with, where git may have changed it behind this clone's back.
//!
//! This clone remembers the base of each file. But `git switch`, `git stash` and `git pull` put other bytes into
//! files, and an edit on top of those is no edit of what is remembered: to believe the memory would take back, without
//! a word, what somebody committed on another branch. So the memory is held against what git wrote down itself:
//!
//! 1. Git's index says when git last saw each file. If that was before this clone last looked, git has put nothing
//!    there since, whatever it did to other files: the memory holds.
//! 2. Else the file had the bytes in git's index later than those remembered. If they are a version, that is the base.
//! 3. Else, if git's log of `HEAD` shows nothing since but commits made here, they are the person's own edits: the
//!    memory holds.
//! 4. Else the base is the newest version in what git has of the file, from `HEAD` back along first parents; if there
//!    is none, it is not known, and the file counts as diverged.
//!
//! Without git the memory alone counts; without memory, git alone: so a fresh checkout knows its bases. What this
//! cannot see: an older file that `git restore` brought back, edited and added to git again between two looks.

use std::{cell::RefCell, collections::BTreeMap};

use super::{Failure, World, memory, standing::Standing};
use crate::{
    artifact::{Source, SourceFile},
    name::Artifact,
    object::VersionId,
    state::HeadRecord,
    workspace::{Git, Ground, Index, Record, Staged},
};

/// A version, and its place among the artifact's commits.
pub(super) type Base = (VersionId, u64);

/// Finds bases, with the git work tree as it stood when this was opened.
pub(super) struct Steps<'a> {
    git: Option<Box<dyn Git + 'a>>,
    /// Whether only commits were made since git stood there.
    quiet: RefCell<BTreeMap<Ground, bool>>,
}

/// One file that does not have its head's bytes.
pub(super) struct Question<'a> {
    /// The artifact.
    pub(super) artifact: &'a Artifact,
    /// Its newest commit.
    pub(super) head: Option<&'a HeadRecord>,
    /// Its files, the main one first; those it had, where it has none.
    pub(super) files: Vec<String>,
    /// Whether it has a file.
    pub(super) is_there: bool,
}

impl<'a> Steps<'a> {
    /// Looks where git stands.
    ///
    /// # Errors
    ///
    /// When git's own files cannot be read.
    pub(super) fn open(world: &'a World) -> Result<Self, Failure> {
        Ok(Self { git: world.tree.git()?, quiet: RefCell::default() })
    }

    /// Where git stands; `None` without git.
    pub(super) fn ground(&self) -> Option<&Ground> {
        self.git.as_ref().map(|git| git.ground())
    }

    /// What the file was last in step with.
    ///
    /// # Errors
    ///
    /// When the state or git cannot be read.
    pub(super) fn base(
        &self,
        standing: &Standing<'_>,
        index: &Index,
        asked: &Question<'_>,
    ) -> Result<Option<Base>, Failure> {
        let record = index.get(asked.artifact);
        let remembered = memory::base(standing, record, asked.head)?;
        let Some(git) = self.git.as_deref() else { return Ok(remembered) };
        let staged: Vec<Option<Staged>> = asked.files.iter().map(|path| git.staged(path)).collect();
        // A file that is not here and never was, or that git keeps away, was not deleted.
        let is_away = staged.iter().flatten().any(|staged| staged.away);
        if !asked.is_there && (is_away || remembered.is_none()) {
            return Ok(None);
        }
        let seen = |path: &str| {
            let (_, files) = record?.hashed.as_ref()?;
            files.iter().find(|file| file.path == path).map(|file| file.stamp)
        };
        let is_before = asked.files.iter().zip(&staged).all(|(path, staged)| match (staged, seen(path)) {
            (Some(staged), Some(seen)) => !staged.is_after(seen),
            _ => false,
        });
        if is_before && remembered.is_some() {
            return Ok(remembered);
        }
        if staged.iter().flatten().all(|staged| staged.stamp > 0) {
            let bytes = asked.files.iter().map(|path| git.staged_bytes(path)).collect();
            if let Some(base) = known(standing, asked, bytes)? {
                return Ok(Some(base));
            }
        }
        let ground = record.and_then(|record| record.ground.as_ref());
        if remembered.is_some()
            && let Some(ground) = ground
            && self.is_quiet(git, ground)?
        {
            return Ok(remembered);
        }
        line(git, standing, asked)
    }

    /// Whether git's `HEAD` has exactly this version of it.
    ///
    /// # Errors
    ///
    /// When git cannot be read.
    pub(super) fn is_unmodified(&self, files: &[String], version: VersionId) -> Result<bool, Failure> {
        let Some(git) = &self.git else { return Ok(false) };
        let mut is = false;
        git.line(&paths(files), &mut |bytes| {
            is = version_of(files, bytes) == Some(version);
            true
        })?;
        Ok(is)
    }

    fn is_quiet(&self, git: &dyn Git, since: &Ground) -> Result<bool, Failure> {
        if let Some(known) = self.quiet.borrow().get(since) {
            return Ok(*known);
        }
        let quiet = git.only_committed_since(since)?;
        self.quiet.borrow_mut().insert(since.clone(), quiet);
        Ok(quiet)
    }
}

/// The files that were read for a record, the main one first.
pub(super) fn files_of(record: Option<&Record>) -> Vec<String> {
    match record {
        Some(Record { hashed: Some((_, files)), .. }) if !files.is_empty() => {
            files.iter().map(|file| file.path.clone()).collect()
        }
        Some(record) => vec![record.path.clone()],
        None => Vec::new(),
    }
}

/// The newest version in what git has of these files.
fn line(git: &dyn Git, standing: &Standing<'_>, asked: &Question<'_>) -> Result<Option<Base>, Failure> {
    let mut base = Ok(None);
    git.line(&paths(&asked.files), &mut |bytes| {
        base = known(standing, asked, bytes);
        !matches!(base, Ok(None))
    })?;
    base
}

/// The version these bytes are, if it is one of the artifact's.
fn known(standing: &Standing<'_>, asked: &Question<'_>, bytes: Vec<Option<Vec<u8>>>) -> Result<Option<Base>, Failure> {
    let Some(version) = version_of(&asked.files, bytes) else { return Ok(None) };
    if let Some(head) = asked.head.filter(|head| head.version == Some(version)) {
        return Ok(Some((version, head.number)));
    }
    Ok(standing.state().version(asked.artifact, version)?.map(|record| (version, record.number)))
}

/// The version that files with these bytes would be; none where the main one is missing.
fn version_of(files: &[String], bytes: Vec<Option<Vec<u8>>>) -> Option<VersionId> {
    let folder = files.first()?.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut sources = files.iter().zip(bytes).map(|(path, bytes)| {
        let path = path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/').to_owned();
        bytes.map(|bytes| SourceFile { path, bytes })
    });
    let main = sources.next()??;
    let mut attached: Vec<SourceFile> = sources.flatten().collect();
    attached.sort_by(|a, b| a.path.cmp(&b.path));
    Some(Source { main, attached }.version())
}

fn paths(files: &[String]) -> Vec<&str> {
    files.iter().map(String::as_str).collect()
}
