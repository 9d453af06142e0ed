//! The hands of a patched program: what no honest writer writes, with real keys.

use std::{
    fmt::Write as _,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use chancery::{
    adapters::git::GitStore,
    ledger::{Act, Changes, Deed, Event, EventRecord, History as _, Journal as _, Nonce, SignedAct},
    name::Handle,
    object::{Digest, EventId, Store as _, encode},
    state::{Payload, apply},
    trust::{Namespace, Signer},
};

use super::{Project, ledger, project::key};

/// The key of a person; a handle that no rules list has one too.
pub(crate) fn signer(handle: &str) -> impl Signer + use<> {
    key(handle)
}

/// Writes to the store of a project past every rule.
pub(crate) struct Forge {
    folder: PathBuf,
}

/// What the newest commit consists of, to be changed.
pub(crate) struct Parts {
    /// The act's bytes.
    pub(crate) act: Vec<u8>,
    /// Its armored signature.
    pub(crate) signature: String,
    /// The event record.
    pub(crate) record: EventRecord,
    /// A file in the tree beside what belongs there.
    pub(crate) extra: Option<&'static str>,
}

impl Parts {
    /// Signs other bytes and has the record name them, as far as it can.
    pub(crate) fn say(&mut self, act: &[u8], signature: &str) {
        self.act = act.to_vec();
        signature.clone_into(&mut self.signature);
        self.record.act = EventId(Digest::of(act));
        self.record.signature = Digest::of(signature.as_bytes());
    }
}

impl Forge {
    pub(crate) fn of(project: &Project) -> Self {
        Self { folder: project.folder() }
    }

    fn store(&self) -> GitStore {
        GitStore::open(&self.folder.join(".chancery")).unwrap()
    }

    /// Keeps payload without asking whether it may be kept.
    pub(crate) fn keep(&self, bytes: &[u8]) -> Digest {
        self.store().put(&[bytes]).unwrap().remove(0)
    }

    /// Runs git on the store, and answers with what it prints.
    pub(crate) fn git(&self, args: &[&str], input: &[u8]) -> Vec<u8> {
        let mut child = Command::new("git")
            .arg("--git-dir")
            .arg(self.folder.join(".chancery"))
            .args(args)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// The one word git prints.
    pub(crate) fn word(&self, args: &[&str], input: &[u8]) -> String {
        String::from_utf8(self.git(args, input)).unwrap().trim_end().to_owned()
    }

    /// The newest event.
    pub(crate) fn newest(&self) -> Event {
        ledger(&self.folder).pop().unwrap()
    }

    /// A person's statement of a deed, as an honest program would state it.
    pub(crate) fn act(&self, person: &str, deed: Deed) -> Act {
        let newest = self.newest();
        Act {
            person: Handle::parse(person).unwrap(),
            nonce: Nonce::new([7; 16]),
            time: newest.record.time,
            seen: Some(newest.id()),
            deed,
            ..newest.act.act().clone()
        }
    }

    /// The record that an honest recorder would write of an act.
    pub(crate) fn record(&self, act: &SignedAct, recorder: &str) -> EventRecord {
        let newest = self.newest().record;
        EventRecord {
            seq: newest.seq + 1,
            act: act.id(),
            signature: Digest::of(act.signature().as_str().as_bytes()),
            previous: Some(newest.digest()),
            recorder: Handle::parse(recorder).unwrap(),
            ..newest
        }
    }

    /// What the rules say an event changes.
    pub(crate) fn lawful(&self, event: &Event) -> Changes {
        let store = self.store();
        let view = store.state(event.record.seq - 1).unwrap();
        apply(view.as_ref(), event, &Payload::new(&store)).unwrap()
    }

    /// The same, or nothing where the rules refuse the event.
    pub(crate) fn changes_of(&self, event: &Event) -> Changes {
        let store = self.store();
        let view = store.state(event.record.seq - 1).unwrap();
        apply(view.as_ref(), event, &Payload::new(&store)).unwrap_or_default()
    }

    /// Appends an event with these changes, sealed with this key, without asking the rules.
    pub(crate) fn append(&self, event: &Event, changes: &Changes, sealer: &str) -> String {
        let store = self.store();
        let tip = store.tip().unwrap();
        let seal = |bytes: &[u8]| signer(sealer).sign(Namespace::Git, bytes);
        store.append(tip.as_ref(), event, changes, &seal).unwrap().event.to_string()
    }

    /// Appends an act that was signed somehow; nothing changes by it. Its person records it.
    pub(crate) fn place(&self, act: SignedAct) -> String {
        let recorder = act.act().person.to_string();
        let record = self.record(&act, &recorder);
        self.append(&Event { record, act }, &Changes::new(), &recorder)
    }

    /// Appends a person's statement with their own key and seal, whatever the rules say of it.
    pub(crate) fn says(&self, person: &str, deed: Deed) -> String {
        self.place(SignedAct::sign(self.act(person, deed), &signer(person)).unwrap())
    }

    /// Appends a lawful event of this person that an honest program of theirs would record.
    pub(crate) fn honest(&self, person: &str, deed: Deed) -> String {
        let act = SignedAct::sign(self.act(person, deed), &signer(person)).unwrap();
        let event = Event { record: self.record(&act, person), act };
        self.append(&event, &self.lawful(&event), person)
    }

    /// Takes the newest events off, and places these acts anew, as if nothing else had ever stood there: each sealed
    /// by the recorder it had, with what the rules say of it, or nothing where they refuse it.
    pub(crate) fn retell(&self, keep: u64, acts: impl IntoIterator<Item = (SignedAct, EventRecord)>) {
        self.cut(keep);
        for (act, old) in acts {
            let recorder = old.recorder.to_string();
            let record = EventRecord { time: old.time, ..self.record(&act, &recorder) };
            let event = Event { record, act };
            self.append(&event, &self.changes_of(&event), &recorder);
        }
    }

    /// Takes everything after this place off the ledger.
    pub(crate) fn cut(&self, keep: u64) {
        let back = self.newest().record.seq - keep;
        self.git(&["update-ref", "refs/chancery/ledger", &format!("refs/chancery/ledger~{back}")], b"");
    }

    /// Offers everything to a remote with plain git, whatever stands there.
    pub(crate) fn push(&self, remote: &Path) {
        let remote = remote.to_str().unwrap();
        self.git(&["push", "--quiet", "--force", remote, "refs/chancery/*:refs/chancery/*"], b"");
    }

    /// Takes the newest event off the ledger.
    pub(crate) fn undo(&self) {
        self.git(&["update-ref", "refs/chancery/ledger", "refs/chancery/ledger~1"], b"");
    }

    /// The commit of the newest event, to come back to with [`Forge::back_to`].
    pub(crate) fn tip(&self) -> String {
        self.word(&["rev-parse", "refs/chancery/ledger"], b"")
    }

    /// Makes a commit the newest again, whatever stands there now.
    pub(crate) fn back_to(&self, tip: &str) {
        self.git(&["update-ref", "refs/chancery/ledger", tip], b"");
    }

    /// Puts another text of its commit in the place of the newest, whatever it is signed with.
    pub(crate) fn rewrite(&self, change: impl FnOnce(String) -> String) {
        let text = String::from_utf8(self.git(&["cat-file", "commit", "refs/chancery/ledger"], b"")).unwrap();
        let commit = self.word(&["hash-object", "-w", "-t", "commit", "--stdin"], change(text).as_bytes());
        self.git(&["update-ref", "refs/chancery/ledger", &commit], b"");
    }

    /// Puts another commit in the place of the newest, sealed by the recorder it names; answers the act's id.
    pub(crate) fn rebuild(&self, change: impl FnOnce(&mut Parts)) -> String {
        let newest = self.newest();
        let mut parts = Parts {
            act: newest.act.bytes().to_vec(),
            signature: newest.act.signature().as_str().to_owned(),
            record: newest.record,
            extra: None,
        };
        change(&mut parts);
        let blob = |bytes: &[u8]| self.word(&["hash-object", "-w", "--stdin"], bytes);
        let mut tree = format!(
            "100644 blob {}\tact\n100644 blob {}\tact.sig\n100644 blob {}\tevent\n040000 tree {}\tstate\n",
            blob(&parts.act),
            blob(parts.signature.as_bytes()),
            blob(&encode(&parts.record)),
            self.word(&["rev-parse", "refs/chancery/ledger:state"], b"")
        );
        if let Some(name) = parts.extra {
            let _ = writeln!(tree, "100644 blob {}\t{name}", blob(b"more"));
        }
        let tree = self.word(&["mktree"], tree.as_bytes());
        let parent = self.word(&["rev-parse", "refs/chancery/ledger~1"], b"");
        let commit = sealed(&tree, &parent, &parts.record);
        let commit = self.word(&["hash-object", "-w", "-t", "commit", "--stdin"], commit.as_bytes());
        self.git(&["update-ref", "refs/chancery/ledger", &commit], b"");
        parts.record.act.to_string()
    }
}

/// The text of an event's commit, signed by the recorder it names.
fn sealed(tree: &str, parent: &str, record: &EventRecord) -> String {
    let by = format!("{} <> {} +0000", record.recorder, record.time.unix());
    let headers = format!("tree {tree}\nparent {parent}\nauthor {by}\ncommitter {by}");
    let mut message = format!("\n\nforged\n\nChancery-Seq: {}\nChancery-Act: {}\n", record.seq, record.act);
    if let Some(previous) = record.previous {
        let _ = writeln!(message, "Chancery-Previous: {previous}");
    }
    let signed = format!("{headers}{message}");
    let signature = signer(record.recorder.as_str()).sign(Namespace::Git, signed.as_bytes()).unwrap();
    format!("{headers}\ngpgsig {}{message}", signature.as_commit_header().replace('\n', "\n "))
}
