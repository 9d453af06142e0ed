//! A run that was attested, scored again from its stored replies.

use std::collections::BTreeSet;

use crate::{
    artifact::Suite,
    eval::{
        CaseRun, CheckResult, Outcome, Personal, Reply, Sample, SuiteRun, Tokens, Usage, passes, score, with_values,
    },
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
            let marks = Personal::of(personal, &case.vars);
            let told = |check: CheckResult| CheckResult {
                check: marks.hide_excerpt(&check.check),
                reason: marks.hide_excerpt(&check.reason),
                ..check
            };
            let checks: Vec<CheckResult> =
                score(case, &with_values(reply.clone(), &case.vars)).into_iter().map(told).collect();
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
                checks,
                tokens: Tokens { input: usage.input, output: usage.output },
                latency_ms: 0,
                cost_usd: 0.0,
                secrets: Vec::new(),
            });
        }
        cases.push(CaseRun { id: case.id.clone(), samples, quarantine: None });
    }
    Ok(Some(SuiteRun { cases }))
}
