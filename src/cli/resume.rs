//! `chancery resume`: what was halted is served again.

use super::{
    face::{self, Face, shown},
    stops,
    wire::Wire,
};
use crate::{
    name::Environment,
    ops::resume::{self, Outcome},
    ui::Page,
};

/// Serve again what was halted
///
/// Takes back the halt of exactly what is named; other halts stay. With a remote this needs the remote: another clone
/// may have a reason to keep it halted.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery resume --env production --artifact issue_refund -m \"fixed\"
  chancery resume -m \"keys are replaced\"")]
pub(super) struct ResumeArgs {
    #[command(flatten)]
    which: stops::WhichArgs,
}

pub(super) fn run(args: ResumeArgs, wire: &Wire) -> face::Outcome {
    shown(resume::run(&wire.world()?, &args.which.request()))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let place = self.environment.as_ref().map(Environment::as_str);
        stops::done(page, "resumed", &stops::what(self.artifact.as_deref(), place), &self.message);
        stops::was(page, &self.was);
        stops::bundles(page, "served again:", &self.bundles);
        stops::bundles(page, "still halted by another halt:", &self.still_halted);
    }
}
