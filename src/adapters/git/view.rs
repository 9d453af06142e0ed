//! The state after one event, read record by record.

use git2::{ObjectType, Oid};

use super::{
    GitStore,
    failure::{Failure, failed},
    objects,
};
use crate::ledger::{JournalError, Key, View};

/// A state tree; `None` is the empty state.
#[derive(Debug)]
pub(super) struct GitView<'a> {
    /// Where it is kept.
    pub(super) store: &'a GitStore,
    /// The tree `state/`.
    pub(super) root: Option<Oid>,
}

impl GitView<'_> {
    fn read(&self, key: &Key) -> Result<Option<Vec<u8>>, Failure> {
        let Some(root) = self.root else { return Ok(None) };
        let repository = self.store.repository()?;
        let odb = repository.odb().map_err(failed("cannot read state", key))?;
        match objects::find(&odb, self.store.trees(), root, &key.path())? {
            Some(entry) if !entry.folder => objects::read(&odb, entry.id, ObjectType::Blob).map(Some),
            _ => Ok(None),
        }
    }

    fn records(&self, collection: &str) -> Result<Vec<Vec<u8>>, Failure> {
        let Some(root) = self.root else { return Ok(Vec::new()) };
        let repository = self.store.repository()?;
        let odb = repository.odb().map_err(failed("cannot read state", collection))?;
        let mut folders: Vec<Oid> = objects::find(&odb, self.store.trees(), root, collection)?
            .into_iter()
            .filter(|entry| entry.folder)
            .map(|entry| entry.id)
            .collect();
        // A collection below this one (`live/a` below `live`) may look like a shard; it holds no records three
        // folders deep.
        for _ in 0..3 {
            let mut below = Vec::new();
            for folder in folders {
                let shards = objects::tree(&odb, folder)?.into_iter();
                below.extend(shards.filter(|entry| entry.folder && is_digit(&entry.name)).map(|entry| entry.id));
            }
            folders = below;
        }
        let mut records = Vec::new();
        for folder in folders {
            for entry in objects::tree(&odb, folder)?.into_iter().filter(|entry| !entry.folder) {
                records.push(objects::read(&odb, entry.id, ObjectType::Blob)?);
            }
        }
        Ok(records)
    }
}

fn is_digit(name: &str) -> bool {
    matches!(name.as_bytes(), [b'0'..=b'9' | b'a'..=b'f'])
}

impl View for GitView<'_> {
    fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, JournalError> {
        Ok(self.read(key)?)
    }

    fn list(&self, collection: &str) -> Result<Vec<Vec<u8>>, JournalError> {
        Ok(self.records(collection)?)
    }
}
