//! What a git work tree around the project has in its `HEAD`.

use std::{fs, path::Path};

use git2::{ErrorCode, ObjectType, Oid, Repository, Tree};

use super::walk::disk;
use crate::workspace::TreeError;

/// Those of `paths` whose raw bytes are the blob at their place in `HEAD`.
///
/// Raw bytes, because git's own comparison would run the filters of the project's attributes.
pub(super) fn unmodified(root: &Path, paths: &[&str]) -> Result<Vec<String>, TreeError> {
    let wrong = |error: &git2::Error| disk("cannot open the git work tree around", ".", &error.message());
    let repository = match Repository::discover(root) {
        Ok(repository) => repository,
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(wrong(&error)),
    };
    let Some(workdir) = repository.workdir().and_then(|folder| fs::canonicalize(folder).ok()) else {
        return Ok(Vec::new());
    };
    let Ok(prefix) = root.strip_prefix(&workdir) else { return Ok(Vec::new()) };
    let tree = match repository.head() {
        Ok(head) => head.peel_to_tree().map_err(|error| wrong(&error))?,
        Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => return Ok(Vec::new()),
        Err(error) => return Err(wrong(&error)),
    };
    let same = |path: &&&str| is_same(&tree, &prefix.join(path), &root.join(path));
    Ok(paths.iter().filter(same).map(|path| (*path).to_owned()).collect())
}

fn is_same(tree: &Tree<'_>, place: &Path, file: &Path) -> bool {
    let Ok(entry) = tree.get_path(place) else { return false };
    let Ok(bytes) = fs::read(file) else { return false };
    Oid::hash_object(ObjectType::Blob, &bytes).is_ok_and(|id| id == entry.id())
}
