//! Store and ledger in a bare git repository, `.chancery/`.
//!
//! Payload stands under `refs/chancery/payload`, events under `refs/chancery/ledger`; any git client can read
//! both and any git server can carry them. Objects are durable before the ref that names them, refs move by
//! compare-and-swap under a file lock, and what a killed process left behind is cleaned by the next one.
//!
//! A remote is reached by the `git` program, which knows every way there; all else is done in process. No hook and no
//! filter runs, and a store's own settings may say nothing that could run anything.
//! What the bytes mean is not known here: what is read is checked against digests and signatures, no more.

mod address;
mod answers;
mod batch;
mod commit;
mod discard;
mod exchange;
mod exchanging;
mod failure;
mod files;
mod index;
mod inflate;
mod inspect;
mod journal;
mod line;
mod links;
mod lock;
mod objects;
mod packs;
mod placed;
mod pointers;
mod program;
mod refs;
mod repack;
mod repository;
mod store;
pub mod strict;
mod tree;
mod trees;
mod union;
mod upkeep;
mod view;

pub use address::is_folder;
pub use exchange::GitRemote;
pub use lock::LockGuard;
pub use repository::GitStore;
