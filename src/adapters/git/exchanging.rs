//! One exchange at a time, and what a killed one left behind.

use std::{
    fs::{self, File, TryLockError},
    io::Write as _,
    path::Path,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use super::{
    failure::{Failure, failed},
    files::is_strange,
    lock::{is_gits, is_unfinished, remove, remove_unfinished},
};
use crate::ledger::Turn;

const WHAT: &str = "cannot lock";

/// The lock file `.chancery/exchange`, which the system releases when its last holder dies: this process, or a git
/// that it started and that outlived it. While held it holds one byte, so that a kill shows.
#[derive(Debug)]
pub(super) struct Exchanging<'a> {
    file: File,
    shown: &'a Mutex<Option<File>>,
}

impl Turn for Exchanging<'_> {}

impl<'a> Exchanging<'a> {
    /// Shows the lock to whoever starts git, until it is dropped.
    pub(super) fn new(file: File, shown: &'a Mutex<Option<File>>) -> Result<Self, Failure> {
        let copy = file.try_clone().map_err(failed(WHAT, "exchange"))?;
        *shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(copy);
        Ok(Self { file, shown })
    }
}

impl Drop for Exchanging<'_> {
    fn drop(&mut self) {
        // A byte left behind only makes the next holder clean up in vain.
        let _ = self.file.set_len(0);
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Waits until nobody else exchanges anything through this store, and cleans up after whoever was killed at it. What
/// we had begun is left to the store's lock: another process may hold that, and be writing.
pub(super) fn lock(dir: &Path) -> Result<File, Failure> {
    let path = dir.join("exchange");
    let here = || path.display();
    let mut file = open(&path)?;
    file.lock().map_err(failed(WHAT, here()))?;
    clean_after(&file, dir, is_gits)?;
    file.write_all(b"1").map_err(failed(WHAT, here()))?;
    Ok(file)
}

/// Cleans up after an exchange that was killed, unless another goes on: then its end will. The caller holds the store's
/// lock.
pub(super) fn recover(dir: &Path) -> Result<(), Failure> {
    let path = dir.join("exchange");
    if fs::symlink_metadata(&path).is_ok_and(|found| found.len() > 0) {
        let file = open(&path)?;
        match file.try_lock() {
            Ok(()) => {
                clean_after(&file, dir, is_unfinished)?;
                file.set_len(0).map_err(failed(WHAT, path.display()))?;
            }
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(failed(WHAT, path.display())(error)),
        }
    }
    Ok(())
}

fn open(path: &Path) -> Result<File, Failure> {
    if is_strange(path) {
        return Err(Failure::new(WHAT, path.display(), "it is not a file"));
    }
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    options.open(path).map_err(failed(WHAT, path.display()))
}

/// Removes what git had begun when it was killed. Nothing names it yet: git moves refs last.
fn clean_after(file: &File, dir: &Path, which: fn(&str) -> bool) -> Result<(), Failure> {
    let noted = file.metadata().map_err(failed(WHAT, dir.display()))?;
    let objects = dir.join("objects");
    if noted.len() == 0 {
        return Ok(());
    }
    for folder in fs::read_dir(&objects).map_err(failed(WHAT, objects.display()))?.flatten() {
        if folder.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_unfinished(&folder.path(), which)?;
        }
    }
    half_a_pack(&objects.join("pack"), noted.modified().ok())
}

/// Removes packs without an index that came since the exchange began, and the notes that keep a pack from being
/// repacked while it is fetched.
fn half_a_pack(folder: &Path, begun: Option<SystemTime>) -> Result<(), Failure> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for path in entries.flatten().map(|entry| entry.path()) {
        let has = |extension: &str| path.extension().is_some_and(|found| found == extension);
        let since = fs::metadata(&path).and_then(|found| found.modified()).ok() >= begun;
        let half = has("pack") || has("rev");
        if since && (has("keep") || half && !path.with_extension("idx").exists()) {
            remove(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store whose last exchange began an hour ago.
    fn store(killed: bool) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("objects/pack")).unwrap();
        fs::create_dir_all(dir.path().join("objects/ab")).unwrap();
        let file = File::create(dir.path().join("exchange")).unwrap();
        if killed {
            (&file).write_all(b"1").unwrap();
        }
        file.set_modified(SystemTime::now() - std::time::Duration::from_hours(1)).unwrap();
        for name in ["pack/tmp_pack_x", "ab/tmp_obj_x", "pack/pack-a.keep", "pack/pack-b.pack", "pack/pack-b.rev"] {
            fs::write(dir.path().join("objects").join(name), "x").unwrap();
        }
        for name in ["pack/pack-a.pack", "pack/pack-a.idx"] {
            fs::write(dir.path().join("objects").join(name), "x").unwrap();
        }
        dir
    }

    fn left(dir: &tempfile::TempDir) -> Vec<String> {
        let objects = dir.path().join("objects");
        let all = ["ab", "pack"].into_iter().flat_map(|folder| fs::read_dir(objects.join(folder)).unwrap());
        let mut names: Vec<String> = all.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_killed_exchange_left_goes_and_whole_packs_stay() {
        let dir = store(true);
        recover(dir.path()).unwrap();
        assert_eq!(left(&dir), ["pack-a.idx", "pack-a.pack"]);
    }

    #[test]
    fn nothing_goes_while_an_exchange_goes_on_or_when_none_was_killed() {
        let dir = store(false);
        recover(dir.path()).unwrap();
        assert_eq!(left(&dir).len(), 7);
        let file = lock(dir.path()).unwrap();
        recover(dir.path()).unwrap();
        assert_eq!(left(&dir).len(), 7);
        drop(file);
    }

    #[test]
    fn what_somebody_is_writing_under_the_stores_lock_stays() {
        let dir = store(true);
        for name in ["pack/pack_git2_x", "ab/tmp_object_git2_x"] {
            fs::write(dir.path().join("objects").join(name), "x").unwrap();
        }
        drop(lock(dir.path()).unwrap());
        assert_eq!(left(&dir), ["pack-a.idx", "pack-a.pack", "pack_git2_x", "tmp_object_git2_x"]);
    }

    #[test]
    fn a_pack_that_lost_its_index_before_the_exchange_is_left_for_verify_to_tell() {
        let dir = store(true);
        let pack = File::options().write(true).open(dir.path().join("objects/pack/pack-b.pack")).unwrap();
        pack.set_modified(SystemTime::now() - std::time::Duration::from_hours(2)).unwrap();
        recover(dir.path()).unwrap();
        assert!(left(&dir).contains(&"pack-b.pack".to_owned()));
    }
}
