//! What clap says, as ours: help and version are answers, everything else is a failure.

use std::ffi::OsString;

use clap::{CommandFactory, error::ErrorKind};
use serde::Serialize;

use super::{Cli, face::Face, verbs};
use crate::{
    ops::{Answer, Failure},
    ui::Page,
};

/// The help of a command, or the version.
#[derive(Debug, Serialize)]
pub(super) struct Help {
    text: String,
    #[serde(skip)]
    styled: String,
}

impl Answer for Help {
    const SCHEMA: &'static str = "chancery.help/1";
}

impl Face for Help {
    fn page(&self, page: &mut Page) {
        page.styled(self.styled.as_bytes());
    }
}

/// Sorts what clap answered.
pub(super) fn read(error: &clap::Error, argv: &[OsString]) -> Result<Help, Failure> {
    let rendered = error.render();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // The same again, with the commands in groups: grouping them costs time that only help has.
            let rendered = verbs::grouped().try_get_matches_from(argv).err().map_or(rendered, |error| error.render());
            Ok(Help { text: rendered.to_string(), styled: rendered.ansi().to_string() })
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            Err(Failure::usage("a command is missing").run("chancery --help"))
        }
        _ => Err(failure(&rendered.to_string(), argv)),
    }
}

/// A usage failure with clap's own tips as next steps.
fn failure(text: &str, argv: &[OsString]) -> Failure {
    let mut lines = text.lines();
    let mut message = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let details: Vec<&str> = lines
        .by_ref()
        .take_while(|line| !line.trim().is_empty())
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if message.ends_with(':') && !details.is_empty() {
        message = format!("{message} {}", details.join(" "));
    }
    let mut failure = Failure::usage(message.replace('\'', "`"));
    for tip in text.lines().filter_map(|line| line.trim().strip_prefix("tip: ")) {
        failure = failure.say(tip.replace('\'', "`"));
    }
    failure.run(help_for(argv))
}

/// The command whose help would have prevented this.
fn help_for(argv: &[OsString]) -> String {
    let cli = Cli::command();
    let verb = argv.iter().skip(1).filter_map(|word| word.to_str()).find(|word| cli.find_subcommand(word).is_some());
    verb.map_or_else(|| "chancery --help".to_owned(), |verb| format!("chancery {verb} --help"))
}
