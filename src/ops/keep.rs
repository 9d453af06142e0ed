//! Keeping payload, but for what was purged: it never comes back.

use std::collections::BTreeMap;

use super::{Failure, World};
use crate::{
    object::Digest,
    state::{PurgedRecord, State},
};

/// Keeps all of these bytes durably.
///
/// # Errors
///
/// `purged` when some of them were purged, and what the store answered.
pub(super) fn keep(world: &World, contents: &[&[u8]]) -> Result<Vec<Digest>, Failure> {
    let purged = purged(world)?;
    if !purged.is_empty()
        && let Some(record) = contents.iter().find_map(|bytes| purged.get(&Digest::of(bytes)))
    {
        return Err(Failure::from(record.refusal()).because("what was purged never comes back: change the bytes"));
    }
    Ok(world.store.put(contents)?)
}

/// Everything that was purged, as the newest state has it.
pub(super) fn purged(world: &World) -> Result<BTreeMap<Digest, PurgedRecord>, Failure> {
    let Some(tip) = world.journal.tip()? else { return Ok(BTreeMap::new()) };
    let view = world.journal.state(tip.seq)?;
    let all = State::new(view.as_ref()).all_purged()?;
    Ok(all.into_iter().map(|record| (record.payload, record)).collect())
}

/// Why bytes that are not here cannot be had; `None` when nobody purged them.
pub(super) fn purge_of(world: &World, id: &Digest) -> Result<Option<PurgedRecord>, Failure> {
    let Some(tip) = world.journal.tip()? else { return Ok(None) };
    let view = world.journal.state(tip.seq)?;
    Ok(State::new(view.as_ref()).purged(id)?)
}
