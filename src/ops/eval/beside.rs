//! Suites run on the bundles of two stages.

use super::{
    BundleOutcome, Request,
    bench::{Bench, tasks},
    plan,
};
use crate::{
    name::Artifact,
    ops::{Failure, World, stage::Stage, standing::Standing},
};

/// Runs the suites of the new stage, or those about an artifact, on its bundles and on those of the old one. What is the
/// same bundle on both sides is left out: nothing can come out otherwise.
///
/// # Errors
///
/// As [`super::run`].
pub(in crate::ops) fn beside<'a>(
    world: &'a World,
    standing: &'a Standing<'a>,
    request: &'a Request<'a>,
    (old, new): (&'a Stage<'a>, &Stage<'a>),
    artifact: Option<&Artifact>,
) -> Result<Vec<BundleOutcome>, Failure> {
    let mut jobs = plan::beside(world, standing, request, (old, new), artifact)?;
    jobs.retain(|job| job.other.as_ref().and_then(|other| other.side.as_ref()).is_some_and(|side| !side.same));
    let tasks = tasks(&jobs, None, request)?;
    let bench = Bench::new(world, standing, request, &tasks)?;
    tasks.iter().map(|task| bench.carry_out(task, None)).collect()
}
