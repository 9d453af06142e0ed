//! Why a case did not pass, for every report alike.

use crate::{
    eval::{CaseRun, Outcome, Reply, Sample},
    render::ToolCall,
};

/// One check that did not pass, or that there is no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reason<'a> {
    /// Which sample, from 0.
    pub(super) sample: u32,
    /// The check as it stands in the suite; absent where there was nothing to check.
    pub(super) check: Option<&'a str>,
    /// What it saw, or why there is no reply.
    pub(super) why: &'a str,
}

impl Reason<'_> {
    /// Both on one line.
    pub(super) fn text(&self) -> String {
        self.check.map_or_else(|| self.why.to_owned(), |check| format!("{check}: {}", self.why))
    }
}

/// Every check that did not pass and every sample without a reply, sample by sample.
pub(super) fn reasons(run: &CaseRun) -> impl Iterator<Item = Reason<'_>> {
    run.samples.iter().flat_map(of_sample)
}

/// The same of one sample.
pub(super) fn of_sample(sample: &Sample) -> impl Iterator<Item = Reason<'_>> {
    let failed = sample.checks.iter().filter(|check| !check.passed);
    let checks = failed.map(|check| Reason { sample: sample.sample, check: Some(&check.check), why: &check.reason });
    checks.chain(sample.error.as_deref().map(|why| Reason { sample: sample.sample, check: None, why }))
}

/// The cases that count and did not pass: those without a reply first, then in the order of the suite.
pub(super) fn failing(cases: &[CaseRun]) -> Vec<&CaseRun> {
    let of =
        |outcome: Outcome| cases.iter().filter(move |case| case.outcome() == Some(outcome) && !case.is_set_aside());
    of(Outcome::Errored).chain(of(Outcome::Failed)).collect()
}

/// The first sample that came out as the case did: the one to look at.
pub(super) fn telling(case: &CaseRun) -> Option<&Sample> {
    let outcome = case.outcome()?;
    case.samples.iter().find(|sample| sample.outcome == outcome)
}

/// Why a case did not pass, line by line: every check of the sample to look at that did not hold and what it saw, or
/// why there is no reply; before them how many samples passed, where there are several.
pub fn why(case: &CaseRun) -> Vec<String> {
    let Some(sample) = telling(case) else { return Vec::new() };
    let all = case.samples.len();
    let count = format!("{} of {all} samples passed; sample {}:", case.passed(), sample.sample + 1);
    (all > 1).then_some(count).into_iter().chain(of_sample(sample).map(|reason| reason.text())).collect()
}

/// A reply on one line: what it says, and the tools it calls.
pub fn said(reply: &Reply) -> String {
    let calls = reply.tool_calls.iter().map(called).collect::<Vec<_>>().join(", ");
    match (reply.content.is_empty(), calls.is_empty()) {
        (true, false) => format!("calls {calls}"),
        (false, false) => format!("{} [calls {calls}]", reply.content),
        (_, true) => reply.content.clone(),
    }
}

/// A call of a tool, as a person would write it.
pub(super) fn called(call: &ToolCall) -> String {
    format!("{}({})", call.name, serde_json::Value::Object(call.arguments.clone()))
}
