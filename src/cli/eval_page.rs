//! How a run is shown in parts: by tag, in quarantine, and beside another version.

use crate::{
    eval::{Outcome as CaseOutcome, Standing},
    ops::eval::{BundleOutcome, Comparison, Word},
    problem::counted,
    ui::{Line, Page, Table},
};

/// A share in percent.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// An interval of shares in percent.
pub(super) fn interval((low, high): (f64, f64)) -> String {
    format!("{:.1}–{}", low * 100.0, percent(high))
}

/// The share of each tag, where there are tags; beside another version what may be said of it.
pub(super) fn by_tag(bundle: &BundleOutcome, page: &mut Page) {
    if bundle.tags.is_empty() {
        return;
    }
    page.gap();
    page.line(Line::new().name(bundle.name()).text(" by tag"));
    let said = bundle.against.as_ref().map(|comparison| comparison.tags.as_slice()).unwrap_or_default();
    let heads = ["tag", "passed", "rate", "95 % interval"];
    let mut table = Table::headed(heads.into_iter().chain((!said.is_empty()).then_some("against")));
    for tag in &bundle.tags {
        let cells = [
            Line::new().name(&tag.tag),
            Line::from(format!("{}/{}", tag.passed, tag.cases)),
            Line::from(tag.pass_rate.map_or_else(|| "-".to_owned(), percent)),
            Line::from(interval(tag.interval)),
        ];
        let beside = said.iter().find(|said| said.tag == tag.tag).map(|said| word(said.verdict));
        table.row(cells.into_iter().chain(beside));
    }
    page.table(table);
}

/// Cases that are run and do not count.
pub(super) fn quarantines(bundle: &BundleOutcome, page: &mut Page) {
    if bundle.quarantines.is_empty() {
        return;
    }
    page.gap();
    page.line(Line::new().name(bundle.name()).text(" in quarantine"));
    page.indented(|page| {
        for line in &bundle.quarantines {
            let outcome = line.outcome.map_or("not run", outcome_word);
            let text = Line::new().name(&line.case).text(format!(": {outcome}, "));
            page.paragraph(text.warning(format!("does not count until {}", line.until)).text(", ").text(&line.reason));
        }
    });
}

/// What may be said beside another version, how sure that is, and which cases came out otherwise.
pub(super) fn compared(bundle: &BundleOutcome, comparison: &Comparison, page: &mut Page) {
    page.gap();
    let line = Line::new().name(bundle.prompt.as_str()).text(" against ").name(&comparison.revision).text(": ");
    if comparison.verdict == Word::First {
        page.paragraph(line.text("there is nothing to compare with"));
        return;
    }
    page.paragraph(line.append(word(comparison.verdict)));
    page.indented(|page| {
        let Comparison { cases, lost, gained, margin, confidence, .. } = comparison;
        let cases = counted(usize::try_from(*cases).unwrap_or(usize::MAX), "case");
        let most = percent(comparison.difference_at_most.unwrap_or(1.0).max(0.0));
        page.paragraph(format!(
            "{lost} lost and {gained} gained of {cases}; up to {most} worse at confidence {confidence}, {} allowed",
            percent(*margin)
        ));
        if let Some(sampled) = &comparison.sequential {
            let further = match sampled.disagreeing {
                0 => "no case disagreed".to_owned(),
                1 => "further ones of 1 case that disagreed".to_owned(),
                cases => format!("further ones of {cases} cases that disagreed"),
            };
            let end = if sampled.out_of_budget { ", as far as the budget went" } else { "" };
            page.paragraph(format!("{} samples; {further}{end}", sampled.samples));
        }
        for flip in &comparison.flips {
            let (before, after) = (outcome_word(flip.before), outcome_word(flip.after));
            page.line(Line::new().name(&flip.case).text(format!(": {before}, now ")).text(after));
        }
    });
}

fn word(word: Word) -> Line {
    let text = word.to_string();
    match word {
        Word::First => Line::new().text(text),
        Word::Said(Standing::Better | Standing::NoWorse) => Line::new().good(text),
        Word::Said(Standing::Worse) => Line::new().bad(text),
        Word::Said(Standing::Inconclusive { .. }) => Line::new().warning(text),
    }
}

/// How a case came out.
pub(super) fn outcome_word(outcome: CaseOutcome) -> &'static str {
    match outcome {
        CaseOutcome::Passed => "passed",
        CaseOutcome::Failed => "failed",
        CaseOutcome::Errored => "errored",
    }
}
