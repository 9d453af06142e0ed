//! Trees that were worked out or read last, so that the next event need not read them again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use git2::{ObjectType, Odb, Oid};

use super::{failure::Failure, objects};

/// So many bytes are kept; then keeping begins anew.
const MOST: usize = 16 << 20;

/// The bytes of trees by their names, which are their hashes: none of them goes stale.
#[derive(Debug, Default)]
pub(super) struct Trees(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    trees: HashMap<Oid, Arc<[u8]>>,
    bytes: usize,
}

impl Trees {
    /// The bytes of a tree.
    pub(super) fn read(&self, odb: &Odb<'_>, id: Oid) -> Result<Arc<[u8]>, Failure> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).trees.get(&id).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let bytes: Arc<[u8]> = objects::open(odb, id, ObjectType::Tree)?.data().into();
        self.keep(id, Arc::clone(&bytes));
        Ok(bytes)
    }

    /// Keeps a tree that hashes to this name.
    pub(super) fn keep(&self, id: Oid, bytes: Arc<[u8]>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes > MOST {
            *kept = Kept::default();
        }
        kept.bytes += bytes.len() + 100;
        kept.trees.insert(id, bytes);
    }
}
