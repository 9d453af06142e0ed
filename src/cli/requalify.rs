//! `chancery requalify`: propose to let in again what a rollback took away.

use std::str::FromStr;

use super::{
    face::{self, Face, shown},
    proposal_page,
    wire::Wire,
};
use crate::{
    name::Environment,
    object::Prefix,
    ops::{
        Spec,
        requalify::{self, Outcome, Request, Which},
    },
    ui::{Line, Page},
};

/// Propose to let in again what a rollback took away
///
/// A version that was rolled back stays out of that environment until people agree that it may come back. This asks
/// them; nothing moves by it, and once it is carried out the version must still be proposed like any other.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery requalify refund-triage -m \"the outage was the provider's\"
  chancery requalify refund-triage@3f9a1c2 --env production -m \"found harmless\"")]
pub(super) struct RequalifyArgs {
    /// NAME, NAME@REVISION or the first digits of a version
    #[arg(value_name = "VERSION", value_parser = which)]
    version: Which,
    /// Where (needed when several environments keep it out)
    #[arg(long, value_name = "ENV")]
    env: Option<Environment>,
    /// Why it may come back, in a line or more
    #[arg(short, long, value_name = "MSG")]
    message: String,
}

/// Hexadecimal digits are an id; anything else a name.
fn which(text: &str) -> Result<Which, String> {
    match Prefix::parse(text) {
        Some(prefix) => Ok(Which::Id(prefix)),
        None => Spec::from_str(text).map(Which::Spec).map_err(|error| error.to_string()),
    }
}

pub(super) fn run(args: RequalifyArgs, wire: &Wire) -> face::Outcome {
    let RequalifyArgs { version, env: environment, message } = args;
    shown(requalify::run(&wire.world()?, &Request { version, environment, message }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        page.paragraph(
            Line::new()
                .text("proposed ")
                .strong(self.proposal.short())
                .text(" for ")
                .name(&self.environment)
                .text(": ")
                .text(self.message.lines().next().unwrap_or_default()),
        );
        proposal_page::lift(page, &self.lifts);
        page.fields([("risk", proposal_page::risk(self.tier, &self.risk))]);
        proposal_page::needs(page, self.proposal, &self.needs);
    }
}
