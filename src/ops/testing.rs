//! A project in memory, for testing operations: five people, one store, a clock that stands where it is put.

use std::sync::Arc;

use super::{Failure, Providers, World, record};
use crate::{
    adapters::{
        keys::ThrowawayKey,
        memory::{MemoryJournal, MemorySettings, MemoryStore, MemoryTree},
        provider::Echo,
    },
    artifact::Model,
    clock::{FixedClock, Time},
    eval::Provider,
    ledger::{Guard, JournalError, Turn},
    name::Handle,
    object::Store as _,
    trust::Signer as _,
    workspace::SourceTree as _,
};

/// The people, in the order of their keys.
pub(super) const PEOPLE: [&str; 5] = ["maya", "tom", "ruth", "omar", "ci"];

/// Rules with the three usual environments; production asks for evidence, no flips and one approval.
pub(super) const RULES: &str = r#"
[environments.dev]
follow = "heads"
gate = "open"

[environments.staging]
after = "dev"
gate = { evidence = { evaluators = ["evaluator"], sources = ["live", "signed", "unsigned"] }, pass_rate = { at_least = 0.5 } }

[environments.production]
after = "staging"

[environments.production.gate]
evidence = { evaluators = ["evaluator"], sources = ["live", "signed", "unsigned"] }
pass_rate = { at_least = 0.5 }
regression = "no-flips"
approvals = { role = "release", low = 1, medium = 1, high = 2 }
"#;

/// One project, seen by several people who share its store and its files.
pub(super) struct TestProject {
    store: Arc<MemoryStore>,
    journal: Arc<MemoryJournal>,
    tree: Arc<MemoryTree>,
    settings: Arc<MemorySettings>,
    now: Time,
}

impl TestProject {
    /// A project that maya has begun under [`RULES`], at 2026-11-20T08:00:00Z.
    pub(super) fn new() -> Self {
        Self::under(RULES)
    }

    /// A project that maya has begun under these environments.
    pub(super) fn under(environments: &str) -> Self {
        let project = Self {
            store: Arc::new(MemoryStore::new()),
            journal: Arc::new(MemoryJournal::new()),
            tree: Arc::new(MemoryTree::new()),
            settings: Arc::new(MemorySettings::default()),
            now: Time::parse("2026-11-20T08:00:00Z").unwrap(),
        };
        let text = rules(environments);
        let world = project.of("maya");
        world.tree.write("chancery.toml", text.as_bytes()).unwrap();
        let digest = project.store.put(&[text.as_bytes()]).unwrap().remove(0);
        record::begin(&world, Handle::parse("maya").unwrap(), digest).unwrap();
        project
    }

    /// The clock stands there from now on.
    pub(super) fn at(&mut self, time: &str) {
        self.now = Time::parse(time).unwrap();
    }

    /// Writes a working file.
    pub(super) fn write(&self, path: &str, text: &str) {
        self.tree.write(path, text.as_bytes()).unwrap();
    }

    /// The world of one of [`PEOPLE`].
    pub(super) fn of(&self, person: &str) -> World {
        let seed = PEOPLE.iter().position(|name| *name == person).unwrap();
        World {
            clock: Arc::new(FixedClock(self.now)),
            tree: self.tree.clone(),
            settings: self.settings.clone(),
            store: self.store.clone(),
            upkeep: self.store.clone(),
            journal: self.journal.clone(),
            inspect: self.journal.clone(),
            signer: Ok(Box::new(key(seed))),
            guard: Arc::new(Alone),
            providers: Arc::new(Echoes),
            remote: None,
            offline: false,
            lapses: crate::ops::Lapses::default(),
            random: Box::new(random),
        }
    }
}

/// `chancery.toml` with the five people and these environments.
pub(super) fn rules(environments: &str) -> String {
    use std::fmt::Write as _;
    let roles = ["root\", \"author", "author", "release\", \"reviewer", "release\", \"reviewer", "evaluator"];
    let mut text = "[project]\nname = \"shop\"\n".to_owned();
    for (seed, (person, roles)) in PEOPLE.iter().zip(roles).enumerate() {
        let public = key(seed);
        let program = if *person == "ci" { "program = true\n" } else { "" };
        let _ = write!(text, "\n[people.{person}]\nkeys = [\"{}\"]\nroles = [\"{roles}\"]\n{program}", public.key());
    }
    text + environments
}

fn key(seed: usize) -> ThrowawayKey {
    ThrowawayKey::from_seed(&[u8::try_from(seed + 1).unwrap(); 32]).unwrap()
}

/// Fresh bytes each time, and the same ones in each run of one test.
fn random() -> [u8; 16] {
    use std::cell::Cell;
    thread_local!(static COUNT: Cell<u128> = const { Cell::new(0) });
    COUNT.set(COUNT.get() + 1);
    COUNT.get().to_be_bytes()
}

/// Whatever a model says, the last user message comes back.
struct Echoes;

impl Providers for Echoes {
    fn provider(&self, _model: &Model) -> Result<Box<dyn Provider>, Failure> {
        Ok(Box::new(Echo))
    }
}

/// Nobody else is there.
struct Alone;

struct Always;

impl Turn for Always {}

impl Guard for Alone {
    fn hold(&self) -> Result<Box<dyn Turn + '_>, JournalError> {
        Ok(Box::new(Always))
    }
}
