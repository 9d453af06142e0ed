//! Payload: blobs under their SHA-256 in a tree that only grows.

use std::collections::BTreeSet;

use git2::{ErrorClass, ErrorCode, ObjectType, Odb, Oid, Repository};

use super::{
    GitStore,
    batch::Batch,
    commit,
    failure::{Failure, failed},
    objects,
    refs::{self, PAYLOAD},
    tree::Edits,
    trees::Trees,
};
use crate::{
    adapters::Failpoint,
    object::{Digest, Prefix, Store, StoreError},
};

impl Store for GitStore {
    fn put(&self, contents: &[&[u8]]) -> Result<Vec<Digest>, StoreError> {
        let ids: Vec<Digest> = contents.iter().map(|bytes| Digest::of(bytes)).collect();
        let missing = |repository: &Repository| -> Result<bool, Failure> {
            let payload = Payload::open(repository, self.trees())?;
            for id in &ids {
                if payload.find(id)?.is_none() {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        if missing(&*self.repository()?)? {
            let _guard = self.file_lock()?;
            // Whoever moves the ref without our lock (a fetch) wins; then what is missing is found out again.
            while !add(&*self.repository()?, self.trees(), &ids, contents, self.failpoint())? {}
        }
        Ok(ids)
    }

    fn get(&self, id: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let repository = self.repository()?;
        let payload = Payload::open(&repository, self.trees())?;
        let Some(blob) = payload.find(id)? else { return Ok(None) };
        let bytes = match payload.odb.read(blob) {
            Ok(object) => object.data().to_vec(),
            Err(error) if is_damage(&error) => return Err(StoreError::Corrupt { id: *id }),
            Err(error) => return Err(Failure::new("cannot read payload", id, error.message()).into()),
        };
        if Digest::of(&bytes) == *id { Ok(Some(bytes)) } else { Err(StoreError::Corrupt { id: *id }) }
    }

    fn has(&self, id: &Digest) -> Result<bool, StoreError> {
        Ok(Payload::open(&*self.repository()?, self.trees())?.find(id)?.is_some())
    }

    fn with_prefix(&self, prefix: &Prefix) -> Result<Vec<Digest>, StoreError> {
        let repository = self.repository()?;
        let payload = Payload::open(&repository, self.trees())?;
        let folder = sharded(prefix.as_str());
        let Some(folder) = folder.rsplit_once('/').map(|(folder, _)| folder) else { return Ok(Vec::new()) };
        let Some(root) = payload.root else { return Ok(Vec::new()) };
        let Some(folder) = objects::find(&payload.odb, payload.trees, root, folder)? else { return Ok(Vec::new()) };
        let entries = objects::tree(&payload.odb, folder.id)?;
        Ok(entries.iter().filter_map(|entry| entry.name.parse().ok()).filter(|id| prefix.matches(id)).collect())
    }
}

/// Whether git refused an object for its bytes.
fn is_damage(error: &git2::Error) -> bool {
    error.code() == ErrorCode::HashsumMismatch || matches!(error.class(), ErrorClass::Zlib | ErrorClass::Object)
}

/// The payload as one commit holds it.
struct Payload<'r> {
    odb: Odb<'r>,
    trees: &'r Trees,
    head: Option<Oid>,
    root: Option<Oid>,
}

impl<'r> Payload<'r> {
    fn open(repository: &'r Repository, trees: &'r Trees) -> Result<Self, Failure> {
        let odb = repository.odb().map_err(failed("cannot read payload", repository.path().display()))?;
        let head = refs::target(repository, PAYLOAD)?;
        let root = match head {
            Some(id) => {
                let bytes = objects::read(&odb, id, ObjectType::Commit)?;
                let commit = commit::parse(&bytes).map_err(|why| Failure::new("cannot read payload", id, why))?;
                Some(commit.tree)
            }
            None => None,
        };
        Ok(Self { odb, trees, head, root })
    }

    fn find(&self, id: &Digest) -> Result<Option<Oid>, Failure> {
        let Some(root) = self.root else { return Ok(None) };
        let found = objects::find(&self.odb, self.trees, root, &sharded(&id.hex()))?;
        Ok(found.filter(|entry| !entry.folder).map(|entry| entry.id))
    }
}

/// Adds what is missing by one commit; `false` when the ref moved meanwhile.
fn add(
    repository: &Repository,
    trees: &Trees,
    ids: &[Digest],
    contents: &[&[u8]],
    failpoint: &Failpoint,
) -> Result<bool, Failure> {
    let payload = Payload::open(repository, trees)?;
    let (mut batch, mut edits, mut added) = (Batch::default(), Edits::default(), BTreeSet::new());
    for (id, bytes) in ids.iter().zip(contents) {
        if payload.find(id)?.is_none() && added.insert(*id) {
            let blob = batch.add(ObjectType::Blob, bytes.to_vec())?;
            edits.add(&sharded(&id.hex()), Some(blob));
        }
    }
    if added.is_empty() {
        return Ok(true);
    }
    let Some(tree) = edits.apply(&payload.odb, trees, payload.root, &mut batch)? else { return Ok(true) };
    let parents = payload.head.as_slice();
    let time = refs::newest(repository, parents)?;
    let commit = batch.add(ObjectType::Commit, commit::of_payload(tree, parents, time))?;
    batch.keep(repository, failpoint)?;
    refs::swap(repository, PAYLOAD, payload.head, commit, failpoint)
}

/// `x/y/z/SHA256`.
pub(super) fn sharded(hex: &str) -> String {
    let mut path = String::with_capacity(70);
    for digit in hex.chars().take(3) {
        path.push(digit);
        path.push('/');
    }
    path + hex
}
