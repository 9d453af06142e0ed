//! A run as one page for a browser: a file of its own, without scripts, that loads nothing.

use super::{
    RunSheet, SuiteSheet,
    figures::figures,
    policy::policy,
    sheet::{AgainstLine, came_out, interval, percent, usd, verdict},
};
use crate::{
    eval::{CaseRun, Outcome, Reply, Sample},
    report::{
        markup::Markup,
        reasons::{called, failing, of_sample, telling},
    },
    scan::safe,
};

/// How the page looks. It is part of the page, and the only thing its policy lets a browser obey.
const STYLE: &str = include_str!("../../../templates/report/run.css");

/// The most failing cases of one suite that are shown.
const CASES: usize = 500;

/// The most lines of any other list.
const LISTED: usize = 200;

/// The most characters of a reply that are shown.
const REPLY: usize = 2_000;

/// The page: how it came out, what did not pass and why, then for each suite charts and figures of every version it
/// was run on.
///
/// Whatever users and models wrote is text on it, with invisible characters spelled out and secrets masked; a content
/// security policy forbids the rest.
pub fn run_page(sheet: &RunSheet<'_>) -> String {
    let mut page = Markup::html();
    page.block("html", &[("lang", "en")], |page| {
        head(page, sheet);
        page.block("body", &[], |page| page.block("main", &[], |page| body(page, sheet)));
    });
    page.into_text()
}

fn head(page: &mut Markup, sheet: &RunSheet<'_>) {
    let metas = [
        ("http-equiv", "Content-Security-Policy", policy(STYLE)),
        ("name", "viewport", "width=device-width, initial-scale=1".to_owned()),
        ("name", "color-scheme", "light dark".to_owned()),
        ("name", "referrer", "no-referrer".to_owned()),
    ];
    page.block("head", &[], |page| {
        page.block("meta", &[("charset", "utf-8")], |_| {});
        for (key, name, content) in &metas {
            page.block("meta", &[(key, name), ("content", content)], |_| {});
        }
        page.line("title", &[], &sheet.title());
        page.style(STYLE);
    });
}

fn body(page: &mut Markup, sheet: &RunSheet<'_>) {
    page.block("header", &[], |page| {
        page.line("h1", &[("class", verdict(sheet.verdict))], &sheet.title());
        page.line("p", &[("class", "note")], &sheet.time.to_string());
    });
    suites(page, sheet);
    if sheet.failing() > 0 {
        page.block("section", &[], |page| {
            page.line("h2", &[], "What did not pass");
            for suite in &sheet.suites {
                failures(page, suite);
            }
        });
    }
    let tested = sheet.suites.iter().filter(|suite| suite.side == "tested");
    for (at, suite) in tested.enumerate() {
        page.block("section", &[], |page| {
            page.block("h2", &[], |page| {
                page.leaf("code", &[], &shown(&suite.name));
                page.text(" on ");
                page.leaf("code", &[], suite.prompt.as_str());
            });
            if let Some(against) = &suite.against {
                compared(page, against);
            }
            figures(page, &format!("s{at}"), sheet, suite);
            tags(page, suite);
        });
    }
    quarantines(page, sheet);
}

fn suites(page: &mut Markup, sheet: &RunSheet<'_>) {
    let heads = ["suite", "prompt", "bundle", "passed", "rate", "95 % interval", "cost", "verdict", "besides"];
    table(page, "Suites that were run", &heads, |page| {
        for suite in &sheet.suites {
            page.block("tr", &[], |page| suite_row(page, suite));
        }
    });
}

fn suite_row(page: &mut Markup, suite: &SuiteSheet<'_>) {
    page.element("th", &[("scope", "row")], |page| page.leaf("code", &[], &shown(&suite.name)));
    for name in [suite.prompt.as_str(), &suite.bundle.short()] {
        page.element("td", &[], |page| page.leaf("code", &[], name));
    }
    let cost = usd(suite.cost_usd);
    for figure in [suite.passed(), suite.rate(), interval(suite.run.interval()), cost] {
        page.leaf("td", &[("class", "number")], &figure);
    }
    page.element("td", &[], |page| {
        page.leaf("strong", &[("class", verdict(suite.verdict))], verdict(suite.verdict));
    });
    let mut besides = suite.besides();
    let mut also = |text: String| besides = if besides.is_empty() { text } else { format!("{besides}, {text}") };
    if let Some(evidence) = suite.evidence {
        also(format!("evidence {}", evidence.short()));
    } else if let Some(announced) = suite.announced {
        also(format!("the run {} stays open, and counts as a no", announced.short()));
    }
    if suite.secrets > 0 {
        also(format!("secrets masked in replies: {}", suite.secrets));
    }
    if !suite.other_models.is_empty() {
        let said = suite.other_models.iter().take(LISTED).map(|model| shown(model)).collect::<Vec<_>>().join(", ");
        also(format!("replies say they came from {said}, which is not the model that was asked"));
    }
    page.leaf("td", &[], &besides);
}

/// A table that scrolls by itself where it is wider than the page.
pub(super) fn table(page: &mut Markup, caption: &str, heads: &[&str], rows: impl FnOnce(&mut Markup)) {
    let place = [("class", "wide"), ("role", "region"), ("aria-label", caption), ("tabindex", "0")];
    page.element("div", &place, |page| {
        page.block("table", &[], |page| {
            page.line("caption", &[], caption);
            page.block("thead", &[], |page| {
                page.block("tr", &[], |page| heads.iter().for_each(|head| page.leaf("th", &[("scope", "col")], head)));
            });
            page.block("tbody", &[], rows);
        });
    });
}

fn failures(page: &mut Markup, suite: &SuiteSheet<'_>) {
    let cases = failing(&suite.run.cases);
    for case in cases.iter().take(CASES) {
        page.block("article", &[], |page| failure(page, suite, case));
    }
    if let Some(more) = cases.len().checked_sub(CASES).filter(|more| *more > 0) {
        let all = format!("{more} more cases of this suite did not pass; --jsonl FILE writes every one of them.");
        page.line("p", &[], &all);
    }
}

fn failure(page: &mut Markup, suite: &SuiteSheet<'_>, case: &CaseRun) {
    let Some((outcome, sample)) = case.outcome().zip(telling(case)) else { return };
    page.block("h3", &[], |page| {
        page.leaf("strong", &[("class", verdict(outcome))], came_out(outcome));
        page.text(" ");
        page.leaf("code", &[("dir", "auto")], &shown(&case.id));
        page.text(" of ");
        page.leaf("code", &[], &shown(&suite.name));
    });
    if case.samples.len() > 1 {
        let (passed, all) = (case.passed(), case.samples.len());
        page.line("p", &[], &format!("{passed} of {all} samples passed; this is sample {}.", sample.sample + 1));
    }
    page.block("ul", &[], |page| {
        for reason in of_sample(sample) {
            page.block("li", &[], |page| {
                if let Some(check) = reason.check {
                    page.leaf("code", &[("dir", "auto")], &shown(check));
                    page.text(": ");
                }
                page.leaf("span", &[("dir", "auto")], &shown(reason.why));
            });
        }
    });
    reply(page, sample);
}

fn reply(page: &mut Markup, sample: &Sample) {
    let Some(Reply { content, tool_calls, .. }) = &sample.reply else { return };
    if !content.is_empty() {
        page.leaf("p", &[("class", "label")], "The reply:");
        page.line("pre", &[("dir", "auto")], &beginning(&shown(content)));
    }
    if !tool_calls.is_empty() {
        let calls = tool_calls.iter().map(called).collect::<Vec<_>>().join("\n");
        page.leaf("p", &[("class", "label")], "It calls:");
        page.line("pre", &[("dir", "auto")], &beginning(&shown(&calls)));
    }
}

fn compared(page: &mut Markup, against: &AgainstLine) {
    page.block("p", &[], |page| {
        page.text("Against ");
        page.leaf("code", &[("dir", "auto")], &shown(&against.revision));
        page.text(": ");
        page.leaf("strong", &[], &against.verdict);
        if let Some(grounds) = &against.grounds {
            page.text(&format!(" ({grounds})"));
        }
    });
    if against.flips.is_empty() {
        return;
    }
    page.block("ul", &[], |page| {
        for flip in against.flips.iter().take(LISTED) {
            page.block("li", &[], |page| {
                page.leaf("code", &[("dir", "auto")], &shown(&flip.case));
                let (before, after) = (came_out(flip.before), came_out(flip.after));
                page.text(&format!(": {before}, now {after}"));
            });
        }
        more(page, against.flips.len());
    });
}

fn more(page: &mut Markup, all: usize) {
    if let Some(more) = all.checked_sub(LISTED).filter(|more| *more > 0) {
        page.line("li", &[], &format!("and {more} more"));
    }
}

fn tags(page: &mut Markup, suite: &SuiteSheet<'_>) {
    if suite.tags.is_empty() {
        return;
    }
    let heads = ["tag", "passed", "rate", "95 % interval", "against"];
    table(page, "By tag", &heads, |page| {
        for tag in &suite.tags {
            page.block("tr", &[], |page| {
                page.element("th", &[("scope", "row")], |page| {
                    page.leaf("code", &[("dir", "auto")], &shown(&tag.tally.tag));
                });
                let rate = tag.tally.pass_rate.map_or_else(|| "–".to_owned(), percent);
                let passed = format!("{}/{}", tag.tally.passed, tag.tally.cases);
                for figure in [passed, rate, interval(tag.tally.interval)] {
                    page.leaf("td", &[("class", "number")], &figure);
                }
                page.leaf("td", &[], tag.against.as_deref().unwrap_or("–"));
            });
        }
    });
}

fn quarantines(page: &mut Markup, sheet: &RunSheet<'_>) {
    let cases = || {
        let all = sheet.suites.iter().flat_map(|suite| suite.run.cases.iter().map(move |case| (suite, case)));
        all.filter_map(|(suite, case)| Some((suite, case, case.quarantine.as_ref()?)))
    };
    if cases().next().is_none() {
        return;
    }
    page.block("section", &[], |page| {
        page.line("h2", &[], "Cases in quarantine");
        page.line("p", &[], "They are run and shown, and a failure does not count while the quarantine holds.");
        page.block("ul", &[], |page| {
            for (suite, case, quarantine) in cases().take(LISTED) {
                page.block("li", &[], |page| {
                    page.leaf("code", &[("dir", "auto")], &shown(&case.id));
                    page.text(" of ");
                    page.leaf("code", &[], &shown(&suite.name));
                    let outcome: Option<Outcome> = case.outcome();
                    let outcome = outcome.map_or("not run", came_out);
                    page.text(&format!(": {outcome}; until {}: ", quarantine.until));
                    page.leaf("span", &[("dir", "auto")], &shown(&quarantine.reason));
                });
            }
            more(page, cases().count());
        });
    });
}

/// Text of others without its secrets.
fn shown(text: &str) -> String {
    safe(text).into_owned()
}

/// As much of a reply as is shown, with how long it is where that is not all.
fn beginning(text: &str) -> String {
    match text.char_indices().nth(REPLY) {
        None => text.to_owned(),
        Some((end, _)) => {
            let begins = text.get(..end).unwrap_or_default();
            format!("{begins}…{}", crate::sight::length_mark(text.chars().count()))
        }
    }
}
