//! One writer at a time, and what a killed one left behind.

use std::{
    fs::{self, File},
    io::Write as _,
    marker::PhantomData,
    path::{Path, PathBuf},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use super::{
    GitStore, exchanging,
    failure::{Failure, failed},
    files::is_strange,
};
use crate::ledger::{Guard, JournalError, Turn};

const WHAT: &str = "cannot lock";

/// After so long a lock file of a ref is a dead process's; a live one holds it for milliseconds.
const STALE: Duration = Duration::from_secs(2);

/// The file lock `.chancery/lock`, which the system releases when its holder dies.
///
/// While held the file holds one byte: whoever finds it there knows that the last holder was killed, and
/// cleans up more thoroughly.
#[derive(Debug)]
pub(super) struct Lock {
    dir: PathBuf,
    held: Mutex<Option<Held>>,
    released: Condvar,
}

/// Who holds the lock in this handle, and how often.
#[derive(Debug)]
struct Held {
    thread: ThreadId,
    depth: usize,
    file: File,
}

/// Keeps every other writer out until it is dropped.
///
/// It belongs to the thread that took it.
#[derive(Debug)]
pub struct LockGuard<'a> {
    lock: &'a Lock,
    stays_in_thread: PhantomData<*const ()>,
}

impl Turn for LockGuard<'_> {}

impl Guard for GitStore {
    fn hold(&self) -> Result<Box<dyn Turn + '_>, JournalError> {
        Ok(Box::new(self.lock()?))
    }
}

impl Lock {
    /// The lock of the repository in this folder.
    pub(super) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), held: Mutex::new(None), released: Condvar::new() }
    }

    /// Waits until the lock is ours, then removes what killed writers left.
    pub(super) fn acquire(&self) -> Result<LockGuard<'_>, Failure> {
        let me = thread::current().id();
        let mut held = self.state();
        loop {
            match held.as_mut() {
                Some(holder) if holder.thread == me => {
                    holder.depth += 1;
                    break;
                }
                Some(_) => held = self.released.wait(held).unwrap_or_else(PoisonError::into_inner),
                None => {
                    *held = Some(Held { thread: me, depth: 1, file: self.take()? });
                    break;
                }
            }
        }
        Ok(LockGuard { lock: self, stays_in_thread: PhantomData })
    }

    fn state(&self) -> MutexGuard<'_, Option<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Result<File, Failure> {
        let path = self.dir.join("lock");
        let here = || path.display().to_string();
        if is_strange(&path) {
            return Err(Failure::new(WHAT, here(), "it is not a file"));
        }
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(failed(WHAT, here()))?;
        file.lock().map_err(failed(WHAT, here()))?;
        let killed = file.metadata().map_err(failed(WHAT, here()))?.len() > 0;
        recover(&self.dir, killed)?;
        file.write_all(b"1").map_err(failed(WHAT, here()))?;
        Ok(file)
    }
}

impl Drop for LockGuard<'_> {
    fn drop(&mut self) {
        let mut held = self.lock.state();
        let Some(holder) = held.as_mut() else { return };
        holder.depth -= 1;
        if holder.depth == 0 {
            // A byte left behind only makes the next holder clean up in vain.
            let _ = holder.file.set_len(0);
            *held = None;
            self.lock.released.notify_one();
        }
    }
}

/// Removes lock files of refs, which but for git only a killed process can have left while we hold the lock; after a
/// kill also unfinished objects and packs. What git left when it was killed with an exchange goes unless one goes on.
fn recover(dir: &Path, killed: bool) -> Result<(), Failure> {
    for name in ["packed-refs.lock", "index.lock", "HEAD.lock"] {
        remove_stale(&dir.join(name))?;
    }
    remove_ref_locks(&dir.join("refs"))?;
    if killed {
        remove_unfinished(&dir.join("objects"), is_ours)?;
        remove_unfinished(&dir.join("objects").join("pack"), is_ours)?;
        remove_lone_indexes(&dir.join("objects").join("pack"))?;
        remove_unfinished(&dir.join("cache"), is_ours)?;
    }
    exchanging::recover(dir)
}

/// Removes a lock file once it is too old to be held: git itself may be packing the refs, and takes no lock of ours.
fn remove_stale(path: &Path) -> Result<(), Failure> {
    let begun = Instant::now();
    while begun.elapsed() < STALE {
        let changed = fs::symlink_metadata(path).and_then(|file| file.modified());
        let Ok(changed) = changed else { return Ok(()) };
        if changed.elapsed().is_ok_and(|age| age >= STALE) {
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    remove(path)
}

pub(super) fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::new("cannot remove what a killed process left,", path.display(), error))
        }
        _ => Ok(()),
    }
}

fn remove_ref_locks(folder: &Path) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(failed(WHAT, folder.display()))? {
        let path = entry.map_err(failed(WHAT, folder.display()))?.path();
        if path.is_dir() && !path.is_symlink() {
            remove_ref_locks(&path)?;
        } else if path.extension().is_some_and(|extension| extension == "lock") {
            remove_stale(&path)?;
        }
    }
    Ok(())
}

pub(super) fn remove_unfinished(folder: &Path, which: impl Fn(&str) -> bool) -> Result<(), Failure> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry.map_err(failed(WHAT, folder.display()))?;
        if which(&entry.file_name().to_string_lossy()) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Removes what stands beside a pack that is not there, or not any more.
fn remove_lone_indexes(folder: &Path) -> Result<(), Failure> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let file = entry.map_err(failed(WHAT, folder.display()))?.path();
        let beside =
            file.extension().is_some_and(|end| ["idx", "rev", "bitmap", "mtimes"].iter().any(|known| end == *known));
        if beside && !file.with_extension("pack").exists() {
            remove(&file)?;
        }
    }
    Ok(())
}

/// Whether libgit2, git or we gave this name to a file that was not finished.
pub(super) fn is_unfinished(name: &str) -> bool {
    name.starts_with("tmp_") || is_ours(name)
}

/// Whether git did, in an exchange.
pub(super) fn is_gits(name: &str) -> bool {
    is_unfinished(name) && !is_ours(name)
}

/// Whether libgit2 or we did, not the git that may be fetching just now.
fn is_ours(name: &str) -> bool {
    name.contains("_git2_") || name.starts_with(".tmp")
}
