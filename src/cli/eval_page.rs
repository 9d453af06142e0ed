//! How a run is shown in parts: by tag, in quarantine, and beside another version.

use crate::{
    eval::{Outcome as CaseOutcome, Standing},
    ops::eval::{BundleOutcome, Comparison, Word},
    report::why,
    ui::{Line, Page, Table},
};

pub(super) use crate::report::{interval, percent};

/// The most cases of one suite that are told of on a screen.
const SHOWN: usize = 20;

/// What did not pass, with the exact reason and how the reply begins: first what got no reply.
pub(super) fn failures(bundle: &BundleOutcome, page: &mut Page) {
    page.heading(format!("{} on {} {}", bundle.name(), bundle.prompt, bundle.bundle.short()));
    page.indented(|page| {
        let of = |outcome| bundle.failures.iter().filter(move |failure| failure.outcome == outcome);
        for failure in of(CaseOutcome::Errored).chain(of(CaseOutcome::Failed)).take(SHOWN) {
            page.paragraph(Line::new().bad(outcome_word(failure.outcome)).text(" ").name(&failure.case));
            page.indented(|page| {
                let run = bundle.run.cases.iter().find(|run| run.id == failure.case);
                for line in run.map(why).unwrap_or_default() {
                    page.paragraph(line);
                }
                if !failure.excerpt.is_empty() {
                    page.paragraph(Line::new().faint("reply: ").text(&failure.excerpt));
                }
            });
        }
        if let Some(more) = bundle.failures.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let all = "the same command with `--jsonl FILE` writes every one of them";
            page.paragraph(Line::new().strong(format!("and {more} more")).text(format!(": {all}")));
        }
    });
}

/// The share of each tag, where there are tags; beside another version what may be said of it.
pub(super) fn by_tag(bundle: &BundleOutcome, page: &mut Page) {
    if bundle.tags.iter().all(|tag| tag.cases == 0) {
        return;
    }
    page.gap();
    page.paragraph(Line::new().name(bundle.name()).text(" by tag"));
    let said = bundle.against.as_ref().map(|comparison| comparison.tags.as_slice()).unwrap_or_default();
    let heads = ["tag", "passed", "rate", "95 % interval"];
    let mut table = Table::headed(heads.into_iter().chain((!said.is_empty()).then_some("against")));
    // Of a tag without a case that was asked for and counts there is nothing to say.
    for tag in bundle.tags.iter().filter(|tag| tag.cases > 0) {
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
    page.paragraph(Line::new().name(bundle.name()).text(" in quarantine"));
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
        for line in comparison.grounds().iter().flat_map(|grounds| grounds.lines()) {
            page.paragraph(line);
        }
        for flip in &comparison.flips {
            let (before, after) = (outcome_word(flip.before), outcome_word(flip.after));
            page.paragraph(Line::new().name(&flip.case).text(format!(": {before}, now ")).text(after));
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
