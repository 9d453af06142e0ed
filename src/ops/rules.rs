//! What the gate says of each rule, in words and with the command that helps.

use super::{Failure, standing::Standing, stopping};
use crate::{
    gate::{self, Rule, RuleResult, Verdict},
    ledger::GOVERNANCE,
    name::{Environment, Handle, Name},
    problem::quoted,
    report::RuleLine,
    state::ProposalRecord,
};

/// Every rule of a verdict, met or not; where the base has moved, with who moved it.
pub(super) fn lines(
    standing: &Standing<'_>,
    record: &ProposalRecord,
    verdict: &Verdict,
) -> Result<Vec<RuleLine>, Failure> {
    let mut lines: Vec<RuleLine> = verdict.rules.iter().map(|rule| line(record, rule)).collect();
    if record.proposal.governance.is_some() {
        // Nothing comes before the rules, and they are never rolled back.
        let apply = |line: &RuleLine| ![Rule::Order, Rule::Quarantine].iter().any(|rule| rule.word() == line.rule);
        lines.retain(apply);
        return Ok(lines.into_iter().map(|line| of_rules(standing, line)).collect());
    }
    for line in lines.iter_mut().filter(|line| line.code == "base-moved") {
        line.reason = format!("{}: {}", line.reason, moved_by(standing, record)?);
    }
    Ok(lines)
}

/// Those that are not met: what a proposal still needs.
pub(super) fn needs(
    standing: &Standing<'_>,
    record: &ProposalRecord,
    verdict: &Verdict,
) -> Result<Vec<RuleLine>, Failure> {
    Ok(lines(standing, record, verdict)?.into_iter().filter(|line| !line.ok).collect())
}

/// The same of a change of the rules, in its words: nothing comes before them, and who proposes them counts.
fn of_rules(standing: &Standing<'_>, line: RuleLine) -> RuleLine {
    let reason = match (line.rule.as_str(), line.ok) {
        ("base", true) => "it was made on the rules in force".to_owned(),
        ("base", false) => format!(
            "it was made on rules that are no longer in force: event {} put others in their place",
            standing.project.since.short()
        ),
        ("approvals", true) => line.reason.split("; solo").next().unwrap_or_default().to_owned(),
        _ => line.reason,
    };
    RuleLine { reason, ..line }
}

fn line(record: &ProposalRecord, rule: &RuleResult) -> RuleLine {
    let (next, command, who) = rule.next.as_ref().map_or((None, None, Vec::new()), |next| {
        let (text, command, who) = step(record, next);
        (Some(text), command, who)
    });
    let (code, reason) = (rule.code.clone(), rule.reason.clone());
    RuleLine { rule: rule.rule.word().to_owned(), ok: rule.ok, code, reason, next, command, who }
}

/// A step in words, as a command, and who could take it.
fn step(record: &ProposalRecord, next: &gate::Next) -> (String, Option<String>, Vec<Handle>) {
    use gate::Next;
    let (id, environment) = (record.id.short(), &record.proposal.environment);
    let evaluate = || Some(format!("chancery eval --proposal {id} --attest"));
    match next {
        Next::Refresh if environment == GOVERNANCE => (
            "take over into `chancery.toml` what changed, and propose it again".to_owned(),
            Some("chancery governance diff".to_owned()),
            Vec::new(),
        ),
        Next::Refresh => {
            let command = format!("chancery propose {environment} --refresh {id} -m \"…\"");
            ("propose it again on what is live now".to_owned(), Some(command), Vec::new())
        }
        Next::PromoteIn { environment } => (
            format!("bring it to `{environment}` first"),
            Some(format!("chancery ship {environment} -m \"…\"")),
            Vec::new(),
        ),
        Next::Wait { until } => (format!("wait until {until}"), None, Vec::new()),
        Next::StateGate { environment } => (
            format!("state a gate for `{environment}` in `chancery.toml`, and propose it"),
            Some("chancery propose governance -m \"…\"".to_owned()),
            Vec::new(),
        ),
        Next::Evaluate { prompt, suite, live, who, .. } => {
            let which = if *live { " as it is live" } else { "" };
            (format!("{} can run `{suite}` on `{prompt}`{which}", someone(who)), evaluate(), who.clone())
        }
        Next::Complete { run, who } => {
            (format!("{} can complete the run {}", someone(who), run.short()), evaluate(), who.clone())
        }
        Next::AddCases { prompt, suite: None } => {
            (format!("write a suite for `{prompt}`, commit it, and propose it along"), None, Vec::new())
        }
        Next::AddCases { suite: Some(suite), .. } => {
            (format!("write more cases for `{suite}`, commit them, and propose them along"), None, Vec::new())
        }
        Next::Mend { prompt, suite, cases } => (
            format!("make {} pass with `{prompt}`, then propose again", case_list(cases)),
            Some(format!("chancery eval {prompt} --filter {}", cases.first().map_or(suite.as_str(), String::as_str))),
            Vec::new(),
        ),
        Next::Shorten { prompt } => (
            format!("make `{prompt}` shorter or its model cheaper, commit it, and propose and evaluate it again"),
            Some(format!("chancery render {prompt}")),
            Vec::new(),
        ),
        Next::StatePrice { model } => (price(model.as_ref()), None, Vec::new()),
        Next::Charter { charter, fields, who } => (
            format!(
                "{} can write {} in `charters/{charter}.toml`, commit it, and propose it along",
                someone(who),
                quoted(fields, ", ")
            ),
            Some(format!("chancery commit charters/{charter}.toml -m \"…\"")),
            who.clone(),
        ),
        Next::Approve { missing, who, .. } => {
            (format!("{}: {} more", can("approve", who), missing), Some(format!("chancery approve {id}")), who.clone())
        }
        Next::Thaw { environment, who } => (
            format!("{} can thaw it", someone(who)),
            Some(format!("chancery thaw {environment} -m \"…\"")),
            who.clone(),
        ),
        Next::Resume { environment, artifact, who } => (
            format!("{} can resume it", someone(who)),
            Some(stopping::resume(environment.as_ref(), artifact.as_ref())),
            who.clone(),
        ),
        Next::Review { missing, who, .. } => (
            format!("{}: {} more", can("review", who), missing),
            Some(format!("chancery review {id} --done")),
            who.clone(),
        ),
        Next::Requalify { asked: Some(asked), .. } => (
            "a proposal to let it in again waits for people".to_owned(),
            Some(format!("chancery review {}", asked.short())),
            Vec::new(),
        ),
        Next::Requalify { environment, artifact, version, asked: None } => (
            "have people agree that it may come back".to_owned(),
            Some(format!("chancery requalify {artifact}@{} --env {environment} -m \"…\"", version.short())),
            Vec::new(),
        ),
        Next::ReviewOverride { promotion, who } => (
            format!("{} can review it", someone(who)),
            Some(format!("chancery override review {} -m \"…\"", promotion.short())),
            who.clone(),
        ),
        Next::CloseFinding { finding, raiser, who } => {
            (close(raiser, who), Some(format!("chancery finding fix {} -m \"…\"", finding.short())), who.clone())
        }
        Next::ProposeFixed { fixed, .. } => {
            let command = format!("chancery propose {environment} -m \"…\"");
            (format!("propose {} or another version", fixed.short()), Some(command), Vec::new())
        }
    }
}

/// What makes known what a call costs.
fn price(model: Option<&Name>) -> String {
    match model {
        Some(model) => format!("state a `price` for the model `{model}`, commit it, and propose it along"),
        None => "name a model with a `price` in the prompt, commit it, and propose it again".to_owned(),
    }
}

/// Who ends an objection, and how.
fn close(raiser: &Handle, who: &[Handle]) -> String {
    let others: Vec<&Handle> = who.iter().filter(|person| *person != raiser).collect();
    let ends = if who.contains(raiser) { format!("`{raiser}` can withdraw it") } else { String::new() };
    let judge = match others.as_slice() {
        [] => "nobody else can justify it or say that it is fixed".to_owned(),
        others => format!("{} can justify it or say that it is fixed", quoted(others, " or ")),
    };
    if ends.is_empty() { judge } else { format!("{ends}, {judge}") }
}

fn can(verb: &str, who: &[Handle]) -> String {
    if who.is_empty() { format!("nobody listed can {verb} it") } else { format!("{} can {verb} it", someone(who)) }
}

/// `a`, or `a` or `b`; nobody where nobody is listed.
fn someone(who: &[Handle]) -> String {
    if who.is_empty() { "nobody listed".to_owned() } else { quoted(who, " or ") }
}

fn case_list(cases: &[String]) -> String {
    let shown: Vec<String> = cases.iter().take(3).map(|case| format!("`{}`", case.escape_debug())).collect();
    let more = cases.len().saturating_sub(shown.len());
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

/// Who moved what a proposal is based on, and when, as the end of a sentence; empty where that is not known.
pub(super) fn moved_by(standing: &Standing<'_>, record: &ProposalRecord) -> Result<String, Failure> {
    let state = standing.state();
    if record.proposal.governance.is_some() {
        return Ok(format!("event {} put other rules in force", standing.project.since.short()));
    }
    let Ok(environment) = Environment::parse(&record.proposal.environment) else {
        return Ok(String::new());
    };
    let mut number = state.environment(&environment)?.map_or(0, |record| record.moves);
    while let Some(movement) = state.movement(&environment, number)? {
        if movement.time < record.time {
            break;
        }
        let touches = movement
            .changes
            .iter()
            .any(|moved| record.proposal.changes.iter().any(|change| change.artifact.key() == moved.artifact.key()));
        if touches {
            return Ok(format!(
                "`{}` moved it at {} with event {}",
                movement.person,
                movement.time,
                movement.event.short()
            ));
        }
        number -= 1;
    }
    Ok(state
        .environment(&environment)?
        .map_or_else(String::new, |record| format!("event {} moved `{environment}` last", record.event.short())))
}
