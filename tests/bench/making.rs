//! A store that acts are placed in without waiting for the disk.

use std::{
    cell::{Cell, RefCell},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chancery::{
    adapters::{
        git::GitStore,
        keys::ThrowawayKey,
        memory::{MemorySettings, MemoryTree},
    },
    artifact::Model,
    clock::{Clock, Time},
    eval::Provider,
    ledger::{Act, Deed, History as _, Nonce, SignedAct, View},
    name::Handle,
    object::{Digest, EventId, Store as _},
    ops::{Failure, Providers, World, place},
    state::{Payload, State},
    trust::Signer,
};

/// The people of every large ledger, what they are, and whether they are programs.
pub(crate) const PEOPLE: [(&str, &str, bool); 3] =
    [("ana", "\"root\", \"author\"", false), ("ruth", "\"release\"", false), ("ci", "\"evaluator\"", true)];

/// 2026-01-01T00:00:00Z.
const BEGINNING: i64 = 1_767_225_600;

/// The key of one of [`PEOPLE`].
pub(crate) fn key(person: &str) -> ThrowawayKey {
    let seed = PEOPLE.iter().position(|(name, ..)| *name == person).unwrap();
    ThrowawayKey::from_seed(&[u8::try_from(seed + 40).unwrap(); 32]).unwrap()
}

/// Who places acts: everybody's signature, one store, a clock that goes on by itself.
pub(crate) struct Maker {
    path: PathBuf,
    store: Arc<GitStore>,
    worlds: Vec<World>,
    clock: Arc<Walking>,
    events: Cell<u64>,
    newest: Cell<Option<EventId>>,
    project: RefCell<Option<Digest>>,
}

impl Maker {
    /// An empty store.
    pub(crate) fn create(path: &Path) -> Self {
        let store = GitStore::create(path).unwrap();
        sync_nothing();
        Self::with(path, store, Arc::new(Walking(AtomicI64::new(BEGINNING))))
    }

    fn with(path: &Path, store: GitStore, clock: Arc<Walking>) -> Self {
        let store = Arc::new(store);
        let worlds = PEOPLE.iter().map(|(person, ..)| world(&store, &clock, person)).collect();
        let (path, events) = (path.to_owned(), Cell::new(0));
        Self { path, store, worlds, clock, events, newest: Cell::new(None), project: RefCell::new(None) }
    }

    /// The same store with what libgit2 keeps of it forgotten, once git has packed it.
    pub(crate) fn reopened(self) -> Self {
        let next = Self::with(&self.path, GitStore::open(&self.path).unwrap(), Arc::clone(&self.clock));
        Self { events: self.events, newest: self.newest, project: self.project, ..next }
    }

    /// How many events there are.
    pub(crate) fn events(&self) -> u64 {
        self.events.get()
    }

    /// Keeps payload.
    pub(crate) fn put(&self, contents: &[&[u8]]) -> Vec<Digest> {
        self.store.put(contents).unwrap()
    }

    /// Signs a deed for a person and places it.
    pub(crate) fn act(&self, person: &str, deed: Deed) -> EventId {
        let world = &self.worlds[PEOPLE.iter().position(|(name, ..)| *name == person).unwrap()];
        let project = match &deed {
            Deed::Init { governance } => *self.project.borrow_mut().insert(*governance),
            _ => self.project.borrow().unwrap(),
        };
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&self.events.get().to_be_bytes());
        let act = Act {
            format: SignedAct::format(),
            project,
            person: Handle::parse(person).unwrap(),
            nonce: Nonce::new(nonce),
            time: self.clock.now(),
            seen: self.newest.get(),
            deed,
        };
        let act = SignedAct::sign(act, world.signer.as_ref().unwrap().as_ref()).unwrap();
        let placed = place(world, &act).unwrap_or_else(|failure| unreachable!("{person}: {failure:?}"));
        self.events.set(placed.seq);
        self.newest.set(Some(placed.event));
        placed.event
    }

    /// Looks at the state after the newest event.
    pub(crate) fn look<T>(&self, at: impl FnOnce(&State<'_>, &Payload<'_>) -> T) -> T {
        let view: Box<dyn View + '_> = self.store.state(self.events.get()).unwrap();
        at(&State::new(view.as_ref()), &Payload::new(self.store.as_ref()))
    }
}

/// The world of one person.
fn world(store: &Arc<GitStore>, clock: &Arc<Walking>, person: &str) -> World {
    let signer: Box<dyn Signer> = Box::new(key(person));
    World {
        clock: clock.clone(),
        tree: Arc::new(MemoryTree::new()),
        settings: Arc::new(MemorySettings::default()),
        store: store.clone(),
        upkeep: store.clone(),
        journal: store.clone(),
        inspect: store.clone(),
        signer: Ok(signer),
        guard: store.clone(),
        providers: Arc::new(Nobody),
        remote: None,
        offline: false,
        lapses: chancery::ops::Lapses::default(),
        random: Box::new(|| [0; 16]),
    }
}

/// A clock that shows a minute more each time it is asked.
struct Walking(AtomicI64);

impl Clock for Walking {
    fn now(&self) -> Time {
        Time::from_unix(self.0.fetch_add(60, Ordering::Relaxed)).unwrap()
    }
}

/// No model is asked.
struct Nobody;

impl Providers for Nobody {
    fn provider(&self, _: &Model) -> Result<Box<dyn Provider>, Failure> {
        Err(Failure::bug("nobody answers here"))
    }
}

/// Tells libgit2 not to sync, in this process and from now on: what is made here may be made again.
#[expect(unsafe_code, clippy::cast_possible_wrap, reason = "git2 has no safe way to set this option")]
fn sync_nothing() {
    // SAFETY: `git_libgit2_opts` is variadic and this option takes one `int`; the bench has one thread.
    unsafe {
        let option = libgit2_sys::GIT_OPT_ENABLE_FSYNC_GITDIR as std::ffi::c_int;
        assert_eq!(libgit2_sys::git_libgit2_opts(option, 0 as std::ffi::c_int), 0);
    }
}
