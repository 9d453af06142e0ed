//! `chancery halt`: no serving.

use super::{
    face::{self, Face, shown},
    pull::not_shared,
    stops,
    wire::Wire,
};
use crate::{
    name::Environment,
    ops::halt::{self, Outcome},
    ui::Page,
};

/// Stop serving an artifact, an environment, or everything
///
/// With --artifact, every bundle it is part of; with --env, only there; with neither, everything everywhere. Nothing
/// of it is promoted either. Looking at it, evaluating it and rolling back still work.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery halt --env production --artifact issue_refund -m \"pays twice\"
  chancery halt -m \"stop everything: keys are out\"")]
pub(super) struct HaltArgs {
    #[command(flatten)]
    which: stops::WhichArgs,
}

pub(super) fn run(args: HaltArgs, wire: &Wire) -> face::Outcome {
    shown(halt::run(&wire.world()?, &args.which.request()))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let place = self.environment.as_ref().map(Environment::as_str);
        stops::done(page, "halted", &stops::what(self.artifact.as_deref(), place), &self.message);
        not_shared(page, self.shared);
        stops::bundles(page, "not served from now on:", &self.bundles);
        if self.bundles.is_empty() {
            page.note("no live bundle is concerned now; none will be served while this lasts");
        }
        let flag =
            |name: &str, value: Option<&str>| value.map_or_else(String::new, |value| format!(" --{name} {value}"));
        let flags = flag("env", place) + &flag("artifact", self.artifact.as_deref());
        page.next(format!("chancery resume{flags} -m \"…\""));
    }
}
