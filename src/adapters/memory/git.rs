//! A git work tree in memory, around a project in memory.

use std::collections::BTreeMap;

use crate::workspace::{Git, Ground, Staged, TreeError};

/// Files with the stamps they had.
pub(super) type Snapshot = BTreeMap<String, (Vec<u8>, i128)>;

/// A work tree on one branch that only ever takes commits of all files.
#[derive(Debug, Clone)]
pub(super) struct MemoryGit {
    ground: Ground,
    commits: Vec<Snapshot>,
}

impl MemoryGit {
    /// The work tree after these commits, the oldest first.
    pub(super) fn after(commits: Vec<Snapshot>) -> Self {
        let count = commits.len();
        let commit = (count > 0).then(|| format!("{count:040x}"));
        let log = u64::try_from(count).unwrap_or(u64::MAX);
        Self { ground: Ground { branch: Some("main".to_owned()), commit, log }, commits }
    }
}

impl Git for MemoryGit {
    fn ground(&self) -> &Ground {
        &self.ground
    }

    fn only_committed_since(&self, then: &Ground) -> Result<bool, TreeError> {
        Ok(then.branch == self.ground.branch && then.log <= self.ground.log)
    }

    fn staged(&self, path: &str) -> Option<Staged> {
        self.commits.last()?.get(path).map(|(_, stamp)| Staged { stamp: *stamp, away: false })
    }

    fn staged_bytes(&self, path: &str) -> Option<Vec<u8>> {
        self.commits.last()?.get(path).map(|(bytes, _)| bytes.clone())
    }

    fn line(&self, paths: &[&str], visit: &mut dyn FnMut(Vec<Option<Vec<u8>>>) -> bool) -> Result<(), TreeError> {
        let mut last = None;
        for commit in self.commits.iter().rev() {
            let files: Vec<Option<Vec<u8>>> =
                paths.iter().map(|path| commit.get(*path).map(|(bytes, _)| bytes.clone())).collect();
            if files.first().is_none_or(Option::is_none) {
                return Ok(());
            }
            if last.as_ref() != Some(&files) && visit(files.clone()) {
                return Ok(());
            }
            last = Some(files);
        }
        Ok(())
    }
}
