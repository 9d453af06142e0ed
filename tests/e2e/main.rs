//! The real program in a temporary folder: environment cleared; home, time and keys given.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on stops"
)]

mod support;

mod adopt;
mod approve;
mod branches;
mod budget;
mod bytes;
mod charter;
mod check;
mod commit;
mod demo;
mod finding;
mod formats;
mod frame;
mod governance;
mod hostile;
mod impact;
mod init;
mod kill;
mod log;
mod margin;
mod merge;
mod mv;
mod r#override;
mod purge;
mod quorum;
mod race;
mod restore;
mod requalify;
mod review_with;
mod risk;
mod rm;
mod rollback;
mod seen;
