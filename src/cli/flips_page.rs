//! How golden cases that flip are shown: what was answered on both sides, beside each other.

use super::face::Face;
use crate::{
    eval::Outcome as CaseOutcome,
    ops::diff::behaviour::{FlippedCase, Outcome},
    problem::counted,
    ui::{Line, Page, Table},
};

/// Lines of a reply that are shown; a screen has so many.
const LINES: usize = 12;

/// Characters of a line of a reply that are shown.
const LONGEST: usize = 400;

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        for flip in &self.flips {
            case(flip, self, page);
        }
        if self.bundles.is_empty() {
            page.line("no bundle that a suite tests differs");
            return;
        }
        if !self.flips.is_empty() {
            page.gap();
        }
        page.table(counts(self));
        for bundle in self.bundles.iter().filter(|bundle| bundle.unanswered > 0) {
            let count = counted(bundle.unanswered, "case");
            page.warn(format!("{}: {count} got no reply, so nothing is known of them", bundle.suite));
            page.note(bundle.unanswered_because.as_deref().unwrap_or_default());
            page.note("the models are asked with `--live`, or with `--record`, at their price");
        }
        if self.cost_usd > 0.0 {
            page.note(format!("cost: {:.4} USD", self.cost_usd));
        }
    }
}

/// One case: what flipped and why, then both replies.
fn case(flip: &FlippedCase, outcome: &Outcome, page: &mut Page) {
    page.heading(format!("{} · {}", flip.suite, flip.case));
    page.indented(|page| {
        let reason = Line::new().text(": ").text(&flip.reason);
        page.paragraph(match flip.after {
            CaseOutcome::Passed => Line::new().good("passes now").text("; failed before").append(reason),
            _ => Line::new().bad("fails now").text("; passed before").append(reason),
        });
        let (from, to) = (outcome.from_label.as_str(), outcome.to_label.as_str());
        let mut table = Table::headed(
            [format!("{from}: {}", word(flip.before)), format!("{to}: {}", word(flip.after))]
                .iter()
                .map(String::as_str),
        );
        let (before, after) = (lines(&flip.reply_before), lines(&flip.reply_after));
        for at in 0..before.len().max(after.len()) {
            let line = |side: &[String]| Line::new().text(side.get(at).map(String::as_str).unwrap_or_default());
            table.row([line(&before), line(&after)]);
        }
        page.table(table);
    });
}

fn word(outcome: CaseOutcome) -> &'static str {
    match outcome {
        CaseOutcome::Passed => "passed",
        CaseOutcome::Failed => "failed",
        CaseOutcome::Errored => "no reply",
    }
}

/// The lines of a reply as far as a screen has room, and how many there are besides.
fn lines(reply: &str) -> Vec<String> {
    let short = |line: &str| match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    };
    let mut lines: Vec<String> = reply.lines().take(LINES).map(short).collect();
    let more = reply.lines().count().saturating_sub(LINES);
    if more > 0 {
        lines.push(format!("… and {}", counted(more, "line")));
    }
    lines
}

fn counts(outcome: &Outcome) -> Table {
    let mut table = Table::headed(["suite", "prompt", "lost", "gained", "still pass", "still fail"]);
    for bundle in &outcome.bundles {
        let lost = bundle.lost.to_string();
        let gained = bundle.gained.to_string();
        table.row([
            Line::new().name(bundle.suite.as_str()),
            Line::new().name(bundle.prompt.as_str()),
            if bundle.lost > 0 { Line::new().bad(lost) } else { Line::from(lost) },
            if bundle.gained > 0 { Line::new().good(gained) } else { Line::from(gained) },
            Line::from(bundle.still_pass.to_string()),
            Line::from(bundle.still_fail.to_string()),
        ]);
    }
    table
}
