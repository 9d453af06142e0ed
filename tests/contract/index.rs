//! The index: what is remembered is written and read alike, and vouches for nothing that may have changed.

use chancery::{
    adapters::memory::{MemorySettings, MemoryTree},
    name::{Artifact, Kind, Name},
    object::{Digest, EventId, VersionId},
    workspace::{Coming, Ground, Index, IndexError, Record, Settings as _, SourceTree as _, discover},
};

const LONG_AFTER: i128 = 10_000_000_000;

fn suite() -> Artifact {
    Artifact::new(Kind::Suite, Name::parse("s").unwrap())
}

fn project() -> MemoryTree {
    MemoryTree::of([("evals/s.toml", "cases = \"s.jsonl\""), ("evals/s.jsonl", "{}"), ("prompts/a.md", "a")])
}

/// An index of everything in the project, as if written at this moment.
fn index_of(tree: &MemoryTree, written: i128) -> Index {
    let found = discover(tree, &[]).unwrap();
    let mut index = Index::default();
    for place in found.places.values() {
        let file = found.load(tree, place).unwrap().unwrap();
        let (event, version) = (EventId(Digest::of(b"event")), VersionId(Digest::of(b"next")));
        let coming = (file.artifact == suite()).then_some(Coming { event, version, number: 8 });
        index.set(Record { coming, ..Record::of(&file, Some((VersionId(Digest::of(b"base")), 7)), None) });
    }
    Index::open(&MemorySettings::holding("index", &index.encode(), written)).unwrap()
}

fn unchanged(index: &Index, tree: &MemoryTree, artifact: &Artifact) -> Option<VersionId> {
    let found = discover(tree, &[]).unwrap();
    index.unchanged(&found, &found.places[artifact])
}

#[test]
fn an_index_is_read_as_it_was_written() {
    let index = index_of(&project(), 5);
    let settings = MemorySettings::default();
    index.save(&settings).unwrap();
    let again = Index::open(&settings).unwrap();
    assert_eq!(again.records().collect::<Vec<_>>(), index.records().collect::<Vec<_>>());
    assert_eq!(settings.read("index").unwrap().unwrap().bytes, index.encode());
    assert_eq!(again.get(&suite()).and_then(|record| record.coming).map(|coming| coming.number), Some(8));
    assert_eq!(again.get(&suite()).and_then(|record| record.base).map(|(_, number)| number), Some(7));
}

#[test]
fn where_git_stood_is_kept_once_for_many_files() {
    let ground = |branch: Option<&str>, log| {
        Some(Ground { branch: branch.map(str::to_owned), commit: Some("c0ffee".to_owned()), log })
    };
    let unborn = Some(Ground { branch: Some("main".to_owned()), commit: None, log: 0 });
    let grounds = [ground(Some("main"), 7), ground(None, 9), None, unborn, ground(Some("main"), 7)];
    let mut index = index_of(&project(), 5);
    let record = index.get(&suite()).unwrap().clone();
    for (number, ground) in grounds.into_iter().enumerate() {
        let artifact = Artifact::new(Kind::Suite, Name::parse(&format!("s{number}")).unwrap());
        index.set(Record { artifact, ground, ..record.clone() });
    }
    let bytes = index.encode();
    let again = Index::open(&MemorySettings::holding("index", &bytes, 5)).unwrap();
    assert_eq!(again.records().collect::<Vec<_>>(), index.records().collect::<Vec<_>>());
    assert_eq!(String::from_utf8(bytes).unwrap().matches("c0ffee").count(), 2);
}

#[test]
fn an_unchanged_file_need_not_be_read() {
    let tree = project();
    let index = index_of(&tree, LONG_AFTER);
    let found = discover(&tree, &[]).unwrap();
    for (artifact, place) in &found.places {
        let version = found.load(&tree, place).unwrap().unwrap().version();
        assert_eq!(index.unchanged(&found, place), Some(version), "{artifact}");
    }
}

#[test]
fn a_file_that_changed_just_before_the_index_was_written_is_read_again() {
    let tree = project();
    for written in [0, 1, 1_000_000_000] {
        assert_eq!(unchanged(&index_of(&tree, written), &tree, &suite()), None);
    }
}

#[test]
fn a_change_in_any_file_of_an_artifact_shows() {
    let changes: [fn(&MemoryTree); 4] = [
        |tree| tree.write("evals/s.toml", b"cases = \"s.jsonl\"").unwrap(),
        |tree| tree.write("evals/s.jsonl", b"[]").unwrap(),
        |tree| tree.remove("evals/s.jsonl").unwrap(),
        |tree| tree.write("evals/s.toml", b"").unwrap(),
    ];
    for change in changes {
        let tree = project();
        let index = index_of(&tree, LONG_AFTER);
        change(&tree);
        assert_eq!(unchanged(&index, &tree, &suite()), None);
    }
    let prompt = Artifact::new(Kind::Prompt, Name::parse("a").unwrap());
    let tree = project();
    let index = index_of(&tree, LONG_AFTER);
    tree.write("prompts/a.chancery.toml", b"").unwrap();
    assert_eq!(unchanged(&index, &tree, &prompt), None, "settings came to stand beside it");
}

#[test]
fn nothing_vouches_for_a_suite_whose_case_file_is_missing() {
    let tree = project();
    tree.remove("evals/s.jsonl").unwrap();
    let index = index_of(&tree, LONG_AFTER);
    assert_eq!(unchanged(&index, &tree, &suite()), None);
}

#[test]
fn a_damaged_index_is_refused_by_line() {
    let whole = index_of(&project(), 0).encode();
    for cut in 1..whole.len() {
        assert!(Index::open(&MemorySettings::holding("index", &whole[..cut], 0)).is_err(), "cut at {cut}");
    }
    let text = String::from_utf8(whole).unwrap().replace("\t7\t", "\tseven\t");
    let read = Index::open(&MemorySettings::holding("index", text.as_bytes(), 0));
    assert_eq!(read, Err(IndexError::Damaged { line: 2 }));
}
