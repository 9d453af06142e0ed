//! `chancery check`: every static problem.

use std::path::PathBuf;

use super::{
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    ops::check::{self, Outcome, Request},
    problem::counted,
    ui::{Line, Page},
};

/// Find every problem that shows without running anything
///
/// Parses every file and checks templates, names, inputs, schemas, secrets, invisible characters and rules that can
/// never be met. All problems are listed at once; warnings alone do not fail.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery check
  chancery check prompts/refund-triage.md")]
pub(super) struct CheckArgs {
    /// Files or folders to check (else all)
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

pub(super) fn run(args: &CheckArgs, wire: &Wire) -> face::Outcome {
    let paths = args.paths.iter().map(|path| wire.in_project(path)).collect::<Result<_, _>>()?;
    shown(check::run(&wire.world()?, &Request { paths }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        page.problems(&self.problems);
        if !self.problems.is_empty() {
            page.gap();
        }
        let artifacts = counted(self.artifacts, "artifact");
        let warnings = self.problems.iter().filter(|problem| problem.warning).count();
        let errors = self.problems.len() - warnings;
        page.line(match (errors, warnings) {
            (0, 0) => Line::new().good("nothing is wrong").text(format!(" with {artifacts}")),
            (0, _) => {
                let warnings = counted(warnings, "warning");
                Line::new().warning(warnings).text(format!(" and no error in {artifacts}"))
            }
            (_, 0) => Line::new().bad(counted(errors, "error")).text(format!(" in {artifacts}")),
            _ => {
                let line = Line::new().bad(counted(errors, "error")).text(" and ");
                line.warning(counted(warnings, "warning")).text(format!(" in {artifacts}"))
            }
        });
    }
}
