//! `chancery init`: makes a project.

use std::path::PathBuf;

use clap::ValueEnum;

use super::{face, wire::Wire};
use crate::{name::Handle, ops::Failure};

/// Make a project here, with the caller as its first root person
///
/// Writes `chancery.toml` and the folders, and records both as the first event, signed with your key. An
/// existing `chancery.toml` becomes genesis if your key is a root's in it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery init --solo
  chancery init shop --template support-agent --handle maintainer")]
pub(super) struct InitArgs {
    /// The project's folder; it is created when it is not there
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// What to start from
    #[arg(long, value_name = "TEMPLATE", default_value = "empty")]
    template: Template,
    /// Give the caller all roles: dev, then production, and authors may approve
    #[arg(long)]
    solo: bool,
    /// Make a new signing key in this file and use it
    #[arg(long, value_name = "FILE")]
    new_key: Option<PathBuf>,
    /// The caller's handle (else git's `user.name`, else the login)
    #[arg(long, value_name = "NAME")]
    handle: Option<Handle>,
}

/// What a new project starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Template {
    /// Rules and empty folders.
    Empty,
    /// The sample: a refund agent with tools, policies and golden cases.
    SupportAgent,
}

pub(super) fn run(args: InitArgs, wire: &Wire) -> face::Outcome {
    let _ = (args, wire);
    Err(Failure::bug("not wired"))
}
