//! Runs: announced before the first call, attested when complete.

use std::collections::BTreeSet;

use super::{
    Refusal, StateError,
    apply::Deciding,
    draft::Draft,
    read::keys,
    records::{AnnouncedRecord, RunRecord, RunsRecord},
    secrets,
};
use crate::{
    eval::Reply,
    ledger::{Announcement, Event, Evidence, Outcome, Sample},
    name::{Artifact, Kind},
    object::Digest,
    trust::Verb,
};

/// The most samples a case an announcement may ask for.
const MOST_REPEATS: u32 = 10_000;

/// A run begins. From here on it is a no until it is completed, so nobody can keep only the lucky one.
pub(super) fn announce(
    draft: &Draft<'_>,
    event: &Event,
    with: &Deciding<'_>,
    run: &Announcement,
) -> Result<(), StateError> {
    let prompt = Artifact::new(Kind::Prompt, run.prompt.clone());
    with.actor.must(with.governance, Verb::Evaluate, &[&prompt], None)?;
    let suite = Artifact::new(Kind::Suite, run.suite.clone());
    if with.state.version(&suite, run.version)?.is_none() {
        let message = format!("`{suite}` never had a version `{}`", run.version.short());
        return Err(Refusal::cannot("unknown-version", message).into());
    }
    let sorted = run.cases.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
    if run.cases.is_empty() || !sorted || run.repeat == 0 || run.repeat > MOST_REPEATS {
        return Err(Refusal::no("empty-run", "a run announces at least one case and one sample, cases sorted").into());
    }
    let mut record = with.state.runs(run.bundle, run.version)?.unwrap_or_else(|| RunsRecord {
        prompt: run.prompt.clone(),
        bundle: run.bundle,
        suite: run.suite.clone(),
        version: run.version,
        runs: Vec::new(),
    });
    // A suite that was renamed keeps its version, and with it its runs.
    if record.prompt.folded() != run.prompt.folded() {
        let message = format!("the bundle was evaluated before as that of `{}`", record.prompt);
        return Err(Refusal::no("wrong-prompt", message).into());
    }
    record.runs.push(RunRecord {
        announced: event.id(),
        person: with.actor.handle.clone(),
        roles: with.actor.roles(),
        time: event.record.time,
        repeat: run.repeat,
        cases: run.cases.clone(),
        evidence: None,
        samples: Vec::new(),
        models: Vec::new(),
    });
    draft.put(keys::runs(run.bundle, run.version), &record);
    draft.put(keys::announced(event.id()), &AnnouncedRecord { bundle: run.bundle, version: run.version });
    Ok(())
}

/// A run is completed by who announced it, with every sample it announced and every reply kept.
pub(super) fn attest(
    draft: &Draft<'_>,
    event: &Event,
    with: &Deciding<'_>,
    evidence: &Evidence,
) -> Result<(), StateError> {
    let unknown = || Refusal::cannot("not-announced", format!("no run `{}` was announced", evidence.announced.short()));
    let place = with.state.announced(evidence.announced)?.ok_or_else(unknown)?;
    let mut record = with.state.runs(place.bundle, place.version)?.ok_or_else(unknown)?;
    let run = record.runs.iter_mut().find(|run| run.announced == evidence.announced).ok_or_else(unknown)?;
    let prompt = Artifact::new(Kind::Prompt, record.prompt.clone());
    with.actor.must(with.governance, Verb::Evaluate, &[&prompt], None)?;
    if run.person != *with.actor.handle {
        return Err(Refusal::no("run-of-another", format!("the run was announced by `{}`", run.person)).into());
    }
    if run.evidence.is_some() {
        return Err(Refusal::cannot("already-attested", "the run was completed before").into());
    }
    check_complete(run, evidence)?;
    let mut kept = BTreeSet::new();
    for reply in evidence.samples.iter().filter_map(|sample| sample.reply) {
        if kept.insert(reply)
            && let Some(reply) = demand(with, &reply, "reply")?
        {
            refuse_untold(evidence, &reply)?;
        }
    }
    // Votes come from the model of a judge, which the suite pins, and not from the one under test.
    for vote in evidence.samples.iter().flat_map(|sample| &sample.votes) {
        if kept.insert(*vote) {
            demand(with, vote, "vote")?;
        }
    }
    run.evidence = Some(event.id());
    run.roles = with.actor.roles();
    run.time = event.record.time;
    run.samples.clone_from(&evidence.samples);
    run.models.clone_from(&evidence.models);
    draft.put(keys::runs(place.bundle, place.version), &record);
    Ok(())
}

/// Refuses unless a reply is here, or was here, and holds no secret; answers it where it can be read.
fn demand(with: &Deciding<'_>, id: &Digest, what: &str) -> Result<Option<Reply>, StateError> {
    if let Some(purged) = with.state.purged(id)? {
        return Err(purged.refusal().into());
    }
    with.payload.demand(id, what)?;
    // One that nobody can read proves nothing and tells nothing: it was purged, or is damaged, or is no reply.
    let read = with.payload.readable(id)?.and_then(|bytes| Reply::from_bytes(&bytes).ok());
    if let Some(reply) = &read {
        secrets::refuse_in_reply(with, reply)?;
    }
    Ok(read)
}

/// Every model that a reply says it comes from is told: the gate compares these with the pinned one.
fn refuse_untold(evidence: &Evidence, reply: &Reply) -> Result<(), Refusal> {
    match &reply.model {
        Some(model) if !evidence.models.contains(model) => {
            let message = format!("a reply says it comes from `{}`, and the run does not", model.escape_debug());
            Err(Refusal::no("model-untold", message))
        }
        _ => Ok(()),
    }
}

/// Exactly the announced samples, in order, each with a reply unless it errored.
fn check_complete(run: &RunRecord, evidence: &Evidence) -> Result<(), Refusal> {
    let announced = run.cases.iter().flat_map(|case| (0..run.repeat).map(move |sample| (case.as_str(), sample)));
    let attested = evidence.samples.iter().map(|sample| (sample.case.as_str(), sample.sample));
    if !announced.eq(attested) {
        return Err(Refusal::no("incomplete-run", "the samples are not those that were announced, in order"));
    }
    let odd = evidence.samples.iter().find(|sample| sample.reply.is_none() != (sample.outcome == Outcome::Errored));
    if let Some(sample) = odd {
        let message = format!("case `{}` has an outcome that does not fit its reply", sample.case);
        return Err(Refusal::no("no-reply", message));
    }
    let counted = |sample: &Sample| sample.tokens_in.is_some() || sample.tokens_out.is_some();
    let told = |sample: &Sample| match () {
        () if counted(sample) => Some("counts tokens"),
        () if sample.latency_ms.is_some() => Some("took some time"),
        () => (!sample.votes.is_empty()).then_some("has votes"),
    };
    for sample in evidence.samples.iter().filter(|sample| sample.reply.is_none()) {
        if let Some(told) = told(sample) {
            return Err(Refusal::no("no-reply", format!("case `{}` {told} and has no reply", sample.case)));
        }
    }
    Ok(())
}
