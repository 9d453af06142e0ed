//! What was once written is read for good: every format, and a whole ledger, from `fixtures/formats/`.
//!
//! The folder of a format number is written once (`CHANCERY_VECTORS=FOLDER cargo test --test e2e vectors`) and never
//! again: where reading it fails, the program is wrong, not the folder.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use chancery::{
    adapters::{
        git::GitStore,
        memory::{MemoryJournal, MemoryStore},
    },
    eval::{Recording, Reply},
    ledger::{Act, Changes, Event, EventRecord, History, Journal, SignedAct},
    object::{Digest, Store, encode, parse},
    state::{Dossier, Payload, RunsRecord, State, apply},
    trust::{Namespace, Signer as _},
};
use serde::{Deserialize, Serialize};

use crate::support::{ledger, signer, story::everything};

/// One event of a ledger as text: each field holds the exact bytes.
#[derive(Serialize, Deserialize)]
struct Line {
    act: String,
    signature: String,
    event: String,
    /// Bytes kept as payload when the event was placed that were not there before.
    payload: Vec<String>,
}

/// What a fold of a ledger ends in.
struct Folded {
    journal: MemoryJournal,
    store: MemoryStore,
    /// Every record of the state under its path.
    records: BTreeMap<String, Vec<u8>>,
}

impl Folded {
    /// The state as `sha256sum` would list it.
    fn listing(&self) -> String {
        self.records.iter().fold(String::new(), |mut text, (path, record)| {
            let _ = writeln!(text, "{}  {path}", Digest::of(record));
            text
        })
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats/v1")
}

fn read(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Decides every event of a ledger again, in memory.
fn fold(lines: &[Line]) -> Folded {
    let (journal, store) = (MemoryJournal::new(), MemoryStore::new());
    let mut records = BTreeMap::new();
    for line in lines {
        store.put(&line.payload.iter().map(String::as_bytes).collect::<Vec<_>>()).unwrap();
        let act = SignedAct::read(line.act.as_bytes(), &line.signature).unwrap();
        let record = EventRecord::read(line.event.as_bytes()).unwrap();
        assert_eq!(encode(&record.record), line.event.as_bytes());
        let event = Event { record: record.record, act };
        let tip = journal.tip().unwrap();
        let changes = {
            let view = journal.state(tip.as_ref().map_or(0, |tip| tip.seq)).unwrap();
            let decided = apply(view.as_ref(), &event, &Payload::new(&store));
            decided.unwrap_or_else(|refusal| panic!("event {}: {refusal}", event.record.seq))
        };
        let seal = |bytes: &[u8]| signer("maya").sign(Namespace::Git, bytes);
        journal.append(tip.as_ref(), &event, &changes, &seal).unwrap();
        keep(&mut records, changes);
    }
    Folded { journal, store, records }
}

fn keep(records: &mut BTreeMap<String, Vec<u8>>, changes: Changes) {
    for (key, record) in changes {
        match record {
            Some(bytes) => records.insert(key.path(), bytes),
            None => records.remove(&key.path()),
        };
    }
}

fn lines(text: &[u8]) -> Vec<Line> {
    let text = std::str::from_utf8(text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A record is canonical, and comes back byte for byte.
fn comes_back<T: Serialize + for<'de> Deserialize<'de>>(name: &str) -> T {
    let bytes = read(name);
    let parsed = parse::<T>(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(encode(&parsed.record), bytes, "{name}");
    parsed.record
}

#[test]
fn no_vector_ever_changes() {
    let sums = String::from_utf8(read("SHA256SUMS")).unwrap();
    let mut listed = BTreeSet::new();
    for line in sums.lines() {
        let (digest, name) = line.split_once("  ").unwrap();
        assert_eq!(Digest::of(&read(name)).to_string(), digest, "{name}");
        listed.insert(name.to_owned());
    }
    let mut kept = names(&folder(), "");
    kept.remove("SHA256SUMS");
    assert_eq!(kept, listed);
}

/// The files of a folder and of the folders in it.
fn names(folder: &Path, prefix: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            found.extend(names(&path, &format!("{name}/")));
        } else {
            found.insert(name);
        }
    }
    found
}

#[test]
fn every_kind_of_act_comes_back_byte_for_byte() {
    let mut kinds = BTreeSet::new();
    for name in names(&folder().join("acts"), "acts/") {
        kinds.insert(comes_back::<Act>(&name).deed.kind());
    }
    let all = "adopt announce answer approve attempt commit evidence except finding freeze halt init override \
               override-review promote propose purge reject resume review rollback thaw withdraw";
    assert_eq!(kinds.into_iter().collect::<Vec<_>>().join(" "), all);
}

#[test]
fn every_other_record_comes_back_byte_for_byte() {
    comes_back::<EventRecord>("event.json");
    comes_back::<Dossier>("dossier.json");
    comes_back::<RunsRecord>("runs.json");
    let reply = read("reply.json");
    assert_eq!(Reply::from_bytes(&reply).unwrap().to_bytes(), reply);
    let text = String::from_utf8(read("recording.json")).unwrap();
    assert_eq!(Recording::parse("recording.json", &text).unwrap().to_text(), text);
}

#[test]
fn a_ledger_of_this_format_is_still_accepted_and_still_makes_the_same_state() {
    let folded = fold(&lines(&read("ledger.jsonl")));
    let expected = String::from_utf8(read("state.sha256")).unwrap();
    let listing = folded.listing();
    let (now, then): (BTreeSet<&str>, BTreeSet<&str>) = (listing.lines().collect(), expected.lines().collect());
    assert_eq!(now.symmetric_difference(&then).collect::<Vec<_>>(), Vec::<&&str>::new());
}

/// Why bytes that somebody signed are not an act.
fn refusal(act: &str) -> String {
    let signature = signer("maya").sign(Namespace::Act, act.as_bytes()).unwrap();
    match SignedAct::read(act.as_bytes(), signature.as_str()) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_signed_but_not_exactly_an_act_is_refused() {
    let act = String::from_utf8(read("acts/withdraw.json")).unwrap();
    assert_eq!(refusal(&act), "accepted");
    let changed = |from: &str, to: &str| {
        assert_eq!(act.matches(from).count(), 1, "{from} in {act}");
        refusal(&act.replace(from, to))
    };
    let encoding = "the act is not in canonical form (RFC 8785)";
    assert_eq!(refusal(&format!("{act}\n")), encoding);
    assert_eq!(changed(r#","format":1"#, r#", "format":1"#), encoding);
    assert_eq!(changed(r#""project""#, r#""\u0070roject""#), encoding);
    let shape = [
        (r#","format":1"#, r#","format":1,"format":1"#, "duplicate field `format`"),
        (r#","format":1"#, r#","format":1,"more":1"#, "unknown field `more`"),
        (r#""kind":"withdraw""#, r#""kind":"abdicate""#, "unknown variant `abdicate`"),
        (r#","format":1"#, "", "missing field `format`"),
        (r#""facts":{"#, r#""facts":{"loudly":true,"#, "unknown field `loudly`"),
        (r#","format":1"#, r#","format":"1""#, "invalid type: string"),
    ];
    for (from, to, why) in shape {
        let said = changed(from, to);
        assert!(said.starts_with("the act is not a record of the expected shape: ") && said.contains(why), "{said}");
    }
    let newer = "the act has format 2; this version knows format 1: upgrade";
    assert_eq!(changed(r#","format":1"#, r#","format":2,"more":1"#), newer);
}

#[test]
fn an_event_record_of_a_newer_format_asks_for_an_upgrade_whatever_its_shape() {
    let record = String::from_utf8(read("event.json")).unwrap();
    let why = |text: &str| EventRecord::read(text.as_bytes()).unwrap_err().to_string();
    let newer = "its record has format 2; this version knows format 1: upgrade";
    assert_eq!(why(&record.replace(r#""format":1"#, r#""format":2,"more":1"#)), newer);
    assert_eq!(
        why(&record.replace(r#""format":1"#, r#""format": 1"#)),
        "its record is not in canonical form (RFC 8785)"
    );
    let shape = why(&record.replace(r#""format":1"#, r#""format":1,"more":1"#));
    assert!(shape.contains("unknown field `more`"), "{shape}");
}

#[test]
fn every_kind_of_record_that_is_written_today_has_its_vectors() {
    let files = written_today();
    if let Some(folder) = std::env::var_os("CHANCERY_VECTORS").map(PathBuf::from) {
        assert!(!folder.exists(), "{} is written once", folder.display());
        for (name, bytes) in &files {
            let file = folder.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        }
    }
    let kept = String::from_utf8(read("SHA256SUMS")).unwrap();
    let kept: BTreeSet<&str> = kept.lines().filter_map(|line| line.split_once("  ")).map(|(_, name)| name).collect();
    let written: BTreeSet<&str> = files.keys().map(String::as_str).filter(|name| *name != "SHA256SUMS").collect();
    assert_eq!(written, kept);
}

/// What a folder of vectors would hold if it were written by this program.
fn written_today() -> BTreeMap<String, Vec<u8>> {
    let mut project = everything();
    // The bytes that were purged stand in the vectors, for a fold has no later state to ask.
    let before = project.copy();
    project.as_person("maya").run(["purge", "style@v2", "-m", "it told too much"]).exits(0);
    let events = ledger(&project.folder());
    let store = GitStore::open(&before.folder().join(".chancery")).unwrap();
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut text = String::new();
    let mut kept = BTreeSet::new();
    for event in &events {
        let line = Line {
            act: String::from_utf8(event.act.bytes().to_vec()).unwrap(),
            signature: event.act.signature().as_str().to_owned(),
            event: String::from_utf8(encode(&event.record)).unwrap(),
            payload: payload(&store, event, &mut kept),
        };
        let _ = writeln!(text, "{}", serde_json::to_string(&line).unwrap());
        files.entry(format!("acts/{}.json", label(event))).or_insert_with(|| event.act.bytes().to_vec());
    }
    let folded = fold(&lines(text.as_bytes()));
    files.insert("ledger.jsonl".to_owned(), text.into_bytes());
    files.insert("state.sha256".to_owned(), folded.listing().into_bytes());
    files.insert("event.json".to_owned(), encode(&events.last().unwrap().record));
    let view = folded.journal.state(events.len() as u64).unwrap();
    let runs = State::new(view.as_ref()).all_runs().unwrap().remove(0);
    let reply = runs.runs[0].samples[0].reply.unwrap();
    files.insert("runs.json".to_owned(), encode(&runs));
    files.insert("reply.json".to_owned(), folded.store.get(&reply).unwrap().unwrap());
    let approval = events.iter().find_map(|event| match &event.act.act().deed {
        chancery::ledger::Deed::Approve(approval) => Some(approval.dossier.0),
        _ => None,
    });
    files.insert("dossier.json".to_owned(), folded.store.get(&approval.unwrap()).unwrap().unwrap());
    files.insert("recording.json".to_owned(), recording().into_bytes());
    let mut sums = String::new();
    for (name, bytes) in &files {
        let _ = writeln!(sums, "{}  {name}", Digest::of(bytes));
    }
    files.insert("SHA256SUMS".to_owned(), sums.into_bytes());
    files
}

/// What to call the vector of an act.
fn label(event: &Event) -> String {
    match &event.act.act().deed {
        chancery::ledger::Deed::Propose(proposal) if proposal.governance.is_some() => "propose-governance".to_owned(),
        chancery::ledger::Deed::Propose(proposal) if proposal.lifts.is_some() => "propose-lift".to_owned(),
        chancery::ledger::Deed::Commit(commit) => match commit.changes.first() {
            Some(change) if change.renamed_from.is_some() => "commit-rename".to_owned(),
            Some(change) if change.version.is_none() => "commit-delete".to_owned(),
            _ => "commit".to_owned(),
        },
        deed => deed.kind().to_owned(),
    }
}

/// The payload an act names that no act before it named.
fn payload(store: &GitStore, event: &Event, kept: &mut BTreeSet<Digest>) -> Vec<String> {
    let act = std::str::from_utf8(event.act.bytes()).unwrap();
    let named = act.split('"').filter_map(|word| word.parse::<Digest>().ok());
    let mut found = Vec::new();
    for digest in named {
        if let Some(bytes) = store.get(&digest).unwrap()
            && kept.insert(digest)
        {
            found.push(String::from_utf8(bytes).unwrap());
        }
    }
    found
}

/// A recording that holds all that a recording can: of the sample's, the first that calls a tool.
fn recording() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/support-agent/recordings.jsonl");
    let text = fs::read_to_string(file).unwrap();
    let mut recordings = text.lines().map(|line| Recording::parse("recordings.jsonl", line).unwrap());
    recordings.find(|recording| !recording.reply.tool_calls.is_empty()).unwrap().to_text()
}
