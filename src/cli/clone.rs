//! `chancery clone`: a shared project comes to a new folder.

use std::path::PathBuf;

use super::{
    face::{self, Face, shown},
    ground::Ground,
    pull::{DECIDED, deciding, events},
    remote::branch,
    wire::Wire,
};
use crate::{
    object::Prefix,
    ops::{
        Failure,
        clone::{self, Cloned, Outcome, Request},
        parse_id,
    },
    ui::{Line, Page},
    workspace::Remote,
};

/// Copy a shared project into a new folder
///
/// Brings the ledger and its payload, decides every event by the rules, and writes the heads as files. Nothing that
/// arrives is believed: what does not hold is refused, and no folder is left behind.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery clone git@example.org:team/agents.git
  chancery clone ../shared.git shop --expect 3f9a1c2b")]
pub(super) struct CloneArgs {
    /// Where it is shared
    #[arg(value_name = "URL")]
    url: String,
    /// The folder to make (else as the remote is called)
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    #[command(flatten)]
    from: FromArgs,
}

/// What is there, and which of it is meant.
#[derive(Debug, clap::Args)]
pub(super) struct FromArgs {
    /// The project it must be: its id or the first digits of it
    #[arg(long, value_name = "PROJECT", value_parser = parse_id)]
    pub(super) expect: Option<Prefix>,
    /// The branch that holds the ledger there
    #[arg(long, value_name = "NAME", value_parser = branch)]
    pub(super) branch: Option<String>,
}

pub(super) fn run(args: CloneArgs, wire: &Wire) -> face::Outcome {
    let url = wire.url(&args.url)?;
    let called = PathBuf::from(called(&url));
    let shown_as = args.folder.unwrap_or(called);
    let folder = wire.here().join(&shown_as);
    let taken = std::fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some());
    if taken || folder.is_file() {
        return Err(Failure::cannot("not-empty", format!("`{}` is there and not empty", shown_as.display()))
            .say("name another folder")
            .say("to give a checkout of the code its ledger: `chancery attach` in it"));
    }
    let mut ground = Ground::new(folder);
    ground.break_up()?;
    let world = ground.clone(wire, &Remote { url, branch: args.from.branch, confirmed: false })?;
    let request = Request { expect: args.from.expect, files: true, path: shown_as.display().to_string() };
    let cloned = deciding(wire, DECIDED, |told| clone::run(&world, request, told))?;
    ground.keep();
    shown(Ok(Cloned(cloned)))
}

/// The last word of an address.
fn called(url: &str) -> String {
    let last = url.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or(url);
    let word = last.strip_suffix(".git").unwrap_or(last);
    if word.is_empty() { "project".to_owned() } else { word.to_owned() }
}

impl Face for Cloned {
    fn page(&self, page: &mut Page) {
        came("cloned", &self.0, page);
        page.next(format!("cd {}", self.0.path));
        page.next("chancery status");
    }
}

/// What came, from where, and whether it is known to be the right one.
pub(super) fn came(done: &str, outcome: &Outcome, page: &mut Page) {
    let name = Line::new().good(done).text(": ").strong(&outcome.name);
    page.line(name.text(format!(" with {}", events(outcome.events_in))));
    page.fields([
        ("project", Line::new().text(outcome.project.short())),
        ("from", Line::new().text(&outcome.remote)),
        ("event", Line::new().text(outcome.event.short())),
    ]);
    if !outcome.expected {
        page.note("compare the project's id with a colleague's, or name it: `--expect ID`");
    }
}
