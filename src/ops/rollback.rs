//! `rollback`: an environment goes back to bundles that were live whole.

use serde::Serialize;

use super::{
    Answer, ArtifactName, Failure, World,
    origin::{self, Origin},
    quarantine::way_back,
    record,
    resolve::{Names, environment_rules, event},
    sharing,
    standing::Standing,
};
use crate::{
    ledger::{BundleChange, Deed, LiveChange, Rollback},
    name::{Artifact, Environment, Kind, Name},
    object::{BundleId, EventId, Prefix, VersionId},
    problem::quoted,
    state::{MoveRecord, Target, plan, refuse_never_whole, refuse_quarantined, undo_until},
};

/// What to put back.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where.
    pub environment: Environment,
    /// Only these; empty for all that is to be undone.
    pub artifacts: Vec<ArtifactName>,
    /// Back to what was live right after this event; else to before the last move that is still in effect.
    pub to_event: Option<Prefix>,
    /// Whether it is recorded.
    pub mode: Mode,
    /// Why.
    pub message: String,
}

/// Whether something is recorded or only shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It is done.
    Do,
    /// It is shown and nothing is recorded.
    DryRun,
}

/// What went back, or would.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The event; absent when it was only shown.
    pub event: Option<EventId>,
    /// Whether the remote has it; none where there is no remote.
    pub shared: Option<bool>,
    /// Where.
    pub environment: Environment,
    /// The event right after which things were as they are again.
    pub to_event: EventId,
    /// The move that is undone, where none was named to go back to.
    pub undone: Option<EventId>,
    /// What changes, sorted by kind and name.
    pub changes: Vec<Change>,
    /// Every bundle touched, sorted by prompt.
    pub bundles: Vec<Bundle>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.rollback/1";
}

/// One artifact that goes back.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// As a person would type it.
    pub artifact: String,
    /// What it is.
    pub kind: Kind,
    /// What was live; absent when nothing was.
    pub from: Option<VersionId>,
    /// What is live again; absent when it no longer is.
    pub to: Option<VersionId>,
}

/// One bundle that is another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bundle {
    /// The prompt.
    pub prompt: Name,
    /// Its bundle before; absent when it had none.
    pub before: Option<BundleId>,
    /// Its bundle after; absent when the prompt is no longer live.
    pub after: Option<BundleId>,
    /// Whether the prompt itself stays as it is, and only something it shares goes back.
    pub shared: bool,
}

/// Goes back.
///
/// Without an event to go back to, the newest promotion that is still in effect is undone: what it moved and what
/// no later rollback took back. So two rollbacks go two promotions back, and never forth again. Named artifacts go
/// back to before the promotion that made the newest of them live.
///
/// # Errors
///
/// `nothing-to-undo`, `never-moved`, and what the rules refuse: `never-live`, `quarantined`, `not-allowed`;
/// `rolled-back-meanwhile` (exit 4) when the remote has a rollback that this clone did not know.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    if request.mode == Mode::Do {
        ready(world, request)?;
    }
    let standing = Standing::read(world)?;
    environment_rules(&standing, &request.environment)?;
    let named = named(&standing, &request.artifacts)?;
    let aim = aim(world, &standing, request, &named)?;
    let back = describe(&standing, request, &named, &aim)?;
    let mut outcome = shown(&standing, &back, &aim)?;
    if request.mode == Mode::Do {
        drop(standing);
        let recorded = record::record(world, Deed::Rollback(back))?;
        (outcome.event, outcome.shared) = (Some(recorded.event), recorded.shared);
    }
    Ok(outcome)
}

/// Brings here what the remote has. A rollback that comes with it may be the very one that was meant, by somebody else
/// or by a run whose answer was lost: another on top of it would undo one promotion more than anybody asked for.
fn ready(world: &World, request: &Request) -> Result<(), Failure> {
    let environment = &request.environment;
    let rollbacks = || origin::rollbacks(&Standing::read(world)?.state(), environment);
    let known = rollbacks()?;
    sharing::ready(world)?;
    if request.to_event.is_some() {
        return Ok(());
    }
    let is_new = |found: &MoveRecord| known.iter().all(|known| known.event != found.event);
    let Some(new) = rollbacks()?.into_iter().rfind(is_new) else { return Ok(()) };
    let (event, person, time) = (new.event.short(), &new.person, new.time);
    Err(Failure::moved(
        "rolled-back-meanwhile",
        format!("`{environment}` was rolled back already; nothing was recorded"),
    )
    .because(format!("event {event} by `{person}` at {time}, which this clone did not know yet"))
    .run(format!("chancery env {environment}"))
    .say("to go back further than that: run the command again"))
}

fn named(standing: &Standing<'_>, artifacts: &[ArtifactName]) -> Result<Vec<Artifact>, Failure> {
    let names = Names::of(standing);
    artifacts.iter().map(|name| names.named(name)).collect()
}

/// Where to go back to, and what goes with it.
struct Aim {
    to_event: EventId,
    undone: Option<EventId>,
    /// Only these may change; empty for all.
    only: Vec<Artifact>,
}

fn aim(world: &World, standing: &Standing<'_>, request: &Request, named: &[Artifact]) -> Result<Aim, Failure> {
    let environment = &request.environment;
    if let Some(prefix) = &request.to_event {
        let (to_event, _) = event(world, prefix)?;
        return Ok(Aim { to_event, undone: None, only: named.to_vec() });
    }
    let origins = origin::origins(world, &standing.state(), environment)?;
    let wanted =
        |origin: &&Origin| named.is_empty() || named.iter().any(|artifact| artifact.key() == origin.artifact.key());
    let newest = origins.iter().filter(wanted).max_by_key(|origin| origin.number);
    let nothing = || {
        let message = if named.is_empty() {
            format!("nothing that a promotion made live in `{environment}` is left to undo")
        } else {
            format!("no promotion to `{environment}` that is still in effect moved {}", quoted(named, ", "))
        };
        Failure::cannot("nothing-to-undo", message).run(format!("chancery env {environment}"))
    };
    let newest = newest.ok_or_else(nothing)?;
    let only = if named.is_empty() {
        let together = origins.iter().filter(|origin| origin.number == newest.number);
        together.map(|origin| origin.artifact.clone()).collect()
    } else {
        named.to_vec()
    };
    let to_event = origin::before(world, &standing.state(), environment, newest.number)?;
    Ok(Aim { to_event, undone: Some(newest.event), only })
}

/// The rollback as it would be recorded.
fn describe(standing: &Standing<'_>, request: &Request, named: &[Artifact], aim: &Aim) -> Result<Rollback, Failure> {
    let state = standing.state();
    let environment = &request.environment;
    let (mut changes, mut targets) = (Vec::new(), Vec::new());
    for (artifact, to) in undo_until(&state, environment, aim.to_event)? {
        if !aim.only.is_empty() && !aim.only.iter().any(|only| only.key() == artifact.key()) {
            continue;
        }
        let live = state.live(environment, &artifact)?;
        if live.as_ref().map(|live| live.version) == to {
            continue;
        }
        let number = match to {
            Some(version) => state.version(&artifact, version)?.map(|record| (version, record.number)),
            None => None,
        };
        targets.push(Target { artifact: artifact.clone(), to: number });
        let (from, moved) = (live.as_ref().map(|live| live.version), live.map(|live| live.event));
        changes.push(LiveChange { artifact, from, to, moved });
    }
    let stays: Vec<Artifact> = (named.iter())
        .filter(|artifact| !changes.iter().any(|change| change.artifact.key() == artifact.key()))
        .cloned()
        .collect();
    if changes.is_empty() || !stays.is_empty() {
        let what = if stays.is_empty() { "everything".to_owned() } else { quoted(&stays, ", ") };
        let message = format!("{what} is in `{environment}` what it was right after event `{}`", aim.to_event.short());
        return Err(Failure::cannot("nothing-changed", message).run(format!("chancery audit --env {environment}")));
    }
    let plan = plan(&state, environment, &targets)?;
    refuse_never_whole(&state, environment, &plan)?;
    if let Err(refusal) = refuse_quarantined(&state, environment, &changes) {
        let failure = Failure::from(refusal);
        return Err(match way_back(standing, environment, &changes)? {
            Some(command) => failure.run(command),
            None => failure,
        });
    }
    Ok(Rollback {
        environment: environment.clone(),
        to_event: aim.to_event,
        message: request.message.clone(),
        changes,
        bundles: plan.changes(),
    })
}

fn shown(standing: &Standing<'_>, back: &Rollback, aim: &Aim) -> Result<Outcome, Failure> {
    let names = Names::of(standing);
    let mut changes = Vec::new();
    for change in &back.changes {
        let artifact = names.label(&change.artifact)?;
        changes.push(Change { artifact, kind: change.artifact.kind, from: change.from, to: change.to });
    }
    let moves = |prompt: &Name| {
        let artifact = Artifact::new(Kind::Prompt, prompt.clone());
        back.changes.iter().any(|change| change.artifact.key() == artifact.key())
    };
    let bundle = |change: &BundleChange| Bundle {
        prompt: change.prompt.clone(),
        before: change.before,
        after: change.after,
        shared: !moves(&change.prompt),
    };
    Ok(Outcome {
        shared: None,
        event: None,
        environment: back.environment.clone(),
        to_event: back.to_event,
        undone: aim.undone,
        changes,
        bundles: back.bundles.iter().map(bundle).collect(),
    })
}

#[cfg(test)]
mod tests;
