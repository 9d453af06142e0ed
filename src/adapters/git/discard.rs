//! Payload without some of it: one new root in place of the history, and no other ref that leads to the old one.

use std::collections::{BTreeSet, HashSet};

use git2::{ObjectType, Odb, Oid, Repository};

use super::{
    GitStore,
    batch::Batch,
    commit,
    failure::{Failure, failed},
    objects,
    refs::{self, LEDGER, PAYLOAD},
    store::sharded,
    tree::Edits,
    trees::Trees,
};
use crate::object::Digest;

const WHAT: &str = "cannot take payload away";

impl GitStore {
    /// Every digest in the payload, sorted.
    pub(super) fn held_payload(&self) -> Result<Vec<Digest>, Failure> {
        let repository = self.repository()?;
        let odb = odb(&repository)?;
        let Some(head) = refs::target(&repository, PAYLOAD)? else { return Ok(Vec::new()) };
        let mut folders = vec![objects::tree_of(&odb, head)?];
        let mut held = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in objects::tree(&odb, folder)? {
                if entry.folder {
                    folders.push(entry.id);
                } else {
                    held.extend(entry.name.parse::<Digest>().ok());
                }
            }
        }
        held.sort();
        Ok(held)
    }

    /// What of this payload any ref leads to.
    pub(super) fn kept_payload(&self, payload: &BTreeSet<Digest>) -> Result<BTreeSet<Digest>, Failure> {
        let repository = self.repository()?;
        let odb = odb(&repository)?;
        let mut kept = BTreeSet::new();
        for (_, head) in other_refs(&repository)?.into_iter().chain(payload_ref(&repository)?) {
            kept.extend(reached(&odb, self.trees(), head, payload)?);
        }
        Ok(kept)
    }

    /// Puts one new root in the place of the payload's history, and removes every other ref that leads to what goes.
    ///
    /// The caller holds the lock.
    pub(super) fn uproot(&self, payload: &BTreeSet<Digest>) -> Result<(), Failure> {
        let repository = self.repository()?;
        while !self.replant(&repository, payload)? {}
        let odb = odb(&repository)?;
        for (name, head) in other_refs(&repository)? {
            if !reached(&odb, self.trees(), head, payload)?.is_empty() {
                self.failpoint().step();
                let mut found = repository.find_reference(&name).map_err(failed(WHAT, &name))?;
                found.delete().map_err(failed(WHAT, &name))?;
            }
        }
        Ok(())
    }

    /// One new root without what goes; `false` when the ref moved meanwhile.
    fn replant(&self, repository: &Repository, payload: &BTreeSet<Digest>) -> Result<bool, Failure> {
        let Some(head) = refs::target(repository, PAYLOAD)? else { return Ok(true) };
        match self.pruned(repository, head, payload)? {
            Some(root) => refs::swap(repository, PAYLOAD, Some(head), root, self.failpoint()),
            None => Ok(true),
        }
    }

    /// A root with everything of a history's end but what goes; `None` where it holds nothing of that anywhere.
    pub(super) fn pruned(
        &self,
        repository: &Repository,
        head: Oid,
        payload: &BTreeSet<Digest>,
    ) -> Result<Option<Oid>, Failure> {
        let odb = odb(repository)?;
        if reached(&odb, self.trees(), head, payload)?.is_empty() {
            return Ok(None);
        }
        let (mut batch, mut edits) = (Batch::default(), Edits::default());
        for id in payload {
            edits.add(&sharded(&id.hex()), None);
        }
        let tree = match edits.apply(&odb, self.trees(), Some(objects::tree_of(&odb, head)?), &mut batch)? {
            Some(tree) => tree,
            None => batch.add(ObjectType::Tree, Vec::new())?,
        };
        // Without a time: every clone that purges the same makes the same root.
        let root = batch.add(ObjectType::Commit, commit::of_payload(tree, &[], 0))?;
        batch.keep(repository, self.failpoint())?;
        Ok(Some(root))
    }
}

fn odb(repository: &Repository) -> Result<Odb<'_>, Failure> {
    repository.odb().map_err(failed(WHAT, repository.path().display()))
}

fn payload_ref(repository: &Repository) -> Result<Option<(String, Oid)>, Failure> {
    Ok(refs::target(repository, PAYLOAD)?.map(|head| (PAYLOAD.to_owned(), head)))
}

/// Every ref but our two: what remotes had when they were last seen.
fn other_refs(repository: &Repository) -> Result<Vec<(String, Oid)>, Failure> {
    let mut found = Vec::new();
    for reference in repository.references().map_err(failed(WHAT, "refs"))? {
        let reference = reference.map_err(failed(WHAT, "refs"))?;
        let (Ok(name), Some(target)) = (reference.name(), reference.target()) else { continue };
        if name != LEDGER && name != PAYLOAD {
            found.push((name.to_owned(), target));
        }
    }
    Ok(found)
}

/// What of this payload a history holds, at its end or anywhere before.
///
/// An event's commit holds none, and events stand only after events. What is no commit of ours holds nothing that
/// payload is looked for in.
fn reached(odb: &Odb<'_>, trees: &Trees, head: Oid, payload: &BTreeSet<Digest>) -> Result<BTreeSet<Digest>, Failure> {
    let (mut waiting, mut seen, mut found) = (vec![head], HashSet::new(), BTreeSet::new());
    while let Some(id) = waiting.pop() {
        if found.len() == payload.len() || !seen.insert(id) {
            continue;
        }
        let Ok(bytes) = objects::read(odb, id, ObjectType::Commit) else { continue };
        let Ok(commit) = commit::parse(&bytes) else { continue };
        if commit::trailer(&commit.message, "Chancery-Act").is_some() {
            continue;
        }
        waiting.extend(&commit.parents);
        if seen.insert(commit.tree) {
            for id in payload {
                if !found.contains(id) && objects::find(odb, trees, commit.tree, &sharded(&id.hex()))?.is_some() {
                    found.insert(*id);
                }
            }
        }
    }
    Ok(found)
}
