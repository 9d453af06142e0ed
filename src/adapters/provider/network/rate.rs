//! How fast one host is asked: a token bucket that all threads share.
//!
//! Kept as the time at which the bucket would be full again (the generic cell rate algorithm), which is one number
//! under one lock; `governor` does the same for asynchronous code. Places are given out before the wait, so threads
//! wait side by side, in the order in which they came.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::timer::Timer;

/// Calls a second, and no call while a server asks for a pause.
#[derive(Debug)]
pub(super) struct Rate {
    /// The time that one call uses up; nothing where there is no limit.
    apart: Duration,
    /// How much of it may be used up ahead of time: one call less than may come at once.
    ahead: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When all that was given out is used up.
    used_up: Duration,
    /// Nobody begins earlier.
    held: Duration,
}

impl Rate {
    /// At most this many calls a second, the first second's worth at once; no limit where none is given.
    pub(super) fn new(a_second: Option<f64>) -> Self {
        let apart = a_second.map_or(Ok(Duration::ZERO), |rate| Duration::try_from_secs_f64(1.0 / rate));
        // A rate too small to be told from none at all still lets a call through every hour.
        let apart = apart.unwrap_or(Duration::from_hours(1)).min(Duration::from_hours(1));
        Self { apart, ahead: Duration::from_secs(1).saturating_sub(apart), state: Mutex::default() }
    }

    /// Waits until it is this call's turn.
    pub(super) fn wait(&self, timer: &dyn Timer) {
        let now = timer.now();
        let turn = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let begins = state.used_up.max(now).max(state.held);
            state.used_up = begins.saturating_add(self.apart);
            begins.saturating_sub(self.ahead).max(state.held)
        };
        let wait = turn.saturating_sub(now);
        if !wait.is_zero() {
            timer.sleep(wait);
        }
    }

    /// Lets no further call begin for this long.
    pub(super) fn hold(&self, timer: &dyn Timer, pause: Duration) {
        let until = timer.now().saturating_add(pause);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.held = state.held.max(until);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::timer::fake::FakeTimer, *};

    #[test]
    fn the_first_seconds_worth_comes_at_once_and_the_rest_in_time() {
        let (rate, timer) = (Rate::new(Some(4.0)), FakeTimer::new(0.0));
        for _ in 0..4 {
            rate.wait(&timer);
        }
        assert_eq!(timer.millis(), [0; 0]);
        for _ in 0..4 {
            rate.wait(&timer);
        }
        assert_eq!(timer.millis(), [250, 250, 250, 250]);
        timer.sleep(Duration::from_mins(1));
        for _ in 0..5 {
            rate.wait(&timer);
        }
        assert_eq!(timer.millis()[5..], [250], "what was not used for long is worth one second");
    }

    #[test]
    fn a_slow_rate_never_lets_two_calls_come_at_once() {
        let (rate, timer) = (Rate::new(Some(0.5)), FakeTimer::new(0.0));
        (0..3).for_each(|_| rate.wait(&timer));
        assert_eq!(timer.millis(), [2000, 2000]);
    }

    #[test]
    fn no_limit_waits_for_nothing_but_a_pause() {
        let (rate, timer) = (Rate::new(None), FakeTimer::new(0.0));
        (0..100).for_each(|_| rate.wait(&timer));
        rate.hold(&timer, Duration::from_secs(3));
        rate.hold(&timer, Duration::from_secs(1));
        (0..100).for_each(|_| rate.wait(&timer));
        assert_eq!(timer.millis(), [3000]);
        for odd in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-300] {
            let (rate, timer) = (Rate::new(Some(odd)), FakeTimer::new(0.0));
            (0..2).for_each(|_| rate.wait(&timer));
            assert!(timer.now() <= Duration::from_hours(1), "{odd}");
        }
    }

    #[test]
    fn threads_share_one_rate() {
        struct Asleep(Mutex<Vec<Duration>>);
        impl Timer for Asleep {
            fn now(&self) -> Duration {
                Duration::ZERO
            }
            fn today(&self) -> crate::clock::Time {
                crate::clock::Time::from_unix(0).unwrap()
            }
            fn sleep(&self, time: Duration) {
                self.0.lock().unwrap().push(time);
            }
            fn chance(&self) -> f64 {
                0.0
            }
        }
        let (rate, timer) = (Rate::new(Some(10.0)), Asleep(Mutex::default()));
        std::thread::scope(|scope| {
            for _ in 0..30 {
                scope.spawn(|| rate.wait(&timer));
            }
        });
        let mut slept: Vec<u128> = timer.0.into_inner().unwrap().iter().map(Duration::as_millis).collect();
        slept.sort_unstable();
        assert_eq!(slept, (1..=20).map(|n| n * 100).collect::<Vec<u128>>());
    }
}
