//! `chancery completions`: the script a shell loads.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{
    Cli,
    face::{self, Face, shown},
};
use crate::{
    ops::{Failure, completions::Outcome},
    ui::Page,
};

/// Print the completion script of a shell
///
/// The script completes commands, options and their values. Load it where your shell looks for completions.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery completions bash > ~/.local/share/bash-completion/completions/chancery
  chancery completions fish > ~/.config/fish/completions/chancery.fish")]
pub(super) struct CompletionsArgs {
    /// The shell the script is for
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs) -> face::Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "chancery", &mut script);
    let script = String::from_utf8(script).map_err(|error| Failure::bug(error.to_string()))?;
    shown(Ok(Outcome { shell: args.shell.to_string(), script }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        page.raw(self.script.as_bytes());
    }
}
