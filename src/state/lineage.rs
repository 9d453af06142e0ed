//! An artifact's commits, newest first, through renames.

use std::collections::BTreeSet;

use super::{State, StateError, records::LineageRecord};
use crate::{
    name::{Artifact, Handle},
    object::VersionId,
};

/// The commits of an artifact from `number` back to the first, at most `limit`.
///
/// A rename is followed to the earlier name, whose numbers go on without a gap.
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
        let Some(record) = state.commit(&at.0, at.1)? else {
            return Err(StateError::Record {
                key: format!("lineage {}#{}", at.0, at.1),
                reason: "it is not there".to_owned(),
            });
        };
        at = (record.renamed_from.clone().unwrap_or(at.0), at.1 - 1);
        records.push(record);
    }
    Ok(records)
}

/// Everybody with a hand in a change of one artifact from one version to another.
///
/// That is who committed any version between the two, in whichever direction, who committed the same bytes at
/// any time, and every declared author. With nothing live before, it is everybody since the first commit.
///
/// # Errors
///
/// [`StateError`] when a record cannot be read.
pub fn authors_between(
    state: &State<'_>,
    artifact: &Artifact,
    from: Option<VersionId>,
    to: Option<VersionId>,
) -> Result<BTreeSet<Handle>, StateError> {
    let mut authors = BTreeSet::new();
    let number = |version: Option<VersionId>| -> Result<Option<(u64, BTreeSet<Handle>)>, StateError> {
        let Some(version) = version else { return Ok(None) };
        Ok(state.version(artifact, version)?.map(|record| (record.number, record.authors)))
    };
    let head = state.head(artifact)?.map_or(0, |head| head.number);
    let old = number(from)?.map_or(0, |(number, _)| number);
    // A deletion's author is who committed it: it is the head, or the artifact has come back since.
    let new = match number(to)? {
        Some((number, same_bytes)) => {
            authors.extend(same_bytes);
            number
        }
        None => head,
    };
    let (low, high) = (old.min(new), old.max(new));
    let count = usize::try_from(high - low).unwrap_or(usize::MAX);
    for record in lineage(state, artifact, high, count)? {
        authors.insert(record.person);
        authors.extend(record.authors);
    }
    Ok(authors)
}
