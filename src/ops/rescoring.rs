//! Scoring stored replies again, so that no pass flag is ever trusted.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Failure, World, sources, standing::Standing};
use crate::{
    artifact::{Check, Expectation, Parsed, Suite, Template, parse},
    eval::{self, Lent, Recomputed, SampleSummary, Summary, in_bundle, rescore},
    gate::{Contradicted, Facts, RunFacts, SampleFacts, SampleOutcome, Scores},
    ledger::{Outcome, Sample, Tip},
    name::{Artifact, Kind, Name},
    object::{BundleId, Digest, EventId, StoreError, VersionId},
    state::{After, Case, RunRecord, RunsRecord, State, StateError},
    version::{Bundle, Member, Uses},
};

/// A sample of which evidence says otherwise than its stored reply does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// The event that attests it.
    pub event: EventId,
    /// The case's id.
    pub case: String,
    /// Which sample, from 0.
    pub sample: u32,
    /// What the evidence says.
    pub recorded: eval::Outcome,
    /// What scoring the reply says.
    pub recomputed: Recomputed,
}

/// Scores every attested run of one suite version against one bundle again; empty means that every claim holds.
///
/// A reply that is not in the store (it was purged, or never came here) is listed as [`Recomputed::ReplyMissing`].
///
/// # Errors
///
/// When the suite's bytes cannot be read, or the ledger cannot.
pub(super) fn disagreements(world: &World, runs: &RunsRecord) -> Result<Vec<Disagreement>, Failure> {
    let standing = Standing::read(world)?;
    let members = members_then(world, runs)?.unwrap_or_default();
    score_again(world, &standing, runs, &members)
}

/// Scores every run in the facts again, so that the gate weighs what the replies say.
///
/// A run whose replies are not all here is left as attested and not marked as re-scored: its passes count for nothing.
///
/// # Errors
///
/// When payload or the ledger cannot be read.
pub(super) fn recompute(
    world: &World,
    standing: &Standing<'_>,
    case: &Case<'_>,
    facts: &mut Facts,
) -> Result<(), Failure> {
    facts.scores = Scores::Recomputed;
    for bundle in &mut facts.bundles {
        let touched = case.plan().touched.iter().find(|touched| touched.prompt == bundle.prompt);
        let before = touched.and_then(|touched| touched.before.as_ref()).map(|record| record.members.clone());
        let after = touched.and_then(|touched| match &touched.after {
            After::Whole(bundle) => Some(bundle.members.clone()),
            After::Gone | After::Lacking(_) => None,
        });
        for suite in &mut bundle.suites {
            let at = |bundle: Option<BundleId>, members: &Option<Vec<Member>>| bundle.zip(members.clone());
            if let Some((bundle, members)) = at(bundle.after, &after) {
                correct(world, standing, (bundle, suite.version), &members, &mut suite.runs)?;
            }
            if let Some((bundle, members)) = at(bundle.before, &before) {
                correct(world, standing, (bundle, suite.version), &members, &mut suite.live_runs)?;
            }
        }
    }
    Ok(())
}

/// Puts what the replies say in the place of what was attested.
fn correct(
    world: &World,
    standing: &Standing<'_>,
    (bundle, suite): (BundleId, VersionId),
    members: &[Member],
    runs: &mut [RunFacts],
) -> Result<(), Failure> {
    let Some(record) = standing.state().runs(bundle, suite)? else { return Ok(()) };
    let found = score_again(world, standing, &record, members)?;
    for run in runs {
        let of_run: Vec<&Disagreement> = found.iter().filter(|d| run.evidence == Some(d.event)).collect();
        run.rescored = run.evidence.is_some() && !of_run.iter().any(|d| d.recomputed == Recomputed::ReplyMissing);
        for disagreement in of_run.iter().filter(|d| d.recomputed != Recomputed::ReplyMissing) {
            let (case, sample) = (disagreement.case.clone(), disagreement.sample);
            let told = |facts: &&mut SampleFacts| facts.case == case && facts.sample == sample;
            if let Some(told) = run.samples.iter_mut().find(told) {
                match outcome(disagreement.recomputed) {
                    Some(outcome) => told.outcome = outcome,
                    None => told.tokens = None,
                }
            }
            run.contradicted.push(Contradicted { case, sample });
        }
    }
    Ok(())
}

/// What a sample counts as when its evidence is not believed: only a reply that passes is a pass.
///
/// `None` where the outcome holds and the count of tokens does not.
fn outcome(recomputed: Recomputed) -> Option<SampleOutcome> {
    Some(match recomputed {
        Recomputed::Passed => SampleOutcome::Passed,
        Recomputed::Failed => SampleOutcome::Failed,
        Recomputed::TokensDiffer => return None,
        Recomputed::NoSuchCase
        | Recomputed::ReplyMissing
        | Recomputed::ReplyUnreadable
        | Recomputed::ReplyUnexpected
        | Recomputed::VotesDiffer
        | Recomputed::JudgeNotPinned
        | Recomputed::NotTimed => SampleOutcome::Errored,
    })
}

fn score_again(
    world: &World,
    standing: &Standing<'_>,
    runs: &RunsRecord,
    members: &[Member],
) -> Result<Vec<Disagreement>, Failure> {
    if runs.runs.iter().all(|run| run.evidence.is_none()) {
        return Ok(Vec::new());
    }
    let suite = suite(world, standing, &runs.suite, runs.version)?;
    let lent = lent(world, standing, members, &suite)?;
    let suite = in_bundle(suite, &lent);
    let mut found = Vec::new();
    for run in &runs.runs {
        let Some(event) = run.evidence else { continue };
        let replies = replies(world, run)?;
        let again = rescore(&suite, &summary(run), |id| replies.get(id).cloned());
        found.extend(again.into_iter().map(|d| Disagreement {
            event,
            case: d.case,
            sample: d.sample,
            recorded: d.recorded,
            recomputed: d.recomputed,
        }));
    }
    Ok(found)
}

/// A run as evidence summarises it.
fn summary(run: &RunRecord) -> Summary {
    let samples = run.samples.iter().map(|sample| SampleSummary {
        case: sample.case.clone(),
        sample: sample.sample,
        outcome: match sample.outcome {
            Outcome::Passed => eval::Outcome::Passed,
            Outcome::Failed => eval::Outcome::Failed,
            Outcome::Errored => eval::Outcome::Errored,
        },
        reply: sample.reply,
        source: Some(sample.source),
        tokens: sample.tokens_in.zip(sample.tokens_out),
        latency_ms: sample.latency_ms,
        votes: sample.votes.clone(),
    });
    Summary { samples: samples.collect() }
}

/// The replies and votes of a run that are here.
fn replies(world: &World, run: &RunRecord) -> Result<BTreeMap<Digest, Vec<u8>>, Failure> {
    let mut found = BTreeMap::new();
    for id in run.samples.iter().flat_map(Sample::kept).collect::<BTreeSet<_>>() {
        match world.store.get(&id) {
            Ok(bytes) => found.extend(bytes.map(|bytes| (id, bytes))),
            // Bytes that are not what their name says are no reply; `verify` tells of them by name.
            Err(StoreError::Corrupt { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}

/// A suite version, read back and parsed.
fn suite(world: &World, standing: &Standing<'_>, name: &Name, version: VersionId) -> Result<Suite, Failure> {
    let artifact = Artifact::new(Kind::Suite, name.clone());
    let parsed = parsed(world, standing, &artifact, version)?;
    match parsed {
        Parsed::Suite(suite) => Ok(suite),
        _ => Err(Failure::bug(format!("`{artifact}` was not read as a suite"))),
    }
}

/// What a bundle lends to the checks of a suite. The prompt and the model, whose bytes may have been purged, are read
/// for checks that ask for them alone.
fn lent(world: &World, standing: &Standing<'_>, members: &[Member], suite: &Suite) -> Result<Lent, Failure> {
    let (mut tools, mut output, mut price) = (Vec::new(), None, None);
    let entries = suite.cases.iter().flat_map(|case| &case.expect).flat_map(Expectation::each);
    let (mut by_schema, mut by_price) = (false, false);
    for entry in entries {
        by_schema |= matches!(entry.check, Check::OutputSchema(_));
        by_price |= matches!(entry.check, Check::MaxCost(_));
    }
    let lends = |member: &&Member| match member.artifact.kind {
        Kind::Prompt => by_schema && !member.artifact.name.is_fragment(),
        Kind::Model => by_price,
        kind => kind == Kind::Tool,
    };
    for member in members.iter().filter(lends) {
        match parsed(world, standing, &member.artifact, member.version)? {
            Parsed::Tool(tool) => tools.push((member.artifact.name.to_string(), tool)),
            Parsed::Prompt(prompt) => output = prompt.output_schema,
            Parsed::Model(model) => price = model.price,
            _ => {}
        }
    }
    Ok(Lent::new(tools.iter().map(|(name, tool)| (name.clone(), tool)), output, price))
}

fn parsed(world: &World, standing: &Standing<'_>, artifact: &Artifact, version: VersionId) -> Result<Parsed, Failure> {
    let (record, source) = sources::of_version(world, &standing.state(), artifact, version)?;
    let path = record.path.as_deref().unwrap_or_default();
    let template = record.template.map(|on| if on { Template::Jinja } else { Template::None });
    Ok(parse(artifact.kind, &artifact.name, path, &source, template)?.0)
}

/// What a bundle consisted of when its first run was announced: as an environment, a proposal or the heads had it.
fn members_then(world: &World, runs: &RunsRecord) -> Result<Option<Vec<Member>>, Failure> {
    for run in &runs.runs {
        let now = Standing::read(world)?;
        let Some(placed) = now.state().placed(run.announced)? else { continue };
        let tip = Tip { seq: placed.seq, event: placed.event, ..now.tip.clone() };
        let then = Standing::after(world, tip)?;
        if let Some(members) = members_at(&then, runs)? {
            return Ok(Some(members));
        }
    }
    Ok(None)
}

fn members_at(standing: &Standing<'_>, runs: &RunsRecord) -> Result<Option<Vec<Member>>, Failure> {
    let state = standing.state();
    for rules in &standing.governance.environments {
        let live = state.bundle(&rules.name, &runs.prompt)?.filter(|record| record.bundle == Some(runs.bundle));
        if let Some(record) = live {
            return Ok(Some(record.members));
        }
        for record in state.open(rules.name.as_str())? {
            let case = Case::new(&state, &standing.governance, standing.project.governance, &record)?;
            let whole = case.plan().touched.iter().find_map(|touched| match &touched.after {
                After::Whole(bundle) if bundle.id() == runs.bundle => Some(bundle.members.clone()),
                _ => None,
            });
            if whole.is_some() {
                return Ok(whole);
            }
        }
    }
    let heads = Bundle::resolve(&runs.prompt, |artifact| head(&state, artifact))?;
    Ok(heads.ok().filter(|bundle| bundle.id() == runs.bundle).map(|bundle| bundle.members))
}

/// An artifact's head, and what it names.
fn head(state: &State<'_>, artifact: &Artifact) -> Result<Option<(VersionId, Uses)>, StateError> {
    let Some(head) = state.head(artifact)? else { return Ok(None) };
    let uses = state.commit(artifact, head.number)?.map(|record| record.contents.uses).unwrap_or_default();
    Ok(head.version.map(|version| (version, uses)))
}
