//! How it is shown what a suite noticed of a spoiled prompt, and what nobody did.

use super::eval_page::{interval, percent};
use crate::{
    eval::{Spoiled, excerpt},
    ops::eval::{BundleOutcome, Mutants, Unnoticed},
    problem::counted,
    ui::{Line, Page},
};

/// The share noticed, then each mutant that nobody noticed, with its place.
pub(super) fn mutated(bundle: &BundleOutcome, mutants: &Mutants, page: &mut Page) {
    page.gap();
    let line = Line::new().name(bundle.name()).text(format!(": {}", counted(mutants.total, "mutant")));
    if mutants.total == mutants.unanswered {
        page.paragraph(line.text(", of which nothing is known"));
    } else {
        let share = mutants.share.map_or_else(|| "-".to_owned(), percent);
        let told = format!(" noticed ({share}, 95 % interval {})", interval(mutants.interval));
        page.paragraph(line.text(", ").strong(mutants.noticed.to_string()).text(told));
    }
    if mutants.cases == 0 {
        page.paragraph(Line::new().warning("no case passes without mutants, so none can notice"));
    }
    page.indented(|page| {
        for one in &mutants.unnoticed {
            unnoticed(one, page);
        }
    });
    if mutants.unanswered > 0 {
        page.warn(format!(
            "{}: of {} nobody knows, because a case got no reply",
            bundle.name(),
            counted(mutants.unanswered, "mutant")
        ));
        page.note(format!(
            "asking the models takes at most {}, with `--live` or `--record`; what that may cost:",
            counted(mutants.calls, "call")
        ));
        page.next(format!("chancery eval suite/{} --mutate --live --estimate", bundle.suite));
    } else if !mutants.unnoticed.is_empty() {
        page.note("what nobody notices can be changed without a case that fails: add one, or drop the sentence");
    }
}

fn unnoticed(one: &Unnoticed, page: &mut Page) {
    let line = one.line.map(|line| format!(":{line}")).unwrap_or_default();
    let word = match one.change {
        Spoiled::Dropped => "dropped",
        Spoiled::Negated => "negated",
        Spoiled::ToolRemoved => "tool removed",
    };
    let head = Line::new().name(format!("{}{line}", one.path)).text(" ").warning(word);
    page.line(if one.sent { head } else { head.text(", and no case reaches it") });
    page.indented(|page| {
        page.paragraph(excerpt(&one.sentence));
        if let Some(instead) = &one.instead {
            page.paragraph(Line::new().faint("as: ").text(excerpt(instead)));
        }
    });
}
