//! One committed version, as a spec means it; deleted artifacts have versions too.

use super::{
    Failure, Spec,
    resolve::{Names, pick},
    standing::Standing,
};
use crate::state::LineageRecord;

/// The one version a spec means; the head where it says nothing.
///
/// # Errors
///
/// That there is no such version, or that it is a file that was never committed.
pub(super) fn version(standing: &Standing<'_>, spec: &Spec) -> Result<LineageRecord, Failure> {
    let artifact = Names::of(standing).one_ever(spec)?;
    pick(standing, &artifact, &spec.revision)
}
