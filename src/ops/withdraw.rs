//! `withdraw`: take a proposal back.

use serde::Serialize;

use super::{Answer, Failure, ProposalName, World, close::close};
use crate::{ledger::Deed, object::EventId};

/// The proposal that is taken back.
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
    /// `withdrawn`.
    pub status: &'static str,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.withdraw/1";
}

/// Takes a proposal back.
///
/// # Errors
///
/// The refusal of the rules: only who made it, or root, may.
pub fn run(world: &World, name: &ProposalName, message: &str) -> Result<Outcome, Failure> {
    let (found, recorded) = close(world, name, Deed::Withdraw, message.to_owned())?;
    let environment = found.proposal.environment;
    let (event, shared) = (recorded.event, recorded.shared);
    Ok(Outcome { proposal: found.id, environment, event, shared, status: "withdrawn" })
}
