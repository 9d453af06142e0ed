//! A project folder in memory.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use ignore::{Match, gitignore::GitignoreBuilder};

use super::git::{MemoryGit, Snapshot};
use crate::workspace::{Entry, Git, Listing, Refused, SourceTree, TreeError, is_within};

/// A project that lasts as long as the process.
#[derive(Debug, Default)]
pub struct MemoryTree {
    files: Mutex<Files>,
}

#[derive(Debug, Default)]
struct Files {
    now: Snapshot,
    /// What a surrounding git work tree has taken, the oldest first; without any, there is no git.
    commits: Vec<Snapshot>,
    refused: Vec<Refused>,
    /// Counts writes, in the place of a clock.
    writes: i128,
}

impl MemoryTree {
    /// A project without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// A project with these files.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let tree = Self::new();
        for (path, text) in files {
            tree.files().put(path, text.as_bytes());
        }
        tree
    }

    /// The same project with something in it that no program can use, such as a link that leads out.
    #[must_use]
    pub fn refusing(self, refused: Refused) -> Self {
        self.files().refused.push(refused);
        self
    }

    /// Commits all files to the git work tree around it, as `git commit -a` would.
    pub fn commit_to_git(&self) {
        let mut files = self.files();
        let now = files.now.clone();
        files.commits.push(now);
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Files {
    fn put(&mut self, path: &str, bytes: &[u8]) {
        self.writes += 1;
        self.now.insert(path.to_owned(), (bytes.to_vec(), self.writes));
    }

    /// Whether a `.gitignore` of its folder, or of one above, excludes a file: the deepest that says anything decides.
    fn is_ignored(&self, path: &str) -> bool {
        let folders = Path::new(path).ancestors().skip(1);
        let rules = folders.filter_map(|folder| {
            let (bytes, _) = self.now.get(&folder.join(".gitignore").to_string_lossy().into_owned())?;
            let mut builder = GitignoreBuilder::new(folder);
            for line in String::from_utf8_lossy(bytes).lines() {
                // A line that is no pattern excludes nothing, as in git.
                drop(builder.add_line(None, line));
            }
            builder.build().ok()
        });
        for rules in rules {
            match rules.matched_path_or_any_parents(path, false) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {}
            }
        }
        false
    }
}

impl SourceTree for MemoryTree {
    fn list(&self, folder: &str) -> Result<Listing, TreeError> {
        if !folder.is_empty() {
            checked(folder)?;
        }
        let files = self.files();
        let listed = files.now.iter().filter(|(path, _)| is_within(path, folder) && !files.is_ignored(path));
        let entry = |(path, (bytes, stamp)): (&String, &(Vec<u8>, i128))| Entry {
            path: path.clone(),
            size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            stamp: *stamp,
        };
        let mut refused: Vec<Refused> =
            files.refused.iter().filter(|one| is_within(&one.path, folder)).cloned().collect();
        refused.sort();
        Ok(Listing { files: listed.map(entry).collect(), refused })
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, TreeError> {
        checked(path)?;
        Ok(self.files().now.get(path).map(|(bytes, _)| bytes.clone()))
    }

    fn write(&self, path: &str, bytes: &[u8]) -> Result<(), TreeError> {
        checked(path)?;
        self.files().put(path, bytes);
        Ok(())
    }

    fn remove(&self, path: &str) -> Result<(), TreeError> {
        checked(path)?;
        self.files().now.remove(path);
        Ok(())
    }

    fn git(&self) -> Result<Option<Box<dyn Git + '_>>, TreeError> {
        let commits = self.files().commits.clone();
        Ok(if commits.is_empty() { None } else { Some(Box::new(MemoryGit::after(commits))) })
    }
}

/// A path of plain words, in no repository's folder.
fn checked(path: &str) -> Result<(), TreeError> {
    if path.split('/').any(|word| matches!(word, "" | "." | "..")) || path.contains('\0') {
        return Err(TreeError::Outside(path.to_owned()));
    }
    if path.split('/').any(|word| word == ".git") || path == ".chancery" || path.starts_with(".chancery/") {
        return Err(TreeError::Reserved(path.to_owned()));
    }
    Ok(())
}
