//! Payload that arrived joins ours: piece by piece, each only under the SHA-256 of its bytes.

use git2::{ObjectType, Odb, Oid, Repository};

use super::{
    batch::Batch,
    commit,
    failure::{Failure, failed},
    objects,
    refs::{self, PAYLOAD},
    store::sharded,
    tree::Edits,
    trees::Trees,
};
use crate::{adapters::Failpoint, ledger::Absorbed, object::Digest};

/// Folders above a piece of payload.
const LEVELS: usize = 3;

/// What two trees of payload differ by.
#[derive(Default)]
struct Difference {
    /// Pieces only the second has, or has otherwise.
    gained: Vec<(String, Oid)>,
    /// Names only the first has.
    lost: Vec<String>,
    /// Entries of the second that are no payload.
    strange: u64,
}

/// Joins the payload that `theirs` leads to with ours. `before` is what the remote had when it last confirmed.
///
/// `None`: the ref moved meanwhile; begin again.
pub(super) fn join(
    repository: &Repository,
    trees: &Trees,
    theirs: Option<Oid>,
    before: Option<Oid>,
    gone: &dyn Fn(&Digest) -> bool,
    failpoint: &Failpoint,
) -> Result<Option<Absorbed>, Failure> {
    let odb = repository.odb().map_err(failed("cannot join payload", PAYLOAD))?;
    let ours = refs::target(repository, PAYLOAD)?;
    let our_tree = tree_of(&odb, ours)?;
    // What somebody else made and is no payload of ours is left where it is.
    let their_tree = tree_of(&odb, theirs).unwrap_or_default();
    let mut absorbed = Absorbed::default();
    if let Some(before) = before {
        let difference = compare(&odb, tree_of(&odb, Some(before))?, their_tree)?;
        let dropped = difference.lost.iter().filter_map(|name| name.parse().ok());
        absorbed.dropped = dropped.filter(|id| !gone(id)).collect();
    }
    let difference = compare(&odb, our_tree, their_tree)?;
    absorbed.refused = difference.strange;
    let (mut edits, mut batch) = (Edits::default(), Batch::default());
    for (name, blob) in difference.gained {
        let id = objects::payload(&odb, blob).ok().map(|bytes| Digest::of(&bytes));
        let Some(id) = id.filter(|id| id.hex() == name) else {
            absorbed.refused += 1;
            continue;
        };
        if gone(&id) {
            absorbed.purged += 1;
        } else {
            absorbed.new += 1;
            edits.add(&sharded(&name), Some(blob));
        }
    }
    let clean = absorbed.refused == 0 && absorbed.purged == 0;
    let theirs = theirs.filter(|_| clean && their_tree.is_some());
    let to = match theirs {
        // All of ours is there: what is pushed after it goes on from it.
        Some(theirs) if difference.lost.is_empty() => theirs,
        Some(theirs) if absorbed.new == 0 && goes_on(repository, ours, theirs)? => return Ok(Some(absorbed)),
        None if absorbed.new == 0 => return Ok(Some(absorbed)),
        _ => {
            let tree = edits.apply(&odb, trees, our_tree, &mut batch)?;
            let Some(tree) = tree else { return Ok(Some(absorbed)) };
            let parents: Vec<Oid> = ours.into_iter().chain(theirs).collect();
            let time = refs::newest(repository, &parents)?;
            batch.add(ObjectType::Commit, commit::of_payload(tree, &parents, time))?
        }
    };
    batch.keep(repository, failpoint)?;
    let moved = ours == Some(to) || refs::swap(repository, PAYLOAD, ours, to, failpoint)?;
    Ok(moved.then_some(absorbed))
}

/// Whether our payload goes on from theirs.
pub(super) fn goes_on(repository: &Repository, ours: Option<Oid>, theirs: Oid) -> Result<bool, Failure> {
    let Some(ours) = ours else { return Ok(false) };
    let descends = repository.graph_descendant_of(ours, theirs);
    Ok(ours == theirs || descends.map_err(failed("cannot join payload", theirs))?)
}

fn tree_of(odb: &Odb<'_>, commit: Option<Oid>) -> Result<Option<Oid>, Failure> {
    commit.map(|id| objects::tree_of(odb, id)).transpose()
}

fn compare(odb: &Odb<'_>, one: Option<Oid>, other: Option<Oid>) -> Result<Difference, Failure> {
    let mut difference = Difference::default();
    walk(odb, one, other, "", &mut difference)?;
    Ok(difference)
}

/// Compares two folders; where they are the same tree, nothing below is read.
fn walk(
    odb: &Odb<'_>,
    one: Option<Oid>,
    other: Option<Oid>,
    above: &str,
    found: &mut Difference,
) -> Result<(), Failure> {
    if one == other {
        return Ok(());
    }
    let levels = LEVELS.saturating_sub(above.len() / 2);
    let entries = |id: Option<Oid>| id.map_or(Ok(Vec::new()), |id| objects::tree(odb, id));
    let ones = entries(one)?;
    let others = entries(other).unwrap_or_else(|_| {
        found.strange += 1;
        Vec::new()
    });
    for entry in &ones {
        let same = others.iter().find(|there| there.name == entry.name && there.folder == entry.folder);
        if entry.folder && levels > 0 {
            let below = format!("{above}{}/", entry.name);
            walk(odb, Some(entry.id), same.map(|there| there.id), &below, found)?;
        } else if !entry.folder && same.is_none_or(|there| there.id != entry.id) {
            found.lost.push(entry.name.clone());
        }
    }
    for entry in &others {
        let same = ones.iter().find(|here| here.name == entry.name && here.folder == entry.folder);
        match (entry.folder, levels) {
            (true, 0) | (false, 1..) => found.strange += 1,
            _ if same.is_some() => {}
            // Of payload the folders are one digit each.
            (true, _) if entry.name.len() != 1 => found.strange += 1,
            (true, _) => walk(odb, None, Some(entry.id), &format!("{above}{}/", entry.name), found)?,
            (false, _) if sharded(&entry.name) != format!("{above}{}", entry.name) => found.strange += 1,
            (false, _) => found.gained.push((entry.name.clone(), entry.id)),
        }
    }
    Ok(())
}
