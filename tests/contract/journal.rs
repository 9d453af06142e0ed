//! What every journal promises.

use std::fs;

use chancery::{
    adapters::memory::MemoryJournal,
    ledger::{Changes, History, Inspect, Journal, JournalError, Key},
    object::Prefix,
    trust::{Namespace, Signer, SignerError, allowed_signers},
};
use proptest::prelude::*;

use crate::world::{Folder, ana, append, append_next, changes, event_after};

fn keeps_its_promises(journal: &dyn Journal) {
    assert_eq!(journal.tip().unwrap(), None);
    assert!(matches!(journal.read(1), Err(JournalError::NoSuchEvent(1))));
    assert!(matches!(journal.read(0), Err(JournalError::NoSuchEvent(0))));
    assert!(matches!(journal.state(1).err(), Some(JournalError::NoSuchEvent(1))));
    assert_eq!(journal.state(0).unwrap().list("heads").unwrap(), Vec::<Vec<u8>>::new());

    let first = event_after(None, 1);
    let one = changes("heads", &[("a", Some("1")), ("b", Some("2"))]);
    let tip = append(journal, None, &first, &one).unwrap();
    assert_eq!((tip.seq, tip.event, tip.record), (1, first.id(), first.record.digest()));
    assert_eq!(journal.tip().unwrap().as_ref(), Some(&tip));

    let second = event_after(Some(&tip), 2);
    let mut two = changes("heads", &[("a", None), ("c", Some("3")), ("never was", None)]);
    two.extend(changes("live/a", &[("c", Some("4"))]));
    let now = append(journal, Some(&tip), &second, &two).unwrap();

    for expected in [None, Some(&tip)] {
        let late = append(journal, expected, &event_after(expected, 3), &Changes::new());
        assert!(matches!(late, Err(JournalError::Moved)), "{late:?}");
    }
    assert_eq!(journal.tip().unwrap().as_ref(), Some(&now), "a lost race changes nothing");

    for (seq, event) in [(1, &first), (2, &second)] {
        let (read, seal) = journal.read(seq).unwrap();
        assert_eq!(&read, event);
        assert_eq!(seal.signature.verify(Namespace::Git, &seal.signed).as_ref(), Ok(ana().key()));
        let prefix = Prefix::parse(&event.id().0.hex()[..8]).unwrap();
        assert_eq!(journal.find(&prefix).unwrap(), [(event.id(), seq)]);
    }
    assert!(journal.find(&Prefix::parse("0000000000").unwrap()).unwrap().is_empty());
    assert!(matches!(journal.read(3), Err(JournalError::NoSuchEvent(3))));

    let state =
        |seq, collection: &str, name: &str| journal.state(seq).unwrap().get(&Key::new(collection, name)).unwrap();
    assert_eq!(state(1, "heads", "a").as_deref(), Some(&b"1"[..]));
    assert_eq!(state(2, "heads", "a"), None);
    assert_eq!(state(2, "heads", "b").as_deref(), Some(&b"2"[..]));
    assert_eq!(state(2, "live/a", "c").as_deref(), Some(&b"4"[..]));
    assert_eq!(state(2, "live", "c"), None);
    assert_eq!(journal.state(2).unwrap().list("heads").unwrap(), [b"3".to_vec(), b"2".to_vec()], "by SHA-256 of names");
    assert_eq!(journal.state(2).unwrap().list("live").unwrap(), Vec::<Vec<u8>>::new());
    assert_eq!(journal.state(2).unwrap().list("live/a").unwrap(), [b"4".to_vec()]);

    assert!(journal.follows(1, &one).unwrap());
    assert!(journal.follows(2, &two).unwrap());
    assert!(!journal.follows(2, &one).unwrap());
    assert!(!journal.follows(1, &Changes::new()).unwrap());
    assert!(matches!(journal.follows(3, &one), Err(JournalError::NoSuchEvent(3))));
    assert!(matches!(journal.follows(0, &one), Err(JournalError::NoSuchEvent(0))));

    let gone = changes("heads", &[("b", None), ("c", None)]);
    let mut gone_too = changes("live/a", &[("c", None)]);
    gone_too.extend(gone);
    let (last, _) = append_next(journal, 4, &gone_too);
    assert!(journal.follows(3, &gone_too).unwrap());
    assert!(journal.state(3).unwrap().list("heads").unwrap().is_empty());

    let refused = journal.append(Some(&last), &event_after(Some(&last), 5), &one, &|_| {
        Err(SignerError::Tool { tool: "ssh-keygen".to_owned(), reason: "no".to_owned() })
    });
    assert!(matches!(refused, Err(JournalError::Signer(_))));
    let mut wrong = event_after(Some(&last), 6);
    wrong.record.seq += 1;
    assert!(matches!(append(journal, Some(&last), &wrong, &one), Err(JournalError::Damaged { .. })));
    assert_eq!(journal.tip().unwrap(), Some(last));
}

#[test]
fn memory_keeps_the_promises() {
    keeps_its_promises(&MemoryJournal::new());
}

#[test]
fn git_keeps_the_promises() {
    let folder = Folder::new();
    keeps_its_promises(&folder.create());
    let (whole, text) = folder.git(&["fsck", "--strict", "--full"]);
    assert!(whole, "{text}");
}

#[test]
fn git_itself_says_that_the_recorder_signed() {
    let folder = Folder::new();
    let store = folder.create();
    append_next(&store, 1, &changes("heads", &[("a", Some("1"))]));
    append_next(&store, 2, &Changes::new());
    let signers = folder.folder.path().join("signers");
    fs::write(&signers, allowed_signers([("ana", ana().key())])).unwrap();
    let option = format!("gpg.ssh.allowedSignersFile={}", signers.display());
    let (done, text) = folder.git(&["-c", &option, "log", "--show-signature", "refs/chancery/ledger"]);
    assert!(done && text.matches("Good \"git\" signature for ana").count() == 2, "{text}");
    assert!(text.contains("Author: ana <>") && text.contains("Chancery-Seq: 2"), "{text}");
}

#[test]
fn appends_that_race_lose_nothing() {
    let folder = Folder::new();
    drop(folder.create());
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let store = folder.open();
            scope.spawn(move || {
                for number in 0..6 {
                    let nonce = writer * 100 + number;
                    append_next(&store, nonce, &changes("heads", &[(&nonce.to_string(), Some("x"))]));
                }
            });
        }
    });
    let store = folder.open();
    assert_eq!(store.tip().unwrap().unwrap().seq, 24);
    assert_eq!(store.state(24).unwrap().list("heads").unwrap().len(), 24);
    for seq in 1..=24 {
        store.read(seq).unwrap();
    }
}

#[test]
fn one_of_two_that_saw_the_same_tip_is_told_that_it_moved() {
    let folder = Folder::new();
    let (one, other) = (folder.create(), folder.open());
    let (tip, _) = append_next(&one, 1, &Changes::new());
    assert_eq!(other.tip().unwrap().as_ref(), Some(&tip));
    append(&one, Some(&tip), &event_after(Some(&tip), 2), &Changes::new()).unwrap();
    let late = append(&other, Some(&tip), &event_after(Some(&tip), 3), &Changes::new());
    assert!(matches!(late, Err(JournalError::Moved)));
}

#[test]
fn read_decide_write_is_serialised_and_the_lock_may_be_taken_twice() {
    let folder = Folder::new();
    drop(folder.create());
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let store = folder.open();
            scope.spawn(move || {
                for number in 0..5 {
                    let _outer = store.lock().unwrap();
                    let _inner = store.lock().unwrap();
                    let (_, lost) = append_next(&store, writer * 100 + number, &Changes::new());
                    assert_eq!(lost, 0, "nobody else moved while the lock was held");
                }
            });
        }
    });
    assert_eq!(folder.open().tip().unwrap().unwrap().seq, 20);
}

#[test]
fn the_index_is_never_needed_and_never_believed() {
    let folder = Folder::new();
    let store = folder.create();
    let mut ids = Vec::new();
    for nonce in 0..10 {
        ids.push(append_next(&store, nonce, &Changes::new()).0.event);
    }
    let all_found = |store: &dyn Journal| {
        for (seq, id) in (1..).zip(&ids) {
            assert_eq!(store.read(seq).unwrap().0.id(), *id);
            assert_eq!(store.find(&Prefix::parse(&id.0.hex()).unwrap()).unwrap(), [(*id, seq)]);
        }
    };
    all_found(&store);
    let index = folder.dir().join("cache").join("events");
    let whole = fs::read(&index).unwrap();
    for damage in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[damage] ^= 0x55;
        bytes.truncate(whole.len() - damage % 3);
        fs::write(&index, bytes).unwrap();
        all_found(&folder.open());
        assert_eq!(fs::read(&index).unwrap(), whole, "rebuilt after byte {damage} changed");
    }
    fs::remove_dir_all(folder.dir().join("cache")).unwrap();
    fs::write(folder.dir().join("cache"), "not a folder").unwrap();
    all_found(&folder.open());
}

#[test]
fn a_disk_that_fails_leaves_the_old_state_and_names_the_place() {
    let folder = Folder::new();
    let store = folder.create();
    let (tip, _) = append_next(&store, 1, &Changes::new());
    let objects = folder.dir().join("objects");
    let aside = folder.dir().join("aside");
    let fails_meanwhile = |bytes: &[u8]| {
        fs::rename(&objects, &aside).unwrap();
        fs::write(&objects, "").unwrap();
        ana().sign(Namespace::Git, bytes)
    };
    let refused = store.append(Some(&tip), &event_after(Some(&tip), 2), &Changes::new(), &fails_meanwhile);
    fs::remove_file(&objects).unwrap();
    fs::rename(&aside, &objects).unwrap();
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains(".chancery"), "{refused}");

    let obstacle = folder.dir().join("refs").join("chancery").join("ledger.lock");
    fs::create_dir(&obstacle).unwrap();
    let refused = append(&store, Some(&tip), &event_after(Some(&tip), 3), &Changes::new());
    fs::remove_dir(&obstacle).unwrap();
    assert!(refused.unwrap_err().to_string().contains("refs/chancery/ledger"));

    for store in [&store, &folder.open()] {
        assert_eq!(store.tip().unwrap().as_ref(), Some(&tip));
        assert_eq!(store.damage().unwrap(), []);
    }
    append(&store, Some(&tip), &event_after(Some(&tip), 4), &Changes::new()).unwrap();
}

#[test]
fn an_event_that_was_rewritten_is_refused() {
    let folder = Folder::new();
    let store = folder.create();
    append_next(&store, 1, &Changes::new());
    append_next(&store, 2, &Changes::new());
    let (done, commit) = folder.git(&["cat-file", "commit", "refs/chancery/ledger"]);
    assert!(done);
    for (from, to) in
        [("author ana <>", "author eve <>"), ("Chancery-Seq: 2", "Chancery-Seq: 1"), ("\nparent ", "\ntree ")]
    {
        let file = folder.folder.path().join("commit");
        fs::write(&file, commit.replacen(from, to, 1)).unwrap();
        let (_, id) = folder.git(&["hash-object", "-t", "commit", "--literally", "-w", file.to_str().unwrap()]);
        assert!(folder.git(&["update-ref", "refs/chancery/ledger", id.trim()]).0, "{id}");
        let answer = folder.open().read(2);
        assert!(matches!(answer, Err(JournalError::Damaged { .. })), "{from}: {answer:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn git_and_memory_keep_the_same_state(
        steps in prop::collection::vec(
            prop::collection::vec(("[a-c](/[a-b])?", "[a-d]", prop::option::of("[x-z]{0,2}")), 0..8), 1..5)
    ) {
        let folder = Folder::new();
        let (git, memory) = (folder.create(), MemoryJournal::new());
        for (step, nonce) in steps.iter().zip(0..) {
            let records = step.iter().map(|(collection, name, text)| {
                (Key::new(collection, name), text.as_ref().map(|text| text.as_bytes().to_vec()))
            });
            let changes: Changes = records.collect();
            let (tip, _) = append_next(&git, nonce, &changes);
            append_next(&memory, nonce, &changes);
            prop_assert!(git.follows(tip.seq, &changes).unwrap());
            for collection in ["a", "b", "c", "a/a", "a/b", "b/a", "b/b", "c/a", "c/b"] {
                prop_assert_eq!(
                    git.state(tip.seq).unwrap().list(collection).unwrap(),
                    memory.state(tip.seq).unwrap().list(collection).unwrap()
                );
            }
        }
    }
}
