//! A program that reviews: how it is run, and what came of it.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::wire::{Wire, variables};
use crate::{
    adapters::provider::run_once,
    ops::{
        Failure,
        review::{Said, Unfounded},
    },
    problem::counted,
    ui::{Line, Page},
};

/// Runs a program by its name or path, in the project's folder, for so many seconds at most.
///
/// Only what somebody typed is run: a path is taken from where the command was started, a name is looked for in `PATH`.
///
/// # Errors
///
/// That there is no project.
pub(super) fn program(
    wire: &Wire,
    typed: &Path,
    seconds: u64,
) -> Result<impl Fn(Vec<u8>) -> Result<Vec<u8>, Failure> + use<>, Failure> {
    let is_name = typed.components().count() == 1 && !typed.to_string_lossy().contains('/');
    let path = if is_name { PathBuf::from(typed) } else { wire.here().join(typed) };
    let (folder, name) = (wire.project()?, typed.display().to_string());
    Ok(move |input| {
        run_once(&path, &folder, variables(), input, Duration::from_secs(seconds)).map_err(|error| {
            Failure::outside("reviewer", format!("`{name}` did not review it, and nothing was recorded"))
                .because(error.to_string())
        })
    })
}

/// What came of it: findings stand above, with all others.
pub(super) fn said(page: &mut Page, said: &Said) {
    page.heading("what the program said");
    page.indented(|page| {
        let raised = counted(said.raised.len(), "finding");
        let line = if said.raised.is_empty() { Line::new().text("no finding") } else { Line::new().bad(raised) };
        let done = if said.done { "it is done" } else { "it did not say that it is done: no review is recorded" };
        page.paragraph(line.text(" recorded; ").text(done));
        for unfounded in &said.refused {
            refused(page, unfounded);
        }
    });
}

fn refused(page: &mut Page, unfounded: &Unfounded) {
    let place = format!("{}:{}", unfounded.path, unfounded.line);
    page.paragraph(
        Line::new()
            .warning("not recorded")
            .text(": ")
            .name(place)
            .text(", ")
            .text(unfounded.message.lines().next().unwrap_or_default()),
    );
    page.indented(|page| page.paragraph(Line::new().faint("because: ").text(&unfounded.reason)));
}
