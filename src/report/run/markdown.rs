//! A run as Markdown, for a comment on a pull request.

use std::fmt::Write as _;

use super::{
    RunSheet, SuiteSheet,
    sheet::{AgainstLine, came_out, interval, percent, usd, verdict},
};
use crate::{
    eval::{CaseRun, Outcome, excerpt},
    report::{
        markdown::{cell, code, heading, span},
        reasons::{failing, of_sample, said, telling},
    },
    scan::safe,
};

/// The most characters that are spent on failing cases: the whole page must fit a comment, and code hosts cut comments
/// off at 65,536 characters.
const ROOM: usize = 40_000;

/// The most cases that are told of where a list is only looked through.
const LISTED: usize = 50;

/// The page: how it came out, a table of suites, what did not pass and why, then tags and what it was compared with.
///
/// What users and models wrote stands in code spans that it cannot leave, with invisible characters spelled out.
pub fn run_markdown(sheet: &RunSheet<'_>) -> String {
    let mut page = String::new();
    let _ = writeln!(page, "# {}\n", sheet.title());
    suites(&mut page, sheet);
    failures(&mut page, sheet);
    for suite in &sheet.suites {
        if let Some(against) = &suite.against {
            compared(&mut page, suite, against);
        }
    }
    for suite in sheet.suites.iter().filter(|suite| !suite.tags.is_empty()) {
        tags(&mut page, suite);
    }
    quarantines(&mut page, sheet);
    notes(&mut page, sheet);
    safe(&page).into_owned()
}

fn suites(page: &mut String, sheet: &RunSheet<'_>) {
    let _ = writeln!(page, "| suite | prompt | bundle | passed | rate | 95 % interval | verdict |");
    let _ = writeln!(page, "|---|---|---|---:|---:|---:|---|");
    for suite in &sheet.suites {
        let word = match suite.verdict {
            Outcome::Passed => "pass".to_owned(),
            other => format!("**{}**", verdict(other)),
        };
        let besides = suite.besides();
        let besides = if besides.is_empty() { besides } else { format!(" ({besides})") };
        let _ = writeln!(
            page,
            "| {} | {} | {} | {}{besides} | {} | {} | {word} |",
            code(&suite.name),
            code(suite.prompt.as_str()),
            code(&suite.bundle.short()),
            suite.passed(),
            suite.rate(),
            interval(suite.run.interval()),
        );
    }
}

fn failures(page: &mut String, sheet: &RunSheet<'_>) {
    let all = sheet.failing();
    if all == 0 {
        return;
    }
    heading(page, "What did not pass");
    let (began, mut told) = (page.len(), 0);
    for suite in &sheet.suites {
        let cases = failing(&suite.run.cases);
        if cases.is_empty() || page.len() - began >= ROOM {
            continue;
        }
        if told > 0 {
            page.push('\n');
        }
        let (name, prompt, bundle) = (span(&suite.name), span(suite.prompt.as_str()), span(&suite.bundle.short()));
        let _ = writeln!(page, "{name} on {prompt} {bundle}:\n");
        for case in cases {
            if page.len() - began >= ROOM {
                break;
            }
            failure(page, case);
            told += 1;
        }
    }
    if told < all {
        let _ = writeln!(page, "\n{} more did not pass; `--jsonl FILE` writes every one of them.", all - told);
    }
}

/// One case: each check that did not pass and what it saw, and how the reply begins.
fn failure(page: &mut String, case: &CaseRun) {
    let Some((outcome, sample)) = case.outcome().zip(telling(case)) else { return };
    let samples = match case.samples.len() {
        1 => String::new(),
        all => format!(": {} of {all} samples passed; sample {}", case.passed(), sample.sample + 1),
    };
    let _ = writeln!(page, "- **{}** {}{samples}", came_out(outcome), span(&case.id));
    for reason in of_sample(sample).take(LISTED) {
        let check = reason.check.map(|check| format!("{}: ", span(check))).unwrap_or_default();
        let _ = writeln!(page, "  - {check}{}", span(reason.why));
    }
    let reply = sample.reply.as_ref().map(|reply| excerpt(&said(reply))).filter(|said| !said.is_empty());
    if let Some(reply) = reply {
        let _ = writeln!(page, "  - reply: {}", span(&reply));
    }
}

fn compared(page: &mut String, suite: &SuiteSheet<'_>, against: &AgainstLine) {
    heading(page, &format!("{} against {}", span(&suite.name), span(&against.revision)));
    let _ = writeln!(page, "**{}**", cell(&against.verdict));
    if let Some(grounds) = &against.grounds {
        let _ = writeln!(page, "\n{}", cell(grounds));
    }
    if against.flips.is_empty() {
        return;
    }
    page.push('\n');
    for flip in against.flips.iter().take(LISTED) {
        let (before, after) = (came_out(flip.before), came_out(flip.after));
        let after = if flip.before == Outcome::Passed { format!("**{after}**") } else { after.to_owned() };
        let _ = writeln!(page, "- {}: {before}, now {after}", span(&flip.case));
    }
    if let Some(more) = against.flips.len().checked_sub(LISTED).filter(|more| *more > 0) {
        let _ = writeln!(page, "- and {more} more");
    }
}

fn tags(page: &mut String, suite: &SuiteSheet<'_>) {
    heading(page, &format!("{} by tag", span(&suite.name)));
    let beside = suite.tags.iter().any(|tag| tag.against.is_some());
    let (head, rule) = if beside { (" against |", "---|") } else { ("", "") };
    let _ = writeln!(page, "| tag | passed | rate | 95 % interval |{head}\n|---|---:|---:|---:|{rule}");
    for tag in suite.tags.iter().take(LISTED) {
        let tally = tag.tally;
        let rate = tally.pass_rate.map_or_else(|| "-".to_owned(), percent);
        let against = match (&tag.against, beside) {
            (Some(against), _) => format!(" {} |", cell(against)),
            (None, true) => " |".to_owned(),
            (None, false) => String::new(),
        };
        let (tag, interval) = (code(&tally.tag), interval(tally.interval));
        let _ = writeln!(page, "| {tag} | {}/{} | {rate} | {interval} |{against}", tally.passed, tally.cases);
    }
    if let Some(more) = suite.tags.len().checked_sub(LISTED).filter(|more| *more > 0) {
        let _ = writeln!(page, "\nand {more} more tags");
    }
}

fn quarantines(page: &mut String, sheet: &RunSheet<'_>) {
    let lines: Vec<(&SuiteSheet<'_>, &CaseRun)> = sheet
        .suites
        .iter()
        .flat_map(|suite| suite.run.cases.iter().map(move |case| (suite, case)))
        .filter(|(_, case)| case.quarantine.is_some())
        .collect();
    if lines.is_empty() {
        return;
    }
    heading(page, "Cases in quarantine");
    let _ = writeln!(page, "They are run and shown, and a failure does not count while the quarantine holds.\n");
    let _ = writeln!(page, "| case | suite | came out | until | why |\n|---|---|---|---|---|");
    for (suite, case) in lines.iter().take(LISTED) {
        let Some(quarantine) = &case.quarantine else { continue };
        let (id, name, until) = (code(&case.id), code(&suite.name), code(&quarantine.until));
        let outcome = case.outcome().map_or("not run", came_out);
        let _ = writeln!(page, "| {id} | {name} | {outcome} | {until} | {} |", code(&quarantine.reason));
    }
    if let Some(more) = lines.len().checked_sub(LISTED).filter(|more| *more > 0) {
        let _ = writeln!(page, "\nand {more} more");
    }
}

/// What was recorded, what was masked, and what it cost.
fn notes(page: &mut String, sheet: &RunSheet<'_>) {
    let mut lines = Vec::new();
    for suite in &sheet.suites {
        match (suite.evidence, suite.announced) {
            (Some(evidence), _) => lines.push(format!("{}: evidence {}", span(&suite.name), span(&evidence.short()))),
            (None, Some(announced)) => lines.push(format!(
                "{}: the run {} stays open, because a case got no reply; **an open run counts as a no**",
                span(&suite.name),
                span(&announced.short())
            )),
            (None, None) => {}
        }
        if suite.secrets > 0 {
            lines.push(format!("{}: secrets masked in the replies: {}", span(&suite.name), suite.secrets));
        }
        if !suite.other_models.is_empty() {
            let said = suite.other_models.iter().take(LISTED).map(|model| span(model)).collect::<Vec<_>>().join(", ");
            let name = span(&suite.name);
            lines.push(format!("{name}: **replies say they came from {said}**, which is not the model that was asked"));
        }
    }
    let cost: f64 = sheet.suites.iter().map(|suite| suite.cost_usd).sum();
    if cost > 0.0 {
        lines.push(format!("cost: {}", usd(cost)));
    }
    if !lines.is_empty() {
        heading(page, "Besides");
        for line in lines {
            let _ = writeln!(page, "- {line}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        eval::Outcome::{Errored, Failed, Passed},
        report::run::testing::{Room, bundle, sample},
    };

    #[test]
    fn what_did_not_pass_is_told_with_its_exact_reason_and_how_the_reply_begins() {
        let mut room = Room::new();
        room.case("fine", vec![sample(Passed, "the kettle")]);
        room.case("bad", vec![sample(Passed, "the kettle"), sample(Failed, "no")]);
        room.case("late", vec![sample(Errored, "")]);
        let expected = "\
# Errored: 1 of 3 golden cases pass, and not every case got a reply

| suite | prompt | bundle | passed | rate | 95 % interval | verdict |
|---|---|---|---:|---:|---:|---|
| `refunds` | `reply` | `a54c7ea6` | 1/3 | 33.3 % | 6.1–79.2 % | **errored** |

## What did not pass

`refunds` on `reply` `a54c7ea6`:

- **errored** `late`
  - `nobody answered`
- **failed** `bad`: 1 of 2 samples passed; sample 2
  - `contains = \"kettle\"`: `` the reply does not hold `kettle`: `no` ``
  - reply: `no`
";
        let made = run_markdown(&room.sheet()).replace(&bundle("this").short(), "a54c7ea6");
        assert_eq!(made, expected);
    }

    #[test]
    fn nothing_a_model_says_leaves_its_code_span() {
        let hostile = "`</code>\n\n# owned\n<img src=x onerror=alert(1)> [a](http://evil) @everyone ``` | \u{202e}x";
        let mut room = Room::new();
        room.case(hostile, vec![sample(Failed, hostile)]);
        let page = run_markdown(&room.sheet());
        assert!(!page.contains('\u{202e}') && !page.lines().any(|line| line.starts_with("# owned")), "{page}");
        // Outside of code spans stands nothing but our own words.
        for line in page.lines() {
            let outside = outside_of_spans(line);
            assert!(!["<", "[", "@", "http", "owned"].iter().any(|mark| outside.contains(mark)), "{outside}");
        }
    }

    /// A line without its code spans, found as readers of Markdown find them: a run of backticks up to the next one as long.
    fn outside_of_spans(line: &str) -> String {
        let mut out = String::new();
        let mut rest = line;
        while let Some(at) = rest.find('`') {
            out.push_str(&rest[..at]);
            let ticks = rest[at..].chars().take_while(|c| *c == '`').count();
            let after = &rest[at + ticks..];
            let mut from = 0;
            let end = loop {
                let Some(found) = after[from..].find('`') else { panic!("a span without an end: {line}") };
                let run = after[from + found..].chars().take_while(|c| *c == '`').count();
                from += found + run;
                if run == ticks {
                    break from;
                }
            };
            rest = &after[end..];
        }
        out + rest
    }

    #[test]
    fn a_page_about_thousands_of_failures_still_fits_a_comment() {
        let mut room = Room::new();
        for number in 0..3000 {
            room.case(&format!("case {number}"), vec![sample(Failed, &"no ".repeat(200))]);
        }
        let page = run_markdown(&room.sheet());
        assert!(page.len() < 60_000, "{}", page.len());
        assert!(page.contains("more did not pass; `--jsonl FILE` writes every one of them."), "{page}");
    }
}
