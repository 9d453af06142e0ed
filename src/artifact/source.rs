//! The exact bytes an artifact consists of.

use crate::object::{Digest, VersionId};

/// One file of an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path relative to the folder of the main file, with `/` between folders.
    pub path: String,
    /// The bytes, untouched.
    pub bytes: Vec<u8>,
}

/// All files of an artifact: the main one first, then those it names, sorted by path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file that carries the artifact's name.
    pub main: SourceFile,
    /// The others; empty for most artifacts.
    pub attached: Vec<SourceFile>,
}

impl Source {
    /// A one-file artifact.
    pub fn single(path: &str, bytes: Vec<u8>) -> Self {
        Self { main: SourceFile { path: path.to_owned(), bytes }, attached: Vec::new() }
    }

    /// Every file, the main one first.
    pub fn files(&self) -> impl Iterator<Item = &SourceFile> {
        std::iter::once(&self.main).chain(&self.attached)
    }

    /// The version these bytes are: the SHA-256 of the file, or of the listing when there are several.
    pub fn version(&self) -> VersionId {
        VersionId(match self.listing() {
            None => Digest::of(&self.main.bytes),
            Some(listing) => Digest::of(listing.as_bytes()),
        })
    }

    /// What `sha256sum MAIN ATTACHED… | sort -k2` prints in the main file's folder; `None` for one file.
    pub fn listing(&self) -> Option<String> {
        if self.attached.is_empty() {
            return None;
        }
        let line = |file: &SourceFile| format!("{}  {}\n", Digest::of(&file.bytes), file.path);
        let mut lines: Vec<(&str, String)> = self.files().map(|file| (file.path.as_str(), line(file))).collect();
        lines.sort();
        Some(lines.into_iter().map(|(_, line)| line).collect())
    }

    /// Every blob that must be kept for this version to come back: the files, and the listing if there is one.
    pub fn blobs(&self) -> Vec<Vec<u8>> {
        let mut blobs: Vec<Vec<u8>> = self.files().map(|file| file.bytes.clone()).collect();
        blobs.extend(self.listing().map(String::into_bytes));
        blobs
    }

    /// Digests and paths of a listing, or `None` when the bytes are not one.
    pub fn read_listing(bytes: &[u8]) -> Option<Vec<(Digest, String)>> {
        let text = std::str::from_utf8(bytes).ok()?;
        let read = |line: &str| {
            let (digest, path) = line.split_once("  ")?;
            Some((digest.parse().ok()?, path.to_owned()))
        };
        text.lines().map(read).collect()
    }
}
