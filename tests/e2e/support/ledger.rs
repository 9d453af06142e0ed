//! The ledger as the library reads it, a witness beside the commands under test.

use std::path::Path;

use chancery::{
    adapters::git::GitStore,
    ledger::{Event, History as _},
};

/// All events of the project in this folder, in their order.
pub(crate) fn ledger(folder: &Path) -> Vec<Event> {
    let store = GitStore::open(&folder.join(".chancery")).unwrap();
    let newest = store.tip().unwrap().map_or(0, |tip| tip.seq);
    (1..=newest).map(|seq| store.read(seq).unwrap().0).collect()
}
