//! `chancery governance`: the rules.

use clap::Subcommand;

use super::{
    face::{self, Face, shown},
    proposal_page,
    wire::Wire,
};
use crate::{
    object::EventId,
    ops::{
        Stands,
        governance::{self, Outcome, Restored, Unsaved},
    },
    problem::counted,
    ui::{Line, Page},
};

/// Compare the rules in force with the file
///
/// The rules in force are the recorded ones. `diff` says whether the file is ahead of them, behind, or the same; what
/// it would change is listed, and whatever it lowers is named as such. `restore` brings the file back to them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery governance diff
  chancery governance restore")]
pub(super) struct GovernanceArgs {
    #[command(subcommand)]
    command: GovernanceCommand,
}

/// What to do with the rules.
#[derive(Debug, Subcommand)]
enum GovernanceCommand {
    /// Show what `chancery.toml` would change
    #[command(after_help = "Examples:
  chancery governance diff
  chancery governance diff --json")]
    Diff,
    /// Write the rules in force to `chancery.toml`
    ///
    /// For a file that is behind, because others changed the rules. An edit that is neither in force nor proposed is
    /// kept, and the command refused, without --force.
    #[command(after_help = "Examples:
  chancery governance restore
  chancery governance restore --force")]
    Restore {
        /// Lose an edit that is recorded nowhere
        #[arg(long)]
        force: bool,
    },
}

pub(super) fn run(args: &GovernanceArgs, wire: &Wire) -> face::Outcome {
    match args.command {
        GovernanceCommand::Diff => shown(governance::diff(&wire.world()?)),
        GovernanceCommand::Restore { force } => {
            let unsaved = if force { Unsaved::Lose } else { Unsaved::Keep };
            shown(governance::restore(&wire.world()?, unsaved))
        }
    }
}

impl Face for Restored {
    fn page(&self, page: &mut Page) {
        let done = if self.written { "is now, byte for byte," } else { "was already, byte for byte," };
        page.paragraph(
            Line::new()
                .text(format!("`{}` {done} the rules in force since event ", self.path))
                .name(self.since.short()),
        );
    }
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        page.paragraph(self.stands());
        if matches!(self.standing, Stands::InForce | Stands::Same) {
            return;
        }
        for warning in &self.warnings {
            page.warn(format!("{}:{}: {}", warning.path, warning.line, warning.message));
        }
        page.gap();
        proposal_page::differences(page, &self.differences);
        if !self.takes_back.is_empty() {
            page.heading("of this, it takes back what others have changed since");
            proposal_page::differences(page, &self.takes_back);
        }
        self.next(page);
    }
}

impl Outcome {
    /// Whether the file is ahead of the rules in force, behind them, or the same.
    fn stands(&self) -> Line {
        let since = self.since.short();
        let line = |text: String| Line::new().text("`chancery.toml` ").text(text);
        let former = |event: Option<EventId>| event.map(|event| event.short()).unwrap_or_default();
        match self.standing {
            Stands::InForce => line("is, byte for byte, the rules in force since event ".to_owned()).name(since),
            Stands::Same => line("says the same as the rules in force since event ".to_owned()).name(since),
            Stands::Ahead => self.lowered(line("is ".to_owned()).strong("ahead of").text(" the rules in force: ")),
            Stands::Behind => self.lowered(line("is ".to_owned()).strong("behind").text(format!(
                " the rules in force: it holds those of event {}, which event {} replaced; against them ",
                former(self.stands_on),
                former(self.replaced_by)
            ))),
            Stands::Diverged => self.lowered(line("has ".to_owned()).strong("diverged").text(format!(
                ": it was edited on the rules of event {}, and others have changed them since; against those in force ",
                former(self.stands_on)
            ))),
        }
    }

    fn lowered(&self, line: Line) -> Line {
        let line = line.text(counted(self.differences.len(), "difference"));
        match self.differences.iter().filter(|change| change.lowers).count() {
            0 => line,
            1 => line.text(", ").warning("1 of them lowers a bar"),
            count => line.text(", ").warning(format!("{count} of them lower a bar")),
        }
    }

    fn next(&self, page: &mut Page) {
        match (self.standing, self.proposal) {
            (Stands::Behind, _) => {
                page.note("Nothing of it is in force any more.");
                page.next("chancery governance restore");
            }
            (Stands::Diverged, _) => {
                page.note(
                    "Take over into the file what others changed; `chancery governance restore --force` begins anew.",
                );
            }
            (_, Some(proposal)) => page.next(format!("chancery review {}", proposal.short())),
            (_, None) => {
                let roots = counted(self.approvals, "root");
                page.note(format!(
                    "Editing the file changes nothing: a change of rules takes {roots}, who proposes it included."
                ));
                page.next("chancery propose governance -m \"why\"");
            }
        }
    }
}
