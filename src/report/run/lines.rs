//! A run line by line, for programs: one JSON object a case and sample.

use serde::Serialize;

use super::{RunSheet, SuiteSheet, sheet::came_out};
use crate::{
    artifact::Finish,
    clock::Time,
    eval::{CaseRun, ReplySource, Sample, Tokens, Vote},
    name::Name,
    object::{BundleId, Digest, EventId, VersionId},
    render::ToolCall,
    report::reasons,
    scan::safe_document,
    sight::json_escaped,
};

/// What every line says it is.
const SCHEMA: &str = "chancery.eval-sample/1";

/// One line. Fields are added, never renamed.
#[derive(Debug, Serialize)]
struct Line<'a> {
    schema: &'static str,
    time: Time,
    suite: &'a Name,
    version: VersionId,
    prompt: &'a Name,
    bundle: BundleId,
    side: &'static str,
    announced: Option<EventId>,
    evidence: Option<EventId>,
    case: &'a str,
    /// Whether the case is in quarantine.
    quarantined: bool,
    /// Which sample, from 0; absent where the case was not asked for.
    sample: Option<u32>,
    /// `passed`, `failed`, `errored` or `skipped`.
    outcome: &'static str,
    /// Every check that did not pass, or why there is no reply.
    reasons: Vec<Reason<'a>>,
    /// What the model said, all of it; absent without a reply.
    reply: Option<&'a str>,
    tool_calls: &'a [ToolCall],
    /// The model the provider says it used.
    model: Option<&'a str>,
    /// Why the reply ends, where the provider says so.
    finish: Option<Finish>,
    reply_digest: Option<Digest>,
    /// What judges and programs said of it.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    votes: &'a [Vote],
    source: Option<ReplySource>,
    tokens: Option<Tokens>,
    latency_ms: Option<u64>,
    cost_usd: f64,
    /// The rule of each secret that was masked in the reply before it was kept.
    secrets: &'a [&'static str],
}

/// Why a sample did not pass.
#[derive(Debug, Serialize)]
struct Reason<'a> {
    check: Option<&'a str>,
    reason: &'a str,
}

/// Every case and sample as a line of its own, without its line end: suite by suite, in the order of the suites.
///
/// A line is made when it is asked for, so that a long run is written without being held as text. A case that was not
/// asked for is one line without a sample. Secrets are masked, and nothing that a terminal obeys stands in a line.
pub fn run_lines<'a>(sheet: &'a RunSheet<'a>) -> impl Iterator<Item = String> + 'a {
    sheet.suites.iter().flat_map(move |suite| {
        suite.run.cases.iter().flat_map(move |case| {
            let skipped = case.samples.is_empty().then_some(None);
            let samples = case.samples.iter().map(Some).chain(skipped);
            samples.map(move |sample| text(&line(sheet.time, suite, case, sample)))
        })
    })
}

fn line<'a>(time: Time, suite: &SuiteSheet<'a>, case: &'a CaseRun, sample: Option<&'a Sample>) -> Line<'a> {
    let reply = sample.and_then(|sample| sample.reply.as_ref());
    let told = |reason: reasons::Reason<'a>| Reason { check: reason.check, reason: reason.why };
    Line {
        schema: SCHEMA,
        time,
        suite: suite.suite,
        version: suite.version,
        prompt: suite.prompt,
        bundle: suite.bundle,
        side: suite.side,
        announced: suite.announced,
        evidence: suite.evidence,
        case: &case.id,
        quarantined: case.quarantine.is_some(),
        sample: sample.map(|sample| sample.sample),
        outcome: sample.map_or("skipped", |sample| came_out(sample.outcome)),
        reasons: sample.into_iter().flat_map(reasons::of_sample).map(told).collect(),
        reply: reply.map(|reply| reply.content.as_str()),
        tool_calls: reply.map(|reply| reply.tool_calls.as_slice()).unwrap_or_default(),
        model: reply.and_then(|reply| reply.model.as_deref()),
        finish: reply.and_then(|reply| reply.finish),
        reply_digest: sample.and_then(|sample| sample.reply_digest),
        votes: sample.map(|sample| sample.votes.as_slice()).unwrap_or_default(),
        source: sample.and_then(|sample| sample.source),
        tokens: sample.filter(|_| reply.is_some()).map(|sample| sample.tokens),
        latency_ms: sample.map(|sample| sample.latency_ms).filter(|took| *took > 0),
        cost_usd: sample.map_or(0.0, |sample| sample.cost_usd),
        secrets: sample.map(|sample| sample.secrets.as_slice()).unwrap_or_default(),
    }
}

/// A line as it is written. What stands in it can always be written as JSON.
fn text(line: &Line<'_>) -> String {
    let document = serde_json::to_value(line).map(safe_document).unwrap_or_default();
    json_escaped(&document.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{
        eval::Outcome::{Errored, Failed, Passed},
        report::run::testing::{Room, sample},
    };

    #[test]
    fn every_case_and_sample_is_one_line_of_json() {
        let mut room = Room::new();
        room.case("fine", vec![sample(Passed, "all\nwell \u{202e}"), sample(Passed, "")]);
        room.case("bad", vec![sample(Failed, "no")]);
        room.case("late", vec![sample(Errored, "")]);
        room.case("left out", Vec::new());
        let sheet = room.sheet();
        let lines: Vec<String> = run_lines(&sheet).collect();
        let read: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        let told: Vec<(&str, Option<u64>, &str)> = read
            .iter()
            .map(|line| (line["case"].as_str().unwrap(), line["sample"].as_u64(), line["outcome"].as_str().unwrap()))
            .collect();
        assert_eq!(
            told,
            [
                ("fine", Some(0), "passed"),
                ("fine", Some(1), "passed"),
                ("bad", Some(0), "failed"),
                ("late", Some(0), "errored"),
                ("left out", None, "skipped")
            ]
        );
        assert!(lines.iter().all(|line| !line.contains(['\n', '\u{202e}'])), "{lines:?}");
        assert_eq!(read[0]["reply"], "all\nwell \u{202e}");
        assert_eq!(read[2]["reasons"][0]["check"], "contains = \"kettle\"");
        assert_eq!((&read[3]["reply"], &read[3]["tokens"]), (&Value::Null, &Value::Null));
        assert_eq!(read[3]["reasons"][0], serde_json::json!({"check": null, "reason": "nobody answered"}));
    }

    #[test]
    fn a_line_holds_no_secret() {
        let token = format!("ghp_{}", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6");
        let mut room = Room::new();
        room.case(&token, vec![sample(Failed, &format!("take {token}"))]);
        let sheet = room.sheet();
        let line = run_lines(&sheet).next().unwrap();
        assert!(!line.contains(&token) && line.contains("[secret: github-token]"), "{line}");
    }
}
