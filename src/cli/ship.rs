//! `chancery ship`: as far as the rules allow.

use std::num::NonZeroUsize;

use super::{
    eval,
    face::{self, Face, shown},
    proposal_page,
    wire::Wire,
};
use crate::{
    name::Environment,
    ops::{
        Spec,
        ship::{self, Outcome, Request},
    },
    ui::{Line, Page, Progress},
};

/// Walk a change as far towards an environment as the rules allow
///
/// Proposes, evaluates, attests, approves where the rules allow it, and promotes; stops at the first unmet rule and
/// says what it waits for. Run again, it goes on from there.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery ship production -m \"shorter answers\"
  chancery ship staging refund-triage -m \"shorter answers\"")]
pub(super) struct ShipArgs {
    /// The environment to reach
    #[arg(value_name = "ENV")]
    environment: Environment,
    /// What to ship (else all that is ahead)
    #[arg(value_name = "SPEC")]
    specs: Vec<Spec>,
    /// Why, in a line or more
    #[arg(short, long, value_name = "MSG")]
    message: String,
    /// How many calls to make at a time, while evaluating
    #[arg(long, value_name = "N", default_value = "4")]
    jobs: NonZeroUsize,
}

pub(super) fn run(args: ShipArgs, wire: &Wire) -> face::Outcome {
    let progress = Progress::new(wire.console());
    let moves = wire.console().terminal().moves;
    let request = Request {
        environment: args.environment,
        specs: args.specs,
        message: args.message,
        jobs: args.jobs,
        watch: &|step| eval::show(&progress, moves, step),
    };
    let outcome = ship::run(&wire.world()?, &request)?;
    progress.finish();
    shown(Ok(outcome))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let id = self.proposal.short();
        for taken in &self.steps {
            page.note(Line::new().good("done ").text(&taken.what));
        }
        if self.promoted {
            page.line(Line::new().good("shipped ").name(&id).text(" to ").name(&self.environment));
            proposal_page::changes(page, &self.changes);
            proposal_page::bundles(page, &self.bundles);
            page.next(format!("chancery env {}", self.environment));
            return;
        }
        page.line(Line::new().name(&id).text(" is not in ").name(&self.environment).text(" yet: it waits for"));
        proposal_page::rules(page, &self.needs);
        proposal_page::next(page, self.proposal, &self.needs);
    }
}
