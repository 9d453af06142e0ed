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
