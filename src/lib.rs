//! Chancery: git for what an AI agent is told to do.
//!
//! Everything the program does is one walk from left to right; the rooms below are its stations.
//!
//! ```text
//! working files → artifact → version → bundle → evidence → act → event → state → text served
//!   workspace     artifact   version   version   eval    trust  ledger   state   render
//!                                              └──→ gate ──→──────────┘  (trust says who; gate says whether)
//! ```
//!
//! The ledger is the only truth. State is a view of it, every cache may be deleted, `verify` rebuilds all of
//! it. `state::apply` is the one place where an event is allowed or refused, when writing and when reading.
//! A room names only rooms above it in this list; `tests/architecture.rs` holds the table.

pub mod clock;
pub mod sight;
pub mod problem;
pub mod name;
pub mod object;
pub mod scan;
pub mod artifact;
pub mod trust;
pub mod version;
pub mod diff;
pub mod render;
pub mod eval;
pub mod ledger;
pub mod gate;
pub mod governance;
pub mod state;
pub mod workspace;
pub mod report;
pub mod ops;
pub mod adapters;
pub mod ui;
pub mod cli;
