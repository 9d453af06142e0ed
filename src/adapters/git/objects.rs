//! Reading git objects, each checked against its name by libgit2.

use git2::{ObjectType, Odb, Oid};

use super::{failure::Failure, tree};

/// The bytes of an object of this kind.
pub(super) fn read(odb: &Odb<'_>, id: Oid, kind: ObjectType) -> Result<Vec<u8>, Failure> {
    let object = odb.read(id).map_err(|error| Failure::new("cannot read object", id, error.message()))?;
    if object.kind() == kind {
        Ok(object.data().to_vec())
    } else {
        Err(Failure::new("cannot read object", id, format!("it is a {}, not a {kind}", object.kind())))
    }
}

/// The entries of a tree.
pub(super) fn tree(odb: &Odb<'_>, id: Oid) -> Result<Vec<tree::Entry>, Failure> {
    let bytes = read(odb, id, ObjectType::Tree)?;
    tree::parse(&bytes).ok_or_else(|| Failure::new("cannot read object", id, "it is not a tree of ours"))
}

/// The entry at a path below a tree.
pub(super) fn find(odb: &Odb<'_>, root: Oid, path: &str) -> Result<Option<tree::Entry>, Failure> {
    let mut at = tree::Entry { name: String::new(), folder: true, id: root };
    for word in path.split('/') {
        if !at.folder {
            return Ok(None);
        }
        match tree(odb, at.id)?.into_iter().find(|entry| entry.name == word) {
            Some(entry) => at = entry,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}
