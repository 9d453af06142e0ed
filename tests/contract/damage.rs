//! Any changed byte is found, wherever it stands.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use chancery::{
    ledger::{Damage, History, Inspect},
    object::Store,
};

use crate::world::{Folder, append_next, changes};

/// A repository with loose objects, a pack of ours and three events.
fn filled() -> Folder {
    let folder = Folder::new();
    let store = folder.create();
    let texts: Vec<String> = (0..80).map(|number| format!("payload {number} {}", "x".repeat(number))).collect();
    store.put(&texts.iter().map(String::as_bytes).collect::<Vec<_>>()).unwrap();
    store.put(&[b"one more"]).unwrap();
    for nonce in 0..3 {
        append_next(&store, nonce, &changes("heads", &[(&nonce.to_string(), Some("a record"))]));
    }
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// What is found while one byte of a file is changed; a byte at the length is added.
fn with_byte(folder: &Folder, file: &Path, at: usize, change: u8) -> Vec<Damage> {
    let whole = fs::read(file).unwrap();
    let mut bytes = whole.clone();
    match bytes.get_mut(at) {
        Some(byte) => *byte ^= change,
        None => bytes.push(change),
    }
    fs::remove_file(file).unwrap();
    fs::write(file, &bytes).unwrap();
    let store = folder.open();
    let damage = store.damage().unwrap();
    // Reading may refuse; it must not crash.
    let _ = (store.tip(), store.read(1), store.read(2), store.follows(2, &changes("heads", &[])));
    fs::remove_file(file).unwrap();
    fs::write(file, whole).unwrap();
    damage
}

fn every_change_is_found(folder: &Folder, file: &Path, step: usize) {
    let length = usize::try_from(fs::metadata(file).unwrap().len()).unwrap();
    let ends = [0, 1, 2, 3, 8, 11, length - 1, length];
    for (number, at) in ends.into_iter().chain((4..length).step_by(step)).enumerate() {
        let change = [0x01, 0xff, 0x20, 0x80][number % 4];
        let damage = with_byte(folder, file, at, change);
        assert!(!damage.is_empty(), "byte {at} of {} changed by {change}", file.display());
    }
}

#[test]
fn a_changed_byte_of_any_object_pack_or_index_is_found() {
    let folder = filled();
    assert_eq!(folder.open().damage().unwrap(), []);
    for file in files(&folder.dir().join("objects")) {
        let long = fs::metadata(&file).unwrap().len() > 2_000;
        every_change_is_found(&folder, &file, if long { 211 } else { 29 });
    }
}

#[test]
fn a_changed_byte_of_any_ref_is_found() {
    let folder = filled();
    for file in files(&folder.dir().join("refs")).into_iter().chain([folder.dir().join("HEAD")]) {
        every_change_is_found(&folder, &file, 1);
    }
}

#[test]
fn what_git_packed_and_indexed_is_inspected_too() {
    let folder = filled();
    let (done, text) = folder.git(&["-c", "repack.writeBitmaps=true", "gc", "--quiet"]);
    assert!(done, "{text}");
    let (done, text) = folder.git(&["commit-graph", "write", "--reachable"]);
    assert!(done, "{text}");
    let (done, text) = folder.git(&["multi-pack-index", "write"]);
    assert!(done, "{text}");
    let store = folder.open();
    assert_eq!(store.damage().unwrap(), []);
    assert_eq!(store.read(3).unwrap().0.record.seq, 3);
    for file in files(&folder.dir().join("objects")) {
        every_change_is_found(&folder, &file, 977);
    }
    every_change_is_found(&folder, &folder.dir().join("packed-refs"), 3);
}

#[test]
fn damage_names_the_event_that_brought_the_object() {
    let folder = filled();
    let store = folder.open();
    let tip = store.tip().unwrap().unwrap();
    let (_, act) = folder.git(&["rev-parse", "refs/chancery/ledger~1:act"]);
    let act = act.trim();
    let file = folder.dir().join("objects").join(&act[..2]).join(&act[2..]);
    let damage = with_byte(&folder, &file, 9, 0x10);
    let named: Vec<_> = damage.iter().map(|damage| (damage.place.as_str(), damage.event)).collect();
    let second = store.read(tip.seq - 1).unwrap().0.id();
    assert_eq!(named, [(format!("objects/{}/{}", &act[..2], &act[2..]).as_str(), Some(second))]);

    fs::remove_file(&file).unwrap();
    let damage = folder.open().damage().unwrap();
    assert_eq!(damage.len(), 1, "{damage:?}");
    assert_eq!((damage[0].place.as_str(), damage[0].event), (act, Some(second)));
}

/// What is found at a place.
fn reason(damage: &[Damage], place: &str) -> String {
    let found = damage.iter().find(|damage| damage.place.starts_with(place));
    found.unwrap_or_else(|| panic!("nothing at {place} in {damage:?}")).reason.clone()
}

#[test]
fn payload_under_a_name_that_is_not_its_digest_is_found() {
    let folder = filled();
    let word = |args: &[&str]| folder.git(args).1.trim().to_owned();
    let head = word(&["rev-parse", "refs/chancery/payload"]);
    let other = word(&["hash-object", "-w", "HEAD"]);
    let mut listing = word(&["ls-tree", &head]);
    writeln!(listing, "\n100644 blob {other}\tnotes").unwrap();
    fs::write(folder.dir().join("listing"), listing).unwrap();
    let tree = std::process::Command::new("git")
        .args(["mktree"])
        .env("GIT_DIR", folder.dir())
        .stdin(fs::File::open(folder.dir().join("listing")).unwrap())
        .output()
        .unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    let as_somebody = ["-c", "user.name=x", "-c", "user.email=x"];
    let commit = word(&[&as_somebody[..], &["commit-tree", tree.trim(), "-p", &head, "-m", "x"]].concat());
    word(&["update-ref", "refs/chancery/payload", &commit]);
    let damage = folder.open().damage().unwrap();
    assert_eq!(reason(&damage, "refs/chancery/payload:notes"), "its bytes are not those its name says");
}

#[test]
fn a_ledger_whose_ref_is_gone_is_not_a_project_that_never_began() {
    let folder = filled();
    fs::remove_file(folder.dir().join("refs/chancery/ledger")).unwrap();
    let damage = folder.open().damage().unwrap();
    assert_eq!(reason(&damage, "refs/chancery/ledger"), "it is missing, and events are here");
}

#[test]
fn an_index_that_leads_out_of_its_pack_is_found_whatever_its_hash_says() {
    let folder = filled();
    let packs = files(&folder.dir().join("objects/pack"));
    let file = packs.iter().find(|file| file.extension().is_some_and(|extension| extension == "idx")).unwrap();
    let mut bytes = fs::read(file).unwrap();
    let count = usize::try_from(u32::from_be_bytes(bytes[8 + 1020..8 + 1024].try_into().unwrap())).unwrap();
    let first = 8 + 1024 + count * 24;
    bytes[first..first + 4].copy_from_slice(&0x7fff_0000_u32.to_be_bytes());
    let end = bytes.len() - 20;
    let hash = ring_sha1(&bytes[..end]);
    bytes[end..].copy_from_slice(&hash);
    fs::remove_file(file).unwrap();
    fs::write(file, bytes).unwrap();
    let damage = folder.open().damage().unwrap();
    assert_eq!(reason(&damage, "objects/pack/"), "it leads out of its pack");
}

fn ring_sha1(bytes: &[u8]) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec()
}

#[test]
fn an_index_whose_pack_is_still_being_written_keeps_nobody_from_reading() {
    let folder = filled();
    let packs = files(&folder.dir().join("objects/pack"));
    let file = packs.iter().find(|file| file.extension().is_some_and(|extension| extension == "idx")).unwrap();
    fs::copy(file, folder.dir().join("objects/pack/pack-0000000000000000000000000000000000000000.idx")).unwrap();
    assert_eq!(folder.open().tip().unwrap().unwrap().seq, 3);
}

#[cfg(unix)]
#[test]
fn nothing_outside_is_written_through_a_link() {
    let folder = filled();
    let outside = folder.dir().join("outside");
    for name in ["lock", "cache/events"] {
        fs::write(&outside, "mine").unwrap();
        let link = folder.dir().join(name);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(&outside, &link).unwrap();
        let store = folder.open();
        let _ = (store.put(&[b"more"]), store.read(1));
        drop(store);
        assert_eq!(fs::read_to_string(&outside).unwrap(), "mine", "{name}");
    }
}

#[test]
fn a_store_that_leads_to_another_is_not_opened() {
    let folder = filled();
    fs::write(folder.dir().join("commondir"), "../elsewhere\n").unwrap();
    let refused = chancery::adapters::git::GitStore::open(&folder.dir()).unwrap_err().to_string();
    assert!(refused.contains("another store"), "{refused}");
}
