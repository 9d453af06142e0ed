//! `chancery secrets`: what looks like a secret and is none.

use clap::Subcommand;

use super::{
    face::{self, Face, shown},
    pull::not_shared,
    wire::Wire,
};
use crate::{
    ops::secrets::{self, Allowed, Listed},
    problem::counted,
    ui::{Line, Page},
};

/// List what looks like a secret and is said to be none
///
/// Whatever looks like a password, a key or a token is refused in versions, replies and messages, and is masked in
/// every output. What is none may be allowed, by the fingerprint that `check` shows: for good, in this project, and
/// in everybody's sight.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery secrets
  chancery secrets allow 3f9a1c2b -m \"a key of the public sandbox\"")]
pub(super) struct SecretsArgs {
    #[command(subcommand)]
    command: Option<SecretsCommand>,
}

/// What to do about it.
#[derive(Debug, Subcommand)]
enum SecretsCommand {
    /// Say that something is no secret
    ///
    /// Asks for the verb `except`, which `root` has and other roles may be given. Programs may not.
    #[command(after_help = "Examples:
  chancery secrets allow 3f9a1c2b -m \"a key of the public sandbox\"
  chancery secrets allow 3f9a1c2b -m \"shown in the vendor's own documentation\" --json")]
    Allow {
        /// The fingerprint `check` shows: its first digits, or all of them
        #[arg(value_name = "FINGERPRINT")]
        fingerprint: String,
        /// Why, in a line or more
        #[arg(short, long, value_name = "MSG")]
        message: String,
    },
}

pub(super) fn run(args: SecretsArgs, wire: &Wire) -> face::Outcome {
    match args.command {
        None => shown(secrets::list(&wire.world()?)),
        Some(SecretsCommand::Allow { fingerprint, message }) => {
            shown(secrets::allow(&wire.world()?, &fingerprint, message))
        }
    }
}

impl Face for Listed {
    fn page(&self, page: &mut Page) {
        if self.exceptions.is_empty() {
            page.line("no exceptions: whatever looks like a secret is refused");
        }
        for exception in &self.exceptions {
            let by = format!(" by {} on {}", exception.person, exception.time);
            page.line(Line::new().name(exception.fingerprint.short()).text(by));
            page.indented(|page| page.paragraph(Line::new().text(exception.reason.lines().next().unwrap_or_default())));
        }
        page.note(format!("{} are looked for", counted(self.rules as u64, "kind")));
    }
}

impl Face for Allowed {
    fn page(&self, page: &mut Page) {
        page.line(Line::new().text("allowed: ").name(self.fingerprint.short()));
        page.paragraph(Line::new().faint("because: ").text(self.reason.lines().next().unwrap_or_default()));
        not_shared(page, self.shared);
        page.note("it may stand in versions and messages of this project from now on; outputs show it masked");
    }
}
