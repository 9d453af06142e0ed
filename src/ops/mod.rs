//! One verb, one file: the only place where rooms meet.
//!
//! An operation takes the [`World`] and a request, reads as the walk itself (read, fold, gather, decide, append,
//! describe), and returns a plain serialisable outcome. It never prints and never asks.

mod world;

pub use world::World;
