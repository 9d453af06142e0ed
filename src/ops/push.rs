//! `push`: give others what was recorded here.

use super::{Answer, Failure, World, pull, sharing};

pub use super::pull::Dropped;

/// What went, after what came.
#[derive(Debug, serde::Serialize)]
#[serde(transparent)]
pub struct Outcome(pub pull::Outcome);

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.push/1";
}

/// Pulls, then gives the remote every event and every piece of payload that it lacks. `restore`: also those that it
/// had confirmed and lost.
///
/// # Errors
///
/// As [`pull::run`]; that the remote cannot be reached or refuses.
pub fn run(world: &World, restore: bool, progress: &dyn Fn(u64, u64)) -> Result<Outcome, Failure> {
    let remote = world.remote.as_ref().ok_or_else(pull::no_remote)?;
    let (brought, out) = sharing::share(world, remote, restore, progress)?;
    pull::outcome(world, remote.place(), brought, out).map(Outcome)
}
