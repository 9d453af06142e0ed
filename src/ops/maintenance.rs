//! `maintenance`: keep the store small and quick, and complete what was left undone.

use serde::Serialize;

use super::{Answer, Failure, World, purge::drop_purged};
use crate::object::{self, Digest};

/// How much the store takes on the disk.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Size {
    /// Bytes.
    pub bytes: u64,
    /// Files.
    pub files: u64,
}

/// What it came to.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The store before.
    pub before: Size,
    /// The store after.
    pub after: Size,
    /// Payload that was purged and only now is gone from here.
    pub dropped: Vec<Digest>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.maintenance/1";
}

/// Brings everything recorded together in one pack and removes what nothing leads to.
///
/// # Errors
///
/// What the store answered: a damaged store is left as it is.
pub fn run(world: &World) -> Result<Outcome, Failure> {
    // What is being fetched leads nowhere yet, and would go too.
    let _turn = world.remote.as_ref().map(|remote| remote.turn()).transpose()?;
    let _guard = world.guard.hold()?;
    let dropped = drop_purged(world)?;
    let repacked = world.upkeep.repack()?;
    Ok(Outcome { before: size(repacked.before), after: size(repacked.after), dropped })
}

fn size(size: object::Size) -> Size {
    Size { bytes: size.bytes, files: size.files }
}
