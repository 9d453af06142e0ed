//! `override review`: somebody else looks at an override afterwards.

use serde::Serialize;

use super::{Answer, Failure, World, overrides, record::record, resolve, sharing, standing::Standing};
use crate::{
    clock::Time,
    ledger::{Deed, OverrideReview},
    name::{Environment, Handle},
    object::{EventId, Prefix},
    report::OverrideLine,
};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The event that overrode.
    pub promotion: Prefix,
    /// What the reviewer says to it.
    pub message: String,
}

/// The override that was reviewed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The event.
    pub event: EventId,
    /// Whether the remote has it; none where there is no remote.
    pub shared: Option<bool>,
    /// The event that overrode.
    pub promotion: EventId,
    /// The proposal that was carried out.
    pub proposal: EventId,
    /// Where.
    pub environment: Environment,
    /// Who overrode.
    pub person: Handle,
    /// When.
    pub time: Time,
    /// The rules that were waived.
    pub rules: Vec<String>,
    /// Why they were.
    pub reason: String,
    /// What the reviewer says to it.
    pub message: String,
    /// Overrides that wait for a review still.
    pub overrides: Vec<OverrideLine>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.override/1";
}

/// Records that the person at the keyboard has looked at an override.
///
/// # Errors
///
/// `unknown-override`, `already-reviewed`, or the refusal of the rules: `own-override`, `author-reviews`,
/// `not-allowed`.
pub fn review(world: &World, request: &Request) -> Result<Outcome, Failure> {
    sharing::ready(world)?;
    let standing = Standing::read(world)?;
    let (promotion, _) = resolve::event(world, &request.promotion)?;
    let unknown = || {
        Failure::cannot("unknown-override", format!("event `{}` is no override", promotion.short()))
            .run("chancery audit --kind override")
    };
    let found = standing.state().override_of(promotion)?.ok_or_else(unknown)?;
    drop(standing);
    let deed = Deed::OverrideReview(OverrideReview { promotion, message: request.message.clone() });
    let recorded = record(world, deed)?;
    Ok(Outcome {
        event: recorded.event,
        shared: recorded.shared,
        promotion,
        proposal: found.proposal,
        environment: found.environment,
        person: found.person,
        time: found.time,
        rules: found.rules,
        reason: found.reason,
        message: request.message.clone(),
        overrides: overrides::everywhere(world, &Standing::read(world)?)?,
    })
}
