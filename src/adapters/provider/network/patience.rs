//! Asking again: exponential backoff with full jitter, within bounds.
//!
//! The packages that do this (`backon` and the like) are made for asynchronous code; what is needed here is one loop
//! whose every wait is known to a test.

use std::time::Duration;

use super::timer::Timer;
use crate::eval::Trouble;

/// How often and how long one call is tried.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Patience {
    /// Attempts in all, the first included; 0 means 1.
    pub attempts: u32,
    /// The wait before the second attempt is up to this; it doubles with each attempt.
    pub first_wait: Duration,
    /// No wait of our own is longer.
    pub longest_wait: Duration,
    /// No pause that a server asks for is waited for if it is longer.
    pub longest_pause: Duration,
    /// All attempts and waits of a call together; no wait begins that would end later.
    pub whole: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 6,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(20),
            longest_pause: Duration::from_mins(2),
            whole: Duration::from_mins(10),
        }
    }
}

/// What went wrong with one attempt.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Setback {
    pub(super) trouble: Trouble,
    /// The pause that the server asks for.
    pub(super) pause: Option<Duration>,
}

/// Tries until there is an answer, until trying again is of no use, or until patience ends.
///
/// An attempt is told the time that is left. What passes ([`Trouble::passes`]) is tried again after a wait that is
/// anything from nothing to a limit that doubles; a pause that the server asks for comes before it. The error is
/// the last trouble and the number of attempts.
pub(super) fn persist<T>(
    patience: &Patience,
    timer: &dyn Timer,
    mut attempt: impl FnMut(Duration) -> Result<T, Setback>,
) -> Result<T, (Trouble, u32)> {
    let began = timer.now();
    let left = || patience.whole.saturating_sub(timer.now().saturating_sub(began));
    let mut made = 0;
    loop {
        let setback = match attempt(left()) {
            Ok(answer) => return Ok(answer),
            Err(setback) => setback,
        };
        made += 1;
        if made >= patience.attempts || !setback.trouble.passes() {
            return Err((setback.trouble, made));
        }
        if let Some(pause) = setback.pause.filter(|pause| *pause > patience.longest_pause) {
            return Err((asking_too_much(setback.trouble, pause), made));
        }
        let wait = backoff(patience, timer, made).saturating_add(setback.pause.unwrap_or_default());
        if wait >= left() {
            return Err((setback.trouble, made));
        }
        timer.sleep(wait);
    }
}

fn backoff(patience: &Patience, timer: &dyn Timer, made: u32) -> Duration {
    let limit = patience.first_wait.saturating_mul(2_u32.saturating_pow(made.saturating_sub(1)));
    limit.min(patience.longest_wait).mul_f64(timer.chance().clamp(0.0, 1.0))
}

fn asking_too_much(trouble: Trouble, pause: Duration) -> Trouble {
    match trouble {
        Trouble::Status { status, said, .. } => Trouble::Status { status, said, pause: Some(pause.as_secs()) },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::timer::fake::FakeTimer, *};

    fn status(status: u16) -> Trouble {
        Trouble::Status { status, said: String::new(), pause: None }
    }

    fn setback(code: u16, pause: Option<u64>) -> Setback {
        Setback { trouble: status(code), pause: pause.map(Duration::from_secs) }
    }

    /// Fails as often as there are setbacks, then answers; the outcome and what was waited, in milliseconds.
    fn outcome(patience: &Patience, chance: f64, setbacks: &[Setback]) -> (Result<u32, (Trouble, u32)>, Vec<u128>) {
        let timer = FakeTimer::new(chance);
        let mut all = setbacks.iter().cloned();
        let answered = persist(patience, &timer, |_| all.next().map_or(Ok(7), Err));
        (answered, timer.millis())
    }

    #[test]
    fn waits_double_up_to_the_longest_and_are_anything_below() {
        let patience = Patience { attempts: 9, ..Patience::default() };
        let troubles = vec![setback(500, None); 8];
        let (answered, waits) = outcome(&patience, 1.0, &troubles);
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 16000, 20000, 20000]);
        assert_eq!(answered, Ok(7));
        assert_eq!(outcome(&patience, 0.25, &troubles[..3]).1, [125, 250, 500]);
        assert_eq!(outcome(&patience, 0.0, &troubles[..2]).1, [0, 0]);
    }

    #[test]
    fn attempts_end_where_patience_does() {
        let patience = Patience { attempts: 3, ..Patience::default() };
        let (answered, waits) = outcome(&patience, 1.0, &vec![setback(503, None); 9]);
        assert_eq!((answered, waits.len()), (Err((status(503), 3)), 2));
        let none = Patience { attempts: 0, ..patience };
        assert_eq!(outcome(&none, 1.0, &[setback(503, None)]).0, Err((status(503), 1)));
        let short = Patience { attempts: 99, whole: Duration::from_secs(3), ..patience };
        let (answered, waits) = outcome(&short, 1.0, &vec![setback(503, None); 99]);
        assert_eq!((answered, waits), (Err((status(503), 3)), vec![500, 1000]), "the next wait would not end in time");
    }

    #[test]
    fn what_will_not_pass_is_tried_once() {
        for code in [301, 400, 401, 403, 404, 422] {
            assert_eq!(outcome(&Patience::default(), 1.0, &[setback(code, Some(1))]).0, Err((status(code), 1)));
        }
        let late = Setback { trouble: Trouble::Late { seconds: 1.0 }, pause: None };
        assert_eq!(outcome(&Patience::default(), 1.0, std::slice::from_ref(&late)).0, Err((late.trouble, 1)));
        let broken = Setback { trouble: Trouble::Broken("reset".to_owned()), pause: None };
        assert_eq!(outcome(&Patience::default(), 1.0, &[broken]).0, Ok(7));
    }

    #[test]
    fn a_pause_that_is_asked_for_is_kept_and_one_that_is_too_long_ends_the_call() {
        let patience = Patience::default();
        assert_eq!(outcome(&patience, 0.5, &[setback(429, Some(3)), setback(429, Some(0))]).1, [3250, 500]);
        let (answered, waits) = outcome(&patience, 0.5, &[setback(429, Some(3600))]);
        let too_long = Trouble::Status { status: 429, said: String::new(), pause: Some(3600) };
        assert_eq!((answered, waits), (Err((too_long, 1)), Vec::new()));
    }

    #[test]
    fn an_attempt_knows_how_much_time_is_left() {
        let timer = FakeTimer::new(1.0);
        let mut told = Vec::new();
        let answered = persist(&Patience { attempts: 3, ..Patience::default() }, &timer, |left| {
            told.push(left.as_millis());
            Err::<(), _>(setback(500, None))
        });
        assert!(answered.is_err());
        assert_eq!(told, [600_000, 599_500, 598_500]);
    }
}
