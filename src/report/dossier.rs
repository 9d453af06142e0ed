//! A dossier as one Markdown page, on which a decision can be made.

use std::fmt::Write as _;

use super::{
    finding::FindingSheet,
    markdown::{cell, code, escape, fence, handles, heading, one_line, prose},
    sheet::{AssentLine, EvidenceSheet, QuarantineLine, RuleLine, Sheet, brief},
};
use crate::{
    eval::ReplySource,
    scan::safe,
    sight::{folded, marked, visible},
};

/// The page: what is asked, what the gate says, what changes, on what evidence.
///
/// Text of users stands in code spans and fences that it cannot leave, with invisible characters spelled out.
pub fn dossier(sheet: &Sheet) -> String {
    let mut page = String::new();
    let id = sheet.proposal.short();
    let _ = writeln!(page, "# {}: proposal {} for {}\n", verdict(sheet), id, code(&sheet.environment));
    for line in &sheet.overrides {
        let (person, rules) = (code(line.person.as_str()), line.rules.join(", "));
        let until = if line.expired { "**not reviewed in time**, it was due" } else { "to be reviewed by" };
        let (event, reason) = (code(&line.event.short()), prose(&line.reason));
        let _ = writeln!(
            page,
            "**Override {event}:** {person} waived {rules} at {}, {until} {}:\n\n> {reason}\n",
            line.time, line.expires
        );
    }
    for stop in &sheet.stops {
        let (who, why) = (code(stop.person.as_str()), prose(stop.why()));
        let _ = writeln!(page, "**{}**: {} by {who} at {}: {why}\n", stop.mark(), code(&stop.what()), stop.since);
    }
    let _ = writeln!(page, "> {}\n", prose(&sheet.message));
    let _ = writeln!(page, "| | |\n|---|---|");
    let mut row = |key: &str, value: String| {
        let _ = writeln!(page, "| {key} | {value} |");
    };
    row("proposed by", format!("{} at {}", code(sheet.person.as_str()), sheet.time));
    row("made by", handles(&sheet.authors));
    row("status", sheet.status.clone());
    if sheet.differences.is_empty() {
        row("risk", risk(sheet));
    }
    row("proposal", code(&sheet.proposal.to_string()));
    row("dossier", code(&sheet.dossier.to_string()));
    reasons(&mut page, sheet);
    findings(&mut page, &sheet.findings);
    rules(&mut page, &sheet.rules);
    changes(&mut page, sheet);
    if sheet.differences.is_empty() && sheet.lifts.is_none() {
        evidence(&mut page, &sheet.evidence);
        quarantines(&mut page, &sheet.quarantines);
    }
    assents(&mut page, "Approvals", &sheet.approvals);
    assents(&mut page, "Reviews", &sheet.reviews);
    let changes = sheet.changes.iter().map(|change| (&change.artifact, change.diff.as_deref()));
    let lifted = sheet.lifts.iter().map(|lift| (&lift.artifact, lift.diff.as_deref()));
    diffs(&mut page, changes.chain(lifted));
    safe(&page).into_owned()
}

fn verdict(sheet: &Sheet) -> &'static str {
    match (sheet.verdict, sheet.status.as_str()) {
        (_, "promoted") => "Carried out",
        (_, "withdrawn") => "Withdrawn",
        (_, "rejected") => "Rejected",
        (_, "void") => "Void",
        ("pass", _) => "Ready",
        _ => "Not yet",
    }
}

fn risk(sheet: &Sheet) -> String {
    let tier = format!("**{:?}**", sheet.tier).to_lowercase();
    match sheet.risk.as_slice() {
        [reason] => format!("{tier}: {}", cell(reason)),
        _ => tier,
    }
}

/// Why the tier is what it is, where one line does not hold it.
fn reasons(page: &mut String, sheet: &Sheet) {
    if sheet.risk.len() > 1 {
        heading(page, "Risk");
        for reason in &sheet.risk {
            let _ = writeln!(page, "- {}", cell(reason));
        }
    }
}

fn findings(page: &mut String, findings: &[FindingSheet]) {
    if findings.is_empty() {
        return;
    }
    heading(page, "Findings");
    for finding in findings {
        let (id, place) = (code(&finding.finding.short()), code(&finding.place()));
        let state = if finding.stands { format!("**{}**", finding.standing()) } else { finding.standing() };
        let (person, message) = (code(finding.person.as_str()), escape(&one_line(&finding.message)));
        let _ =
            writeln!(page, "- {id} {state} at {place}, by {person}: {message}\n  - it quotes {}", code(&finding.quote));
        if let Some(answer) = &finding.answer {
            let by = answer.version.map_or_else(String::new, |version| format!(" by {}", code(&version.short())));
            let (person, message) = (code(answer.person.as_str()), escape(&one_line(&answer.message)));
            let _ = writeln!(page, "  - {}{by}, says {person}: {message}", finding.status.word());
        }
    }
}

fn rules(page: &mut String, rules: &[RuleLine]) {
    heading(page, "What the gate says");
    let _ = writeln!(page, "| rule | | why | next |\n|---|---|---|---|");
    for rule in rules {
        let met = if rule.ok { "met" } else { "**not met**" };
        let command = rule.command.as_deref().map(|command| format!(" {}", code(command))).unwrap_or_default();
        let next = format!("{}{command}", cell(rule.next.as_deref().unwrap_or_default()));
        let _ = writeln!(page, "| {} | {met} | {} | {} |", rule.rule, cell(&rule.reason), next.trim());
    }
}

fn changes(page: &mut String, sheet: &Sheet) {
    heading(page, "What changes");
    if let Some(lift) = &sheet.lifts {
        let number = lift.number.map_or_else(String::new, |number| format!(" v{number}"));
        let what = format!("{}{number} {}", code(&lift.artifact), code(&lift.version.short()));
        let _ = writeln!(page, "Nothing moves. {what} may be proposed again for {}.\n", code(&sheet.environment));
        let (person, event) = (code(lift.person.as_str()), code(&lift.rollback.short()));
        let _ = writeln!(page, "{person} rolled it back at {} with {event}:\n\n> {}", lift.time, prose(&lift.message));
    }
    if !sheet.changes.is_empty() {
        let _ = writeln!(page, "| artifact | kind | live | proposed |\n|---|---|---|---|");
    }
    for change in &sheet.changes {
        let kind = change.kind.map_or("rules", |kind| kind.word());
        let side = |id: Option<_>, number: Option<u64>, none: &str| match (id, number) {
            (None, _) => none.to_owned(),
            (id, None) => code(&brief(id)),
            (id, Some(number)) => format!("{} v{number}", code(&brief(id))),
        };
        let from = side(change.from.map(|id| id.0), change.from_number, "nothing");
        let to = side(change.to.map(|id| id.0), change.to_number, "**deleted**");
        let _ = writeln!(page, "| {} | {kind} | {from} | {to} |", code(&change.artifact));
    }
    if !sheet.bundles.is_empty() {
        let _ = writeln!(page, "\n| bundle of | live | proposed |\n|---|---|---|");
    }
    for bundle in &sheet.bundles {
        let (before, after) = (brief(bundle.before.map(|id| id.0)), brief(bundle.after.map(|id| id.0)));
        let _ = writeln!(page, "| {} | {} | {} |", code(bundle.prompt.as_str()), code(&before), code(&after));
    }
    if !sheet.differences.is_empty() {
        let _ = writeln!(page, "\n| rule | in force | proposed | |\n|---|---|---|---|");
    }
    for change in &sheet.differences {
        let text = |side: &Option<String>| side.as_deref().map_or_else(|| "nothing".to_owned(), code);
        let lowers =
            change.lowering().map(|why| why.replacen("lowers a bar", "**lowers a bar**", 1)).unwrap_or_default();
        let _ = writeln!(page, "| {} | {} | {} | {lowers} |", code(&change.path), text(&change.from), text(&change.to));
    }
    for warning in &sheet.warnings {
        let _ = writeln!(page, "\n**Mind:** {}", prose(warning));
    }
}

fn evidence(page: &mut String, runs: &[EvidenceSheet]) {
    heading(page, "Evidence");
    if runs.is_empty() {
        let _ = writeln!(page, "No run is attested.");
        return;
    }
    let _ = writeln!(
        page,
        "| suite | bundle | passed | failing cases | replies | by | evidence |\n|---|---|---|---|---|---|---|"
    );
    for run in runs {
        let (line, which) = (&run.line, if run.live { "live" } else { "proposed" });
        let failing = if line.failing.is_empty() {
            "none".to_owned()
        } else {
            line.failing.iter().map(|case| code(case)).collect::<Vec<_>>().join(", ")
        };
        let _ = writeln!(
            page,
            "| {} of {} | {which} {} | {} of {} | {failing} | {} | {} | {} |",
            code(line.suite.as_str()),
            code(line.prompt.as_str()),
            code(&line.bundle.short()),
            line.passed,
            line.cases,
            sources(&line.sources),
            code(line.evaluator.as_str()),
            code(&line.evidence.short()),
        );
    }
    if runs.iter().any(|run| run.line.sources.contains(&ReplySource::Unsigned)) {
        let _ = writeln!(page, "\nReplies marked `unsigned` were read from recordings that nobody vouches for.");
    }
}

fn quarantines(page: &mut String, lines: &[QuarantineLine]) {
    if lines.is_empty() {
        return;
    }
    heading(page, "Cases in quarantine");
    let _ = writeln!(page, "They are run and shown, and a failure does not count while the quarantine holds.\n");
    let _ = writeln!(page, "| case | suite | until | why |\n|---|---|---|---|");
    for line in lines {
        let until =
            if line.over { format!("{}, **over: it counts**", line.case.until) } else { line.case.until.clone() };
        let (case, suite) = (code(&line.case.case), code(line.suite.as_str()));
        let _ = writeln!(
            page,
            "| {case} | {suite} of {} | {until} | {} |",
            code(line.prompt.as_str()),
            cell(&line.case.reason)
        );
    }
}

fn sources(sources: &[ReplySource]) -> String {
    sources.iter().map(|source| source_word(*source)).collect::<Vec<_>>().join(", ")
}

/// The word for where a reply came from.
pub fn source_word(source: ReplySource) -> &'static str {
    match source {
        ReplySource::Live => "live",
        ReplySource::Signed => "signed",
        ReplySource::Unsigned => "unsigned",
    }
}

fn assents(page: &mut String, title: &str, list: &[AssentLine]) {
    if list.is_empty() {
        return;
    }
    heading(page, title);
    for line in list {
        let stands = match &line.stands {
            Ok(()) => String::new(),
            Err(why) => format!(", does not count: {why}"),
        };
        let (person, shown) = (code(line.person.as_str()), code(&line.dossier.short()));
        let _ = writeln!(page, "- {person} at {}, shown dossier {shown}{stands}", line.time);
    }
}

fn diffs<'a>(page: &mut String, changes: impl Iterator<Item = (&'a String, Option<&'a str>)>) {
    for (artifact, diff) in changes {
        let Some(diff) = diff else { continue };
        heading(page, &code(artifact));
        let fence = fence(diff);
        let _ = writeln!(page, "{fence}diff\n{}{fence}", diff_block(diff));
    }
}

fn diff_block(diff: &str) -> String {
    let mut block = String::new();
    // Spelled where it was made: what is left to do is to show white space, and all of a line that runs off the page.
    for line in diff.lines().flat_map(|line| folded(&marked(line))) {
        block.push_str(&visible(&line));
        block.push('\n');
    }
    block
}
