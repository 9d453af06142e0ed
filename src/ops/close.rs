//! Proposals that end without being carried out.

use super::{
    Failure, ProposalName, World,
    record::{Recorded, record},
    resolve, sharing,
    standing::Standing,
};
use crate::{
    ledger::{Deed, Reason},
    state::ProposalRecord,
};

/// Records that a proposal is withdrawn or rejected, and why; the proposal and the event.
///
/// # Errors
///
/// When there is no such proposal, or the rules refuse.
pub(super) fn close(
    world: &World,
    name: &ProposalName,
    deed: fn(Reason) -> Deed,
    message: String,
) -> Result<(ProposalRecord, Recorded), Failure> {
    sharing::ready(world)?;
    let found = resolve::proposal(world, &Standing::read(world)?, name)?;
    let recorded = record(world, deed(Reason { proposal: found.id, message }))?;
    Ok((found, recorded))
}
