//! The front door: arguments in, pages or documents out.
//!
//! One verb, one file: its arguments, its one call, and its human face. [`main`] reads the command line, has the
//! verb do its work with what `wire` picked, and prints the outcome; every outcome has two faces, and every failure
//! ends here. Nobody names this room.

mod completions;
mod face;
mod keys;
mod run;
mod usage;
mod wire;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

pub use run::main;

/// Keep versions of prompts, tools and policies, and let a change go live only through its gate
///
/// Chancery is git for what an AI agent is told to do: content-addressed versions, golden cases, signed
/// approvals, and an answer to who let a version through.
#[derive(Debug, Parser)]
#[command(name = "chancery", version, max_term_width = 80, disable_help_subcommand = true, propagate_version = false)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options that stand before or after any command.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// Work on the project in this folder (else `CHANCERY_DIR`, else the nearest one upwards)
    #[arg(short = 'C', value_name = "DIR", env = "CHANCERY_DIR", global = true, hide_env = true)]
    directory: Option<PathBuf>,
    /// Answer with one JSON document on stdout
    #[arg(long, global = true)]
    json: bool,
    /// Say nothing besides the answer
    #[arg(short, global = true)]
    quiet: bool,
    /// When to use colours: auto, always or never
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        global = true,
        hide_possible_values = true,
        hide_default_value = true
    )]
    color: Colour,
    /// Never show long answers in a pager
    #[arg(long, global = true)]
    no_pager: bool,
    /// Sign with this private key file (else `CHANCERY_SIGNING_KEY`, else git's, else `~/.ssh/id_ed25519`)
    #[arg(long, value_name = "FILE", env = "CHANCERY_SIGNING_KEY", global = true, hide_env = true)]
    key: Option<PathBuf>,
    /// Do without the remote: what is done is not shared yet
    #[arg(long, global = true)]
    offline: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Colour {
    /// On a terminal.
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    Completions(completions::CompletionsArgs),
    Keys(keys::KeysArgs),
}

impl Command {
    /// Has the verb do its work.
    fn run(self, wire: &wire::Wire) -> face::Outcome {
        match self {
            Self::Completions(args) => completions::run(&args),
            Self::Keys(args) => keys::run(&args, wire),
        }
    }
}
