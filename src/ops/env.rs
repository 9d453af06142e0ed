//! `env`: what is live, since when, through which event.

use serde::Serialize;

use super::{
    Answer, Failure, World, at,
    resolve::{Names, environment_rules},
    stamp::stamp,
    standing::Standing,
};
use crate::{
    clock::Time,
    governance::EnvironmentRules,
    name::{Environment, Kind, Name},
    object::{BundleId, EventId, VersionId},
    state::{BundleRecord, LiveRecord, State},
};

/// Which environments, and as of when.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// One environment, or all.
    pub environment: Option<Environment>,
    /// As it was then, or as it is.
    pub at: Option<Time>,
}

/// Environments in the order of the rules.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The moment asked for; absent for now.
    pub at: Option<Time>,
    /// The newest event that counts.
    pub event: EventId,
    /// The environments.
    pub environments: Vec<Stage>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.env/1";
}

/// One environment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stage {
    /// Its name.
    pub name: Environment,
    /// Whether promotions are stopped; this version knows no freeze.
    pub frozen: bool,
    /// Whether serving is stopped; this version knows no halt.
    pub halted: bool,
    /// The environment a version must have been live in first; absent where it takes heads.
    pub after: Option<Environment>,
    /// Whether a change must satisfy a gate.
    pub gate: GateWord,
    /// The event that moved it last; absent while nothing was ever live.
    pub event: Option<EventId>,
    /// When it moved last.
    pub moved: Option<Time>,
    /// What is live, sorted by kind and name.
    pub artifacts: Vec<Live>,
    /// The bundles of live prompts, sorted by prompt.
    pub bundles: Vec<LiveBundle>,
}

/// Whether a change must satisfy a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GateWord {
    /// It need not.
    Open,
    /// It must.
    Gated,
}

/// One artifact that is live.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Live {
    /// As a person would type it.
    pub artifact: String,
    /// What it is.
    pub kind: Kind,
    /// Its version.
    pub version: VersionId,
    /// The commit that made it.
    pub number: u64,
    /// Since when.
    pub since: Time,
    /// Through which event.
    pub event: EventId,
}

/// The bundle of one live prompt.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LiveBundle {
    /// The prompt.
    pub prompt: Name,
    /// Its bundle; absent while something it needs is not live.
    pub bundle: Option<BundleId>,
    /// What it lacks, as a person would type it.
    pub missing: Vec<String>,
    /// Since when.
    pub since: Time,
    /// Through which event.
    pub event: EventId,
    /// What an application logs with each decision; absent without a bundle.
    pub stamp: Option<String>,
}

/// Reads what is live. Of the state only what is shown is read.
///
/// # Errors
///
/// `unknown-environment`, `before-the-beginning`.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    let standing = at::standing(world, request.at)?;
    let state = standing.state();
    let wanted: Vec<&EnvironmentRules> = match &request.environment {
        Some(name) => vec![environment_rules(&standing, name)?],
        None => standing.governance.environments.iter().collect(),
    };
    let environments = wanted.into_iter().map(|rules| stage(&standing, &state, rules)).collect::<Result<_, _>>()?;
    Ok(Outcome { at: request.at, event: standing.tip.event, environments })
}

fn stage(standing: &Standing<'_>, state: &State<'_>, rules: &EnvironmentRules) -> Result<Stage, Failure> {
    let names = Names::of(standing);
    let last = state.environment(&rules.name)?;
    let mut artifacts = Vec::new();
    for record in state.all_live(&rules.name)? {
        artifacts.push(live(&names, &record)?);
    }
    let mut bundles = Vec::new();
    for record in state.bundles(&rules.name)? {
        bundles.push(bundle(standing, &names, &rules.name, record)?);
    }
    Ok(Stage {
        name: rules.name.clone(),
        frozen: false,
        halted: false,
        after: rules.after.clone(),
        gate: if rules.gate.open { GateWord::Open } else { GateWord::Gated },
        event: last.as_ref().map(|record| record.event),
        moved: last.map(|record| record.time),
        artifacts,
        bundles,
    })
}

fn live(names: &Names<'_>, record: &LiveRecord) -> Result<Live, Failure> {
    Ok(Live {
        artifact: names.label(&record.artifact)?,
        kind: record.artifact.kind,
        version: record.version,
        number: record.number,
        since: record.since,
        event: record.event,
    })
}

fn bundle(
    standing: &Standing<'_>,
    names: &Names<'_>,
    environment: &Environment,
    record: BundleRecord,
) -> Result<LiveBundle, Failure> {
    let project = &standing.governance.project;
    let stamp = record.bundle.map(|bundle| stamp(project, environment, &record.prompt, bundle, record.event));
    let missing = record.missing.iter().map(|artifact| names.label(artifact)).collect::<Result<_, _>>()?;
    Ok(LiveBundle {
        prompt: record.prompt,
        bundle: record.bundle,
        missing,
        since: record.since,
        event: record.event,
        stamp,
    })
}
