//! Large ledgers: made once through the library, event by event, and kept in `target` between runs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::{
    making::Maker,
    place::finished,
    story::{Story, rules},
};

/// A change of what is made changes this, so that no run measures another's ledger.
const EDITION: u32 = 1;

/// So many events are loose objects before they are packed.
const PACKED_EVERY: u64 = 100;

/// A project folder with a ledger of many events in one pack, and nothing else in it.
pub(crate) struct Large {
    folder: PathBuf,
}

impl Large {
    /// The ledger of so many events: the one that is kept, or a new one.
    pub(crate) fn of(events: u64) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("ledger-{EDITION}-{events}"));
        if !folder.exists() {
            let room = quick_room();
            make(room.path(), events);
            let unfinished = folder.with_extension("unfinished");
            let _ = fs::remove_dir_all(&unfinished);
            copy(room.path(), &unfinished);
            fs::rename(&unfinished, &folder).unwrap();
        }
        Self { folder }
    }

    /// The project's folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The repository that holds the ledger.
    pub(crate) fn store(&self) -> PathBuf {
        self.folder.join(".chancery")
    }
}

/// Memory where the system has some in its files, for millions of small files come and go while a ledger is made.
fn quick_room() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))).unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Tells a story until it has this many events.
fn make(folder: &Path, events: u64) {
    fs::create_dir_all(folder).unwrap();
    let text = rules();
    fs::write(folder.join("chancery.toml"), &text).unwrap();
    let store = folder.join(".chancery");
    let mut maker = Maker::create(&store);
    let mut story = Story::begin(&maker, &text);
    let mut packed = 0;
    while maker.events() < events {
        story.go_on(&maker, events);
        if maker.events() >= packed + PACKED_EVERY {
            packed = maker.events();
            pack(&store, &["--geometric=2", "-d"]);
            maker = maker.reopened();
        }
    }
    drop(maker);
    pack(&store, &["-a", "-d"]);
    let _ = fs::remove_dir_all(store.join("cache"));
}

/// Lets git pack the objects; what it syncs on the way is not what is measured.
fn pack(store: &Path, how: &[&str]) {
    let mut command = Command::new("git");
    command.arg("--git-dir").arg(store).args(["-c", "core.fsync=none", "-c", "pack.writeBitmaps=false"]);
    command.args(["-c", "repack.writeBitmaps=false", "-c", "pack.writeReverseIndex=false", "repack", "-q"]).args(how);
    finished(command);
}
