//! What was answered in a case that flipped.

use serde::Serialize;

use super::outcome::reason;
use crate::eval::{CaseRun, Outcome as CaseOutcome, Reply};

/// A case with what was answered on both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flipped {
    /// Its id.
    pub case: String,
    /// What was answered on the other side.
    pub before: Answered,
    /// What was answered on this one.
    pub after: Answered,
}

/// One answer: of several samples the first that came out as the case did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answered {
    /// How the case came out; nothing where it was not asked.
    pub outcome: Option<CaseOutcome>,
    /// The reply in the form in which it is kept, calls of tools a line each; empty without one.
    pub reply: String,
    /// Every check that did not hold and what it saw, or why there is no reply; empty where it passed.
    pub reason: String,
}

impl Flipped {
    /// Both answers to a case.
    pub(super) fn of(before: &CaseRun, after: &CaseRun) -> Self {
        Self { case: after.id.clone(), before: Answered::of(before), after: Answered::of(after) }
    }
}

impl Answered {
    fn of(run: &CaseRun) -> Self {
        let outcome = run.outcome();
        let sample = run.samples.iter().find(|sample| Some(sample.outcome) == outcome);
        Self {
            outcome,
            reply: sample.and_then(|sample| sample.reply.as_ref()).map(whole).unwrap_or_default(),
            reason: sample.map(reason).unwrap_or_default(),
        }
    }
}

/// A whole reply for reading.
fn whole(reply: &Reply) -> String {
    let calls = reply.tool_calls.iter();
    let calls = calls.map(|call| format!("calls {}({})", call.name, serde_json::Value::Object(call.arguments.clone())));
    let content = (!reply.content.is_empty()).then(|| reply.content.clone());
    content.into_iter().chain(calls).collect::<Vec<_>>().join("\n")
}
