//! `chancery remote`: where the ledger is shared.

use super::{
    face::{self, Face, shown},
    pull::events,
    wire::Wire,
};
use crate::{
    ops::remote::{self, Outcome, Request},
    ui::{Line, Page},
};

/// Say where the ledger is shared, or set it
///
/// Any git repository will do, the one of the code included: only refs/chancery/* is touched there. Where a host
/// protects only branches, --branch keeps the ledger on one, and the payload on NAME-payload beside it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery remote git@example.org:team/agents.git
  chancery remote ../shared.git --branch chancery")]
pub(super) struct RemoteArgs {
    /// Its address: a folder, or a URL of ssh, https, http, git or file
    #[arg(value_name = "URL")]
    url: Option<String>,
    /// The branch that holds the ledger there
    #[arg(long, value_name = "NAME", value_parser = branch)]
    branch: Option<String>,
}

/// A name that git takes for a branch.
pub(super) fn branch(text: &str) -> Result<String, String> {
    let word = |part: &str| {
        !part.is_empty()
            && !part.starts_with(['.', '-'])
            && !part.to_ascii_lowercase().ends_with(".lock")
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
            && !part.contains("..")
    };
    if text.split('/').all(word) { Ok(text.to_owned()) } else { Err("not the name of a branch".to_owned()) }
}

pub(super) fn run(args: RemoteArgs, wire: &Wire) -> face::Outcome {
    let sets = args.url.is_some() || args.branch.is_some();
    let url = args.url.map(|url| wire.url(&url)).transpose()?;
    if sets {
        remote::set(&wire.world()?, Request { url, branch: args.branch })?;
    }
    shown(remote::run(&wire.world()?, sets))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let Some(url) = &self.url else {
            page.line("this clone shares its ledger with nobody");
            page.next("chancery remote URL");
            return;
        };
        page.line(Line::new().text("shared through ").name(url));
        if let Some(branch) = &self.branch {
            page.line(Line::new().text("on branches ").name(branch).text(" and ").name(format!("{branch}-payload")));
        }
        match &self.shared {
            Some(event) => page.line(format!("confirmed up to event {} `{}`", self.seq, event.short())),
            None => page.line("nothing is confirmed yet"),
        }
        if self.unshared > 0 {
            page.warn(Line::new().warning("NOT SHARED").text(format!(": {}", events(self.unshared))));
            page.next("chancery push");
        }
    }
}
