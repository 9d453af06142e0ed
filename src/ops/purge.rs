//! `purge`: take the bytes of a version or of evidence away, for good and everywhere.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    Answer, Failure, Spec, World, keep, picked,
    record::{self, Recorded},
    resolve::{Names, ambiguous},
    sharing,
    standing::Standing,
};
use crate::{
    ledger::{Deed, Purge, Sample},
    name::{Artifact, Kind, Name},
    object::{Canonical, Digest, EventId, Prefix, VersionId, parse},
    state::{Dossier, KnownPayload, LineageRecord, State, said},
};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// `NAME@REVISION`, the first digits of a version's id, or those of an event that attests evidence.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// What is gone.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The event.
    pub event: EventId,
    /// The artifact whose version it was; for evidence, the prompt that was run.
    pub artifact: String,
    /// Its kind.
    pub kind: Kind,
    /// The version.
    pub version: Option<VersionId>,
    /// The evidence whose replies they were.
    pub evidence: Option<EventId>,
    /// Why.
    pub reason: String,
    /// Every digest that is purged, sorted: of a version its files too, and the dossiers that show it.
    pub payload: Vec<Digest>,
    /// Of those, dossiers.
    pub dossiers: Vec<Digest>,
    /// Evidence whose replies may quote the version, newest first.
    pub may_quote: Vec<EventId>,
    /// The remote that leads to the bytes no longer.
    pub remote: Option<String>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.purge/1";
}

/// Records the purge, then takes the bytes away.
///
/// Killed after the event, the bytes are taken away by whoever records something next, or by `maintenance`.
///
/// # Errors
///
/// That nothing is called so, or the refusal of the rules: `still-head`, `still-live`, `in-open-proposal`, `purged`.
pub fn run(world: &World, request: &Request) -> Result<Outcome, Failure> {
    if request.reason.trim().is_empty() {
        return Err(Failure::usage("the message is empty").say("say why in a line: `-m \"it held a password\"`"));
    }
    match &world.remote {
        Some(_) => sharing::ready(world)?,
        None => finish(world)?,
    }
    let standing = Standing::read(world)?;
    standing.me(world)?;
    let found = find(world, &standing, request.what.trim())?;
    let state = standing.state();
    let mut outcome = describe(&standing, &found, request)?;
    let (mut payload, dossiers) = match &found {
        Found::Version(record) => (of_version(&state, record)?, showing(world, &state, record.version)?),
        Found::Evidence { replies, .. } => (replies.clone(), BTreeSet::new()),
    };
    payload.extend(&dossiers);
    let gone = gone(&state, &payload)?;
    payload.retain(|id| !gone.contains(id));
    outcome.dossiers = dossiers.into_iter().filter(|id| payload.contains(id)).collect();
    outcome.payload = payload.iter().copied().collect();
    if outcome.payload.is_empty()
        && let Some(first) = gone.first()
        && let Some(record) = state.purged(first)?
    {
        return Err(record.refusal().into());
    }
    let known = KnownPayload::read(&state, &outcome.payload)?;
    let deed = Purge { payload: outcome.payload.clone(), said: said(&known), reason: request.reason.clone() };
    drop(standing);
    outcome.event = carry_out(world, deed)?.event;
    outcome.remote = world.remote.as_ref().map(|remote| remote.place());
    Ok(outcome)
}

/// Records that it goes, and takes it away. With a remote it goes as it does from every clone: when the event arrives.
fn carry_out(world: &World, purge: Purge) -> Result<Recorded, Failure> {
    if world.remote.is_some() {
        return record::record(world, Deed::Purge(purge)).map_err(teach);
    }
    let _guard = world.guard.hold()?;
    finish(world)?;
    let payload = purge.payload.clone();
    let act = record::signed(world, Deed::Purge(purge))?;
    world.upkeep.intend(&payload)?;
    match record::place_only(world, &act) {
        Ok(recorded) => {
            drop_purged(world)?;
            Ok(recorded)
        }
        Err(failure) => {
            world.upkeep.intend(&[])?;
            Err(teach(failure))
        }
    }
}

/// What to do first, where the rules say that it is still needed.
fn teach(failure: Failure) -> Failure {
    match failure.code {
        "still-head" => failure
            .say("commit the file without what must go, then purge this version by its number or id")
            .run("chancery commit -m \"without the secret\""),
        "still-live" => {
            failure.say("promote a version without what must go, or roll back; then purge").run("chancery env")
        }
        "in-open-proposal" => failure.run("chancery proposals"),
        "stale-purge" => failure.say("nothing was recorded: run the command again"),
        _ => failure,
    }
}

/// Takes away whatever was purged and is still here; answers with what that was, sorted.
///
/// This is what a clone does after events arrived, and what completes a purge that was killed. With a remote the caller
/// has its turn: what is being fetched leads nowhere yet, and would go too.
///
/// # Errors
///
/// What the ledger or the store answered.
pub(super) fn drop_purged(world: &World) -> Result<Vec<Digest>, Failure> {
    let _guard = world.guard.hold()?;
    let purged: BTreeSet<Digest> = keep::purged(world)?.into_keys().collect();
    let intended = world.upkeep.intended()?;
    let mut here = world.upkeep.kept(&purged)?;
    here.extend(intended.iter().filter(|id| purged.contains(id)));
    if here.is_empty() {
        if !intended.is_empty() {
            world.upkeep.intend(&[])?;
        }
        return Ok(Vec::new());
    }
    here.extend(forgotten(world, &purged)?);
    world.providers.replies().forget(&here)?;
    world.upkeep.discard(&here)?;
    Ok(here.into_iter().collect())
}

/// Completes a purge that was killed after its event; costs one question to the disk when there is none.
///
/// # Errors
///
/// As [`drop_purged`].
pub(super) fn finish(world: &World) -> Result<(), Failure> {
    if world.upkeep.intended()?.is_empty() {
        return Ok(());
    }
    drop_purged(world).map(drop)
}

/// Dossiers that were drawn and that nobody decided on, where they show what was purged.
fn forgotten(world: &World, purged: &BTreeSet<Digest>) -> Result<Vec<Digest>, Failure> {
    let standing = Standing::read(world)?;
    let decided: BTreeSet<Digest> = standing.state().dossiers()?.into_iter().map(|record| record.dossier.0).collect();
    let mut found = Vec::new();
    for id in world.upkeep.held()? {
        if !decided.contains(&id) && dossier(world, &id).is_some_and(|dossier| shows(&dossier, purged)) {
            found.push(id);
        }
    }
    Ok(found)
}

/// Payload read as a dossier; `None` where it is something else, or not here whole.
fn dossier(world: &World, id: &Digest) -> Option<Dossier> {
    let bytes = world.store.get(id).ok()??;
    let read: Canonical<Dossier> = parse(&bytes).ok()?;
    Some(read.record)
}

fn shows(dossier: &Dossier, purged: &BTreeSet<Digest>) -> bool {
    dossier.shown.iter().any(|change| [change.from, change.to].into_iter().flatten().any(|id| purged.contains(&id)))
}

/// What was asked for.
enum Found {
    Version(Box<LineageRecord>),
    Evidence { event: EventId, prompt: Artifact, replies: BTreeSet<Digest> },
}

fn find(world: &World, standing: &Standing<'_>, what: &str) -> Result<Found, Failure> {
    let Some(prefix) = Prefix::parse(what) else {
        let spec: Spec = what.parse().map_err(|error| Failure::usage(format!("{error}")))?;
        return Ok(Found::Version(Box::new(picked::version(standing, &spec)?)));
    };
    let state = standing.state();
    let mut commits = state.commits()?;
    commits.retain(|record| record.version.is_some_and(|version| prefix.matches(&version.0)));
    let versions: BTreeSet<Digest> = commits.iter().filter_map(|record| Some(record.version?.0)).collect();
    let events = world.journal.find(&prefix)?;
    let all: Vec<Digest> = versions.iter().copied().chain(events.iter().map(|(event, _)| event.0)).collect();
    if all.len() > 1 {
        return Err(ambiguous(&prefix, all));
    }
    if let Some(record) = commits.into_iter().max_by(|a, b| (a.number, &a.artifact).cmp(&(b.number, &b.artifact))) {
        return Ok(Found::Version(Box::new(record)));
    }
    let nothing =
        || Failure::cannot("unknown-payload", format!("no version's and no event's id begins with `{prefix}`"));
    let (event, _) = events.first().copied().ok_or_else(|| nothing().run("chancery log").run("chancery audit"))?;
    evidence(&state, event)
}

fn evidence(state: &State<'_>, event: EventId) -> Result<Found, Failure> {
    for runs in state.all_runs()? {
        if let Some(run) = runs.runs.iter().find(|run| run.evidence == Some(event)) {
            let replies = run.samples.iter().flat_map(Sample::kept).collect();
            let prompt = Artifact::new(Kind::Prompt, runs.prompt.clone());
            return Ok(Found::Evidence { event, prompt, replies });
        }
    }
    Err(Failure::cannot("unknown-payload", format!("event `{}` attests no evidence", event.short()))
        .run("chancery audit --kind evidence"))
}

fn describe(standing: &Standing<'_>, found: &Found, request: &Request) -> Result<Outcome, Failure> {
    let names = Names::of(standing);
    let (artifact, version, evidence) = match found {
        Found::Version(record) => (&record.artifact, record.version, None),
        Found::Evidence { event, prompt, .. } => (prompt, None, Some(*event)),
    };
    let state = standing.state();
    Ok(Outcome {
        event: standing.tip.event,
        artifact: names.label(artifact)?,
        kind: artifact.kind,
        version,
        evidence,
        reason: request.reason.clone(),
        payload: Vec::new(),
        dossiers: Vec::new(),
        remote: None,
        may_quote: if version.is_some() { quoting(&state, artifact)? } else { Vec::new() },
    })
}

/// Evidence of a prompt, or by a suite, of which some reply was not purged; newest first.
fn quoting(state: &State<'_>, artifact: &Artifact) -> Result<Vec<EventId>, Failure> {
    let mut events = Vec::new();
    for runs in state.all_runs()? {
        let of = |kind, name: &Name| artifact.kind == kind && artifact.name.folded() == name.folded();
        if !of(Kind::Prompt, &runs.prompt) && !of(Kind::Suite, &runs.suite) {
            continue;
        }
        for run in &runs.runs {
            let Some(event) = run.evidence else { continue };
            let replies: BTreeSet<Digest> = run.samples.iter().flat_map(Sample::kept).collect();
            if gone(state, &replies)?.len() < replies.len() {
                events.push(event);
            }
        }
    }
    let mut events = state.in_order(events, |event| *event)?;
    events.reverse();
    Ok(events)
}

/// The version's bytes, and of several files those that no other version needs.
fn of_version(state: &State<'_>, record: &LineageRecord) -> Result<BTreeSet<Digest>, Failure> {
    let deleted = || Failure::cannot("deleted", format!("`{}` v{} is a deletion", record.artifact, record.number));
    let version = record.version.ok_or_else(deleted)?;
    let mut payload = BTreeSet::from([version.0]);
    payload.extend(&record.contents.files);
    for other in state.commits()?.iter().filter(|other| other.version.is_some_and(|id| id != version)) {
        for needed in other.contents.files.iter().copied().chain(other.version.map(|version| version.0)) {
            payload.remove(&needed);
        }
    }
    Ok(payload)
}

/// Dossiers that somebody decided on and that show a version.
fn showing(world: &World, state: &State<'_>, version: Option<VersionId>) -> Result<BTreeSet<Digest>, Failure> {
    let shown: BTreeSet<Digest> = version.into_iter().map(|version| version.0).collect();
    let mut found = BTreeSet::new();
    for record in state.dossiers()? {
        if dossier(world, &record.dossier.0).is_some_and(|dossier| shows(&dossier, &shown)) {
            found.insert(record.dossier.0);
        }
    }
    Ok(found)
}

/// Those of these digests that were purged before.
fn gone(state: &State<'_>, payload: &BTreeSet<Digest>) -> Result<Vec<Digest>, Failure> {
    let mut gone = Vec::new();
    for id in payload {
        if state.purged(id)?.is_some() {
            gone.push(*id);
        }
    }
    Ok(gone)
}
