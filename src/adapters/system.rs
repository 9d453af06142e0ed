//! The machine's clock.

use jiff::Timestamp;

use crate::clock::{Clock, Time};

/// The system's clock, in whole seconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        Time::from(Timestamp::now())
    }
}

/// Sixteen bytes nobody can guess.
///
/// # Panics
///
/// When the system has no randomness to give; nothing should be signed then.
#[expect(clippy::expect_used, reason = "without randomness nothing may be signed")]
pub fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}
