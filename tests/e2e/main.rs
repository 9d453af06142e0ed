//! The real program in a temporary folder: environment cleared; home, time and keys given.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops"
)]

mod support;

mod check;
mod demo;
mod frame;
mod log;
mod kill;
mod quorum;
mod race;
mod signatures;
