//! Trees: reading them, and applying many changes while touching only what changes.

use std::{cmp::Ordering, collections::BTreeMap, sync::Arc};

use git2::{ObjectType, Odb, Oid};

use super::{batch::Batch, failure::Failure, objects, trees::Trees};

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

/// One line of a tree, where it stands.
#[derive(Clone, Copy)]
struct Line<'a> {
    name: &'a str,
    folder: bool,
    id: [u8; 20],
}

impl<'a> Line<'a> {
    fn of(entry: &'a Entry) -> Self {
        Self { name: &entry.name, folder: entry.folder, id: bytes_of(entry.id) }
    }

    /// Git sorts folders as if their names ended in a slash.
    fn order(&self, other: &Self) -> Ordering {
        let (one, next) = (self.name.as_bytes(), other.name.as_bytes());
        let common = one.len().min(next.len());
        let end = |folder: bool| if folder { &b"/"[..] } else { b"" };
        one.iter().take(common).cmp(next.iter().take(common)).then_with(|| {
            let one = one.iter().skip(common).chain(end(self.folder));
            one.cmp(next.iter().skip(common).chain(end(other.folder)))
        })
    }

    fn oid(&self) -> Option<Oid> {
        Oid::from_bytes(&self.id).ok()
    }

    fn entry(&self) -> Option<Entry> {
        Some(Entry { name: self.name.to_owned(), folder: self.folder, id: self.oid()? })
    }
}

fn bytes_of(id: Oid) -> [u8; 20] {
    id.as_bytes().try_into().unwrap_or_default()
}

/// The lines of a tree, read one by one.
struct Lines<'a> {
    rest: &'a [u8],
    last: Option<Line<'a>>,
}

impl<'a> Lines<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, last: None }
    }

    fn all(bytes: &'a [u8]) -> Option<Vec<Line<'a>>> {
        let (mut lines, mut all) = (Self::of(bytes), Vec::new());
        while !lines.rest.is_empty() {
            all.push(lines.step()?);
        }
        Some(all)
    }

    /// The next line; `None` when what follows is none, holds another mode, or is out of order.
    fn step(&mut self) -> Option<Line<'a>> {
        let nul = self.rest.iter().position(|byte| *byte == 0)?;
        let (mode, name) = std::str::from_utf8(self.rest.get(..nul)?).ok()?.split_once(' ')?;
        let folder = match mode {
            "40000" => true,
            "100644" => false,
            _ => return None,
        };
        let (id, rest) = self.rest.get(nul + 1..)?.split_first_chunk::<20>()?;
        self.rest = rest;
        let line = Line { name, folder, id: *id };
        if self.last.is_some_and(|last| last.order(&line) != Ordering::Less) {
            return None;
        }
        self.last = Some(line);
        Some(line)
    }
}

/// Reads a tree; `None` when it is not one, holds another mode, or is out of order.
pub(super) fn parse(bytes: &[u8]) -> Option<Vec<Entry>> {
    Lines::all(bytes)?.iter().map(Line::entry).collect()
}

/// What a tree leads to, and whether that is a folder; as [`parse`] it refuses a tree that is not one of ours.
pub(super) fn children(bytes: &[u8]) -> Option<Vec<(Oid, bool)>> {
    let (mut lines, mut children) = (Lines::of(bytes), Vec::with_capacity(bytes.len() / 32));
    while !lines.rest.is_empty() {
        let line = lines.step()?;
        children.push((line.oid()?, line.folder));
    }
    Some(children)
}

/// A tree that is not one of ours.
pub(super) struct NotOurs;

/// The entry of this name; as [`parse`] it refuses a tree that is not one of ours, wherever the fault is.
pub(super) fn entry(bytes: &[u8], name: &str) -> Result<Option<Entry>, NotOurs> {
    let (mut lines, mut found) = (Lines::of(bytes), None);
    while !lines.rest.is_empty() {
        let line = lines.step().ok_or(NotOurs)?;
        if line.name == name {
            found.get_or_insert(line.entry().ok_or(NotOurs)?);
        }
    }
    Ok(found)
}

/// A tree of these entries.
pub(super) fn of(entries: &[Entry]) -> Vec<u8> {
    write(entries.iter().map(Line::of).collect())
}

fn write(mut lines: Vec<Line<'_>>) -> Vec<u8> {
    lines.sort_by(Line::order);
    let mut bytes = Vec::with_capacity(lines.iter().map(|line| line.name.len() + 28).sum());
    for line in lines {
        bytes.extend_from_slice(if line.folder { b"40000 " } else { b"100644 " });
        bytes.extend_from_slice(line.name.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(&line.id);
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
    pub(super) fn apply(
        &self,
        odb: &Odb<'_>,
        trees: &Trees,
        base: Option<Oid>,
        batch: &mut Batch,
    ) -> Result<Option<Oid>, Failure> {
        let bytes = base.map(|id| trees.read(odb, id)).transpose()?;
        let mut lines = match (&bytes, base) {
            (Some(bytes), Some(id)) => Lines::all(bytes).ok_or_else(|| objects::not_ours(id))?,
            _ => Vec::new(),
        };
        for (name, edits) in &self.folders {
            let below = lines.iter().find(|line| line.name == name && line.folder).and_then(Line::oid);
            set(&mut lines, name, true, edits.apply(odb, trees, below, batch)?);
        }
        for (name, blob) in &self.files {
            set(&mut lines, name, false, *blob);
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let bytes = write(lines);
        let kept: Arc<[u8]> = bytes.as_slice().into();
        let id = batch.add(ObjectType::Tree, bytes)?;
        trees.keep(id, kept);
        Ok(Some(id))
    }
}

fn set<'a>(lines: &mut Vec<Line<'a>>, name: &'a str, folder: bool, id: Option<Oid>) {
    lines.retain(|line| line.name != name);
    lines.extend(id.map(|id| Line { name, folder, id: bytes_of(id) }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read_as_it_was_written_and_sorted_as_git_sorts() {
        let id = Oid::hash_object(ObjectType::Blob, b"x").unwrap();
        let entry = |name: &str, folder| Entry { name: name.to_owned(), folder, id };
        let bytes = of(&[entry("act", true), entry("act.sig", false), entry("a", false)]);
        let names: Vec<_> = parse(&bytes).unwrap().into_iter().map(|entry| entry.name).collect();
        assert_eq!(names, ["a", "act.sig", "act"], "`act/` sorts after `act.sig`");
        assert_eq!(parse(&bytes[..bytes.len() - 1]), None);
        assert_eq!(parse(&[&bytes[..], &bytes[..]].concat()), None, "a name stands once");
    }
}
