//! The port to the git work tree around a project: where it stands, and what it did to files.

use super::TreeError;

/// Where a git work tree stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ground {
    /// The branch; `None` while `HEAD` is detached.
    pub branch: Option<String>,
    /// The commit `HEAD` is, in hexadecimal digits; `None` before the first one.
    pub commit: Option<String>,
    /// How long git's own log of `HEAD` is, in bytes; what stands behind it happened later.
    pub log: u64,
}

/// When git last saw a file: git writes this down whenever it writes a file, and whenever a file is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staged {
    /// The stamp the file had then, by the clock that gives [`super::Entry`] its stamps; 0 where git does not know.
    pub stamp: i128,
    /// Whether git keeps the file out of the folder, as in a sparse checkout.
    pub away: bool,
}

impl Staged {
    /// Whether git may have put what it saw into the file after it had this stamp; where it cannot be told, it may.
    pub fn is_after(&self, stamp: i128) -> bool {
        const SECOND: i128 = 1_000_000_000;
        match self.stamp {
            ..=0 => true,
            // A git that keeps whole seconds only.
            seconds if seconds % SECOND == 0 => seconds >= stamp - stamp.rem_euclid(SECOND),
            exact => exact > stamp,
        }
    }
}

/// The git work tree around a project, as it stood when it was opened.
///
/// Promises: raw objects are read and nothing is run, no filter and no hook; paths are the project's own.
pub trait Git {
    /// Where it stands.
    fn ground(&self) -> &Ground;

    /// Whether `HEAD` did nothing since but take commits that were made here: no switch, pull, reset, rebase or stash.
    ///
    /// # Errors
    ///
    /// [`TreeError`].
    fn only_committed_since(&self, then: &Ground) -> Result<bool, TreeError>;

    /// When git last saw a file; `None` for one it does not track.
    fn staged(&self, path: &str) -> Option<Staged>;

    /// The bytes git last saw in a file; `None` for one it does not track.
    fn staged_bytes(&self, path: &str) -> Option<Vec<u8>>;

    /// Walks back from `HEAD` along first parents, over what these files were: `visit` sees the bytes of all of them,
    /// `None` for one that was not there, each time one of them differs, and ends the walk with `true`. The walk also
    /// ends where the first of them was not there, and after a thousand commits.
    ///
    /// # Errors
    ///
    /// [`TreeError`].
    fn line(&self, paths: &[&str], visit: &mut dyn FnMut(Vec<Option<Vec<u8>>>) -> bool) -> Result<(), TreeError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_saw_is_later_unless_it_is_known_to_be_earlier() {
        let staged = |stamp| Staged { stamp, away: false };
        assert!(staged(0).is_after(5), "git does not know");
        assert!(!staged(1_500_000_000).is_after(1_500_000_000), "the very state that was seen");
        assert!(staged(1_500_000_001).is_after(1_500_000_000));
        assert!(staged(1_000_000_000).is_after(1_900_000_000), "somewhere within the same second");
        assert!(!staged(1_000_000_000).is_after(2_000_000_000));
    }
}
