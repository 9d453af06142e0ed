//! This clone's settings in `.chancery/clone/`.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use super::{folder::stamp_of, replace::replace};
use crate::{
    adapters::Failpoint,
    workspace::{Kept, Settings, TreeError},
};

/// Settings as files in the folder `clone` of the store: git would take `.chancery/index` for an index of its own.
#[derive(Debug, Clone)]
pub struct FolderSettings {
    folder: PathBuf,
    failpoint: Failpoint,
}

impl FolderSettings {
    /// Settings of the clone whose store is at `store`; the folder is created by the first write.
    pub fn open(store: &Path) -> Self {
        Self { folder: store.join("clone"), failpoint: Failpoint::default() }
    }

    /// The same settings, which a test stops at the failpoint.
    #[must_use]
    pub fn stopping_at(mut self, failpoint: Failpoint) -> Self {
        self.failpoint = failpoint;
        self
    }

    fn path(&self, name: &str) -> Result<PathBuf, TreeError> {
        let word = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if word { Ok(self.folder.join(name)) } else { Err(TreeError::Outside(name.to_owned())) }
    }
}

impl Settings for FolderSettings {
    fn read(&self, name: &str) -> Result<Option<Kept>, TreeError> {
        let path = self.path(name)?;
        let failed = |error: std::io::Error| TreeError::Disk {
            what: "cannot read",
            path: path.display().to_string(),
            reason: error.to_string(),
        };
        // Stamp before bytes: of two writers at once, the younger bytes never pass for older ones.
        let stamp = match fs::metadata(&path) {
            Ok(metadata) => stamp_of(&metadata),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(Kept { bytes, stamp })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), TreeError> {
        let path = self.path(name)?;
        replace(&path, bytes, &self.failpoint).map_err(|error| TreeError::Disk {
            what: "cannot write",
            path: path.display().to_string(),
            reason: error.to_string(),
        })
    }
}
