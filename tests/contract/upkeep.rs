//! What everybody who takes payload away promises.

use std::{collections::BTreeSet, fs};

use chancery::{
    adapters::memory::MemoryStore,
    ledger::{History as _, Inspect},
    object::{Digest, Store, Upkeep},
};

use crate::world::{Folder, append_next, changes};

fn keeps_its_promises<S: Store + Upkeep>(store: &S) {
    assert_eq!(store.held().unwrap(), []);
    assert_eq!(store.intended().unwrap(), []);
    let texts: Vec<String> = (0..60).map(|number| format!("text {number}")).collect();
    let bytes: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    let ids = store.put(&bytes).unwrap();
    store.put(&[b"later"]).unwrap();
    assert_eq!(store.held().unwrap().len(), 61);

    let going: BTreeSet<Digest> = ids.iter().take(3).copied().collect();
    let listed: Vec<Digest> = going.iter().copied().collect();
    store.intend(&listed).unwrap();
    assert_eq!(store.intended().unwrap(), listed);
    assert_eq!(store.kept(&going).unwrap(), going);
    let stranger = BTreeSet::from([Digest::of(b"never kept")]);
    assert_eq!(store.kept(&stranger).unwrap(), BTreeSet::new());

    store.discard(&going).unwrap();
    assert_eq!(store.intended().unwrap(), []);
    assert_eq!(store.kept(&going).unwrap(), BTreeSet::new());
    for (id, bytes) in ids.iter().zip(&bytes) {
        let expected = if going.contains(id) { None } else { Some(*bytes) };
        assert_eq!(store.get(id).unwrap().as_deref(), expected);
    }
    assert!(store.has(&Digest::of(b"later")).unwrap());
    store.discard(&going).unwrap();

    let all: BTreeSet<Digest> = store.held().unwrap().into_iter().collect();
    store.discard(&all).unwrap();
    assert_eq!(store.held().unwrap(), [], "nothing may be all there is");
    store.put(&[b"text 0"]).unwrap();
    assert_eq!(store.held().unwrap(), [Digest::of(b"text 0")], "the rules decide what comes back, not the store");
    store.repack().unwrap();
    assert!(store.has(&Digest::of(b"text 0")).unwrap());
    store.intend(&listed).unwrap();
    store.intend(&[]).unwrap();
    assert_eq!(store.intended().unwrap(), []);
}

#[test]
fn memory_keeps_the_promises() {
    keeps_its_promises(&MemoryStore::new());
}

#[test]
fn git_keeps_the_promises() {
    let folder = Folder::new();
    let store = folder.create();
    keeps_its_promises(&store);
    let (whole, text) = folder.git(&["fsck", "--strict", "--full"]);
    assert!(whole, "{text}");
    assert_eq!(store.damage().unwrap(), []);
}

#[test]
fn an_empty_store_is_repacked_in_vain() {
    let folder = Folder::new();
    let store = folder.create();
    assert_eq!(store.repack().unwrap().after.files, 0);
    store.discard(&BTreeSet::from([Digest::of(b"x")])).unwrap();
    assert_eq!(store.damage().unwrap(), []);
}

/// Whether any blob holds it, reachable or not.
fn holds(folder: &Folder, text: &str) -> bool {
    let (_, all) = folder.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)"]);
    let blobs: Vec<&str> = all.lines().filter_map(|line| line.strip_suffix(" blob")).collect();
    blobs.iter().any(|blob| folder.git(&["cat-file", "blob", blob]).1.contains(text))
}

#[test]
fn no_ref_of_a_remote_keeps_what_goes() {
    let folder = Folder::new();
    let store = folder.create();
    let id = store.put(&[b"a password"]).unwrap()[0];
    append_next(&store, 1, &changes("heads", &[("a", Some("one"))]));
    for (name, what) in [("payload", "payload"), ("ledger", "ledger"), ("old/payload", "payload")] {
        let made =
            folder.git(&["update-ref", &format!("refs/remotes/origin/{name}"), &format!("refs/chancery/{what}")]);
        assert!(made.0, "{}", made.1);
    }
    folder.git(&["pack-refs", "--all"]);
    let going = BTreeSet::from([id]);
    assert_eq!(folder.open().kept(&going).unwrap(), going);
    store.discard(&going).unwrap();
    let (_, refs) = folder.git(&["for-each-ref", "--format=%(refname)"]);
    assert_eq!(refs, "refs/chancery/ledger\nrefs/chancery/payload\nrefs/remotes/origin/ledger\n");
    assert_eq!(folder.git(&["rev-list", "--count", "refs/chancery/payload"]).1, "1\n", "one new root");
    assert!(!holds(&folder, "a password"));
    assert_eq!(store.damage().unwrap(), []);
}

#[test]
fn everything_recorded_is_still_there_for_every_handle_and_garbage_is_not() {
    let folder = Folder::new();
    let (store, other) = (folder.create(), folder.open());
    let mut ids = Vec::new();
    for number in 0..30_u64 {
        ids.extend(store.put(&[format!("text {number}").as_bytes()]).unwrap());
        append_next(&store, number, &changes("heads", &[("a", Some(&number.to_string()))]));
    }
    folder.git(&["repack", "-a", "-d"]);
    assert!(other.has(&ids[0]).unwrap());
    let garbage = folder.dir().join("garbage");
    fs::write(&garbage, "nobody needs this").unwrap();
    folder.git(&["hash-object", "-w", "garbage"]);
    fs::remove_file(&garbage).unwrap();
    ids.extend(store.put(&[b"loose"]).unwrap());
    let before = store.tip().unwrap();
    let repacked = store.repack().unwrap();
    assert_eq!(repacked.after.files, 2, "a pack and its index");
    assert!(repacked.after.bytes < repacked.before.bytes);
    assert!(!holds(&folder, "nobody needs this"));
    for handle in [&store, &other, &folder.open()] {
        assert_eq!(handle.tip().unwrap(), before);
        assert!(ids.iter().all(|id| handle.get(id).unwrap().is_some()));
        assert!((1..=30).all(|seq| handle.read(seq).is_ok()));
        assert_eq!(handle.damage().unwrap(), []);
    }
    append_next(&other, 99, &changes("heads", &[("b", Some("on"))]));
    assert_eq!(store.repack().unwrap().after.files, 2);
    assert_eq!(store.repack().unwrap().after.files, 2, "with nothing to do");
    assert_eq!(store.damage().unwrap(), []);
}

#[test]
fn a_damaged_store_is_not_made_smaller() {
    let folder = Folder::new();
    let store = folder.create();
    let id = store.put(&[b"the text"]).unwrap()[0];
    store.put(&[b"more"]).unwrap();
    let hex = id.hex();
    let path = format!("refs/chancery/payload:{}/{}/{}/{hex}", &hex[..1], &hex[1..2], &hex[2..3]);
    let blob = folder.git(&["rev-parse", &path]).1.trim().to_owned();
    fs::remove_file(folder.dir().join("objects").join(&blob[..2]).join(&blob[2..])).unwrap();
    drop(store);
    let store = folder.open();
    store.repack().unwrap_err();
    assert!(store.has(&Digest::of(b"more")).unwrap());
    assert!(!store.damage().unwrap().is_empty());
}

#[test]
fn a_note_that_somebody_else_wrote_names_nothing_and_leads_nowhere() {
    let folder = Folder::new();
    let store = folder.create();
    fs::write(folder.dir().join("purging"), "../../etc/passwd\nnot a digest\n").unwrap();
    assert_eq!(store.intended().unwrap(), []);
    fs::remove_file(folder.dir().join("purging")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", folder.dir().join("purging")).unwrap();
    store.intended().unwrap_err();
}
