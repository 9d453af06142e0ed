//! `chancery bisect`: the version that broke a case.

use std::num::{NonZeroU32, NonZeroUsize};

use super::{
    calls::LiveArgs,
    eval::show,
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    adapters::system::{alarm, interrupts},
    ops::{
        ArtifactName, Revision,
        bisect::{self, Outcome, Request, Showed, Version},
    },
    problem::counted,
    ui::{Line, Page, Progress, Table},
};

/// Find the version that broke a golden case
///
/// Halves the history of a prompt, or of a part that prompts share, between a version with which the case passes and a
/// later one with which it fails. Each version is asked with its whole bundle as it was when it was committed, the case
/// as it stands now. Without --live or --record nothing is called that costs money. A flaky case, or one without a
/// reply, ends the search: no version is ever guessed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery bisect refund-triage --case damaged-on-arrival
  chancery bisect refunds --case late --good v3 --bad production --live")]
pub(super) struct BisectArgs {
    /// The prompt, or the tool, policy, fragment or model that prompts share
    #[arg(value_name = "ARTIFACT")]
    artifact: ArtifactName,
    /// The case that broke: ID, or SUITE/ID
    #[arg(long, value_name = "ID")]
    case: String,
    /// A version with which it passes (else the oldest of which it can be asked)
    #[arg(long, value_name = "REV")]
    good: Option<Revision>,
    /// A later one with which it fails (else the file where it was changed, else the head)
    #[arg(long, value_name = "REV")]
    bad: Option<Revision>,
    /// Samples with each version (else the suite's own number)
    #[arg(long, value_name = "N")]
    repeat: Option<NonZeroU32>,
    /// Calls at once
    #[arg(long, value_name = "N", default_value = "4")]
    jobs: NonZeroUsize,
    #[command(flatten)]
    calls: LiveArgs,
}

pub(super) fn run(args: BisectArgs, wire: &Wire) -> face::Outcome {
    let progress = Progress::new(wire.console());
    let moves = wire.console().terminal().moves;
    let stop = interrupts();
    let request = Request {
        artifact: args.artifact,
        case: args.case,
        good: args.good,
        bad: args.bad,
        repeat: args.repeat,
        jobs: args.jobs,
        calls: args.calls.allowed(&stop),
        // The steps are the answer; elsewhere than on a terminal they need not be told twice.
        watch: &|step| {
            if moves {
                show(&progress, moves, step);
            }
        },
    };
    let late = alarm(args.calls.time_limit, &stop);
    let world = wire.world_asking(args.calls.pace(&stop))?;
    let outcome = bisect::run(&world, &request).map_err(|failure| args.calls.ended(failure, &late));
    progress.finish();
    shown(outcome)
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        verdict(self, page);
        page.indented(|page| {
            about(&self.bad, page);
            if let Some(failure) = &self.failure {
                page.paragraph(Line::new().text(&failure.reason));
                if !failure.excerpt.is_empty() {
                    page.paragraph(Line::new().faint("reply: ").text(&failure.excerpt));
                }
            }
        });
        for version in &self.unfit {
            page.paragraph(
                Line::new().warning(format!("{} could not be asked", version.label)).text(", so it may be that one"),
            );
        }
        if !self.also_changed.is_empty() {
            let count = counted(self.also_changed.len(), "other part");
            page.gap();
            page.line(format!("between {} and {} the bundle changed in {count} too", self.good.label, self.bad.label));
            page.indented(|page| {
                for part in &self.also_changed {
                    let id =
                        |id: Option<crate::object::VersionId>| id.map_or_else(|| "nothing".to_owned(), |id| id.short());
                    page.line(Line::new().name(&part.artifact).text(format!("  {} → {}", id(part.from), id(part.to))));
                }
            });
        }
        page.gap();
        page.table(steps(self));
        if self.cost_usd > 0.0 {
            page.note(format!("cost: {:.4} USD", self.cost_usd));
        }
        page.next(format!("chancery diff {} {}", spec(&self.artifact, &self.good), spec(&self.artifact, &self.bad)));
    }
}

fn verdict(outcome: &Outcome, page: &mut Page) {
    let case = Line::new().text("case ").name(&outcome.case).text(" of suite ").name(outcome.suite.as_str());
    let bad = format!("{} {}", outcome.artifact, outcome.bad.label);
    if outcome.first_bad.is_some() {
        page.paragraph(Line::new().strong(bad).text(" broke ").append(case));
        return;
    }
    let line = case.text(" was broken after ").name(&outcome.good.label).text(", by ").strong(bad);
    page.paragraph(line.text(" at the latest"));
}

/// Who made a version, when and why; a file was made by nobody yet.
fn about(version: &Version, page: &mut Page) {
    let id = version.version.map(|id| id.short()).unwrap_or_default();
    let (Some(person), Some(time)) = (&version.person, version.time) else {
        page.line(Line::new().name(id).text("  not committed"));
        return;
    };
    let people = version.authors.iter().fold(person.to_string(), |people, author| format!("{people}, {author}"));
    page.line(Line::new().name(id).text(format!("  {time}  {people}")));
    page.paragraph(Line::new().text(version.message.as_deref().unwrap_or_default().lines().next().unwrap_or_default()));
}

fn steps(outcome: &Outcome) -> Table {
    let mut table = Table::headed(["tried", "version", "bundle", "case", "why"]);
    for step in &outcome.steps {
        let showed = match step.showed {
            Showed::Passed => Line::new().good("passed"),
            Showed::Failed => Line::new().bad("failed"),
            Showed::Unfit => Line::new().warning("not asked"),
        };
        // Why the one in question fails stands above.
        let why = if step.showed == Showed::Unfit { step.reason.as_str() } else { "" };
        table.row([
            Line::new().name(&step.label),
            Line::from(step.version.map(|id| id.short()).unwrap_or_default()),
            Line::from(step.bundle.map(|id| id.short()).unwrap_or_default()),
            showed,
            Line::new().text(why),
        ]);
    }
    table
}

/// A version as `diff` takes it; a name alone is the file.
fn spec(artifact: &str, version: &Version) -> String {
    if version.number.is_some() { format!("{artifact}@{}", version.label) } else { artifact.to_owned() }
}
