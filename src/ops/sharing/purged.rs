//! What was purged goes from here too, and does not come back.

use std::collections::BTreeSet;

use crate::{
    ledger::{Absorbed, Exchange, Side},
    object::Digest,
    ops::{Failure, World, keep},
    state::State,
};

/// Takes over the payload that arrived, but for everything that was purged, here or by events that arrived. Those may
/// not be decided yet: what they say keeps bytes from coming here, and nothing more.
///
/// # Errors
///
/// When this clone's own ledger cannot be read.
pub(super) fn absorb_others(world: &World, remote: &dyn Exchange) -> Result<Absorbed, Failure> {
    let mut purged: BTreeSet<Digest> = keep::purged(world)?.into_keys().collect();
    purged.extend(arrived(remote).unwrap_or_default());
    Ok(remote.absorb(&|id| purged.contains(id))?)
}

/// What events that arrived say was purged, and the ledger here does not know yet.
///
/// # Errors
///
/// When either cannot be read.
pub(super) fn new(world: &World, remote: &dyn Exchange) -> Result<Vec<Digest>, Failure> {
    let known = keep::purged(world)?;
    let mut new = arrived(remote)?;
    new.retain(|id| !known.contains_key(id));
    Ok(new)
}

fn arrived(remote: &dyn Exchange) -> Result<Vec<Digest>, Failure> {
    let line = remote.line(Side::Arrived);
    let Some(tip) = line.tip()? else { return Ok(Vec::new()) };
    let view = line.state(tip.seq)?;
    let all = State::new(view.as_ref()).all_purged()?;
    Ok(all.into_iter().map(|record| record.payload).collect())
}
