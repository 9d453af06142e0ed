//! The port to the project folder.

/// One file of the project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Path relative to the project folder, with `/` between folders.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// Something that changes when the file does (modification time in nanoseconds since 1970, 0 where unknown).
    pub stamp: i128,
}

/// Why the project folder could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// A path that leads out of the project, through `..`, an absolute path or a link.
    #[error("`{0}` leads out of the project")]
    Outside(String),
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
    /// Every file below a folder (`""` for all), sorted by path.
    ///
    /// # Errors
    ///
    /// [`TreeError`].
    fn list(&self, folder: &str) -> Result<Vec<Entry>, TreeError>;

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

    /// Those of these paths that a surrounding git work tree calls unmodified; empty outside of one.
    ///
    /// # Errors
    ///
    /// [`TreeError`].
    fn unmodified(&self, paths: &[&str]) -> Result<Vec<String>, TreeError>;
}
