//! `halt`: something is not served any more.

use serde::Serialize;

use super::{
    Answer, ArtifactName, Failure, World,
    record::record,
    resolve::{Names, environment_rules},
    sharing,
    standing::Standing,
    stopping,
};
use crate::{
    ledger::{Deed, Halt},
    name::Environment,
    object::EventId,
};

pub use super::stopping::HaltedBundle;

/// What is meant: everything where neither is named.
#[derive(Debug, Clone)]
pub struct Request {
    /// Only in this environment.
    pub environment: Option<Environment>,
    /// Only this artifact, and every bundle it is part of.
    pub artifact: Option<ArtifactName>,
    /// Why.
    pub message: String,
}

/// What is halted from now on.
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
    /// The live bundles that are not served from now on.
    pub bundles: Vec<HaltedBundle>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.halt/1";
}

/// Halts an artifact, an environment, one in the other, or everything.
///
/// # Errors
///
/// `already-halted`, `unknown-artifact`, `unknown-environment`, or the refusal of the rules.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    stopping::reason(&request.message)?;
    sharing::ready(world)?;
    let (halt, label) = meant(&Standing::read(world)?, request)?;
    let recorded = record(world, Deed::Halt(halt.clone())).map_err(|failure| match failure.code {
        "already-halted" => failure.run("chancery status"),
        _ => failure,
    })?;
    let standing = Standing::read(world)?;
    let bundles = match standing.state().halt(halt.environment.as_ref(), halt.artifact.as_ref())? {
        Some(halted) => stopping::held_by(&standing, &halted)?,
        None => Vec::new(),
    };
    Ok(Outcome {
        event: recorded.event,
        shared: recorded.shared,
        environment: halt.environment,
        artifact: label,
        message: halt.message,
        bundles: bundles.into_iter().map(|(bundle, _)| bundle).collect(),
    })
}

/// The halt as it is recorded, and its artifact as a person would type it.
pub(super) fn meant(standing: &Standing<'_>, request: &Request) -> Result<(Halt, Option<String>), Failure> {
    if let Some(place) = &request.environment {
        environment_rules(standing, place)?;
    }
    let names = Names::of(standing);
    let artifact = request.artifact.as_ref().map(|name| names.named(name)).transpose()?;
    let label = artifact.as_ref().map(|artifact| names.label(artifact)).transpose()?;
    Ok((Halt { environment: request.environment.clone(), artifact, message: request.message.clone() }, label))
}
