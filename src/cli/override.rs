//! `chancery override`: look at overrides afterwards.

use clap::Subcommand;

use super::{
    face::{self, Face, shown},
    pull::not_shared,
    wire::Wire,
};
use crate::{
    object::Prefix,
    ops::{
        r#override::{self, Outcome, Request},
        parse_id,
    },
    report::OverrideLine,
    ui::{Line, Page},
};

/// Look at a promotion that went past rules
///
/// `promote --override` carries a proposal out past rules that governance calls waivable. It shows everywhere until
/// somebody else has reviewed it; once it expires unreviewed, nothing more is promoted there.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery override review 7be4410c -m \"was right; the soak was cut short by a day\"
  chancery audit --kind override")]
pub(super) struct OverrideArgs {
    #[command(subcommand)]
    command: OverrideCommand,
}

/// What to do about an override.
#[derive(Debug, Subcommand)]
enum OverrideCommand {
    /// Record that you have looked at an override
    ///
    /// For somebody who may approve there, did not override, and has no hand in what was carried out.
    #[command(after_help = "Examples:
  chancery override review 7be4410c -m \"was right\"
  chancery override review 7be4410c -m \"should have waited; see the notes of Monday\"")]
    Review {
        /// The event that overrode
        #[arg(value_name = "EVENT", value_parser = parse_id)]
        event: Prefix,
        /// What you say to it, in a line or more
        #[arg(short, long, value_name = "MSG")]
        message: String,
    },
}

pub(super) fn run(args: OverrideArgs, wire: &Wire) -> face::Outcome {
    let OverrideCommand::Review { event: promotion, message } = args.command;
    shown(r#override::review(&wire.world()?, &Request { promotion, message }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let rules = self.rules.join(", ");
        let line = Line::new().good("reviewed ").text("override ").name(self.promotion.short()).text(" in ");
        page.paragraph(line.name(self.environment.as_str()).text(format!(", by event {}", self.event.short())));
        page.indented(|page| {
            page.paragraph(format!("{} waived {rules} at {}", self.person, self.time));
            page.paragraph(Line::new().faint("because: ").text(self.reason.lines().next().unwrap_or_default()));
        });
        not_shared(page, self.shared);
        lead(page, &self.overrides);
    }
}

/// What every screen leads with: overrides that nobody has reviewed yet.
pub(super) fn lead(page: &mut Page, open: &[OverrideLine]) {
    for line in open {
        let rules = line.rules.join(", ");
        let (person, environment, time) = (&line.person, &line.environment, line.time);
        let said = format!(": {person} waived {rules} in {environment} at {time}, ");
        let head = Line::new().warning("OVERRIDE").text(said);
        page.paragraph(if line.expired {
            head.bad(format!("not reviewed by {}; nothing more goes live there", line.expires))
        } else {
            head.text(format!("to be reviewed by {}", line.expires))
        });
        page.indented(|page| {
            page.paragraph(Line::new().faint("because: ").text(line.reason.lines().next().unwrap_or_default()));
            let command = format!("chancery override review {} -m \"…\"", line.event.short());
            page.line(Line::new().faint(command));
        });
    }
}
