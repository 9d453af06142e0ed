//! What clap says, as ours: help and version are answers, everything else is a failure.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use serde::Serialize;

use super::face::Face;
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
pub(super) fn read(error: &clap::Error) -> Result<Help, Failure> {
    let rendered = error.render();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            Ok(Help { text: rendered.to_string(), styled: rendered.ansi().to_string() })
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            Err(Failure::usage("a command is missing").run("chancery --help"))
        }
        _ => Err(failure(error, &rendered.to_string())),
    }
}

/// A usage failure with clap's own tips as next steps.
fn failure(error: &clap::Error, text: &str) -> Failure {
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
    failure.run(help_for(error))
}

/// The command whose help would have prevented this.
fn help_for(error: &clap::Error) -> String {
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => usage.to_string(),
        _ => String::new(),
    };
    let words = usage.split_whitespace().skip_while(|word| *word != "chancery");
    let verb: Vec<&str> = words.take_while(|word| word.chars().all(|c| c.is_ascii_lowercase())).collect();
    if verb.is_empty() { "chancery --help".to_owned() } else { format!("{} --help", verb.join(" ")) }
}
