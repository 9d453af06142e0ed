//! How proposals look on a screen: what changes, what the gate says, what is still needed.

use crate::{
    eval::ReplySource,
    gate::Tier,
    governance::Change,
    object::EventId,
    report::{BundleLine, ChangeLine, EvidenceSheet, LiftLine, QuarantineLine, RuleLine, brief, source_word},
    sight::marked,
    ui::{Line, Page, Table, Tone},
};

/// What changes, one artifact a row.
pub(super) fn changes(page: &mut Page, changes: &[ChangeLine]) {
    let mut table = Table::new();
    for change in changes {
        let kind = change.kind.map_or("rules", |kind| kind.word());
        let from = version(change.from.map(|id| id.short()), change.from_number, "new");
        let to = version(change.to.map(|id| id.short()), change.to_number, "deleted");
        table.row([
            Line::new().name(&change.artifact),
            Line::new().faint(kind),
            Line::new().text(format!("{from} → {to}")),
        ]);
    }
    page.indented(|page| page.table(table));
}

fn version(id: Option<String>, number: Option<u64>, none: &str) -> String {
    match (id, number) {
        (None, _) => none.to_owned(),
        (Some(id), None) => id,
        (Some(id), Some(number)) => format!("v{number} {id}"),
    }
}

/// What would be let in again, and why it was taken away.
pub(super) fn lift(page: &mut Page, line: &LiftLine) {
    let what = version(Some(line.version.short()), line.number, "none");
    page.indented(|page| {
        page.paragraph(
            Line::new().text("lets in again ").name(&line.artifact).text(format!(" {what}; nothing moves by it")),
        );
        let because = line.message.lines().next().unwrap_or_default();
        let (person, time, event) = (&line.person, line.time, line.rollback.short());
        page.paragraph(Line::new().faint(format!("`{person}` rolled it back at {time} with {event}: {because}")));
    });
}

/// The bundles touched.
pub(super) fn bundles(page: &mut Page, bundles: &[BundleLine]) {
    let mut table = Table::new();
    for bundle in bundles {
        let (before, after) = (brief(bundle.before.map(|id| id.0)), brief(bundle.after.map(|id| id.0)));
        let text = Line::new().text(format!("{before} → {after}"));
        table.row([Line::new().faint("bundle of ").name(bundle.prompt.as_str()), text]);
        if let Some(stamp) = &bundle.stamp {
            table.aside(2, Line::new().faint("stamp ").strong(stamp));
        }
    }
    page.indented(|page| page.table(table));
}

/// What differs between rules, lowering named as such; a fingerprint stands whole on a line of its own.
pub(super) fn differences(page: &mut Page, differences: &[Change]) {
    let mut table = Table::new();
    for change in differences {
        let (what, how) = change.told();
        let lowers = change.lowering().map_or_else(Line::new, |why| Line::new().warning(why));
        let key = how.split_once(" SHA256:");
        let verb = key.map_or_else(|| how.clone(), |(verb, _)| format!("{verb} a key"));
        table.row([Line::new().name(what), Line::new().text(verb), lowers]);
        if let Some((_, fingerprint)) = key {
            table.aside(2, Line::new().faint(format!("SHA256:{fingerprint}")));
        }
    }
    page.indented(|page| page.table(table));
}

/// What to know of other rules besides what differs.
pub(super) fn warnings(page: &mut Page, warnings: &[String]) {
    for warning in warnings {
        page.paragraph(Line::new().warning("mind").text(": ").text(warning));
    }
}

/// The tier and what put the change there.
pub(super) fn risk(tier: Tier, reasons: &[String]) -> Line {
    let tone = if tier == Tier::Low { Tone::Plain } else { Tone::Warning };
    let line = Line::new().toned(tone, tier.word());
    if reasons.is_empty() { line } else { line.text(": ").text(reasons.join("; ")) }
}

/// Every rule, met or not, with the next step below those that are not.
pub(super) fn rules(page: &mut Page, rules: &[RuleLine]) {
    let mut table = Table::new();
    let widest = rules.iter().map(|rule| rule.rule.len()).max().unwrap_or_default();
    for rule in rules {
        let mark = if rule.ok { Line::new().good("met") } else { Line::new().bad("no") };
        table.row([mark, Line::new().name(&rule.rule), Line::new().text(&rule.reason)]);
        if let Some(next) = rule.next.as_ref().filter(|_| !rule.ok) {
            table.row([Line::new(), Line::new(), Line::new().faint("next: ").text(next)]);
        }
        if let Some(command) = rule.command.as_ref().filter(|_| !rule.ok) {
            // Below its reason where there is room; never beyond the edge of a narrow screen by our doing.
            let indent = (widest + 9).min(76_usize.saturating_sub(command.chars().count()));
            table.aside(indent, Line::new().name(command));
        }
    }
    page.indented(|page| page.table(table));
}

/// Attested runs with their failing cases; where replies came from is always said.
pub(super) fn evidence(page: &mut Page, runs: &[EvidenceSheet]) {
    page.indented(|page| {
        if runs.is_empty() {
            page.line("no run is attested");
        }
        for run in runs {
            let (line, which) = (&run.line, if run.live { "live" } else { "proposed" });
            let tone = if line.failing.is_empty() { Tone::Good } else { Tone::Bad };
            let sources: Vec<&str> = line.sources.iter().map(|source| source_word(*source)).collect();
            page.paragraph(
                Line::new()
                    .name(line.suite.as_str())
                    .text(format!(" on {} ({which} {}): ", line.prompt, line.bundle.short()))
                    .toned(tone, format!("{} of {} cases pass", line.passed, line.cases))
                    .text(format!(", by {}, replies ", line.evaluator))
                    .toned(
                        if line.sources.contains(&ReplySource::Unsigned) { Tone::Warning } else { Tone::Plain },
                        sources.join(", "),
                    )
                    .faint(format!("  {}", line.evidence.short())),
            );
            for case in &line.failing {
                page.indented(|page| page.line(Line::new().bad("fails ").text(case)));
            }
        }
    });
}

/// Cases that are known to be flaky: for which a failure is borne, or was.
pub(super) fn quarantines(page: &mut Page, lines: &[QuarantineLine]) {
    page.indented(|page| {
        for line in lines {
            let (case, of) = (&line.case, Line::new().name(&line.case.case).text(format!(" of {}: ", line.suite)));
            let until = if line.over {
                of.warning(format!("over since {}, so it counts", case.until))
            } else {
                of.warning(format!("does not count until {}", case.until))
            };
            page.paragraph(until.text(", ").text(&case.reason));
        }
    });
}

/// A unified diff, its signs coloured.
pub(super) fn diff(page: &mut Page, diff: &str) {
    page.indented(|page| {
        for text in diff.lines() {
            let tone = match text.as_bytes().first() {
                Some(b'+') => Tone::Good,
                Some(b'-') => Tone::Bad,
                Some(b'@' | b'\\') => Tone::Faint,
                _ => Tone::Plain,
            };
            page.folded(Line::new().toned(tone, marked(text)));
        }
    });
}

/// What an open proposal still needs, and what comes next.
pub(super) fn needs(page: &mut Page, proposal: EventId, needs: &[RuleLine]) {
    if needs.is_empty() {
        page.line(Line::new().good("the gate holds"));
    } else {
        page.heading("it still needs");
        rules(page, needs);
    }
    next(page, proposal, needs);
}

/// What comes next for an open proposal under these rules: the first command somebody can run, or to carry it out.
pub(super) fn next(page: &mut Page, proposal: EventId, rules: &[RuleLine]) {
    let mut unmet = rules.iter().filter(|rule| !rule.ok).peekable();
    if unmet.peek().is_none() {
        page.next(format!("chancery promote {}", proposal.short()));
    } else if let Some(command) = unmet.find_map(|rule| rule.command.as_deref()) {
        page.next(command);
    }
}
