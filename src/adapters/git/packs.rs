//! Keeping libgit2 away from pack indexes that would lead it out of a pack.
//!
//! libgit2 maps indexes into memory and follows their offsets without a look; a flipped bit then ends the
//! process. So every index is looked at once before it is used.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use super::{
    failure::{Failure, failed},
    files::ends_in_its_hash,
};

const WHAT: &str = "cannot read";

/// The folder of packs, and what of it was looked at.
#[derive(Debug)]
pub(super) struct Packs {
    folder: PathBuf,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    changed: Option<SystemTime>,
    files: HashSet<PathBuf>,
}

impl Packs {
    /// The packs of the repository in this folder.
    pub(super) fn new(dir: &Path) -> Self {
        Self { folder: dir.join("objects").join("pack"), seen: Mutex::default() }
    }

    /// Looks at indexes that are new since the last time; costs one question to the disk when there are none. Answers
    /// whether packs are gone that were there: libgit2 would go on looking for them.
    ///
    /// # Errors
    ///
    /// The index that must not be used.
    pub(super) fn check(&self) -> Result<bool, Failure> {
        let Ok(changed) = fs::metadata(&self.folder).and_then(|folder| folder.modified()) else { return Ok(false) };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.changed == Some(changed) {
            return Ok(false);
        }
        let mut here = HashSet::new();
        for entry in fs::read_dir(&self.folder).map_err(failed(WHAT, self.folder.display()))? {
            let file = entry.map_err(failed(WHAT, self.folder.display()))?.path();
            if seen.files.contains(&file) || check_file(&file)? {
                here.insert(file);
            }
        }
        let gone = !seen.files.is_subset(&here);
        *seen = Seen { changed: Some(changed), files: here };
        Ok(gone)
    }
}

/// Whether a file was looked at; an index whose pack is not there yet, for a writer puts it there first, was not, and
/// libgit2 does not use it either.
fn check_file(file: &Path) -> Result<bool, Failure> {
    let is_index = file.extension().is_some_and(|extension| extension == "idx");
    let is_list = file.file_name().is_some_and(|name| name == "multi-pack-index");
    if !is_index && !is_list {
        return Ok(true);
    }
    let pack = file.with_extension("pack");
    if is_index && !pack.exists() {
        return Ok(false);
    }
    let bytes = fs::read(file).map_err(failed(WHAT, file.display()))?;
    let sound = if is_index {
        let pack = fs::metadata(&pack).map_err(failed(WHAT, file.display()))?;
        offsets_stay_inside(&bytes, pack.len()) == Some(true)
    } else {
        ends_in_its_hash(&bytes).is_ok()
    };
    if sound { Ok(true) } else { Err(Failure::new(WHAT, file.display(), "the index is damaged")) }
}

/// Whether every object an index (version 2) lists begins inside the pack; `None` when it is no such index.
pub(super) fn offsets_stay_inside(index: &[u8], pack: u64) -> Option<bool> {
    let rest = index.strip_prefix(b"\xfftOc\x00\x00\x00\x02")?;
    let (fanout, rest) = rest.split_at_checked(1024)?;
    let count = usize::try_from(u32::from_be_bytes(*fanout.last_chunk()?)).ok()?;
    let offsets = rest.get(count.checked_mul(24)?..)?;
    let (offsets, rest) = offsets.split_at_checked(count.checked_mul(4)?)?;
    let large = rest.get(..rest.len().checked_sub(40)?)?.as_chunks::<8>().0;
    let end = pack.checked_sub(20)?;
    Some(offsets.as_chunks::<4>().0.iter().map(|offset| u32::from_be_bytes(*offset)).all(|offset| {
        let place = if offset < 0x8000_0000 {
            Some(u64::from(offset))
        } else {
            let at = usize::try_from(offset & 0x7fff_ffff).ok();
            at.and_then(|at| large.get(at)).map(|offset| u64::from_be_bytes(*offset))
        };
        place.is_some_and(|place| place < end)
    }))
}
