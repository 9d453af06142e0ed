//! How it is shown that what is live answers otherwise than when it went live.

use super::eval_page::outcome_word;
use crate::{
    object::EventId,
    ops::eval::{BundleOutcome, Drift},
    problem::counted,
    ui::{Line, Page},
};

/// What was lost since, what was gained, and whether another model answers.
pub(super) fn drifted(bundle: &BundleOutcome, drift: &Drift, page: &mut Page) {
    page.gap();
    let since = &drift.since;
    let head = Line::new().name(bundle.name()).text(" drift: ");
    let head = match (since.lost, since.gained) {
        (0, 0) => head.good("none"),
        (0, gained) => head.text(format!("{} that failed then {} now", counted(gained, "case"), verb(gained, "pass"))),
        (lost, _) => head.bad(format!("{} that passed then {} now", counted(lost, "case"), verb(lost, "fail"))),
    };
    let evidence = drift.evidence.iter().map(EventId::short).collect::<Vec<_>>().join(", ");
    page.paragraph(head.text(format!(
        " ({} compared; evidence {evidence} of {})",
        counted(since.cases, "case"),
        drift.attested
    )));
    page.indented(|page| {
        for flip in &since.flips {
            let (before, after) = (outcome_word(flip.before), outcome_word(flip.after));
            page.line(Line::new().name(&flip.case).text(format!(": {before} then, now ")).text(after));
        }
        if drift.models_then != drift.models_now && !(drift.models_then.is_empty() || drift.models_now.is_empty()) {
            let named = |models: &[String]| models.join(", ");
            let line =
                Line::new().warning("another model answers").text(": ").text(named(&drift.models_then)).text(" then, ");
            page.paragraph(line.text(named(&drift.models_now)).text(" now"));
        }
    });
}

/// `1 case fails`, `2 cases fail`, `1 case passes`.
fn verb(count: u64, word: &str) -> String {
    let ending = match (count, word) {
        (1, "pass") => "es",
        (1, _) => "s",
        _ => "",
    };
    format!("{word}{ending}")
}
