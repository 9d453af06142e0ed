//! `status`: what changed here, and what is live where.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Answer, Failure, World, overrides,
    quarantine::{self, Quarantined},
    rules_file::{self, Stands},
    sharing, stopping,
    working::{Item, Working},
};
use crate::{
    governance::{FILE, Governance},
    name::{Environment, Kind},
    object::{Digest, EventId, VersionId},
    problem::Problem,
    report::{OverrideLine, StopLine},
    workspace::{FileState, Labels},
};

/// The folder beside the heads and the environments.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The project's name.
    pub project: String,
    /// The newest event.
    pub event: EventId,
    /// Everything that is frozen or halted.
    pub stops: Vec<StopLine>,
    /// Every artifact, sorted.
    pub artifacts: Vec<Artifact>,
    /// How many proposals are open, by environment; `governance` for the rules.
    pub proposals: BTreeMap<String, usize>,
    /// How many events of this clone the remote has not confirmed; none without a remote.
    pub unshared: Option<u64>,
    /// How `chancery.toml` stands to the rules in force; absent where it cannot be read as rules.
    pub rules: Option<Stands>,
    /// Overrides that nobody has reviewed yet.
    pub overrides: Vec<OverrideLine>,
    /// What rollbacks took away from environments and nobody has let in again.
    pub quarantined: Vec<Quarantined>,
    /// What somebody should look at, one line each.
    pub attention: Vec<String>,
    /// What is wrong with files as they stand.
    pub problems: Vec<Problem>,
    /// The environments in the order of the rules.
    #[serde(skip)]
    pub environments: Vec<Environment>,
}

/// One artifact.
#[derive(Debug, Serialize)]
pub struct Artifact {
    /// As it is typed.
    pub artifact: String,
    /// Its kind.
    pub kind: Kind,
    /// Its file.
    pub path: String,
    /// How its file stands to its head.
    pub state: FileState,
    /// The newest committed version; none while there is none, or once it is deleted.
    pub head: Option<VersionId>,
    /// How many commits it has had.
    pub number: u64,
    /// What is live of it, by environment.
    pub environments: BTreeMap<Environment, Option<VersionId>>,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.status/1";
}

/// Looks at every file; those this clone remembers unchanged are not read.
///
/// # Errors
///
/// When the folder or the state cannot be read; what is wrong with single files is in the answer.
pub fn run(world: &World) -> Result<Outcome, Failure> {
    let working = Working::glance(world)?;
    let items = working.judge(&working.artifacts())?;
    working.remember(&items);
    let environments: Vec<Environment> =
        working.standing.governance.environments.iter().map(|rules| rules.name.clone()).collect();
    let mut live = Vec::new();
    for environment in &environments {
        let records = working.standing.state().all_live(environment)?;
        let versions: BTreeMap<String, VersionId> =
            records.into_iter().map(|record| (record.artifact.key(), record.version)).collect();
        live.push((environment.clone(), versions));
    }
    let labels = working.names().labels();
    let artifacts = items.iter().map(|item| artifact(item, &labels, &live)).collect();
    let mut problems = working.found.problems.clone();
    problems.extend(items.into_iter().filter_map(|item| item.problem));
    problems.sort();
    problems.dedup();
    let (rules, said) = rules(world, &working)?;
    Ok(Outcome {
        project: working.standing.governance.project.clone(),
        event: working.standing.tip.event,
        stops: stopping::all(&working.standing)?,
        artifacts,
        proposals: open(&working, &environments)?,
        unshared: sharing::unshared(world)?,
        rules,
        overrides: overrides::everywhere(world, &working.standing)?,
        quarantined: quarantined(&working, &environments)?,
        attention: attention(&working, said),
        problems,
        environments,
    })
}

fn artifact(item: &Item, labels: &Labels, live: &[(Environment, BTreeMap<String, VersionId>)]) -> Artifact {
    let key = item.artifact.key();
    Artifact {
        artifact: labels.of(&item.artifact),
        kind: item.artifact.kind,
        path: item.path.clone(),
        state: item.state,
        head: item.head.as_ref().and_then(|head| head.version),
        number: item.head.as_ref().map_or(0, |head| head.number),
        environments: live.iter().map(|(name, versions)| (name.clone(), versions.get(&key).copied())).collect(),
    }
}

fn open(working: &Working<'_>, environments: &[Environment]) -> Result<BTreeMap<String, usize>, Failure> {
    let mut open = BTreeMap::new();
    for name in environments.iter().map(Environment::as_str).chain([crate::ledger::GOVERNANCE]) {
        let count = working.standing.state().open(name)?.len();
        if count > 0 {
            open.insert(name.to_owned(), count);
        }
    }
    Ok(open)
}

fn quarantined(working: &Working<'_>, environments: &[Environment]) -> Result<Vec<Quarantined>, Failure> {
    let mut found = Vec::new();
    for environment in environments {
        found.extend(quarantine::all(&working.standing, environment)?);
    }
    Ok(found)
}

fn attention(working: &Working<'_>, rules: Option<String>) -> Vec<String> {
    let mut lines: Vec<String> = rules.into_iter().collect();
    if working.forgot {
        lines.push(
            "what this clone remembered of its files was damaged and is begun anew; edited files may show as diverged"
                .to_owned(),
        );
    }
    lines
}

/// How the rules of the file stand to those in force, and what to say of it.
fn rules(world: &World, working: &Working<'_>) -> Result<(Option<Stands>, Option<String>), Failure> {
    let standing = &working.standing;
    let Some(bytes) = world.tree.read(FILE)? else {
        let line = "`chancery.toml` is not there; `chancery governance restore` writes the rules in force";
        return Ok((None, Some(line.to_owned())));
    };
    let Ok((written, _)) = Governance::parse(FILE, &bytes) else {
        return Ok((None, Some("`chancery.toml` cannot be read as rules; see `chancery check`".to_owned())));
    };
    let found = rules_file::compare(world, standing, Digest::of(&bytes), &written)?;
    let line = match (found.stands, found.proposal) {
        (Stands::InForce | Stands::Same, _) => None,
        (_, Some(proposal)) => Some(format!(
            "`chancery.toml` is what {0} asks for and is not in force yet; see `chancery review {0}`",
            proposal.short()
        )),
        (Stands::Ahead, None) => Some(
            "`chancery.toml` was edited and is not in force; see `chancery governance diff`, then \
             `chancery propose governance`"
                .to_owned(),
        ),
        (Stands::Behind, None) => Some(format!(
            "`chancery.toml` holds rules that event {} replaced; `chancery governance restore` brings it up to date",
            standing.project.since.short()
        )),
        (Stands::Diverged, None) => Some(
            "`chancery.toml` was edited on rules that have changed since; see `chancery governance diff`".to_owned(),
        ),
    };
    Ok((Some(found.stands), line))
}
