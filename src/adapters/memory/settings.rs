//! Settings in memory.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use crate::workspace::{Kept, Settings, TreeError};

/// Settings that last as long as the process.
///
/// Stamps are 0: nothing written here vouches for a file, so tests always read the bytes.
#[derive(Debug, Default)]
pub struct MemorySettings {
    kept: Mutex<BTreeMap<String, Kept>>,
}

impl MemorySettings {
    /// Settings that hold one value with this stamp, as if written long ago or just now.
    pub fn holding(name: &str, bytes: &[u8], stamp: i128) -> Self {
        let kept = Kept { bytes: bytes.to_vec(), stamp };
        Self { kept: Mutex::new(BTreeMap::from([(name.to_owned(), kept)])) }
    }
}

impl Settings for MemorySettings {
    fn read(&self, name: &str) -> Result<Option<Kept>, TreeError> {
        Ok(self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), TreeError> {
        let kept = Kept { bytes: bytes.to_vec(), stamp: 0 };
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), kept);
        Ok(())
    }
}
