//! Any changed byte is found, wherever it stands.

use std::{
    fs,
    path::{Path, PathBuf},
};

use chancery::{
    ledger::{Damage, Inspect, Journal},
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
