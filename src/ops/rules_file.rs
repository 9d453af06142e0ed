//! How `chancery.toml` stands to the rules in force: the file is edited in many places, the rules change in one.
//!
//! A file that was edited before others changed the rules still holds what was in force then. Proposing it would take
//! their change back without anybody having meant it, so it is noticed here: by the rules that were in force before,
//! and by what this clone remembers its file was last in step with.

use serde::Serialize;

use super::{Failure, World, standing::Standing, step::Steps};
use crate::{
    governance::{Change, FILE, Governance},
    ledger::GOVERNANCE,
    object::{Digest, EventId, VersionId},
    state::{ProjectRecord, State},
};

/// The name it is kept under what this clone remembers.
const KEPT_AS: &str = "rules";
/// How many proposed files are remembered.
const KEPT: usize = 16;

/// How the file stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stands {
    /// It is the rules in force, byte for byte.
    InForce,
    /// It says the same as the rules in force.
    Same,
    /// It was edited on top of the rules in force.
    Ahead,
    /// It is, byte for byte, rules that were in force before, and nobody here wrote them on top of those in force.
    Behind,
    /// It was edited on rules that were in force before, and would take back what has changed since.
    Diverged,
}

/// How rules stand to those in force.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Comparison {
    pub(super) stands: Stands,
    /// What differs from the rules in force.
    pub(super) differences: Vec<Change>,
    /// What of it takes back changes made since; empty unless it has diverged.
    pub(super) takes_back: Vec<Change>,
    /// The reign it goes back to, or stands on; none when it stands on the rules in force.
    pub(super) former: Option<Reign>,
    /// The open proposal that asks for exactly this.
    pub(super) proposal: Option<EventId>,
}

/// Rules that were in force once.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reign {
    /// The rules.
    pub(super) rules: Digest,
    /// The event that put them in force.
    pub(super) since: EventId,
    /// The event that put others in force.
    pub(super) until: EventId,
}

/// Compares the file, and remembers when it is the rules in force.
pub(super) fn compare(
    world: &World,
    standing: &Standing<'_>,
    file: Digest,
    written: &Governance,
) -> Result<Comparison, Failure> {
    let remembered = recall(world);
    if file == standing.project.governance && remembered != [file] {
        keep(world, &[file]);
    }
    let unmodified = file != standing.project.governance
        && Steps::open(world)?.is_unmodified(&[FILE.to_owned()], VersionId(file))?;
    weigh(world, standing, file, written, Origin { known: &remembered, unmodified })
}

/// Where rules come from, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'a> {
    /// Rules that they were in step with; none where nothing is remembered.
    pub(super) known: &'a [Digest],
    /// Whether git calls them unmodified: then nobody has just edited them.
    pub(super) unmodified: bool,
}

/// Compares rules of this origin.
pub(super) fn weigh(
    world: &World,
    standing: &Standing<'_>,
    file: Digest,
    written: &Governance,
    origin: Origin<'_>,
) -> Result<Comparison, Failure> {
    let in_force = standing.project.governance;
    let mut found = Comparison {
        stands: Stands::InForce,
        differences: standing.governance.differences(written),
        takes_back: Vec::new(),
        former: None,
        proposal: proposal(standing, file)?,
    };
    if file == in_force {
        return Ok(found);
    }
    let former = reigns(world, standing)?;
    let on_top = origin.known.contains(&in_force);
    // What was in force before and was written again on top of these rules is meant, unless it came with git.
    if let Some(reign) = former.iter().find(|reign| reign.rules == file)
        && (origin.unmodified || !on_top)
    {
        return Ok(Comparison { stands: Stands::Behind, former: Some(reign.clone()), ..found });
    }
    if found.differences.is_empty() {
        return Ok(Comparison { stands: Stands::Same, ..found });
    }
    // Where nothing is remembered the file may stand on the rules before these: in doubt it does.
    let base = former.iter().find(|reign| origin.known.contains(&reign.rules)).or(former.first());
    let base = base.filter(|_| !on_top);
    if let Some(reign) = base {
        let since = standing.payload.governance(&reign.rules)?.differences(&standing.governance);
        let back = |change: &&Change| since.iter().any(|new| new.path == change.path && new.from == change.to);
        found.takes_back = found.differences.iter().filter(back).cloned().collect();
    }
    if found.takes_back.is_empty() {
        return Ok(Comparison { stands: Stands::Ahead, ..found });
    }
    Ok(Comparison { stands: Stands::Diverged, former: base.cloned(), ..found })
}

/// The open proposal that asks for exactly these rules in place of those in force.
pub(super) fn proposal(standing: &Standing<'_>, file: Digest) -> Result<Option<EventId>, Failure> {
    let asks = |record: &crate::state::ProposalRecord| {
        let change = record.proposal.governance.as_ref();
        change.is_some_and(|change| change.to == file && change.from == standing.project.governance)
    };
    Ok(standing.state().open(GOVERNANCE)?.into_iter().find(asks).map(|record| record.id))
}

/// Every reign before the rules in force, newest first.
pub(super) fn reigns(world: &World, standing: &Standing<'_>) -> Result<Vec<Reign>, Failure> {
    let mut reigns = Vec::new();
    let mut newer = standing.project.clone();
    while let Some(older) = before(world, standing, &newer)? {
        reigns.push(Reign { rules: older.governance, since: older.since, until: newer.since });
        newer = older;
    }
    Ok(reigns)
}

/// The project as it was right before the event that put these rules in force.
fn before(world: &World, standing: &Standing<'_>, newer: &ProjectRecord) -> Result<Option<ProjectRecord>, Failure> {
    let placed = standing.state().placed(newer.since)?;
    let Some(seq) = placed.and_then(|placed| placed.seq.checked_sub(1)).filter(|seq| *seq > 0) else {
        return Ok(None);
    };
    Ok(State::new(world.journal.state(seq)?.as_ref()).project()?)
}

/// The file was just written as the rules in force.
pub(super) fn in_step(world: &World, rules: Digest) {
    keep(world, &[rules]);
}

/// The file was just proposed: once it is in force, the file stands on it.
pub(super) fn proposed(world: &World, rules: Digest) {
    let mut known = recall(world);
    known.retain(|digest| *digest != rules);
    known.push(rules);
    let first = known.len().saturating_sub(KEPT);
    keep(world, known.get(first..).unwrap_or_default());
}

/// What the file was last in step with, and what was proposed of it since; what is lost or damaged is not known.
fn recall(world: &World) -> Vec<Digest> {
    let kept = world.settings.read(KEPT_AS).ok().flatten().map(|kept| kept.bytes).unwrap_or_default();
    String::from_utf8_lossy(&kept).lines().filter_map(|line| line.parse().ok()).collect()
}

/// Whatever a clone remembers may be lost; then more is asked, never less.
pub(super) fn keep(world: &World, known: &[Digest]) {
    let lines: Vec<String> = known.iter().map(ToString::to_string).collect();
    let _ = world.settings.write(KEPT_AS, lines.join("\n").as_bytes());
}
