//! `chancery env`: what is live.

use super::{
    face::{self, Face, shown},
    r#override::lead,
    stops, values,
    wire::Wire,
};
use crate::{
    clock::Time,
    name::Environment,
    ops::{
        Quarantined,
        env::{self, GateWord, LiveBundle, Outcome, Request, Stage},
    },
    ui::{Line, Page, Table},
};

/// Show what is live, since when, and through which event
///
/// Without an environment, all of them. With --at, as it was at that moment.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery env production
  chancery env production --at 2026-11-20T08:00:00Z")]
pub(super) struct EnvArgs {
    /// The environment (else all)
    #[arg(value_name = "ENV")]
    environment: Option<Environment>,
    /// As it was at this time, RFC 3339
    #[arg(long, value_name = "TIME", value_parser = values::time)]
    at: Option<Time>,
}

pub(super) fn run(args: EnvArgs, wire: &Wire) -> face::Outcome {
    shown(env::run(&wire.world()?, &Request { environment: args.environment, at: args.at }))
}

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        if let Some(at) = self.at {
            page.line(
                Line::new().text("As of ").strong(at.to_string()).text(", after event ").name(self.event.short()),
            );
        }
        lead(page, &self.overrides);
        for stage in &self.environments {
            show(stage, page);
        }
        if let [stage] = self.environments.as_slice()
            && let Some(bundle) = stage.bundles.first()
            && self.at.is_none()
        {
            page.next(format!("chancery why {} {}", stage.name, bundle.prompt));
        }
    }
}

fn show(stage: &Stage, page: &mut Page) {
    let gate = match stage.gate {
        GateWord::Open => "open",
        GateWord::Gated => "gated",
    };
    let from = stage.after.as_ref().map_or_else(|| "takes heads".to_owned(), |after| format!("after {after}"));
    page.heading(stage.name.to_string());
    page.indented(|page| {
        stops::lead(page, &stage.stops);
        let Some((event, moved)) = stage.event.zip(stage.moved) else {
            page.line(Line::new().text("nothing was ever live here; ").faint(format!("{gate}, {from}")));
            return;
        };
        page.line(Line::new().faint(format!("{gate}, {from}; last moved {moved} by ")).name(event.short()));
        if stage.provisional {
            page.line(Line::new().warning("NOT SHARED").text(": provisional until the remote has that event"));
        }
        if stage.artifacts.is_empty() {
            page.line("nothing is live here");
        } else {
            artifacts(stage, page);
            bundles(&stage.bundles, page);
        }
        quarantined(page, &stage.quarantined);
    });
}

/// What rollbacks took away, and how it may come back.
fn quarantined(page: &mut Page, list: &[Quarantined]) {
    for line in list {
        page.gap();
        page.paragraph(quarantine(line));
        page.indented(|page| page.line(Line::new().faint(format!("chancery requalify {} -m \"…\"", line.spec()))));
    }
}

/// One version in quarantine, in a line.
pub(super) fn quarantine(line: &Quarantined) -> Line {
    let what =
        format!(" v{} {} was rolled back by {} at {}", line.number, line.version.short(), line.person, line.time);
    let because = line.message.lines().next().unwrap_or_default();
    Line::new().warning("in quarantine").text(": ").name(&line.artifact).text(what).text(format!(": {because}"))
}

fn artifacts(stage: &Stage, page: &mut Page) {
    let mut table = Table::headed(["artifact", "kind", "version", "", "since", "event"]);
    for live in &stage.artifacts {
        let event = Line::new().text(live.event.short());
        table.row([
            Line::new().name(&live.artifact),
            Line::new().faint(live.kind.word()),
            Line::new().text(format!("v{}", live.number)),
            Line::new().text(live.version.short()),
            Line::new().text(live.since.to_string()),
            if live.adopted { event.warning(" adopted") } else { event },
        ]);
    }
    page.table(table);
}

fn bundles(bundles: &[LiveBundle], page: &mut Page) {
    for bundle in bundles {
        page.gap();
        match (bundle.bundle, &bundle.stamp) {
            (Some(id), Some(stamp)) => {
                let head = Line::new().text("bundle ").name(id.short()).text(" of ").name(bundle.prompt.as_str());
                let head = head.text(format!(" since {}", bundle.since));
                page.line(if bundle.halted { head.bad(", halted") } else { head });
                page.indented(|page| page.line(Line::new().faint("stamp ").text(stamp)));
            }
            _ => page.paragraph(
                Line::new()
                    .name(bundle.prompt.as_str())
                    .warning(" is not whole")
                    .text(format!(": {} is not live here", bundle.missing.join(", "))),
            ),
        }
    }
}
