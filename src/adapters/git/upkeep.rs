//! What is about to be taken away, noted in a file, and the ways to do it.

use std::{collections::BTreeSet, fs, io::ErrorKind, path::PathBuf};

use super::{
    GitStore,
    failure::{Failure, failed},
    files::{files, is_strange},
};
use crate::{
    adapters::files::replace,
    object::{Digest, Repacked, Size, StoreError, Upkeep},
};

const WHAT: &str = "cannot take payload away";

impl GitStore {
    /// Where it is noted what is about to be taken away.
    fn note(&self) -> PathBuf {
        self.dir().join("purging")
    }

    fn forget_note(&self) -> Result<(), Failure> {
        match fs::remove_file(self.note()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::new(WHAT, self.note().display(), error)),
            _ => Ok(()),
        }
    }

    /// What the files below `objects/` take.
    fn size(&self) -> Result<Size, Failure> {
        let mut size = Size::default();
        for file in files(&self.dir().join("objects"))? {
            size.bytes += fs::metadata(&file).map_err(failed(WHAT, file.display()))?.len();
            size.files += 1;
        }
        Ok(size)
    }
}

impl Upkeep for GitStore {
    fn held(&self) -> Result<Vec<Digest>, StoreError> {
        Ok(self.held_payload()?)
    }

    fn intend(&self, payload: &[Digest]) -> Result<(), StoreError> {
        let _guard = self.file_lock()?;
        if payload.is_empty() {
            return Ok(self.forget_note()?);
        }
        let lines: Vec<String> = payload.iter().map(Digest::hex).collect();
        let text = lines.join("\n");
        Ok(replace(&self.note(), text.as_bytes(), self.failpoint()).map_err(failed(WHAT, self.note().display()))?)
    }

    fn intended(&self) -> Result<Vec<Digest>, StoreError> {
        if is_strange(&self.note()) {
            return Err(Failure::new(WHAT, self.note().display(), "it is not a file").into());
        }
        let text = match fs::read_to_string(self.note()) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Failure::new(WHAT, self.note().display(), error).into()),
        };
        // Of a note that somebody else wrote, what is no digest names nothing.
        Ok(text.lines().filter_map(|line| line.parse().ok()).collect())
    }

    fn kept(&self, payload: &BTreeSet<Digest>) -> Result<BTreeSet<Digest>, StoreError> {
        Ok(self.kept_payload(payload)?)
    }

    fn discard(&self, payload: &BTreeSet<Digest>) -> Result<(), StoreError> {
        let _guard = self.file_lock()?;
        self.uproot(payload)?;
        self.repack_all()?;
        self.failpoint().step();
        Ok(self.forget_note()?)
    }

    fn repack(&self) -> Result<Repacked, StoreError> {
        let _guard = self.file_lock()?;
        let before = self.size()?;
        self.repack_all()?;
        Ok(Repacked { before, after: self.size()? })
    }
}
