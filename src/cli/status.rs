//! `chancery status`: what is changed here, and what is live.

use super::{
    face::{self, Face, shown},
    r#override::lead,
    pull::events,
    stops,
    wire::Wire,
};
use crate::{
    ops::status::{self, Artifact, Outcome},
    ui::{Line, Page, Table, Tone},
    workspace::FileState,
};

/// Show what changed here, and what is live where
///
/// Compares every file with the version it was last in step with, the newest version, and the environments.
/// Whatever is not shared with the remote, frozen or halted is shown first.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  chancery status
  chancery status --json")]
pub(super) struct StatusArgs {}

pub(super) fn run(_args: &StatusArgs, wire: &Wire) -> face::Outcome {
    shown(status::run(&wire.world()?))
}

/// How the states are shown, what needs a person first.
const STATES: [(FileState, &str, Tone); 5] = [
    (FileState::Diverged, "edited here, and committed by others since", Tone::Bad),
    (FileState::Changed, "changed", Tone::Warning),
    (FileState::Deleted, "deleted", Tone::Warning),
    (FileState::New, "new", Tone::Good),
    (FileState::Behind, "behind the head", Tone::Faint),
];
/// More artifacts of one state than this are counted, not listed.
const LISTED: usize = 30;

impl Face for Outcome {
    fn page(&self, page: &mut Page) {
        if let Some(count) = self.unshared.filter(|count| *count > 0) {
            let said = format!(": {}, provisional until the remote confirms: chancery push", events(count));
            page.paragraph(Line::new().warning("NOT SHARED").text(said));
        }
        lead(page, &self.overrides);
        stops::lead(page, &self.stops);
        for line in &self.attention {
            page.paragraph(Line::new().warning("attention").text(": ").text(line));
        }
        page.line(Line::new().strong(&self.project).text(" at event ").text(self.event.short()));
        for (state, title, tone) in STATES {
            let of_state: Vec<&Artifact> = self.artifacts.iter().filter(|artifact| artifact.state == state).collect();
            group(page, &of_state, title, tone);
        }
        let clean = self.artifacts.iter().filter(|artifact| artifact.state == FileState::Clean).count();
        page.gap();
        page.line(match (clean, self.artifacts.len()) {
            (_, 0) => "no artifacts yet".to_owned(),
            (1, 1) => "the one file is what its head is".to_owned(),
            (all, count) if all == count => format!("all {count} files are what their heads are"),
            (0, _) => "no file is what its head is".to_owned(),
            (1, _) => "1 other is what its head is".to_owned(),
            (clean, _) => format!("{clean} others are what their heads are"),
        });
        self.live(page);
        if !self.problems.is_empty() {
            page.heading("problems");
            page.problems(&self.problems);
        }
        self.next(page);
    }
}

fn group(page: &mut Page, artifacts: &[&Artifact], title: &str, tone: Tone) {
    if artifacts.is_empty() {
        return;
    }
    page.gap();
    page.line(Line::new().toned(tone, title));
    let mut table = Table::new();
    for artifact in artifacts.iter().take(LISTED) {
        let number = if artifact.number == 0 { String::new() } else { format!("v{}", artifact.number) };
        table.row([Line::new().name(&artifact.artifact), Line::new().text(number), Line::new().faint(&artifact.path)]);
    }
    if let Some(more) = artifacts.len().checked_sub(LISTED).filter(|more| *more > 0) {
        table.row([Line::new().faint(format!("and {more} more"))]);
    }
    page.indented(|page| page.table(table));
}

impl Outcome {
    /// One line an environment: how much is live, how much differs from the heads, what is proposed.
    fn live(&self, page: &mut Page) {
        let mut table = Table::new();
        for environment in &self.environments {
            let of = |artifact: &Artifact| artifact.environments.get(environment).copied().flatten();
            let live = self.artifacts.iter().filter(|artifact| of(artifact).is_some()).count();
            let differing = self.artifacts.iter().filter(|artifact| of(artifact) != artifact.head).count();
            let differing =
                if differing == 0 { "as the heads".to_owned() } else { format!("{differing} differ from the heads") };
            let open =
                self.proposals.get(environment.as_str()).map_or_else(String::new, |open| format!("{open} proposed"));
            table.row([
                Line::new().name(environment.as_str()),
                Line::new().text(format!("{live} live")),
                Line::new().text(differing),
                Line::new().warning(open),
            ]);
        }
        page.gap();
        page.table(table);
        for line in &self.quarantined {
            let what = format!(" v{} {}, rolled back by {}", line.number, line.version.short(), line.person);
            let head = Line::new().warning("in quarantine").text(format!(" in {}: ", line.environment));
            page.paragraph(head.name(&line.artifact).text(what));
        }
        if let Some(open) = self.proposals.get("governance") {
            page.line(Line::new().warning(format!("{open} change of the rules proposed")));
        }
    }

    fn next(&self, page: &mut Page) {
        let has = |state| self.artifacts.iter().find(|artifact| artifact.state == state);
        if let Some(diverged) = has(FileState::Diverged) {
            page.next(format!("chancery merge {}", diverged.artifact));
        } else if [FileState::Changed, FileState::Deleted, FileState::New].into_iter().any(|state| has(state).is_some())
        {
            page.next("chancery commit -m \"why\"");
        } else if let Some(behind) = has(FileState::Behind) {
            page.next(format!("chancery restore {}", behind.artifact));
        } else if !self.proposals.is_empty() {
            page.next("chancery proposals");
        }
    }
}
