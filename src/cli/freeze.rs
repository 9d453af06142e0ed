//! `chancery freeze`: no promotions.

use super::{
    face::{self, Face, shown},
    pull::not_shared,
    stops,
    wire::Wire,
};
use crate::{
    name::Environment,
    ops::freeze::{self, Outcome},
    problem::counted,
    ui::Page,
};

/// Stop promotions into an environment
///
/// Its gate refuses everything until it is thawed, and no override gets past. What is live goes on being served, and
/// a rollback still works.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery freeze production -m \"incident 12: nobody changes anything\"
  chancery --offline freeze production -m \"the remote is down\"")]
pub(super) struct FreezeArgs {
    /// The environment
    #[arg(value_name = "ENV")]
    environment: Environment,
    /// Why, in a line or more
    #[arg(short, long, value_name = "MSG")]
    message: String,
}

pub(super) fn run(args: FreezeArgs, wire: &Wire) -> face::Outcome {
    shown(freeze::run(&wire.world()?, args.environment, args.message))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        stops::done(page, "froze", self.environment.as_str(), &self.message);
        not_shared(page, self.shared);
        if !self.waiting.is_empty() {
            page.note(format!(
                "until it is thawed nothing is promoted; waiting: {}",
                counted(self.waiting.len() as u64, "open proposal")
            ));
        }
        page.next(format!("chancery thaw {} -m \"…\"", self.environment));
    }
}
