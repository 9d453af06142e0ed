//! `resume`: what was halted is served again.

use serde::Serialize;

use super::{
    Answer, Failure, World,
    halt::{HaltedBundle, Request, meant},
    record::record,
    sharing,
    standing::Standing,
    stopping,
};
use crate::{
    ledger::{Deed, Halt},
    name::Environment,
    object::EventId,
    report::StopLine,
};

/// What is served again.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The event.
    pub event: EventId,
    /// Whether the remote has it; none where there is no remote.
    pub shared: Option<bool>,
    /// Only in this environment; absent for all.
    pub environment: Option<Environment>,
    /// Only this artifact, as a person would type it; absent for all.
    pub artifact: Option<String>,
    /// Why.
    pub message: String,
    /// The halt that is over.
    pub was: StopLine,
    /// The live bundles that are served again.
    pub bundles: Vec<HaltedBundle>,
    /// Those that another halt still holds.
    pub still_halted: Vec<HaltedBundle>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.resume/1";
}

/// Takes back the halt of exactly this; others stay.
///
/// # Errors
///
/// `not-halted`, `offline`, or the refusal of the rules.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    stopping::reason(&request.message)?;
    let asked = Halt { environment: None, artifact: None, message: String::new() };
    sharing::through(world, &Deed::Resume(asked))?;
    sharing::ready(world)?;
    let standing = Standing::read(world)?;
    let (halt, artifact) = meant(&standing, request)?;
    let halted = standing.state().halt(halt.environment.as_ref(), halt.artifact.as_ref())?;
    let Some(halted) = halted else { return Err(not_halted(&standing, &halt)?) };
    let was = stopping::of_halt(&standing, &halted)?;
    let held = stopping::held_by(&standing, &halted)?;
    drop(standing);
    let recorded = record(world, Deed::Resume(halt.clone()))?;
    let (still, again): (Vec<_>, Vec<_>) = held.into_iter().partition(|(_, other)| *other);
    let bundles = |list: Vec<(HaltedBundle, bool)>| list.into_iter().map(|(bundle, _)| bundle).collect();
    Ok(Outcome {
        event: recorded.event,
        shared: recorded.shared,
        environment: halt.environment,
        artifact,
        message: halt.message,
        was,
        bundles: bundles(again),
        still_halted: bundles(still),
    })
}

/// That there is no such halt, and which there are.
fn not_halted(standing: &Standing<'_>, halt: &Halt) -> Result<Failure, Failure> {
    let mut failure = Failure::cannot("not-halted", format!("there is no halt of {}", halt.what()));
    for other in standing.state().halts()? {
        let line = stopping::of_halt(standing, &other)?;
        failure = failure.run(line.command);
    }
    Ok(failure)
}
