//! The files `chancery eval` writes of a run.

use std::path::PathBuf;

use super::wire::Wire;
use crate::{
    ops::{
        Failure, World,
        eval::{BundleOutcome, Outcome},
    },
    report::{NamedRun, junit, run_lines, run_markdown, run_page},
};

/// Which files are written.
#[derive(Debug, clap::Args)]
pub(super) struct FileArgs {
    /// Write a JUnit report
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write a page for a pull request
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Write a page for a browser, with charts and earlier versions; it loads nothing
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write every case and sample, one JSON object a line
    #[arg(long, value_name = "FILE")]
    jsonl: Option<PathBuf>,
}

impl FileArgs {
    /// Writes each file that was asked for, whole or not at all.
    pub(super) fn write(&self, wire: &Wire, world: &World, outcome: &Outcome) -> Result<(), Failure> {
        if let Some(path) = &self.junit {
            wire.write(path, &report(outcome))?;
        }
        if let Some(path) = &self.markdown {
            wire.write(path, &run_markdown(&outcome.told(world)))?;
        }
        if let Some(path) = &self.jsonl {
            wire.write_lines(path, run_lines(&outcome.told(world)))?;
        }
        if let Some(path) = &self.html {
            wire.write(path, &run_page(&outcome.told_with_earlier(world)?))?;
        }
        Ok(())
    }
}

/// All runs as JUnit tells them.
fn report(outcome: &Outcome) -> String {
    let names: Vec<String> = outcome.bundles.iter().map(BundleOutcome::name).collect();
    let runs: Vec<NamedRun<'_>> =
        names.iter().zip(&outcome.bundles).map(|(name, bundle)| NamedRun { name, run: &bundle.run }).collect();
    junit(&runs)
}
