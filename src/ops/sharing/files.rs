//! Files that were in step with their heads follow them.

use std::collections::BTreeSet;

use super::{
    super::{Failure, World, memory, restore, rules_file, standing::Standing, step::Base, working::Working},
    Dropped,
};
use crate::{governance::FILE, name::Artifact, object::Digest, workspace::FileState};

/// How the folder stood before others' events came.
pub(super) struct Before {
    /// What was behind its head already, and stays so: somebody wants it that way.
    behind: BTreeSet<Artifact>,
    /// Whether the file of the rules was what is in force.
    rules: bool,
}

impl Before {
    /// Looks at the folder; `None` where no ledger has begun here.
    pub(super) fn look(world: &World) -> Result<Option<Self>, Failure> {
        if world.journal.tip()?.is_none() {
            return Ok(None);
        }
        let working = Working::read(world)?;
        let items = working.judge(&working.artifacts())?;
        working.remember(&items);
        let behind = items.into_iter().filter(|item| item.state == FileState::Behind).map(|item| item.artifact);
        let in_force = working.standing.project.governance;
        let rules = world.tree.read(FILE)?.is_some_and(|bytes| Digest::of(&bytes) == in_force);
        Ok(Some(Self { behind: behind.collect(), rules }))
    }

    /// A folder without any files yet, which all heads are to be written into.
    pub(super) fn nothing() -> Self {
        Self { behind: BTreeSet::new(), rules: true }
    }

    /// Has every file follow that was in step; answers which were written or removed.
    pub(super) fn bring_up_to_date(&self, world: &World, dropped: &[Dropped]) -> Result<Vec<String>, Failure> {
        // A file whose commit did not hold is an edit of what it was before.
        let mut bases: Vec<(Artifact, Option<Base>)> = Vec::new();
        for (artifact, base) in dropped.iter().flat_map(|dropped| &dropped.bases) {
            // Of several commits in a row the first one says what the file stands on.
            if bases.iter().all(|(known, _)| known != artifact) {
                bases.push((artifact.clone(), *base));
            }
        }
        memory::rebase(world, &bases)?;
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
        Ok(files)
    }
}

/// The file of the rules becomes what is in force.
fn rules(world: &World) -> Result<Option<String>, Failure> {
    let standing = Standing::read(world)?;
    let in_force = standing.project.governance;
    if world.tree.read(FILE)?.is_some_and(|bytes| Digest::of(&bytes) == in_force) {
        return Ok(None);
    }
    let missing =
        || Failure::refused("payload-missing", "the rules in force are not in the store").run("chancery verify");
    let bytes = world.store.get(&in_force)?.ok_or_else(missing)?;
    world.tree.write(FILE, &bytes)?;
    rules_file::keep(world, &[in_force]);
    Ok(Some(FILE.to_owned()))
}
