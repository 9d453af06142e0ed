//! `chancery promote`: make a proposal live.

use super::{
    face::{self, Face, shown},
    proposal_page,
    wire::Wire,
};
use crate::{
    clock::{Span, Time},
    gate::Rule,
    ops::{
        GOVERNANCE, ProposalName,
        promote::{self, Exception, Expiry, Outcome, Request},
    },
    problem::did_you_mean,
    ui::{Line, Page},
};

/// Carry out an approved proposal
///
/// The gate is weighed first. If it refuses, the environment does not move and what is still missing is listed.
/// --override goes past rules that governance calls waivable, never past signatures or a quarantine: it shows on every
/// screen until somebody else has reviewed it, and once it expires unreviewed nothing more is promoted there.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery promote production
  chancery promote production --override soak -m \"refunds are down\" --expires 24h")]
pub(super) struct PromoteArgs {
    /// The proposal: its id or the first digits of it, or an environment with one open proposal
    #[arg(value_name = "PROPOSAL")]
    proposal: ProposalName,
    /// Weigh the gate and stop there
    #[arg(long)]
    dry_run: bool,
    /// Go past these rules, which governance must call waivable: `order,soak`
    #[arg(
        long = "override",
        value_name = "RULES",
        value_delimiter = ',',
        value_parser = rule,
        requires_all = ["message", "expires"]
    )]
    rules: Vec<Rule>,
    /// Why they must be gone past, in a line or more
    #[arg(short, long, value_name = "REASON", requires = "rules")]
    message: Option<String>,
    /// Until when somebody else must have reviewed it: a length such as `24h`, or a time; at most 30 days
    #[arg(long, value_name = "D", value_parser = expiry, requires = "rules")]
    expires: Option<Expiry>,
}

/// A gate rule by its word.
fn rule(text: &str) -> Result<Rule, String> {
    Rule::parse(text).ok_or_else(|| {
        let words = Rule::ALL.map(Rule::word);
        did_you_mean(text, words).unwrap_or_else(|| format!("not a gate rule; they are {}", words.join(", ")))
    })
}

/// A length of time from now, or a moment.
fn expiry(text: &str) -> Result<Expiry, String> {
    let span = Span::parse(text).map(Expiry::In);
    let time = || Time::parse(text).map(Expiry::At);
    span.or_else(time).ok_or_else(|| "write a length such as `24h` or `3d`, or a time as RFC 3339".to_owned())
}

pub(super) fn run(args: PromoteArgs, wire: &Wire) -> face::Outcome {
    let PromoteArgs { proposal, dry_run, rules, message, expires } = args;
    // Without `--override` the other two are refused, and with it both are there.
    let exception = message.zip(expires).map(|(reason, expires)| Exception { rules, reason, expires });
    shown(promote::run(&wire.world()?, &Request { proposal, dry_run, exception }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let id = self.proposal.short();
        let tail = |line: Line| line.name(&id).text(" for ").name(&self.environment);
        match (self.promoted, self.verdict) {
            (true, _) if self.waived.is_some() => page.line(tail(Line::new().warning("overridden: "))),
            (true, _) => page.line(tail(Line::new().good("promoted "))),
            (false, "pass") => page.line(tail(Line::new().good("the gate holds: "))),
            (false, _) => page.line(tail(Line::new().bad("the gate refuses: "))),
        }
        if self.promoted {
            self.waived(page);
            proposal_page::changes(page, &self.changes);
            proposal_page::bundles(page, &self.bundles);
            if let Some(lift) = &self.lifts {
                proposal_page::lift(page, lift);
                page.next(format!("chancery propose {} {} -m \"why\"", self.environment, lift.spec()));
            } else if self.environment == GOVERNANCE {
                page.line("these rules are in force from here on");
                page.next("chancery people");
            } else {
                page.next(format!("chancery env {}", self.environment));
            }
            return;
        }
        self.waived(page);
        if let Some(lift) = &self.lifts {
            proposal_page::lift(page, lift);
        }
        proposal_page::rules(page, &self.rules);
        page.note("nothing has moved");
        match &self.waived {
            Some(_) if self.verdict == "pass" => page.note("Run it again without `--dry-run` to do it."),
            _ => proposal_page::next(page, self.proposal, &self.rules),
        }
    }
}

impl Outcome {
    /// What an override goes past, and what it asks for afterwards.
    fn waived(&self, page: &mut Page) {
        let Some(waived) = &self.waived else { return };
        page.indented(|page| {
            let said =
                format!("{} waived; to be reviewed by somebody else until {}", waived.rules.join(", "), waived.expires);
            page.paragraph(Line::new().warning(said));
            page.paragraph(Line::new().faint("because: ").text(waived.reason.lines().next().unwrap_or_default()));
            if let Some(event) = self.event {
                page.line(Line::new().faint(format!("chancery override review {} -m \"…\"", event.short())));
            }
        });
    }
}
