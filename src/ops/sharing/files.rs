//! Files that were in step with their heads follow them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    super::{Failure, World, memory, restore, rules_file, standing::Standing, step::Base, working::Working},
    Dropped,
};
use crate::{governance::FILE, name::Artifact, object::Digest, workspace::FileState};

/// Under this name it is kept how the folder stood, from before the ledger moves until the files have followed: so
/// that they still do after a kill in between.
const KEPT_AS: &str = "following";

/// How the folder stood before others' events came.
#[derive(Serialize, Deserialize)]
pub(super) struct Before {
    /// What was behind its head already, and stays so: somebody wants it that way.
    behind: BTreeSet<Artifact>,
    /// What was committed here and does not hold: its file is an edit of what it was before.
    parted: Vec<(Artifact, Option<Base>)>,
    /// Whether the file of the rules was what is in force.
    rules: bool,
}

impl Before {
    /// Looks at the folder, and keeps what is seen; `None` where no ledger has begun here.
    pub(super) fn look(world: &World, dropped: &[Dropped]) -> Result<Option<Self>, Failure> {
        if world.journal.tip()?.is_none() {
            return Ok(None);
        }
        let mut before = match Self::left(world)? {
            Some(before) => before,
            None => Self::seen(world)?,
        };
        for (artifact, base) in dropped.iter().flat_map(|dropped| &dropped.bases) {
            // Of several commits in a row the first one says what the file stands on.
            if before.parted.iter().all(|(known, _)| known != artifact) {
                before.parted.push((artifact.clone(), *base));
            }
        }
        let bytes = serde_json::to_vec(&before).map_err(|error| Failure::bug(error.to_string()))?;
        world.settings.write(KEPT_AS, &bytes)?;
        Ok(Some(before))
    }

    /// How it stood when whoever was to bring files up to date was killed; what cannot be read is nothing.
    pub(super) fn left(world: &World) -> Result<Option<Self>, Failure> {
        Ok(world.settings.read(KEPT_AS)?.and_then(|kept| serde_json::from_slice(&kept.bytes).ok()))
    }

    /// Looks at the folder, and has this clone remember which files are in step.
    pub(super) fn seen(world: &World) -> Result<Self, Failure> {
        let working = Working::read(world)?;
        let items = working.judge(&working.artifacts())?;
        working.remember(&items);
        let behind = items.into_iter().filter(|item| item.state == FileState::Behind).map(|item| item.artifact);
        let in_force = working.standing.project.governance;
        let rules = world.tree.read(FILE)?.is_some_and(|bytes| Digest::of(&bytes) == in_force);
        Ok(Self { behind: behind.collect(), rules, parted: Vec::new() })
    }

    /// A folder without any files yet, which all heads are to be written into.
    pub(super) fn nothing() -> Self {
        Self { behind: BTreeSet::new(), rules: true, parted: Vec::new() }
    }

    /// Has every file follow that was in step; answers which were written or removed.
    pub(super) fn bring_up_to_date(&self, world: &World) -> Result<Vec<String>, Failure> {
        memory::rebase(world, &self.parted)?;
        let mut files = Vec::new();
        if self.rules {
            files.extend(rules(world)?);
        }
        let working = Working::read(world)?;
        for item in working.judge(&working.artifacts())? {
            if item.state == FileState::Behind && !self.behind.contains(&item.artifact) {
                files.extend(restore::follow(world, &working, item)?);
            }
        }
        if world.settings.read(KEPT_AS)?.is_some_and(|kept| !kept.bytes.is_empty()) {
            world.settings.write(KEPT_AS, b"")?;
        }
        Ok(files)
    }
}

/// The file of the rules becomes what is in force.
fn rules(world: &World) -> Result<Option<String>, Failure> {
    let standing = Standing::read(world)?;
    let in_force = standing.project.governance;
    let stands = world.tree.read(FILE)?.map(|bytes| Digest::of(&bytes));
    // After a kill the file may have been edited since it was seen to be what was in force.
    if let Some(stands) = stands
        && (stands == in_force || !world.store.has(&stands)?)
    {
        return Ok(None);
    }
    let missing =
        || Failure::refused("payload-missing", "the rules in force are not in the store").run("chancery verify");
    let bytes = world.store.get(&in_force)?.ok_or_else(missing)?;
    world.tree.write(FILE, &bytes)?;
    rules_file::keep(world, &[in_force]);
    Ok(Some(FILE.to_owned()))
}
