//! Fetching, and deciding everything that arrived; the ledger stays as it was.

use std::sync::Arc;

use super::{arrival, purged};
use crate::{
    ledger::{Absorbed, Exchange},
    ops::{Failure, World, purge},
};

/// How often a remote is asked again whose payload lacks something: it moves ledger and payload one after the other,
/// and may have been asked in between.
const ASKED_AGAIN: u32 = 6;

/// Fetches, and decides everything that arrived.
///
/// # Errors
///
/// The rule that what arrived breaks, or that the remote cannot be reached.
pub(super) fn accept(
    world: &World,
    remote: &Arc<dyn Exchange>,
    progress: &dyn Fn(u64, u64),
) -> Result<Absorbed, Failure> {
    remote.fetch()?;
    let (mut absorbed, mut attempt) = (Absorbed::default(), 0);
    loop {
        let more = purged::absorb_others(world, remote.as_ref())?;
        absorbed = Absorbed { new: absorbed.new + more.new, ..more };
        let Err(failure) = arrival::judge(world, remote.as_ref(), progress) else { return Ok(absorbed) };
        if absorbed.purged > 0 {
            // Whatever becomes of the events: bytes that were purged do not stay because they came again.
            purge::drop_purged(world)?;
        }
        if failure.code != "payload-missing" || !moves_on(remote, &mut attempt)? {
            return Err(arrival::blame(failure, &absorbed));
        }
    }
}

/// Asks the remote again until it has something else, as long as is worth waiting for.
fn moves_on(remote: &Arc<dyn Exchange>, attempt: &mut u32) -> Result<bool, Failure> {
    while *attempt < ASKED_AGAIN {
        *attempt += 1;
        remote.rest(*attempt);
        if remote.fetch()? {
            return Ok(true);
        }
    }
    Ok(false)
}
