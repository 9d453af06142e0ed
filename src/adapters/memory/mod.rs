//! Twins of the adapters that keep everything in memory, for operations' tests and for trying things out.
//!
//! They pass the same contract suites as the real ones.

mod journal;
mod store;

pub use journal::MemoryJournal;
pub use store::MemoryStore;
mod settings;
mod tree;

pub use settings::MemorySettings;
pub use tree::MemoryTree;
