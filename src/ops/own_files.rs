//! Which files are one artifact's alone.

use super::{
    Failure, World,
    working::{Item, Working},
};
use crate::name::Kind;

/// The files of an artifact that no other one names, main file first.
///
/// # Errors
///
/// When a file cannot be read.
pub(super) fn own_files(world: &World, working: &Working<'_>, item: &Item) -> Result<Vec<String>, Failure> {
    let Some(place) = working.found.places.get(&item.artifact) else { return Ok(Vec::new()) };
    let mut own: Vec<String> = place.files.iter().map(|entry| entry.path.clone()).collect();
    if own.is_empty() {
        own.push(place.path.clone());
    }
    let read = item.file.as_ref().map(|file| file.files.as_slice()).unwrap_or_default();
    let mut others: Vec<String> = read.iter().map(|e| e.path.clone()).filter(|path| !own.contains(path)).collect();
    if others.is_empty() {
        return Ok(own);
    }
    let naming = |kind: Kind| matches!(kind, Kind::Prompt | Kind::Suite);
    for other in working.found.places.values().filter(|other| naming(other.artifact.kind)) {
        if other.artifact != item.artifact
            && let Ok(file) = working.found.load(world.tree.as_ref(), other)?
        {
            others.retain(|path| file.files.iter().all(|entry| entry.path != *path));
        }
    }
    own.extend(others);
    Ok(own)
}
