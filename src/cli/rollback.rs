//! `chancery rollback`: back to what was live.

use super::{
    face::{self, Face, shown},
    pull::not_shared,
    wire::Wire,
};
use crate::{
    name::Environment,
    object::{Prefix, VersionId},
    ops::{
        ArtifactName, parse_id,
        rollback::{self, Bundle, Mode, Outcome, Request},
    },
    ui::{Line, Page, Table},
};

/// Put an environment back to bundles that were live whole
///
/// Needs a role but no evaluation. Without --to-event it undoes the newest promotion that is still in effect, so that
/// rolling back twice goes two promotions back; with artifacts, only those go back. Every other bundle it touches is
/// listed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery rollback production -m \"refunds doubled\"
  chancery rollback production refund-triage --dry-run -m \"what would change\"")]
pub(super) struct RollbackArgs {
    /// The environment
    #[arg(value_name = "ENV")]
    environment: Environment,
    /// What to put back (else all that the last promotion changed)
    #[arg(value_name = "ARTIFACT")]
    artifacts: Vec<ArtifactName>,
    /// Back to the state right after this event
    #[arg(long, value_name = "EVENT", value_parser = parse_id)]
    to_event: Option<Prefix>,
    /// Show what would change and stop there
    #[arg(long)]
    dry_run: bool,
    /// Why, in a line or more
    #[arg(short, long, value_name = "MSG")]
    message: String,
}

pub(super) fn run(args: RollbackArgs, wire: &Wire) -> face::Outcome {
    let request = Request {
        environment: args.environment,
        artifacts: args.artifacts,
        to_event: args.to_event,
        mode: if args.dry_run { Mode::DryRun } else { Mode::Do },
        message: args.message,
    };
    shown(rollback::run(&wire.world()?, &request))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        let environment = self.environment.as_str();
        let to = Line::new().text(" to right after event ").name(self.to_event.short());
        match self.event {
            Some(event) => {
                page.paragraph(
                    Line::new()
                        .good("rolled back ")
                        .name(environment)
                        .append(to)
                        .text(", by event ")
                        .name(event.short()),
                );
            }
            None => {
                page.paragraph(
                    Line::new().strong("nothing is recorded; ").name(environment).text(" would go back").append(to),
                );
            }
        }
        not_shared(page, self.shared);
        page.gap();
        let mut table = Table::headed(["artifact", "kind", "live before", "live after"]);
        for change in &self.changes {
            table.row([
                Line::new().name(&change.artifact),
                Line::new().faint(change.kind.word()),
                version(change.from),
                version(change.to),
            ]);
        }
        page.table(table);
        let shared: Vec<&Bundle> = self.bundles.iter().filter(|bundle| bundle.shared).collect();
        if !shared.is_empty() {
            page.gap();
            page.paragraph(Line::new().warning("also touched").text(", since they share something that goes back:"));
            let mut table = Table::headed(["prompt", "bundle before", "bundle after"]);
            for bundle in shared {
                let id = |id: Option<crate::object::BundleId>| {
                    id.map_or_else(|| Line::new().faint("none"), |id| Line::new().text(id.short()))
                };
                table.row([Line::new().name(bundle.prompt.as_str()), id(bundle.before), id(bundle.after)]);
            }
            page.table(table);
        }
        match self.event {
            Some(_) => {
                if self.changes.iter().any(|change| change.from.is_some()) {
                    page.note("What went away stays away until `chancery requalify` lets it in again.");
                }
                page.next(format!("chancery env {environment}"));
            }
            None => page.note("Run it again without `--dry-run` to do it."),
        }
    }
}

fn version(version: Option<VersionId>) -> Line {
    version.map_or_else(|| Line::new().faint("not live"), |version| Line::new().text(version.short()))
}
