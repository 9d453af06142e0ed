//! `chancery thaw`: promotions go on.

use super::{
    face::{self, Face, shown},
    stops,
    wire::Wire,
};
use crate::{
    name::Environment,
    ops::thaw::{self, Outcome},
    ui::Page,
};

/// Let promotions into a frozen environment go on
///
/// The gate is weighed as ever: what was not met before the freeze is not met after it. With a remote this needs the
/// remote: another clone may have a reason to keep it frozen.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery thaw production -m \"incident 12 is over\"
  chancery thaw staging -m \"the audit is done\" --json")]
pub(super) struct ThawArgs {
    /// The environment
    #[arg(value_name = "ENV")]
    environment: Environment,
    /// Why, in a line or more
    #[arg(short, long, value_name = "MSG")]
    message: String,
}

pub(super) fn run(args: ThawArgs, wire: &Wire) -> face::Outcome {
    shown(thaw::run(&wire.world()?, args.environment, args.message))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        stops::done(page, "thawed", self.environment.as_str(), &self.message);
        stops::was(page, &self.was);
        if !self.waiting.is_empty() {
            page.next(format!("chancery proposals {}", self.environment));
        }
    }
}
