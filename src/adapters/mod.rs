//! The outside world, behind the ports of the rooms above.
//!
//! Only adapters and `cli` touch files, programs and the clock. Each folder here is one part of the outside, and
//! [`memory`] holds the twins that stand in for all of them. An adapter keeps the promises of its port and knows no
//! rule: what bytes mean and who may do what is decided above.

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
