//! Waiting, as a port: tests wait for nothing and know exactly how long.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;

use crate::clock::Time;

/// Time and chance.
///
/// Promises: `now` never goes back; `sleep` returns after at least this long, unless it has ended.
pub trait Timer: Send + Sync {
    /// The time since some moment that stays the same.
    fn now(&self) -> Duration;

    /// What time it is, for dates that others wrote.
    fn today(&self) -> Time;

    /// Waits.
    fn sleep(&self, time: Duration);

    /// Whether nobody waits for anything any more.
    fn has_ended(&self) -> bool {
        false
    }

    /// A number from 0 to below 1, every one as likely as any other.
    fn chance(&self) -> f64;
}

/// The machine's own, until a flag is set.
#[derive(Debug, Clone)]
pub struct SystemTimer {
    began: Instant,
    stop: Arc<AtomicBool>,
}

/// How long a flag may stand unnoticed.
const GLANCE: Duration = Duration::from_millis(50);

impl SystemTimer {
    /// One that ends with this flag.
    pub fn until(stop: Arc<AtomicBool>) -> Self {
        Self { began: Instant::now(), stop }
    }
}

impl Default for SystemTimer {
    fn default() -> Self {
        Self::until(Arc::default())
    }
}

impl Timer for SystemTimer {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn today(&self) -> Time {
        Time::from(Timestamp::now())
    }

    fn sleep(&self, time: Duration) {
        let began = Instant::now();
        while !self.has_ended() {
            let left = time.saturating_sub(began.elapsed());
            if left.is_zero() {
                return;
            }
            thread::sleep(left.min(GLANCE));
        }
    }

    fn has_ended(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Half where the system has no randomness: waiting must go on, and nothing is kept secret by it.
    fn chance(&self) -> f64 {
        getrandom::u32().map_or(0.5, |number| f64::from(number) / (f64::from(u32::MAX) + 1.0))
    }
}

#[cfg(test)]
pub(super) mod fake {
    use std::sync::{Mutex, PoisonError};

    use super::{Duration, Time, Timer};

    /// A clock that moves when somebody sleeps, and remembers how long each slept.
    #[derive(Debug)]
    pub(crate) struct FakeTimer {
        pub(crate) slept: Mutex<Vec<Duration>>,
        pub(crate) chance: f64,
    }

    impl FakeTimer {
        pub(crate) fn new(chance: f64) -> Self {
            Self { slept: Mutex::new(Vec::new()), chance }
        }

        pub(crate) fn millis(&self) -> Vec<u128> {
            self.slept.lock().unwrap_or_else(PoisonError::into_inner).iter().map(Duration::as_millis).collect()
        }
    }

    impl Timer for FakeTimer {
        fn now(&self) -> Duration {
            self.slept.lock().unwrap_or_else(PoisonError::into_inner).iter().sum()
        }

        fn today(&self) -> Time {
            Time::parse("2026-11-20T08:00:00Z").unwrap()
        }

        fn sleep(&self, time: Duration) {
            self.slept.lock().unwrap_or_else(PoisonError::into_inner).push(time);
        }

        fn chance(&self) -> f64 {
            self.chance
        }
    }
}
