//! Payload in memory.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::object::{Digest, Prefix, Store, StoreError};

/// Keeps payload until it is dropped.
#[derive(Debug, Default)]
pub struct MemoryStore {
    payload: Mutex<BTreeMap<Digest, Vec<u8>>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn payload(&self) -> MutexGuard<'_, BTreeMap<Digest, Vec<u8>>> {
        self.payload.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn put(&self, contents: &[&[u8]]) -> Result<Vec<Digest>, StoreError> {
        let mut payload = self.payload();
        let keep = |bytes: &&[u8]| {
            let id = Digest::of(bytes);
            payload.entry(id).or_insert_with(|| bytes.to_vec());
            id
        };
        Ok(contents.iter().map(keep).collect())
    }

    fn get(&self, id: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.payload().get(id).cloned())
    }

    fn has(&self, id: &Digest) -> Result<bool, StoreError> {
        Ok(self.payload().contains_key(id))
    }

    fn with_prefix(&self, prefix: &Prefix) -> Result<Vec<Digest>, StoreError> {
        Ok(self.payload().keys().filter(|id| prefix.matches(id)).copied().collect())
    }
}
