//! `chancery push`: what was recorded here goes to others.

use super::{
    face::{self, Face, shown},
    pull::{DECIDED, deciding, traffic},
    wire::Wire,
};
use crate::{
    ops::push::{self, Outcome},
    ui::Page,
};

/// Give others what was recorded here
///
/// Pulls first, so that what goes stands after what others recorded. Payload that the remote lacks goes along.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery push
  chancery push --restore")]
pub(super) struct PushArgs {
    /// Give back also what the remote had confirmed and has lost: after it was restored from a backup
    #[arg(long)]
    restore: bool,
}

pub(super) fn run(args: &PushArgs, wire: &Wire) -> face::Outcome {
    let world = wire.world()?;
    shown(deciding(wire, DECIDED, |told| push::run(&world, args.restore, told)))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        traffic(&self.0, page);
    }
}
