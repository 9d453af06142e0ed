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
mod behaviour;
mod bisect;
mod branches;
mod budget;
mod bytes;
mod charter;
mod check;
mod checks;
mod commit;
mod conversation;
mod demo;
mod drift;
mod exec_check;
mod finding;
mod flaky;
mod formats;
mod frame;
mod freeze;
mod governance;
mod halt;
mod impact;
mod init;
mod judge;
mod latency;
mod live;
mod log;
mod margin;
mod merge;
mod mutate;
mod mv;
mod model;
mod r#override;
mod pace;
mod paid;
mod purge;
mod quorum;
mod race;
mod reports;
mod requalify;
mod restore;
mod review_with;
mod risk;
mod rm;
mod rollback;
mod secrets;
mod seen;
mod share;
mod signatures;
mod similar;
mod status;
mod threats;
mod verify;
