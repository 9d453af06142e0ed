//! An artifact's commits, newest first, through renames.

use std::collections::BTreeSet;

use super::{State, StateError, records::LineageRecord};
use crate::{
    name::{Artifact, Handle},
    object::VersionId,
};

/// The commits of an artifact from `number` back to the first, at most `limit`.
///
/// A rename is followed to the earlier name. Numbers fall from line to line; they leave a gap where an artifact was
/// renamed onto a name with a longer past.
///
/// # Errors
///
/// [`StateError`] when a record cannot be read.
pub fn lineage(
    state: &State<'_>,
    artifact: &Artifact,
    number: u64,
    limit: usize,
) -> Result<Vec<LineageRecord>, StateError> {
    let mut records = Vec::new();
    let mut at = (artifact.clone(), number);
    while at.1 > 0 && records.len() < limit {
        let (record, parent) = step(state, at)?;
        at = parent;
        records.push(record);
    }
    Ok(records)
}

/// One commit, and the one it follows (number 0: none).
fn step(
    state: &State<'_>,
    (artifact, number): (Artifact, u64),
) -> Result<(LineageRecord, (Artifact, u64)), StateError> {
    let missing =
        || StateError::Record { key: format!("lineage {artifact}#{number}"), reason: "it is not there".to_owned() };
    let record = state.commit(&artifact, number)?.ok_or_else(missing)?;
    let parent = (record.renamed_from.clone().unwrap_or(artifact), record.parent);
    Ok((record, parent))
}

/// Everybody with a hand in a change of one artifact from one version to another.
///
/// That is who committed any version between the two, in whichever direction, who committed the same bytes at
/// any time and under any name, and every declared author. With nothing live before, it is everybody since the first commit; the same
/// where a rename lies between, for then the two have different pasts.
///
/// # Errors
///
/// [`StateError`] when a record cannot be read.
pub(super) fn authors_between(
    state: &State<'_>,
    artifact: &Artifact,
    from: Option<VersionId>,
    to: Option<VersionId>,
) -> Result<BTreeSet<Handle>, StateError> {
    let mut authors = BTreeSet::new();
    if let Some(record) = to.map(|to| state.hands(to)).transpose()?.flatten() {
        authors.extend(record.authors);
    }
    walk(state, artifact, (from, to), |record| {
        authors.insert(record.person);
        authors.extend(record.authors);
    })?;
    Ok(authors)
}

/// Every name that an artifact had on the way from one version to another, its present one included.
///
/// # Errors
///
/// [`StateError`] when a record cannot be read.
pub(super) fn names_between(
    state: &State<'_>,
    artifact: &Artifact,
    from: Option<VersionId>,
    to: Option<VersionId>,
) -> Result<Vec<Artifact>, StateError> {
    let mut names = vec![artifact.clone()];
    walk(state, artifact, (from, to), |record| {
        if !names.iter().any(|known| known.key() == record.artifact.key()) {
            names.push(record.artifact);
        }
    })?;
    Ok(names)
}

/// The commits between two versions, newest first, the older version's own left out.
fn walk(
    state: &State<'_>,
    artifact: &Artifact,
    (from, to): (Option<VersionId>, Option<VersionId>),
    mut each: impl FnMut(LineageRecord),
) -> Result<(), StateError> {
    let number = |version: Option<VersionId>| -> Result<Option<u64>, StateError> {
        let Some(version) = version else { return Ok(None) };
        Ok(state.version(artifact, version)?.map(|record| record.number))
    };
    let old = number(from)?.unwrap_or(0);
    // A deletion's author is who committed it: it is the head, or the artifact has come back since.
    let new = match number(to)? {
        Some(number) => number,
        None => state.head(artifact)?.map_or(0, |head| head.number),
    };
    let (low, high) = (old.min(new), old.max(new));
    let mut at = (artifact.clone(), high);
    while at.1 > 0 && (at.1 > low || at.0.key() != artifact.key()) {
        let (record, parent) = step(state, at)?;
        at = parent;
        each(record);
    }
    if let (true, Some(from)) = (new < old, from) {
        since(state, at, from)?.into_iter().for_each(each);
    }
    Ok(())
}

/// The commits down from `at` to an earlier one of these bytes; none where there is no such.
///
/// What is live may have been committed anew after what is proposed: it is then the newer of the two, and yet all
/// that was done since it was new is proposed.
fn since(state: &State<'_>, mut at: (Artifact, u64), from: VersionId) -> Result<Vec<LineageRecord>, StateError> {
    let mut records = Vec::new();
    while at.1 > 0 {
        let (record, parent) = step(state, at)?;
        if record.version == Some(from) {
            return Ok(records);
        }
        at = parent;
        records.push(record);
    }
    Ok(Vec::new())
}
