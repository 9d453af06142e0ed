//! Payload in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::object::{Digest, Prefix, Repacked, Size, Store, StoreError, Upkeep};

/// Keeps payload until it is dropped.
#[derive(Debug, Default)]
pub struct MemoryStore {
    payload: Mutex<BTreeMap<Digest, Vec<u8>>>,
    intended: Mutex<Vec<Digest>>,
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

impl Upkeep for MemoryStore {
    fn held(&self) -> Result<Vec<Digest>, StoreError> {
        Ok(self.payload().keys().copied().collect())
    }

    fn intend(&self, payload: &[Digest]) -> Result<(), StoreError> {
        *self.intended.lock().unwrap_or_else(PoisonError::into_inner) = payload.to_vec();
        Ok(())
    }

    fn intended(&self) -> Result<Vec<Digest>, StoreError> {
        Ok(self.intended.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn kept(&self, payload: &BTreeSet<Digest>) -> Result<BTreeSet<Digest>, StoreError> {
        let here = self.payload();
        Ok(payload.iter().filter(|id| here.contains_key(id)).copied().collect())
    }

    fn discard(&self, payload: &BTreeSet<Digest>) -> Result<(), StoreError> {
        self.payload().retain(|id, _| !payload.contains(id));
        self.intend(&[])
    }

    fn repack(&self) -> Result<Repacked, StoreError> {
        let here = self.payload();
        let size = Size { bytes: here.values().map(|bytes| bytes.len() as u64).sum(), files: here.len() as u64 };
        Ok(Repacked { before: size, after: size })
    }
}
