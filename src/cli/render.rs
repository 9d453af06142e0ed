//! `chancery render`: the exact request.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use serde_json::{Map, Value};

use super::{
    face::{self, Face, shown},
    values,
    wire::Wire,
};
use crate::{
    name::Environment,
    ops::{Failure, Spec, render},
    problem::Problem,
    sight::{json_escaped, spelled},
    ui::{Line, Page},
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
    /// Take the variables of this golden case (`SUITE/ID` where two suites have it)
    #[arg(long, value_name = "ID")]
    case: Option<String>,
    /// Set a variable; text where text is declared, else JSON
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

impl From<Format> for render::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Text => Self::Text,
            Format::Messages => Self::Messages,
            Format::Openai => Self::Openai,
            Format::Anthropic => Self::Anthropic,
        }
    }
}

pub(super) fn run(args: RenderArgs, wire: &Wire) -> face::Outcome {
    let file = match &args.vars {
        Some(path) => variables(wire, path)?,
        None => Map::new(),
    };
    let RenderArgs { spec, env, case, var, format, .. } = args;
    let request = render::Request { spec, environment: env, case, file, typed: var, format: format.into() };
    shown(render::run(&wire.world()?, &request))
}

/// Variables of a JSON file.
fn variables(wire: &Wire, path: &Path) -> Result<Map<String, Value>, Failure> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(wire.here().join(path)).map_err(|error| {
        Failure::cannot("no-such-file", format!("cannot read variables from `{shown}`")).because(error.to_string())
    })?;
    serde_json::from_str(&text).map_err(|error| {
        let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        let at = before + error.column().saturating_sub(1);
        let problem = Problem::at(&shown, &text, at, "bad-json", format!("not a JSON object: {error}"));
        Failure::problems(vec![problem.next("write `{\"NAME\": VALUE}`")])
    })
}

impl Face for render::Outcome {
    fn page(&self, page: &mut Page) {
        match &self.body {
            Some(body) => page.raw(json_escaped(&format!("{body:#}\n"))),
            None => text(self, page),
        }
        let about = format!("{} tokens, bundle {}", self.tokens, self.bundle.short());
        match &self.stamp {
            Some(stamp) => page.note(Line::new().faint(about).faint(", stamp ").name(stamp)),
            None => page.note(Line::new().faint(about)),
        }
    }
}

/// The conversation, and the names of its tools.
fn text(outcome: &render::Outcome, page: &mut Page) {
    page.served(&spelled(&outcome.text));
    let names: Vec<&str> = outcome.tools.iter().filter_map(|tool| tool.get("name")?.as_str()).collect();
    if !names.is_empty() {
        page.gap();
        page.paragraph(Line::new().faint("[tools] ").text(names.join(", ")));
    }
}
