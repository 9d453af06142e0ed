//! `chancery demo`: plays the whole story on the sample.

use std::path::PathBuf;

use super::{face, wire::Wire};
use crate::ops::Failure;

/// Play the whole story on the bundled sample, offline
///
/// Makes a project with throw-away keys and prints every command it runs, with what it answers. The project
/// stays in DIR to be explored, or in a new temporary folder.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery demo
  chancery demo shop")]
pub(super) struct DemoArgs {
    /// Where to leave the project; it must be empty or not there
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(super) fn run(args: DemoArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
