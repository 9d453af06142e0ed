//! What the suites of store and journal need: a folder, a person, and events in a row.

use std::path::PathBuf;

use chancery::{
    adapters::{git::GitStore, keys::ThrowawayKey},
    clock::Time,
    ledger::{Act, Changes, Deed, Event, EventRecord, Journal, JournalError, Key, Nonce, RULES, SignedAct, Tip},
    object::Digest,
    trust::{Namespace, Signer},
};

/// The person of every test: a key from a fixed seed.
pub(crate) fn ana() -> ThrowawayKey {
    ThrowawayKey::from_seed(&[7; 32]).unwrap()
}

/// A folder with an empty repository in it.
pub(crate) struct Folder {
    pub(crate) folder: tempfile::TempDir,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.folder.path().join(".chancery")
    }

    pub(crate) fn create(&self) -> GitStore {
        GitStore::create(&self.dir()).unwrap()
    }

    pub(crate) fn open(&self) -> GitStore {
        GitStore::open(&self.dir()).unwrap()
    }

    /// What a git command answers in this repository, with no configuration but its own.
    pub(crate) fn git(&self, arguments: &[&str]) -> (bool, String) {
        let output = std::process::Command::new("git")
            .arg("-C")
            .arg(self.dir())
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(text).unwrap())
    }
}

/// An act nobody did before, as the event after `tip`.
pub(crate) fn event_after(tip: Option<&Tip>, nonce: u64) -> Event {
    event_by(&ana(), tip, nonce)
}

pub(crate) fn event_by(signer: &ThrowawayKey, tip: Option<&Tip>, nonce: u64) -> Event {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&nonce.to_le_bytes());
    let time = Time::parse("2026-11-20T08:00:00Z").unwrap();
    let act = Act {
        format: SignedAct::format(),
        project: Digest::of(b"project"),
        person: "ana".parse().unwrap(),
        nonce: Nonce::new(bytes),
        time,
        seen: tip.map(|tip| tip.event),
        deed: Deed::Init { governance: Digest::of(b"rules") },
    };
    let act = SignedAct::sign(act, signer).unwrap();
    let record = EventRecord {
        format: 1,
        seq: tip.map_or(1, |tip| tip.seq + 1),
        time,
        act: act.id(),
        signature: Digest::of(act.signature().as_str().as_bytes()),
        previous: tip.map(|tip| tip.record),
        recorder: "ana".parse().unwrap(),
        rules: RULES,
    };
    Event { record, act }
}

/// Appends as Ana does.
pub(crate) fn append(
    journal: &dyn Journal,
    expected: Option<&Tip>,
    event: &Event,
    changes: &Changes,
) -> Result<Tip, JournalError> {
    let key = ana();
    journal.append(expected, event, changes, &|bytes| key.sign(Namespace::Git, bytes))
}

/// Appends an event to whatever is newest, and tries again when somebody was faster.
pub(crate) fn append_next(journal: &dyn Journal, nonce: u64, changes: &Changes) -> (Tip, u32) {
    let mut lost = 0;
    loop {
        let tip = journal.tip().unwrap();
        match append(journal, tip.as_ref(), &event_after(tip.as_ref(), nonce), changes) {
            Ok(tip) => return (tip, lost),
            Err(JournalError::Moved) => lost += 1,
            Err(error) => panic!("{error}"),
        }
    }
}

/// Records written (or with `None` taken away) in a collection.
pub(crate) fn changes(collection: &str, records: &[(&str, Option<&str>)]) -> Changes {
    let change =
        |(name, text): &(&str, Option<&str>)| (Key::new(collection, *name), text.map(|text| text.as_bytes().to_vec()));
    records.iter().map(change).collect()
}
