//! The machine's clock, its randomness, and Ctrl-C.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use signal_hook::{consts::SIGINT, flag};

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

/// A flag that is set after this time, and with it another; neither is when there is no time.
pub fn alarm(after: Option<Duration>, stop: &Arc<AtomicBool>) -> Arc<AtomicBool> {
    let rang = Arc::new(AtomicBool::new(false));
    if let Some(after) = after {
        let (rings, stops) = (Arc::clone(&rang), Arc::clone(stop));
        // Ends with the program; nobody waits for it.
        std::thread::spawn(move || {
            std::thread::sleep(after);
            rings.store(true, Ordering::Relaxed);
            stops.store(true, Ordering::Relaxed);
        });
    }
    rang
}

/// A flag that Ctrl-C sets from now on, where it ended the program at once; a second Ctrl-C still does, with exit code 130.
///
/// Where the system takes no handler, Ctrl-C does what it did.
pub fn interrupts() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    // This one first, so that it finds the flag as the Ctrl-C before left it.
    if flag::register_conditional_shutdown(SIGINT, 130, Arc::clone(&flag)).is_ok() {
        let _ = flag::register(SIGINT, Arc::clone(&flag));
    }
    flag
}
