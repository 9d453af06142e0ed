//! `pull`: bring here what others recorded.

use serde::Serialize;

use super::{Answer, Failure, World, sharing, sharing::Brought};

pub use sharing::Dropped;

/// What came, and what became of what was here.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The remote.
    pub remote: String,
    /// Events that are new here.
    pub events_in: u64,
    /// Events that are new there: none by a pull.
    pub events_out: u64,
    /// Acts of this clone that stand at another place now, their ids unchanged.
    pub relinked: u64,
    /// Acts of this clone that no longer hold; they are kept, and no longer in the ledger.
    pub dropped: Vec<Dropped>,
    /// Files that follow their heads.
    pub files: Vec<String>,
    /// Events that the remote does not have yet.
    pub unshared: u64,
    /// Pieces of payload that are new here.
    pub payload_in: u64,
    /// Pieces of payload that the remote had once and has no longer.
    pub payload_lost: u64,
    /// Pieces of payload that others purged, and that are gone from here now.
    pub payload_purged: u64,
    /// Entries in the remote's payload that are not what their names say; left out.
    pub payload_refused: u64,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.pull/1";
}

/// Fetches, decides every event, and places this clone's own after them.
///
/// # Errors
///
/// `no-remote`; `cut-short`, `two-histories`, `foreign-project` or the rule that an event breaks: then nothing has
/// changed here.
pub fn run(world: &World, progress: &dyn Fn(u64, u64)) -> Result<Outcome, Failure> {
    let remote = world.remote.as_ref().ok_or_else(no_remote)?;
    let brought = sharing::bring(world, remote, progress)?;
    outcome(world, remote.place(), brought, 0)
}

pub(super) fn outcome(world: &World, remote: String, brought: Brought, out: u64) -> Result<Outcome, Failure> {
    let dropped = world.lapses.take();
    // An act can be given a new place, lose a race, and have none after that.
    let relinked = brought.relinked.iter().filter(|act| dropped.iter().all(|dropped| dropped.event != **act)).count();
    Ok(Outcome {
        remote,
        events_in: brought.events_in,
        events_out: out,
        relinked: relinked as u64,
        dropped,
        files: brought.files,
        unshared: sharing::unshared(world)?.unwrap_or(0),
        payload_in: brought.absorbed.new,
        payload_lost: brought.absorbed.dropped.len() as u64,
        payload_purged: brought.purged,
        payload_refused: brought.absorbed.refused,
    })
}

pub(super) fn no_remote() -> Failure {
    Failure::cannot("no-remote", "this clone shares its ledger with nobody").run("chancery remote URL")
}
