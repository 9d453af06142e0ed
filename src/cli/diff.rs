//! `chancery diff`: what changed, and of what class.

use std::num::{NonZeroU32, NonZeroUsize};

use super::{
    calls::LiveArgs,
    changes,
    eval::show,
    face::{self, Face, shown},
    wire::Wire,
};
use crate::{
    adapters::system::{alarm, interrupts},
    ops::{
        Failure, Look, Spec,
        diff::{self, Outcome, Request, Sides, behaviour},
    },
    ui::{Line, Page, Progress, Table},
};

/// Show what changed between two versions, and its class
///
/// With one SPEC, from its newest version, or the one it names, to the file; with none, everything that changed
/// here. With two, a name alone means its file. With --behaviour the golden cases of the new side are run on both, and
/// those that flip are shown with both replies; without --live or --record nothing is called that costs money.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery diff refund-triage@production refund-triage
  chancery diff --behaviour refund-triage")]
pub(super) struct DiffArgs {
    /// The old side, or the only one
    #[arg(value_name = "A")]
    old: Option<Spec>,
    /// The new side
    #[arg(value_name = "B")]
    new: Option<Spec>,
    #[command(flatten)]
    view: View,
    /// Answer no (exit 1) when something differs, with --behaviour when a case flips
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    running: Running,
}

/// How golden cases are run.
#[derive(Debug, clap::Args)]
struct Running {
    /// With --behaviour: samples of each case (else the suite's own number)
    #[arg(long, value_name = "N", requires = "behaviour")]
    repeat: Option<NonZeroU32>,
    /// With --behaviour: calls at once
    #[arg(long, value_name = "N", default_value = "4")]
    jobs: NonZeroUsize,
    /// With --behaviour: only cases with this tag or id
    #[arg(long, value_name = "TAG|ID", requires = "behaviour")]
    filter: Option<String>,
    #[command(flatten)]
    calls: LiveArgs,
}

/// How the change is shown; lines unless said otherwise.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct View {
    /// Mark changed words
    #[arg(long)]
    words: bool,
    /// Count only
    #[arg(long)]
    stat: bool,
    /// Compare what a model would get for this golden case
    #[arg(long, value_name = "CASE")]
    rendered: Option<String>,
    /// Run golden cases on both sides and show those that flip
    #[arg(long)]
    behaviour: bool,
}

pub(super) fn run(args: DiffArgs, wire: &Wire) -> face::Outcome {
    let sides = match (args.old, args.new) {
        (None, _) => Sides::All,
        (Some(spec), None) => Sides::ToFile(spec),
        (Some(old), Some(new)) => Sides::Between(old, new),
    };
    if args.view.behaviour {
        return behaviour(sides, args.running, args.exit_code, wire);
    }
    if args.running.calls.are_given() {
        return Err(Failure::usage("only `--behaviour` calls models").say("add `--behaviour`"));
    }
    let look = match args.view {
        View { words: true, .. } => Look::Words,
        View { stat: true, .. } => Look::Counts,
        View { .. } => Look::Lines,
    };
    shown(diff::run(&wire.world()?, &Request { sides, look, rendered: args.view.rendered, exit_code: args.exit_code }))
}

/// Golden cases on both sides.
fn behaviour(sides: Sides, running: Running, exit_code: bool, wire: &Wire) -> face::Outcome {
    let progress = Progress::new(wire.console());
    let moves = wire.console().terminal().moves;
    let stop = interrupts();
    let request = behaviour::Request {
        sides,
        repeat: running.repeat,
        jobs: running.jobs,
        filter: running.filter,
        calls: running.calls.allowed(&stop),
        exit_code,
        watch: &|step| show(&progress, moves, step),
    };
    let late = alarm(running.calls.time_limit, &stop);
    let world = wire.world_asking(running.calls.pace(&stop))?;
    let outcome = behaviour::run(&world, &request).map_err(|failure| running.calls.ended(failure, &late));
    progress.finish();
    shown(outcome)
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        for problem in &self.problems {
            page.warn(format!("`{}` is left out: {}", problem.path, problem.message));
        }
        if self.artifacts.is_empty() {
            page.line("nothing differs");
        } else if self.artifacts.iter().all(|one| one.changes.iter().all(is_counted)) {
            stat(page, self);
        } else {
            spelled_out(page, self);
        }
        if self.uncommitted {
            page.next("chancery commit -m \"why\"");
        }
    }
}

/// Whether a change is shown by its counts alone.
fn is_counted(change: &crate::ops::FileChange) -> bool {
    change.hunks.is_empty() && change.words.is_empty()
}

fn stat(page: &mut Page, outcome: &Outcome) {
    let mut table = Table::new();
    for one in &outcome.artifacts {
        table.row([
            Line::new().name(&one.artifact),
            Line::new().text(format!("{} → {}", one.from_label, one.to_label)),
            Line::new().text(one.class.word()),
            changes::counts(one.insertions, one.deletions),
        ]);
    }
    if outcome.artifacts.len() > 1 {
        let count = format!("{} artifacts", outcome.artifacts.len());
        table.row([
            Line::new().strong(count),
            Line::new(),
            Line::new(),
            changes::counts(outcome.insertions, outcome.deletions),
        ]);
    }
    page.table(table);
}

fn spelled_out(page: &mut Page, outcome: &Outcome) {
    for (at, one) in outcome.artifacts.iter().enumerate() {
        if at > 0 {
            page.gap();
        }
        let sides = format!("  {} → {}  {}  ", one.from_label, one.to_label, one.class);
        page.line(Line::new().strong(&one.artifact).text(sides).append(changes::counts(one.insertions, one.deletions)));
        if one.changes.len() > 1 || !one.changes.iter().all(is_counted) {
            changes::write(page, &one.changes);
        }
    }
}
