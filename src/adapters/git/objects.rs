//! Reading git objects, each checked against its name by libgit2.

use git2::{ObjectType, Odb, OdbObject, Oid};

use super::{commit, failure::Failure, tree, trees::Trees};

const WHAT: &str = "cannot read object";

/// The bytes of an object of this kind.
pub(super) fn read(odb: &Odb<'_>, id: Oid, kind: ObjectType) -> Result<Vec<u8>, Failure> {
    Ok(open(odb, id, kind)?.data().to_vec())
}

/// More bytes than this has no payload: a file has 8 MiB at most. What others hand us may be a few thousand bytes on
/// the way, and many gigabytes in memory.
const LARGEST: usize = 256 * 1024 * 1024;

/// The bytes of payload that came from elsewhere, unless there are absurdly many. Only for what git has just checked.
pub(super) fn payload(odb: &Odb<'_>, id: Oid) -> Result<Vec<u8>, Failure> {
    match odb.read_header(id) {
        Ok((size, _)) if size > LARGEST => {
            Err(Failure::new(WHAT, id, format!("its {size} bytes are more than any payload has")))
        }
        _ => read(odb, id, ObjectType::Blob),
    }
}

/// The tree of a commit of ours.
pub(super) fn tree_of(odb: &Odb<'_>, id: Oid) -> Result<Oid, Failure> {
    let bytes = read(odb, id, ObjectType::Commit)?;
    Ok(commit::parse(&bytes).map_err(|why| Failure::new(WHAT, id, why))?.tree)
}

/// The entries of a tree.
pub(super) fn tree(odb: &Odb<'_>, id: Oid) -> Result<Vec<tree::Entry>, Failure> {
    tree::parse(open(odb, id, ObjectType::Tree)?.data()).ok_or_else(|| not_ours(id))
}

/// The entry at a path below a tree.
pub(super) fn find(odb: &Odb<'_>, trees: &Trees, root: Oid, path: &str) -> Result<Option<tree::Entry>, Failure> {
    let mut at = tree::Entry { name: String::new(), folder: true, id: root };
    for word in path.split('/') {
        if !at.folder {
            return Ok(None);
        }
        match tree::entry(&trees.read(odb, at.id)?, word).map_err(|tree::NotOurs| not_ours(at.id))? {
            Some(entry) => at = entry,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

/// An object of this kind.
pub(super) fn open<'o>(odb: &'o Odb<'_>, id: Oid, kind: ObjectType) -> Result<OdbObject<'o>, Failure> {
    let object = odb.read(id).map_err(|error| Failure::new(WHAT, id, error.message()))?;
    if object.kind() == kind {
        Ok(object)
    } else {
        Err(Failure::new(WHAT, id, format!("it is a {}, not a {kind}", object.kind())))
    }
}

/// That a tree holds what we write in none.
pub(super) fn not_ours(tree: Oid) -> Failure {
    Failure::new(WHAT, tree, "it is not a tree of ours")
}
