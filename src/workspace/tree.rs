//! The port to the project folder.

use super::Git;

/// One file of the project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Path relative to the project folder, with `/` between folders.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// Something that changes when the file does (time of its last change, in nanoseconds since 1970; 0 where unknown).
    pub stamp: i128,
}

/// A path that is there and cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    /// Path relative to the project folder, with `/` between folders; replacement characters where it is not UTF-8.
    pub path: String,
    /// What is wrong with it.
    pub why: Refusal,
}

/// Why a path cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// A link that leads out of the project, or nowhere.
    LinkOut,
    /// A link to a folder; what is below it has its one path already.
    LinkToFolder,
    /// The name is not UTF-8.
    NotUtf8,
    /// The file or folder is there and may not be looked at.
    Unreadable,
}

/// What stands below a folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// The files, sorted by path.
    pub files: Vec<Entry>,
    /// What is there and cannot be used, sorted by path.
    pub refused: Vec<Refused>,
}

/// Why the project folder could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// A path that leads out of the project, through `..`, an absolute path or a link.
    #[error("`{0}` leads out of the project")]
    Outside(String),
    /// A path below `.git` or `.chancery`.
    #[error("`{0}` belongs to a repository, not to the project's files")]
    Reserved(String),
    /// The disk failed.
    #[error("{what} `{path}`: {reason}")]
    Disk {
        /// What was being done.
        what: &'static str,
        /// The file.
        path: String,
        /// What the system answered.
        reason: String,
    },
}

/// The files of a project.
///
/// Promises: paths are relative to the project folder and never lead out of it, links included; `.chancery`, `.git`
/// and what `.gitignore` excludes are not listed; a write is the whole new file or the old one, durably.
pub trait SourceTree: Send + Sync {
    /// Everything below a folder (`""` for all); nothing when there is no such folder.
    ///
    /// # Errors
    ///
    /// [`TreeError`].
    fn list(&self, folder: &str) -> Result<Listing, TreeError>;

    /// A file's bytes, or `None` when there is no such file.
    ///
    /// # Errors
    ///
    /// [`TreeError`].
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, TreeError>;

    /// Replaces or creates a whole file, folders included.
    ///
    /// # Errors
    ///
    /// [`TreeError`].
    fn write(&self, path: &str, bytes: &[u8]) -> Result<(), TreeError>;

    /// Removes a file if it is there, and folders it leaves empty.
    ///
    /// # Errors
    ///
    /// [`TreeError`].
    fn remove(&self, path: &str) -> Result<(), TreeError>;

    /// The git work tree around the project as it stands now; `None` outside of one, and where it cannot be opened.
    ///
    /// # Errors
    ///
    /// [`TreeError`].
    fn git(&self) -> Result<Option<Box<dyn Git + '_>>, TreeError>;
}
