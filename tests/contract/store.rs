//! What every store of payload promises.

use std::fs;

use chancery::{
    adapters::memory::MemoryStore,
    object::{Digest, Prefix, Store, StoreError},
};

use crate::world::Folder;

fn keeps_its_promises(store: &dyn Store) {
    let absent = Digest::of(b"never kept");
    assert_eq!(store.get(&absent).unwrap(), None);
    assert!(!store.has(&absent).unwrap());
    assert_eq!(store.put(&[]).unwrap(), []);

    let ids = store.put(&[b"one", b"", b"one", b"\0\xff\n"]).unwrap();
    assert_eq!(ids, [&b"one"[..], b"", b"one", b"\0\xff\n"].map(Digest::of));
    assert_eq!(store.get(&ids[0]).unwrap().as_deref(), Some(&b"one"[..]));
    assert_eq!(store.get(&ids[1]).unwrap().as_deref(), Some(&b""[..]));
    assert_eq!(store.get(&ids[3]).unwrap().as_deref(), Some(&b"\0\xff\n"[..]));
    assert!(store.has(&ids[3]).unwrap());

    store.put(&[b"one"]).unwrap();
    let many: Vec<String> = (0..500).map(|number| format!("text {number}")).collect();
    let texts: Vec<&[u8]> = many.iter().map(String::as_bytes).collect();
    let ids = store.put(&texts).unwrap();
    for (id, text) in ids.iter().zip(&texts) {
        assert_eq!(store.get(id).unwrap().as_deref(), Some(*text));
        let prefix = Prefix::parse(&id.hex()[..6]).unwrap();
        assert_eq!(store.with_prefix(&prefix).unwrap(), [*id]);
        assert_eq!(store.with_prefix(&Prefix::parse(&id.hex()).unwrap()).unwrap(), [*id]);
    }
    assert!(store.with_prefix(&Prefix::parse("0123456789abcdef").unwrap()).unwrap().is_empty());
    assert_eq!(store.get(&Digest::of(b"one")).unwrap().as_deref(), Some(&b"one"[..]), "what is kept stays");
}

#[test]
fn memory_keeps_the_promises() {
    keeps_its_promises(&MemoryStore::new());
}

#[test]
fn git_keeps_the_promises() {
    let folder = Folder::new();
    keeps_its_promises(&folder.create());
    let (whole, text) = folder.git(&["fsck", "--strict", "--full"]);
    assert!(whole, "{text}");
}

#[test]
fn another_handle_sees_what_was_put_and_equal_bytes_add_no_commit() {
    let folder = Folder::new();
    let (one, other) = (folder.create(), folder.open());
    let id = one.put(&[b"text"]).unwrap()[0];
    assert_eq!(other.get(&id).unwrap().as_deref(), Some(&b"text"[..]));
    let before = folder.git(&["rev-parse", "refs/chancery/payload"]);
    other.put(&[b"text"]).unwrap();
    assert_eq!(folder.git(&["rev-parse", "refs/chancery/payload"]), before);
}

#[test]
fn writers_that_race_lose_nothing() {
    let folder = Folder::new();
    drop(folder.create());
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let store = folder.open();
            scope.spawn(move || {
                for number in 0..8 {
                    store.put(&[format!("{writer}/{number}").as_bytes()]).unwrap();
                }
            });
        }
    });
    let store = folder.open();
    for writer in 0..4 {
        for number in 0..8 {
            assert!(store.has(&Digest::of(format!("{writer}/{number}").as_bytes())).unwrap(), "{writer}/{number}");
        }
    }
}

#[test]
fn bytes_that_changed_on_disk_are_refused() {
    let folder = Folder::new();
    let store = folder.create();
    let id = store.put(&[b"the text"]).unwrap()[0];
    let hex = id.hex();
    let path = format!("refs/chancery/payload:{}/{}/{}/{hex}", &hex[..1], &hex[1..2], &hex[2..3]);
    let blob = folder.git(&["rev-parse", &path]).1.trim().to_owned();
    let file = folder.dir().join("objects").join(&blob[..2]).join(&blob[2..]);
    let mut bytes = fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::remove_file(&file).unwrap();
    fs::write(&file, bytes).unwrap();
    let answer = folder.open().get(&id);
    assert!(matches!(answer, Err(StoreError::Corrupt { id: named }) if named == id), "{answer:?}");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = Folder::new();
    let store = folder.create();
    // A file where git wants a folder refuses even the superuser.
    fs::remove_dir_all(folder.dir().join("objects")).unwrap();
    fs::write(folder.dir().join("objects"), "").unwrap();
    let error = store.put(&[b"text"]).unwrap_err().to_string();
    assert!(error.contains(".chancery"), "{error}");
    let error = chancery::adapters::git::GitStore::open(&folder.dir().join("nowhere")).unwrap_err().to_string();
    assert!(error.contains("nowhere"), "{error}");
}
