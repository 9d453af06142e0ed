//! How a working file stands to what was committed.

use serde::Serialize;

use crate::object::VersionId;

/// The state of one working file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FileState {
    /// Never committed.
    New,
    /// Edited since it was last in step, and nobody else moved the head: a commit takes it.
    Changed,
    /// Taken away here, and nobody else moved the head: a commit records the deletion.
    Deleted,
    /// The head's bytes.
    Clean,
    /// An older version, or no file yet: a commit never takes it back.
    Behind,
    /// Edited here while the head moved elsewhere.
    Diverged,
}

/// What is known of one artifact's working file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The version its bytes are; `None` without a file.
    pub working: Option<VersionId>,
    /// The version it was last in step with, where this clone remembers one.
    pub base: Option<VersionId>,
    /// The newest committed version.
    pub head: Option<VersionId>,
    /// Whether its bytes are a committed version of this artifact other than the head.
    pub is_older_version: bool,
    /// Whether git calls it unmodified; needs to be known only where `is_older_version` holds.
    pub git_unmodified: bool,
}

/// Judges a working file.
///
/// Whatever could take back somebody else's work without a person having said so is `Behind`: a file that git put
/// there, a head that arrived without a file, bytes that were committed before and that nobody remembers editing.
pub fn judge(standing: Standing) -> FileState {
    let Standing { working, base, head, is_older_version, git_unmodified } = standing;
    let Some(head) = head else {
        return if working.is_some() { FileState::New } else { FileState::Clean };
    };
    let Some(working) = working else {
        return if base == Some(head) { FileState::Deleted } else { FileState::Behind };
    };
    match base {
        _ if working == head => FileState::Clean,
        _ if git_unmodified && is_older_version => FileState::Behind,
        Some(base) if base == working => FileState::Behind,
        Some(base) if base == head => FileState::Changed,
        None if is_older_version => FileState::Behind,
        _ => FileState::Diverged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Digest;

    /// Every combination, one line each: working, base, head (`-` for none), then the state where the bytes are
    /// no older version, an older version, and an older version that git calls unmodified.
    const TABLE: &str = "
        - - -  clean    clean   clean
        - a -  clean    clean   clean
        a - -  new      new     new
        a a -  new      new     new
        a b -  new      new     new
        - - a  behind   behind  behind
        - a a  deleted  deleted deleted
        - b a  behind   behind  behind
        a - a  clean    clean   clean
        a a a  clean    clean   clean
        a b a  clean    clean   clean
        a - b  diverged behind  behind
        a a b  behind   behind  behind
        a b b  changed  changed behind
        a c b  diverged diverged behind
    ";

    fn version(letter: &str) -> Option<VersionId> {
        (letter != "-").then(|| VersionId(Digest::of(letter.as_bytes())))
    }

    #[test]
    fn a_working_file_is_judged_by_its_base_and_the_head() {
        for line in TABLE.lines().filter(|line| !line.trim().is_empty()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let standing = |older, unmodified| Standing {
                working: version(words[0]),
                base: version(words[1]),
                head: version(words[2]),
                is_older_version: older,
                git_unmodified: unmodified,
            };
            let states = [(false, false), (true, false), (true, true), (false, true)]
                .map(|(older, unmodified)| format!("{:?}", judge(standing(older, unmodified))).to_lowercase());
            assert_eq!(states[..3], words[3..6], "{line}");
            assert_eq!(states[3], words[3], "git alone proves nothing: {line}");
        }
    }

    #[test]
    fn a_version_that_git_brought_back_is_never_committed_by_accident() {
        let standing = Standing {
            working: version("a"),
            base: version("b"),
            head: version("b"),
            is_older_version: true,
            git_unmodified: true,
        };
        assert_eq!(judge(standing), FileState::Behind);
    }
}
