//! What changed between two sets of files of one artifact.

use serde::Serialize;

use crate::{
    artifact::{Source, SourceFile},
    diff::{self, Change, Class, Hunk, Word},
    scan::veiled,
};

/// How closely changes are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Lines, in hunks with context.
    Lines,
    /// Runs of words, whatever the lines.
    Words,
    /// Counts only.
    Counts,
}

/// What changed in one file. A file that is wholly new or wholly gone is counted, not spelled out.
#[derive(Debug, Serialize)]
pub struct FileChange {
    /// The file, from the artifact's folder.
    pub file: String,
    /// What kind of change it is.
    pub class: Class,
    /// Lines added.
    pub insertions: usize,
    /// Lines removed.
    pub deletions: usize,
    /// The changed lines with their context, where lines were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hunks: Vec<Hunk>,
    /// The whole text in runs of words, where words were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<Word>,
}

/// What changed in an artifact.
#[derive(Debug)]
pub(super) struct Changes {
    /// What kind of change it is, over all files.
    pub(super) class: Class,
    /// File by file, the main one first; files that are the same are left out.
    pub(super) files: Vec<FileChange>,
}

impl Changes {
    /// From one set of files to another; `None` where there is none.
    pub(super) fn between(old: Option<&Source>, new: Option<&Source>, look: Look) -> Self {
        let mut files = Vec::new();
        // Main files are each other's counterpart even when the artifact was renamed.
        files.extend(file(old.map(|source| &source.main), new.map(|source| &source.main), look));
        let attached = |source: Option<&Source>| source.map(|source| source.attached.clone()).unwrap_or_default();
        let (before, after) = (attached(old), attached(new));
        for left in &before {
            files.extend(file(Some(left), after.iter().find(|right| right.path == left.path), look));
        }
        for right in after.iter().filter(|right| before.iter().all(|left| left.path != right.path)) {
            files.extend(file(None, Some(right), look));
        }
        let class = match (old, new, files.as_slice()) {
            (None, _, _) => Class::Added,
            (_, None, _) => Class::Deleted,
            (_, _, []) => Class::Same,
            (_, _, [one]) if !matches!(one.class, Class::Added | Class::Deleted) => one.class,
            _ => Class::Text,
        };
        Self { class, files }
    }

    /// The same change of an artifact that has another name now.
    pub(super) fn renamed(mut self) -> Self {
        self.class = if self.class == Class::Same { Class::Renamed } else { Class::RenamedAndChanged };
        self
    }

    /// Lines added and lines removed, over all files.
    pub(super) fn counts(&self) -> (usize, usize) {
        self.files.iter().fold((0, 0), |(added, removed), file| (added + file.insertions, removed + file.deletions))
    }
}

/// What changed in one file; `None` when nothing did.
fn file(old: Option<&SourceFile>, new: Option<&SourceFile>, look: Look) -> Option<FileChange> {
    let text = |file: &SourceFile| String::from_utf8_lossy(&file.bytes).into_owned();
    let name = new.or(old)?.path.clone();
    let whole = |class, file: &SourceFile, added: bool| {
        let lines = text(file).split_inclusive('\n').count();
        let (insertions, deletions) = if added { (lines, 0) } else { (0, lines) };
        FileChange { file: name.clone(), class, insertions, deletions, hunks: Vec::new(), words: Vec::new() }
    };
    let (old, new) = match (old, new) {
        (Some(old), Some(new)) if old.bytes == new.bytes => return None,
        (Some(old), Some(new)) => (text(old), text(new)),
        (None, Some(new)) => return Some(whole(Class::Added, new, true)),
        (Some(old), None) => return Some(whole(Class::Deleted, old, false)),
        (None, None) => return None,
    };
    Some(texts(name, &old, &new, look))
}

/// What changed between two texts; a secret in them shows as a mark.
pub(super) fn texts(file: String, old: &str, new: &str, look: Look) -> FileChange {
    let class = diff::class(Change::Changed { old, new });
    let (old, new) = veiled(old, new);
    let (old, new) = (old.as_str(), new.as_str());
    let lines = diff::text(old, new);
    FileChange {
        file,
        class,
        insertions: lines.insertions,
        deletions: lines.deletions,
        hunks: if look == Look::Lines { lines.hunks } else { Vec::new() },
        words: if look == Look::Words { diff::words(old, new) } else { Vec::new() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(main: &str, attached: &[(&str, &str)]) -> Source {
        let file =
            |(path, text): &(&str, &str)| SourceFile { path: (*path).to_owned(), bytes: text.as_bytes().to_vec() };
        Source { main: file(&("a.md", main)), attached: attached.iter().map(file).collect() }
    }

    #[test]
    fn files_are_compared_with_their_counterparts() {
        let old = source("one\n", &[("gone.json", "{}\n"), ("kept.json", "{}")]);
        let new = source("two\n", &[("kept.json", "{}"), ("new.json", "[\n]\n")]);
        let changes = Changes::between(Some(&old), Some(&new), Look::Lines);
        let files: Vec<_> = changes.files.iter().map(|file| (file.file.as_str(), file.class)).collect();
        assert_eq!(files, [("a.md", Class::Text), ("gone.json", Class::Deleted), ("new.json", Class::Added)]);
        assert_eq!((changes.class, changes.counts()), (Class::Text, (3, 2)));
        assert!(changes.files[1].hunks.is_empty());
    }

    #[test]
    fn the_same_bytes_under_another_name_are_a_rename() {
        let text = source("one\n", &[]);
        let same = || Changes::between(Some(&text), Some(&text), Look::Counts);
        assert_eq!((same().class, same().renamed().class), (Class::Same, Class::Renamed));
        assert_eq!(Changes::between(None, Some(&text), Look::Lines).class, Class::Added);
    }
}
