//! `chancery attach`: a checkout of the code gets its ledger.

use super::{
    clone::{FromArgs, came},
    face::{self, Face, shown},
    ground::Ground,
    pull::{DECIDED, deciding},
    wire::Wire,
};
use crate::{
    ops::{
        Failure,
        clone::{self, Attached, Request},
    },
    ui::Page,
    workspace::Remote,
};

/// Give a checkout of the code its ledger
///
/// For a fresh checkout that holds `chancery.toml` and no store, CI's included. Files are left as they are. Without a
/// remote, the one the code came from is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery attach
  chancery attach git@example.org:team/agents.git --expect 3f9a1c2b")]
pub(super) struct AttachArgs {
    /// Where the ledger is shared (else git's `origin`)
    #[arg(value_name = "REMOTE")]
    url: Option<String>,
    #[command(flatten)]
    from: FromArgs,
}

pub(super) fn run(args: AttachArgs, wire: &Wire) -> face::Outcome {
    let folder = wire.project()?;
    if folder.join(".chancery").exists() {
        return Err(Failure::cannot("attached", format!("`{}` has its ledger already", folder.display()))
            .run("chancery remote")
            .run("chancery pull"));
    }
    let Some(typed) = args.url.as_deref().or(wire.origin()) else {
        let failure = Failure::usage("no remote is named, and git knows no `origin` here");
        return Err(failure.say("chancery attach REMOTE"));
    };
    let url = wire.url(typed)?;
    let mut ground = Ground::new(folder.clone());
    let world = ground.clone(wire, &Remote { url, branch: args.from.branch, confirmed: false })?;
    let request = Request { expect: args.from.expect, files: false, path: folder.display().to_string() };
    let attached = deciding(wire, DECIDED, |told| clone::run(&world, request, told))?;
    ground.keep();
    shown(Ok(Attached(attached)))
}

impl Face for Attached {
    fn page(&self, page: &mut Page) {
        came("attached", &self.0, page);
        if !self.0.rules_in_force {
            page.warn("`chancery.toml` here is not what is in force");
            page.next("chancery governance diff");
        }
        page.next("chancery status");
    }
}
