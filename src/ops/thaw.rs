//! `thaw`: promotions into a frozen environment go on.

use serde::Serialize;

use super::{
    Answer, Failure, World, record::record, resolve::environment_rules, sharing, standing::Standing, stopping,
};
use crate::{
    ledger::{Deed, Freeze},
    name::Environment,
    object::EventId,
    report::StopLine,
};

/// An environment that is no longer frozen.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The event.
    pub event: EventId,
    /// Whether the remote has it; none where there is no remote.
    pub shared: Option<bool>,
    /// The environment.
    pub environment: Environment,
    /// Why.
    pub message: String,
    /// The freeze that is over.
    pub was: StopLine,
    /// Open proposals that are weighed again, oldest first.
    pub waiting: Vec<EventId>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.thaw/1";
}

/// Thaws an environment.
///
/// # Errors
///
/// `not-frozen`, `offline`, or the refusal of the rules.
pub fn run(world: &World, environment: Environment, message: String) -> Result<Outcome, Failure> {
    stopping::reason(&message)?;
    let thaw = Deed::Thaw(Freeze { environment: environment.clone(), message: message.clone() });
    sharing::through(world, &thaw)?;
    sharing::ready(world)?;
    let standing = Standing::read(world)?;
    let Some(frozen) = standing.state().frozen(&environment)? else {
        environment_rules(&standing, &environment)?;
        let message = format!("`{environment}` is not frozen");
        return Err(Failure::cannot("not-frozen", message).run(format!("chancery env {environment}")));
    };
    let was = stopping::of_freeze(&standing, &environment, &frozen)?;
    drop(standing);
    let recorded = record(world, thaw)?;
    let waiting = stopping::waiting(world, &environment)?;
    Ok(Outcome { event: recorded.event, shared: recorded.shared, environment, message, was, waiting })
}
