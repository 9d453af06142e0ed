//! A project in memory: people with fixed keys, a clock that is put, and acts in few words.

use std::{cell::Cell, fmt::Write as _};

use crate::{
    adapters::{
        keys::ThrowawayKey,
        memory::{MemoryJournal, MemoryStore},
    },
    clock::Time,
    ledger::{Act, Changes, Deed, Event, EventRecord, History, Journal, Nonce, RULES, SignedAct, View},
    name::{Artifact, Environment, Handle, Name},
    object::{Digest, EventId, Store, VersionId},
    state::{Payload, Refusal, State, StateError, apply},
    trust::{Namespace, Signer},
};

/// People, what they are, and whether they are programs.
const PEOPLE: [(&str, &str, bool); 7] = [
    ("maya", "\"root\", \"author\"", false),
    ("tom", "\"author\"", false),
    ("ruth", "\"release\", \"reviewer\"", false),
    ("omar", "\"release\", \"reviewer\"", false),
    ("ci", "\"evaluator\", \"release\"", true),
    ("bot", "\"author\"", true),
    ("nina", "", false),
];

/// Three environments; production asks for evidence, no flips and approvals.
pub(super) const RULES_TEXT: &str = r#"
[environments.dev]
follow = "heads"
gate = "open"

[environments.staging]
after = "dev"
gate = "open"

[environments.production]
after = "staging"

[environments.production.gate]
evidence = { evaluators = ["evaluator"] }
pass_rate = { at_least = 0.5 }
regression = "no-flips"
approvals = { role = "release", low = 1, high = 2 }
"#;

/// One project, its ledger and its payload.
pub(super) struct Project {
    pub(super) store: MemoryStore,
    pub(super) journal: MemoryJournal,
    now: Cell<i64>,
    nonce: Cell<u64>,
}

/// Short for what tests say all the time.
pub(super) fn artifact(text: &str) -> Artifact {
    let (kind, name) = text.split_once('/').unwrap();
    Artifact::new(kind.parse().unwrap(), Name::parse(name).unwrap())
}

pub(super) fn handle(text: &str) -> Handle {
    Handle::parse(text).unwrap()
}

pub(super) fn env(text: &str) -> Environment {
    Environment::parse(text).unwrap()
}

pub(super) fn version(text: &str) -> VersionId {
    VersionId(Digest::of(text.as_bytes()))
}

pub(super) fn key(person: &str) -> ThrowawayKey {
    let mut seed = [0; 32];
    for (at, byte) in seed.iter_mut().zip(person.bytes().cycle()) {
        *at = byte;
    }
    ThrowawayKey::from_seed(&seed).unwrap()
}

/// `chancery.toml` with everybody in it and these environments.
pub(super) fn rules(environments: &str) -> String {
    let mut text = "[project]\nname = \"shop\"\n".to_owned();
    for (person, roles, program) in PEOPLE {
        let key = key(person);
        let _ = write!(text, "\n[people.{person}]\nkeys = [\"{}\"]\nroles = [{roles}]\n", key.key());
        if program {
            text.push_str("program = true\n");
        }
    }
    text + environments
}

/// A prompt that uses these tools, policies and fragments.
pub(super) fn prompt(uses: &[&str], body: &str) -> String {
    let of = |kind: &str| -> Vec<String> {
        let names = uses.iter().filter_map(|used| used.strip_prefix(kind)?.strip_prefix('/'));
        names.map(|name| format!("\"{name}\"")).collect()
    };
    let mut text = String::from("+++\n");
    for (key, kind) in [("tools", "tool"), ("policies", "policy")] {
        let names = of(kind);
        if !names.is_empty() {
            let _ = writeln!(text, "{key} = [{}]", names.join(", "));
        }
    }
    text.push_str("+++\n");
    for fragment in of("prompt") {
        let _ = writeln!(text, "{{% include {fragment} %}}");
    }
    text + body + "\n"
}

/// A suite of a prompt with these cases.
pub(super) fn suite(of: &str, cases: &[&str]) -> String {
    let mut text = format!("prompt = \"{of}\"\n");
    for case in cases {
        let _ = write!(text, "\n[[case]]\nid = \"{case}\"\nexpect = [{{ contains = \"{case}\" }}]\n");
    }
    text
}

/// Where a file of this name stands.
pub(super) fn path_of(artifact: &Artifact) -> String {
    let (folder, end) = match artifact.kind.word() {
        "prompt" => ("prompts", "md"),
        "policy" => ("policies", "md"),
        "tool" => ("tools", "json"),
        "suite" => ("evals", "toml"),
        "charter" => ("charters", "toml"),
        _ => ("models", "toml"),
    };
    format!("{folder}/{}.{end}", artifact.name)
}

impl Project {
    /// A project that maya has begun under [`RULES_TEXT`].
    pub(super) fn new() -> Self {
        Self::under(RULES_TEXT)
    }

    pub(super) fn under(environments: &str) -> Self {
        let project = Self::empty();
        let governance = project.keep(&rules(environments));
        project.ok("maya", Deed::Init { governance });
        project
    }

    /// Nothing has happened yet.
    pub(super) fn empty() -> Self {
        let start = Time::parse("2026-11-20T08:00:00Z").unwrap().unix();
        Self { store: MemoryStore::new(), journal: MemoryJournal::new(), now: Cell::new(start), nonce: Cell::new(0) }
    }

    pub(super) fn wait(&self, seconds: i64) {
        self.now.set(self.now.get() + seconds);
    }

    pub(super) fn keep(&self, text: &str) -> Digest {
        self.store.put(&[text.as_bytes()]).unwrap().remove(0)
    }

    pub(super) fn seq(&self) -> u64 {
        self.journal.tip().unwrap().map_or(0, |tip| tip.seq)
    }

    pub(super) fn view(&self) -> Box<dyn View + '_> {
        self.journal.state(self.seq()).unwrap()
    }

    /// The person's act, signed, as they would state it now.
    pub(super) fn act(&self, person: &str, deed: Deed) -> Act {
        self.nonce.set(self.nonce.get() + 1);
        let mut nonce = [0; 16];
        nonce[..8].copy_from_slice(&self.nonce.get().to_be_bytes());
        let project = match &deed {
            Deed::Init { governance } => *governance,
            _ => State::new(self.view().as_ref()).project().unwrap().map_or(Digest::of(b""), |known| known.project),
        };
        Act {
            format: SignedAct::format(),
            project,
            person: handle(person),
            nonce: Nonce::new(nonce),
            time: Time::from_unix(self.now.get()).unwrap(),
            seen: self.journal.tip().unwrap().map(|tip| tip.event),
            deed,
        }
    }

    /// The act at the end of the ledger, recorded by this person.
    pub(super) fn event(&self, act: SignedAct, recorder: &str) -> Event {
        let tip = self.journal.tip().unwrap();
        let record = EventRecord {
            format: 1,
            seq: tip.as_ref().map_or(1, |tip| tip.seq + 1),
            time: Time::from_unix(self.now.get()).unwrap(),
            act: act.id(),
            signature: Digest::of(act.signature().as_str().as_bytes()),
            previous: tip.map(|tip| tip.record),
            recorder: handle(recorder),
            rules: RULES,
        };
        Event { record, act }
    }

    pub(super) fn decide(&self, event: &Event) -> Result<Changes, Refusal> {
        refusal(apply(self.view().as_ref(), event, &Payload::new(&self.store)))
    }

    /// Places a signed act as the person who signed it would.
    pub(super) fn place(&self, act: SignedAct, recorder: &str) -> Result<EventId, Refusal> {
        let event = self.event(act, recorder);
        let changes = self.decide(&event)?;
        let tip = self.journal.tip().unwrap();
        let seal = |bytes: &[u8]| key(recorder).sign(Namespace::Git, bytes);
        self.journal.append(tip.as_ref(), &event, &changes, &seal).unwrap();
        Ok(event.id())
    }

    pub(super) fn attempt(&self, person: &str, deed: Deed) -> Result<EventId, Refusal> {
        self.place(SignedAct::sign(self.act(person, deed), &key(person)).unwrap(), person)
    }

    /// It is allowed.
    #[track_caller]
    pub(super) fn ok(&self, person: &str, deed: Deed) -> EventId {
        self.attempt(person, deed).unwrap_or_else(|refusal| panic!("{}: {refusal}", refusal.rule))
    }

    /// It is refused; answers with the rule.
    #[track_caller]
    pub(super) fn no(&self, person: &str, deed: Deed) -> &'static str {
        self.attempt(person, deed).map_or_else(|refusal| refusal.rule, |event| panic!("{event} is allowed"))
    }
}

/// The refusal in it; anything else wrong stops the test.
pub(super) fn refusal<T>(result: Result<T, StateError>) -> Result<T, Refusal> {
    result.map_err(|error| match error {
        StateError::Refused(refusal) => refusal,
        other => panic!("{other}"),
    })
}
