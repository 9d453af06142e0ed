//! `reject`: say no to a proposal, for good.

use serde::Serialize;

use super::{Answer, Failure, ProposalName, World, close::close};
use crate::{ledger::Deed, object::EventId};

/// The proposal that is refused.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The proposal.
    pub proposal: EventId,
    /// What it was for.
    pub environment: String,
    /// The event.
    pub event: EventId,
    /// Whether the remote has it; none where there is no remote.
    pub shared: Option<bool>,
    /// Why.
    pub message: String,
    /// `rejected`.
    pub status: &'static str,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.reject/1";
}

/// Rejects a proposal.
///
/// # Errors
///
/// The refusal of the rules.
pub fn run(world: &World, name: &ProposalName, message: String) -> Result<Outcome, Failure> {
    let (found, recorded) = close(world, name, Deed::Reject, message.clone())?;
    let environment = found.proposal.environment;
    let (event, shared) = (recorded.event, recorded.shared);
    Ok(Outcome { proposal: found.id, environment, event, shared, message, status: "rejected" })
}
