//! A run that was attested, scored again from its stored replies.

use std::collections::BTreeSet;

use crate::{
    artifact::{Case, Suite},
    eval::{
        CaseRun, CheckResult, Known, Opinions, Outcome, Personal, Reply, Sample, SuiteRun, Tokens, Usage, Vote, passes,
        score_with, with_values,
    },
    ledger::{self, Outcome as Claim},
    ops::{Failure, World},
    state::RunRecord,
};

/// The run as it would be scored today; `None` when a reply is no longer here.
pub(super) fn recall(
    world: &World,
    suite: &Suite,
    run: &RunRecord,
    personal: &BTreeSet<String>,
) -> Result<Option<SuiteRun>, Failure> {
    let mut cases = Vec::new();
    for case in &suite.cases {
        let mut samples = Vec::new();
        for claim in run.samples.iter().filter(|sample| sample.case == case.id) {
            let Some(digest) = claim.reply else { return Ok(None) };
            let Some(bytes) = world.store.get(&digest)? else { return Ok(None) };
            let Ok(reply) = Reply::from_bytes(&bytes) else { return Ok(None) };
            let Some(votes) = votes(world, case, claim)? else { return Ok(None) };
            let opinions = Opinions::of(case, votes.iter().map(|vote| &vote.reply)).unwrap_or_default();
            let known = Known { opinions, latency_ms: claim.latency_ms };
            let marks = Personal::of(personal, &case.vars);
            let told = |check: CheckResult| CheckResult {
                check: marks.hide_excerpt(&check.check),
                reason: marks.hide_excerpt(&check.reason),
                ..check
            };
            let checks: Vec<CheckResult> =
                score_with(case, &with_values(reply.clone(), &case.vars), &known).into_iter().map(told).collect();
            let stated = claim.tokens_in.zip(claim.tokens_out);
            let stated = stated.map(|(input, output)| Usage::of(input.into(), output.into()));
            let usage = reply.usage.or(stated).unwrap_or_default();
            samples.push(Sample {
                sample: claim.sample,
                outcome: if passes(&checks) { Outcome::Passed } else { Outcome::Failed },
                error: None,
                reply: Some(reply),
                reply_digest: Some(digest),
                source: Some(claim.source),
                votes,
                checks,
                tokens: Tokens { input: usage.input, output: usage.output },
                latency_ms: claim.latency_ms.map_or(0, u64::from),
                timed_ms: claim.latency_ms,
                cost_usd: 0.0,
                secrets: Vec::new(),
            });
        }
        cases.push(CaseRun { id: case.id.clone(), samples, quarantine: None });
    }
    Ok(Some(SuiteRun { cases }))
}

/// What was said of a reply by those whom the case asks; nothing when it is no longer here, or not what was asked for.
fn votes(world: &World, case: &Case, claim: &ledger::Sample) -> Result<Option<Vec<Vote>>, Failure> {
    let mut replies = Vec::new();
    for vote in &claim.votes {
        let Some(bytes) = world.store.get(vote)? else { return Ok(None) };
        let Ok(reply) = Reply::from_bytes(&bytes) else { return Ok(None) };
        replies.push(reply);
    }
    Ok(Vote::recalled(case, replies))
}

/// The run as its evidence states it, where replies are no longer here.
pub(super) fn claimed(suite: &Suite, run: &RunRecord) -> SuiteRun {
    let sample = |claim: &crate::ledger::Sample| Sample {
        sample: claim.sample,
        outcome: match claim.outcome {
            Claim::Passed => Outcome::Passed,
            Claim::Failed => Outcome::Failed,
            Claim::Errored => Outcome::Errored,
        },
        error: None,
        reply: None,
        reply_digest: claim.reply,
        source: Some(claim.source),
        checks: Vec::new(),
        tokens: Tokens::default(),
        latency_ms: 0,
        timed_ms: claim.latency_ms,
        votes: Vec::new(),
        cost_usd: 0.0,
        secrets: Vec::new(),
    };
    let case = |case: &Case| CaseRun {
        id: case.id.clone(),
        samples: run.samples.iter().filter(|claim| claim.case == case.id).map(sample).collect(),
        quarantine: None,
    };
    SuiteRun { cases: suite.cases.iter().map(case).collect() }
}
