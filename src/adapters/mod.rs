//! The outside world, behind the ports of the rooms above.
//!
//! Only adapters, `cli` and `serve` touch files, programs and the clock. Each folder here is one part of
//! the outside and holds an adapter for the real thing beside its twin in memory.

mod failpoint;
pub mod files;
pub mod git;
pub mod git_config;
pub mod keys;
pub mod memory;
pub mod pager;
pub mod provider;
pub mod system;
pub mod theatre;

pub use failpoint::Failpoint;
