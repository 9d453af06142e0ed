//! `chancery resume`: what was halted is served again.

use super::{
    face::{self, Face, shown},
    stops,
    wire::Wire,
};
use crate::{
    name::Environment,
    ops::{
        ArtifactName,
        halt::Request,
        resume::{self, Outcome},
    },
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
    /// What was halted only in this environment
    #[arg(long, value_name = "ENV")]
    env: Option<Environment>,
    /// What was halted: this artifact
    #[arg(long, value_name = "ARTIFACT")]
    artifact: Option<ArtifactName>,
    /// Why, in a line or more
    #[arg(short, long, value_name = "MSG")]
    message: String,
}

pub(super) fn run(args: ResumeArgs, wire: &Wire) -> face::Outcome {
    let request = Request { environment: args.env, artifact: args.artifact, message: args.message };
    shown(resume::run(&wire.world()?, &request))
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
