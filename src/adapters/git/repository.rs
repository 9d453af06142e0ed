//! The repository itself: making it, opening it, and how libgit2 is told to behave.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, Once, PoisonError},
};

use git2::{Repository, RepositoryInitOptions, RepositoryOpenFlags};

use super::{
    failure::{Failure, failed},
    index::Index,
    lock::{Lock, LockGuard},
    packs::Packs,
    placed::Recent,
    trees::Trees,
};
use crate::{adapters::Failpoint, ledger::JournalError};

/// What `HEAD` says; no branch of that name is ever made.
pub(super) const HEAD: &str = "ref: refs/heads/main\n";

/// A project's store and ledger in its `.chancery/` folder.
///
/// Serves the ports `Store`, `Journal` and `Inspect`. A handle keeps libgit2's caches alive and can be shared
/// between threads, which then take turns.
pub struct GitStore {
    dir: PathBuf,
    repository: Mutex<Repository>,
    lock: Lock,
    index: Index,
    packs: Packs,
    recent: Recent,
    trees: Trees,
    failpoint: Failpoint,
}

impl std::fmt::Debug for GitStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GitStore").field("dir", &self.dir).finish_non_exhaustive()
    }
}

impl GitStore {
    /// Opens the repository that stands at `dir`.
    ///
    /// # Errors
    ///
    /// [`JournalError::Outside`] when there is none, or when it belongs to another user.
    pub fn open(dir: &Path) -> Result<Self, JournalError> {
        prepare()?;
        Ok(Self::adopt(dir, open(dir)?))
    }

    /// Makes an empty repository at `dir`, which must not exist.
    ///
    /// It is made beside `dir` and renamed when complete, so that a kill leaves none or a whole one.
    ///
    /// # Errors
    ///
    /// [`JournalError::Outside`] when it exists or cannot be written.
    pub fn create(dir: &Path) -> Result<Self, JournalError> {
        prepare()?;
        make(dir)?;
        Self::open(dir)
    }

    /// The same repository, which a test stops at the failpoint.
    #[must_use]
    pub fn stopping_at(mut self, failpoint: Failpoint) -> Self {
        self.failpoint = failpoint;
        self
    }

    /// Where the repository stands.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Keeps every other writer out until the guard is dropped, so that what was read is still so when it is
    /// written. Within one thread the lock may be taken again.
    ///
    /// # Errors
    ///
    /// [`JournalError::Outside`] when the lock file cannot be opened or locked.
    pub fn lock(&self) -> Result<LockGuard<'_>, JournalError> {
        Ok(self.lock.acquire()?)
    }

    /// The git repository, for the time of one operation.
    pub(super) fn repository(&self) -> Result<MutexGuard<'_, Repository>, Failure> {
        if self.packs.check()? {
            self.reopen()?;
        }
        Ok(self.opened())
    }

    /// Opens the repository anew, where packs are gone that libgit2 knew.
    pub(super) fn reopen(&self) -> Result<(), Failure> {
        *self.opened() = open(&self.dir)?;
        Ok(())
    }

    fn opened(&self) -> MutexGuard<'_, Repository> {
        self.repository.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same git repository with nothing of it in memory, whatever its packs look like.
    pub(super) fn another_repository(&self) -> Result<Repository, Failure> {
        open(&self.dir)
    }

    /// [`GitStore::lock`], with the failure of this room.
    pub(super) fn file_lock(&self) -> Result<LockGuard<'_>, Failure> {
        self.lock.acquire()
    }

    /// Where a test stops us.
    pub(super) fn failpoint(&self) -> &Failpoint {
        &self.failpoint
    }

    /// The index of events.
    pub(super) fn index(&self) -> &Index {
        &self.index
    }

    /// The events that were read last.
    pub(super) fn recent(&self) -> &Recent {
        &self.recent
    }

    /// The trees that were read or worked out last.
    pub(super) fn trees(&self) -> &Trees {
        &self.trees
    }

    fn adopt(dir: &Path, repository: Repository) -> Self {
        Self {
            dir: dir.to_owned(),
            repository: Mutex::new(repository),
            lock: Lock::new(dir),
            index: Index::new(dir.join("cache").join("events")),
            packs: Packs::new(dir),
            recent: Recent::default(),
            trees: Trees::default(),
            failpoint: Failpoint::default(),
        }
    }
}

/// Opens a repository exactly here, without looking in folders above and without the environment's advice.
fn open(dir: &Path) -> Result<Repository, Failure> {
    const WHAT: &str = "opening the store";
    if dir.join("commondir").exists() {
        return Err(Failure::new(WHAT, dir.display(), "its `commondir` leads to another store"));
    }
    let flags = RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::BARE | RepositoryOpenFlags::NO_DOTGIT;
    Repository::open_ext(dir, flags, std::iter::empty::<&std::ffi::OsStr>())
        .map_err(|error| Failure::new(WHAT, dir.display(), error.message()))
}

fn make(dir: &Path) -> Result<(), Failure> {
    const WHAT: &str = "cannot create repository";
    let here = || dir.display();
    if dir.exists() {
        return Err(Failure::new(WHAT, here(), "it exists already"));
    }
    let parent = match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let room = tempfile::Builder::new().prefix(".chancery-new-").tempdir_in(parent).map_err(failed(WHAT, here()))?;
    let inside = room.path().join("repository");
    let mut options = RepositoryInitOptions::new();
    options.bare(true).no_reinit(true).mkdir(true).external_template(false).initial_head("main");
    let repository = Repository::init_opts(&inside, &options).map_err(failed(WHAT, here()))?;
    configure(&repository).map_err(failed(WHAT, here()))?;
    drop(repository);
    tidy(&inside).map_err(failed(WHAT, here()))?;
    fs::rename(&inside, dir).map_err(failed(WHAT, here()))?;
    sync_folder(parent).map_err(failed(WHAT, here()))
}

/// Tells git clients that work here to be as careful as we are, and to run nothing.
fn configure(repository: &Repository) -> Result<(), git2::Error> {
    let mut config = repository.config()?;
    config.set_str("core.fsync", "all")?;
    config.set_str("core.fsyncMethod", "fsync")?;
    config.set_str("core.hooksPath", "/dev/null")?;
    config.set_i32("gc.auto", 0)
}

/// Takes away what git's template brings and nobody here needs, and syncs the rest.
fn tidy(dir: &Path) -> std::io::Result<()> {
    for folder in ["hooks", "info"] {
        if dir.join(folder).exists() {
            fs::remove_dir_all(dir.join(folder))?;
        }
    }
    if dir.join("description").exists() {
        fs::remove_file(dir.join("description"))?;
    }
    fs::create_dir_all(dir.join("refs").join("chancery"))?;
    for file in ["HEAD", "config"] {
        fs::File::open(dir.join(file))?.sync_all()?;
    }
    for folder in ["objects", "refs", "."] {
        sync_folder(&dir.join(folder))?;
    }
    Ok(())
}

/// Makes what was renamed or created in a folder survive a power cut.
pub(super) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Tells libgit2, once a process, to sync what it writes and to read no configuration but a repository's own.
fn prepare() -> Result<(), Failure> {
    static ONCE: Once = Once::new();
    let mut outcome = Ok(());
    ONCE.call_once(|| outcome = prepare_once());
    outcome
}

#[expect(clippy::cast_possible_wrap, reason = "the options are small numbers")]
#[expect(unsafe_code, reason = "git2 has no safe way to set these options of the whole process")]
fn prepare_once() -> Result<(), Failure> {
    const WHAT: &str = "cannot prepare";
    git2::opts::strict_hash_verification(true);
    // SAFETY: `git_libgit2_opts` is variadic and this option takes one `int`; it sets a flag that libgit2 reads
    // when it writes. `set_search_path` changes process-wide strings, which must not happen while another thread
    // reads them: `Once` lets nobody open a repository before this is done, and git2 is used nowhere else.
    unsafe {
        git2::opts::get_search_path(git2::ConfigLevel::Global).map_err(failed(WHAT, "libgit2"))?;
        let answer = libgit2_sys::git_libgit2_opts(
            libgit2_sys::GIT_OPT_ENABLE_FSYNC_GITDIR as std::ffi::c_int,
            1 as std::ffi::c_int,
        );
        if answer != 0 {
            return Err(Failure::new(WHAT, "libgit2", "it does not know how to sync"));
        }
        // Trees are kept here, see `trees.rs`; libgit2 would keep a quarter of a gigabyte of them besides.
        git2::opts::set_cache_object_limit(git2::ObjectType::Tree, 0).map_err(failed(WHAT, "libgit2"))?;
        for level in [git2::ConfigLevel::System, git2::ConfigLevel::Global, git2::ConfigLevel::XDG] {
            git2::opts::set_search_path(level, "").map_err(failed(WHAT, "libgit2"))?;
        }
    }
    Ok(())
}
