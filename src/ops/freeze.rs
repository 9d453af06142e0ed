//! `freeze`: no promotions into an environment.

use serde::Serialize;

use super::{
    Answer, Failure, World, record::record, resolve::environment_rules, sharing, standing::Standing, stopping,
};
use crate::{
    ledger::{Deed, Freeze},
    name::Environment,
    object::EventId,
};

/// An environment that is frozen from now on.
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
    /// Open proposals that wait now, oldest first.
    pub waiting: Vec<EventId>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.freeze/1";
}

/// Freezes an environment: its gate refuses everything until it is thawed. A rollback still works.
///
/// # Errors
///
/// `already-frozen`, `follows-heads`, or the refusal of the rules.
pub fn run(world: &World, environment: Environment, message: String) -> Result<Outcome, Failure> {
    stopping::reason(&message)?;
    sharing::ready(world)?;
    environment_rules(&Standing::read(world)?, &environment)?;
    let freeze = Freeze { environment: environment.clone(), message: message.clone() };
    let recorded = record(world, Deed::Freeze(freeze)).map_err(|failure| teach(failure, &environment))?;
    let waiting = stopping::waiting(world, &environment)?;
    Ok(Outcome { event: recorded.event, shared: recorded.shared, environment, message, waiting })
}

fn teach(failure: Failure, environment: &Environment) -> Failure {
    match failure.code {
        "follows-heads" => failure
            .say("to stop serving what is live there, halt it")
            .run(format!("chancery halt --env {environment} -m \"…\"")),
        "already-frozen" => failure.run(format!("chancery env {environment}")),
        _ => failure,
    }
}
