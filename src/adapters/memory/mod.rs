//! Twins of the adapters that keep everything in memory, for operations' tests and for trying things out.
//!
//! They pass the same contract suites as the real ones.

mod git;
mod journal;
mod settings;
mod store;
mod tree;

pub use journal::MemoryJournal;
pub use settings::MemorySettings;
pub use store::MemoryStore;
pub use tree::MemoryTree;
