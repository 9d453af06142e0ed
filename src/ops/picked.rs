//! One committed version, as a spec means it; deleted artifacts have versions too.

use super::{
    ArtifactName, Failure, Spec,
    resolve::{Names, pick},
    standing::Standing,
};
use crate::{name::Artifact, state::LineageRecord};

/// The artifact a spec means among those that were ever committed.
///
/// # Errors
///
/// That it means none, or several.
pub(super) fn artifact(standing: &Standing<'_>, spec: &Spec) -> Result<Artifact, Failure> {
    let names = Names::of(standing);
    names.one(spec).or_else(|failure| {
        // What is deleted stands in no list of names, and its history does not go away.
        let deleted = spec.text.parse::<ArtifactName>().ok().and_then(|name| names.named(&name).ok());
        if failure.code == "unknown-artifact" { deleted.ok_or(failure) } else { Err(failure) }
    })
}

/// The one version a spec means; the head where it says nothing.
///
/// # Errors
///
/// That there is no such version, or that it is a file that was never committed.
pub(super) fn version(standing: &Standing<'_>, spec: &Spec) -> Result<LineageRecord, Failure> {
    let artifact = artifact(standing, spec)?;
    pick(standing, &artifact, &spec.revision)
}
