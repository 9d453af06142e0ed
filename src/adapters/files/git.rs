//! The git work tree around a project folder.

use std::{
    cell::OnceCell,
    fs,
    path::{Path, PathBuf},
};

use git2::{Commit, ErrorCode, Index, IndexEntry, Oid, Repository};

use super::walk::disk;
use crate::workspace::{Git, Ground, Staged, TreeError};

/// How far back the line of a file is followed, in commits.
const FAR: usize = 1000;
/// How git begins what it notes of a commit made here. A merge or a cherry-pick brings what others wrote.
const COMMITS: [&str; 3] = ["commit: ", "commit (initial): ", "commit (amend): "];
/// Flags of an entry of git's index: not added yet, and kept out of the folder.
const INTENT_TO_ADD: u16 = 1 << 13;
const SKIP_WORKTREE: u16 = 1 << 14;

/// A git work tree with a project in it.
pub(super) struct FolderGit {
    repository: Repository,
    /// The project folder, from the top of the work tree on.
    prefix: PathBuf,
    ground: Ground,
    head: Option<Oid>,
    index: OnceCell<Option<Index>>,
}

/// The work tree around `root`, a canonical path; `None` where there is none, or none that can be opened: one of
/// another owner, or in a format that libgit2 does not know.
pub(super) fn open(root: &Path) -> Result<Option<FolderGit>, TreeError> {
    let Ok(repository) = Repository::discover(root) else { return Ok(None) };
    let Some(workdir) = repository.workdir().and_then(|folder| fs::canonicalize(folder).ok()) else {
        return Ok(None);
    };
    let Ok(prefix) = root.strip_prefix(&workdir).map(Path::to_owned) else { return Ok(None) };
    let head = match repository.head() {
        Ok(head) => head.target(),
        Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => None,
        Err(error) => return Err(wrong(&error)),
    };
    let log = fs::metadata(log_of(&repository)).map_or(0, |metadata| metadata.len());
    let ground = Ground { branch: branch(&repository), commit: head.map(|id| id.to_string()), log };
    Ok(Some(FolderGit { repository, prefix, ground, head, index: OnceCell::new() }))
}

/// The branch `HEAD` is on, one without commits included.
fn branch(repository: &Repository) -> Option<String> {
    let head = repository.find_reference("HEAD").ok()?;
    let name = String::from_utf8(head.symbolic_target_bytes()?.to_vec()).ok()?;
    let name = name.strip_prefix("refs/heads/").unwrap_or(&name).to_owned();
    (!name.is_empty() && !name.contains(char::is_control)).then_some(name)
}

fn log_of(repository: &Repository) -> PathBuf {
    repository.path().join("logs").join("HEAD")
}

fn wrong(error: &git2::Error) -> TreeError {
    disk("cannot read the git work tree around", ".", &error.message())
}

impl FolderGit {
    /// Git's index; one that cannot be read proves nothing.
    fn index(&self) -> Option<&Index> {
        self.index.get_or_init(|| self.repository.index().ok()).as_ref()
    }

    fn entry(&self, path: &str) -> Option<IndexEntry> {
        let entry = self.index()?.get_path(&self.prefix.join(path), 0)?;
        (entry.flags_extended & INTENT_TO_ADD == 0).then_some(entry)
    }

    fn blob(&self, id: Oid) -> Option<Vec<u8>> {
        self.repository.find_blob(id).ok().map(|blob| blob.content().to_vec())
    }

    /// What each of these files is in a commit.
    fn ids(&self, commit: &Commit<'_>, paths: &[&str]) -> Result<Vec<Option<Oid>>, TreeError> {
        let tree = commit.tree().map_err(|error| wrong(&error))?;
        let id = |path: &&str| tree.get_path(&self.prefix.join(path)).ok().map(|entry| entry.id());
        Ok(paths.iter().map(id).collect())
    }
}

impl Git for FolderGit {
    fn ground(&self) -> &Ground {
        &self.ground
    }

    fn only_committed_since(&self, then: &Ground) -> Result<bool, TreeError> {
        if then.branch != self.ground.branch || then.log > self.ground.log {
            return Ok(false);
        }
        if then.log == self.ground.log {
            return Ok(then.commit == self.ground.commit);
        }
        let Ok(log) = fs::read(log_of(&self.repository)) else { return Ok(false) };
        let (Ok(start), Ok(end)) = (usize::try_from(then.log), usize::try_from(self.ground.log)) else {
            return Ok(false);
        };
        let begins = start == 0 || log.get(start - 1) == Some(&b'\n');
        let later = log.get(start..end).map(String::from_utf8_lossy).filter(|_| begins);
        Ok(later.is_some_and(|later| are_commits(&later, then.commit.as_deref(), self.ground.commit.as_deref())))
    }

    fn staged(&self, path: &str) -> Option<Staged> {
        let entry = self.entry(path)?;
        Some(Staged { stamp: stamp_of(&entry), away: entry.flags_extended & SKIP_WORKTREE != 0 })
    }

    fn staged_bytes(&self, path: &str) -> Option<Vec<u8>> {
        self.blob(self.entry(path)?.id)
    }

    fn line(&self, paths: &[&str], visit: &mut dyn FnMut(Vec<Option<Vec<u8>>>) -> bool) -> Result<(), TreeError> {
        let Some(head) = self.head else { return Ok(()) };
        let mut commit = self.repository.find_commit(head).map_err(|error| wrong(&error))?;
        let mut last = None;
        for _ in 0..FAR {
            let ids = self.ids(&commit, paths)?;
            if ids.first().is_none_or(Option::is_none) {
                return Ok(());
            }
            if last.as_ref() != Some(&ids) {
                if visit(ids.iter().map(|id| id.and_then(|id| self.blob(id))).collect()) {
                    return Ok(());
                }
                last = Some(ids);
            }
            // The oldest commit, or the end of what a shallow clone has.
            let Ok(parent) = commit.parent(0) else { return Ok(()) };
            commit = parent;
        }
        Ok(())
    }
}

/// Whether these lines of git's log lead from one commit to another by nothing but commits made here.
fn are_commits(log: &str, from: Option<&str>, to: Option<&str>) -> bool {
    let is_commit = |id: &str, commit: Option<&str>| match commit {
        Some(commit) => id == commit,
        None => id.bytes().all(|digit| digit == b'0'),
    };
    let mut at = from.map(str::to_owned);
    for line in log.lines() {
        let Some((facts, message)) = line.split_once('\t') else { return false };
        let mut ids = facts.split(' ');
        let (Some(old), Some(new)) = (ids.next(), ids.next()) else { return false };
        if !is_commit(old, at.as_deref()) || !COMMITS.iter().any(|begin| message.starts_with(begin)) {
            return false;
        }
        at = Some(new.to_owned());
    }
    at.as_deref() == to
}

/// The stamp of an entry of git's index, by the clock that stamps files here.
fn stamp_of(entry: &IndexEntry) -> i128 {
    let time = if cfg!(unix) { entry.ctime } else { entry.mtime };
    i128::from(time.seconds()) * 1_000_000_000 + i128::from(time.nanoseconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_of_commits_made_here_is_told_from_everything_else() {
        let line = |old: char, new: char, message: &str| {
            let id = |digit: char| digit.to_string().repeat(40);
            format!("{} {} ana <ana@example.org> 1 +0000\t{message}\n", id(old), id(new))
        };
        let id = |digit: &str| digit.repeat(40);
        let (a, b, c) = (id("a"), id("b"), id("c"));
        let are = |log: &str, from: &str, to: &str| are_commits(log, Some(from), Some(to));
        let two = line('a', 'b', "commit: x") + &line('b', 'c', "commit (amend): y");
        assert!(are(&two, &a, &c));
        assert!(!are(&two, &b, &c) && !are(&two, &a, &b), "another beginning or end");
        assert!(are_commits(&line('0', 'a', "commit (initial): x"), None, Some(&a)));
        for message in [
            "checkout: moving from a to b",
            "reset: moving to HEAD",
            "pull: Fast-forward",
            "rebase (finish): x",
            "commit (merge): x",
            "commit (cherry-pick): x",
            "",
        ] {
            assert!(!are(&line('a', 'b', message), &a, &b), "{message}");
        }
        assert!(!are("nonsense", &a, &a) && !are("\t\n", &a, &a));
    }
}
