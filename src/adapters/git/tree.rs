//! Trees: reading them, and applying many changes while touching only what changes.

use std::collections::BTreeMap;

use git2::{ObjectType, Odb, Oid};

use super::{batch::Batch, failure::Failure, objects};

/// One line of a tree: a plain file or a folder. We write no other modes and read none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its name.
    pub(super) name: String,
    /// Whether it is a tree.
    pub(super) folder: bool,
    /// The object.
    pub(super) id: Oid,
}

impl Entry {
    /// Git sorts folders as if their names ended in a slash.
    fn order(&self) -> (&[u8], &[u8]) {
        (self.name.as_bytes(), if self.folder { b"/" } else { b"" })
    }

    fn precedes(&self, other: &Self) -> bool {
        let (name, end) = self.order();
        let (next, next_end) = other.order();
        name.iter().chain(end).lt(next.iter().chain(next_end))
    }
}

/// Reads a tree; `None` when it is not one, holds another mode, or is out of order.
pub(super) fn parse(mut bytes: &[u8]) -> Option<Vec<Entry>> {
    let mut entries: Vec<Entry> = Vec::new();
    while !bytes.is_empty() {
        let nul = bytes.iter().position(|byte| *byte == 0)?;
        let (mode, name) = std::str::from_utf8(bytes.get(..nul)?).ok()?.split_once(' ')?;
        let folder = match mode {
            "40000" => true,
            "100644" => false,
            _ => return None,
        };
        let id = Oid::from_bytes(bytes.get(nul + 1..nul + 21)?).ok()?;
        bytes = bytes.get(nul + 21..)?;
        let entry = Entry { name: name.to_owned(), folder, id };
        if entries.last().is_some_and(|last| !last.precedes(&entry)) {
            return None;
        }
        entries.push(entry);
    }
    Some(entries)
}

/// Writes a tree.
pub(super) fn write(mut entries: Vec<Entry>) -> Vec<u8> {
    entries.sort_by(|a, b| if a.precedes(b) { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater });
    let mut bytes = Vec::with_capacity(entries.len() * 80);
    for entry in entries {
        bytes.extend_from_slice(if entry.folder { b"40000 " } else { b"100644 " });
        bytes.extend_from_slice(entry.name.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(entry.id.as_bytes());
    }
    bytes
}

/// Changes to a tree, folder by folder.
#[derive(Debug, Default)]
pub(super) struct Edits {
    files: BTreeMap<String, Option<Oid>>,
    folders: BTreeMap<String, Edits>,
}

impl Edits {
    /// Puts a blob at a path, or takes away what is there.
    pub(super) fn add(&mut self, path: &str, blob: Option<Oid>) {
        match path.split_once('/') {
            Some((folder, rest)) => self.folders.entry(folder.to_owned()).or_default().add(rest, blob),
            None => {
                self.files.insert(path.to_owned(), blob);
            }
        }
    }

    /// The tree `base` with these changes, its new folders added to the batch; `None` when nothing is left in it.
    pub(super) fn apply(&self, odb: &Odb<'_>, base: Option<Oid>, batch: &mut Batch) -> Result<Option<Oid>, Failure> {
        let mut entries: BTreeMap<String, Entry> = match base {
            Some(id) => objects::tree(odb, id)?.into_iter().map(|entry| (entry.name.clone(), entry)).collect(),
            None => BTreeMap::new(),
        };
        for (name, edits) in &self.folders {
            let below = entries.get(name).filter(|entry| entry.folder).map(|entry| entry.id);
            set(&mut entries, name, true, edits.apply(odb, below, batch)?);
        }
        for (name, blob) in &self.files {
            set(&mut entries, name, false, *blob);
        }
        if entries.is_empty() {
            return Ok(None);
        }
        batch.add(ObjectType::Tree, write(entries.into_values().collect())).map(Some)
    }
}

fn set(entries: &mut BTreeMap<String, Entry>, name: &str, folder: bool, id: Option<Oid>) {
    match id {
        Some(id) => entries.insert(name.to_owned(), Entry { name: name.to_owned(), folder, id }),
        None => entries.remove(name),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read_as_it_was_written_and_sorted_as_git_sorts() {
        let id = Oid::hash_object(ObjectType::Blob, b"x").unwrap();
        let entry = |name: &str, folder| Entry { name: name.to_owned(), folder, id };
        let bytes = write(vec![entry("act", true), entry("act.sig", false), entry("a", false)]);
        let names: Vec<_> = parse(&bytes).unwrap().into_iter().map(|entry| entry.name).collect();
        assert_eq!(names, ["a", "act.sig", "act"], "`act/` sorts after `act.sig`");
        assert_eq!(parse(&bytes[..bytes.len() - 1]), None);
        assert_eq!(parse(&[&bytes[..], &bytes[..]].concat()), None, "a name stands once");
    }
}
