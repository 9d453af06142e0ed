//! `chancery keys`: which key signs here.

use super::{
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    ops::keys::{self, Outcome},
    ui::{Line, Page},
};

/// Show which key signs here, and where it was found
///
/// It is the key of `--key`, else of `CHANCERY_SIGNING_KEY`, else git's `user.signingKey`, else
/// `~/.ssh/id_ed25519`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery keys
  chancery --key ~/.ssh/work_ed25519 keys")]
pub(super) struct KeysArgs {}

pub(super) fn run(_args: &KeysArgs, wire: &Wire) -> face::Outcome {
    let (signer, source) = wire.signer();
    shown(keys::run(&signer, &source))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        page.fields([("fingerprint", Line::new().name(&self.fingerprint)), ("from", Line::new().text(&self.source))]);
        page.line(Line::new().text(&self.key));
    }
}
