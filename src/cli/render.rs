//! `chancery render`: the exact request.

use std::path::PathBuf;

use clap::ValueEnum;

use super::{face, values, wire::Wire};
use crate::{
    name::Environment,
    ops::{Failure, Spec},
};

/// Print the exact request a model would get
///
/// Strict about what is missing: an undefined variable is an error with line and column. Nothing is called.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery render refund-triage --case damaged-on-arrival
  chancery render refund-triage@production --var message=\"Where is my order?\" --format openai")]
pub(super) struct RenderArgs {
    /// NAME or NAME@REVISION
    #[arg(value_name = "SPEC")]
    spec: Spec,
    /// Resolve everything as this environment does
    #[arg(long, value_name = "ENV")]
    env: Option<Environment>,
    /// Take the variables of this golden case
    #[arg(long, value_name = "ID")]
    case: Option<String>,
    /// Set a variable; JSON where it parses as JSON, else text
    #[arg(long, value_name = "K=V", value_parser = values::variable)]
    var: Vec<(String, String)>,
    /// Read variables from a JSON file
    #[arg(long, value_name = "FILE")]
    vars: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// How a request is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading.
    Text,
    /// Messages as JSON.
    Messages,
    /// As the `OpenAI` chat API takes it.
    Openai,
    /// As the Anthropic messages API takes it.
    Anthropic,
}

pub(super) fn run(args: RenderArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
