//! A circuit breaker: after many failures in a row a model is left alone for a while.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::eval::Trouble;

/// Lets calls through until too many failed in a row, then one after each pause, until one is answered.
#[derive(Debug)]
pub(super) struct Breaker {
    limit: u32,
    pause: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    last: String,
    /// Until when nobody is let through.
    shut_until: Option<Duration>,
}

impl Breaker {
    /// A breaker that opens after `limit` failures in a row; 0 means never.
    pub(super) fn new(limit: u32, pause: Duration) -> Self {
        Self { limit, pause, state: Mutex::default() }
    }

    /// Lets a call through, or says why not. Whoever is let through tells how it ended.
    pub(super) fn enter(&self, now: Duration) -> Result<(), Trouble> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(until) = state.shut_until else { return Ok(()) };
        if now >= until {
            // This one tries; the others wait for what becomes of it.
            state.shut_until = Some(now.saturating_add(self.pause));
            return Ok(());
        }
        let left = until.saturating_sub(now);
        let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
        Err(Trouble::Paused { failures: state.failures, seconds, last: state.last.clone() })
    }

    /// A call was answered, if only with what was wrong with its request.
    pub(super) fn answered(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }

    /// A call failed in a way that the next may fail in too.
    pub(super) fn failed(&self, now: Duration, why: &Trouble) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.failures = state.failures.saturating_add(1);
        state.last = why.to_string();
        if self.limit > 0 && state.failures >= self.limit {
            state.shut_until = Some(now.saturating_add(self.pause));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn broken() -> Trouble {
        Trouble::Broken("reset".to_owned())
    }

    #[test]
    fn it_shuts_after_failures_in_a_row_and_lets_one_try_after_the_pause() {
        let breaker = Breaker::new(3, at(30));
        for _ in 0..2 {
            breaker.failed(at(0), &broken());
        }
        breaker.answered();
        for second in 0..3 {
            assert_eq!(breaker.enter(at(second)), Ok(()));
            breaker.failed(at(second), &broken());
        }
        let shut = |seconds, failures| {
            let last = "could not be reached: reset".to_owned();
            Err(Trouble::Paused { failures, seconds, last })
        };
        assert_eq!(breaker.enter(at(3)), shut(29, 3));
        assert_eq!(breaker.enter(at(32)), Ok(()), "one tries");
        assert_eq!(breaker.enter(at(33)), shut(29, 3), "the others wait");
        breaker.failed(at(40), &broken());
        assert_eq!(breaker.enter(at(41)), shut(29, 4));
        assert_eq!(breaker.enter(at(70)), Ok(()));
        breaker.answered();
        assert_eq!((breaker.enter(at(70)), breaker.enter(at(70))), (Ok(()), Ok(())));
    }

    #[test]
    fn one_that_tries_and_is_never_heard_of_again_keeps_nobody_out_for_good() {
        let breaker = Breaker::new(1, at(30));
        breaker.failed(at(0), &broken());
        assert_eq!(breaker.enter(at(30)), Ok(()));
        assert!(breaker.enter(at(59)).is_err());
        assert_eq!(breaker.enter(at(60)), Ok(()));
    }

    #[test]
    fn a_limit_of_nothing_never_shuts() {
        let breaker = Breaker::new(0, at(30));
        (0..100).for_each(|_| breaker.failed(at(0), &broken()));
        assert_eq!(breaker.enter(at(0)), Ok(()));
    }
}
