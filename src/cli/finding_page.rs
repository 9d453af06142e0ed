//! How findings look on a screen: place, quote, what is wrong, and what was answered.

use crate::{
    report::FindingSheet,
    ui::{Line, Page, Tone},
};

/// Lines of a quote that are shown; the rest is counted.
const QUOTED: usize = 5;

/// Findings one below the other.
pub(super) fn findings(page: &mut Page, findings: &[FindingSheet]) {
    for (at, finding) in findings.iter().enumerate() {
        if at > 0 {
            page.gap();
        }
        one(page, finding);
    }
}

fn one(page: &mut Page, finding: &FindingSheet) {
    let tone = if finding.stands { Tone::Bad } else { Tone::Faint };
    page.paragraph(
        Line::new()
            .name(finding.finding.short())
            .text(" ")
            .toned(tone, finding.standing())
            .text(" at ")
            .name(finding.place())
            .text(format!(", by {} at {}", finding.person, finding.time)),
    );
    page.indented(|page| {
        quote(page, &finding.quote);
        words(page, Line::new().strong("says: "), &finding.message);
        if let Some(answer) = &finding.answer {
            let by = answer.version.map_or_else(String::new, |version| format!(" by {}", version.short()));
            let what = format!("{}{by}, says {} at {}: ", finding.status.word(), answer.person, answer.time);
            words(page, Line::new().good(what), &answer.message);
        }
    });
}

/// What somebody said, line by line.
fn words(page: &mut Page, before: Line, text: &str) {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    page.paragraph(before.text(lines.next().unwrap_or_default()));
    lines.for_each(|line| page.paragraph(line));
}

/// The text that is objected to, line by line.
fn quote(page: &mut Page, quote: &str) {
    let count = quote.lines().count();
    for line in quote.lines().take(QUOTED) {
        page.line(Line::new().faint("| ").text(line.replace('\t', "    ")));
    }
    if count > QUOTED {
        page.line(Line::new().faint(format!("| … {} more lines", count - QUOTED)));
    }
}
