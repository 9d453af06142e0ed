//! How fast a long work goes, and how long it will go on.

use std::{collections::VecDeque, time::Duration};

/// Over how much of the past the rate is taken: what began slowly, or waited, is soon forgotten.
const WINDOW: Duration = Duration::from_secs(30);

/// How far apart two remembered moments are at least, so that a fast work is remembered in little.
const APART: Duration = Duration::from_millis(250);

/// A count that grows, seen at moments that are given: no clock of its own.
#[derive(Debug, Default)]
pub(super) struct Pace {
    seen: VecDeque<(Duration, usize)>,
}

impl Pace {
    /// So much was done at this time since the beginning.
    pub(super) fn saw(&mut self, now: Duration, done: usize) {
        // What came before the first, making ready above all, says nothing of the rest.
        if self.seen.back().is_none_or(|(last, _)| now >= *last + APART) {
            self.seen.push_back((now, done));
        }
        // The newest that has left the window stays: it is where the window begins.
        while self.seen.get(1).is_some_and(|(next, _)| now.saturating_sub(*next) >= WINDOW) {
            self.seen.pop_front();
        }
    }

    /// How many were done a second of late; `None` while too little was seen to tell.
    pub(super) fn rate(&self, now: Duration, done: usize) -> Option<f64> {
        let (began, before) = self.seen.front()?;
        let took = now.checked_sub(*began).filter(|took| *took >= APART)?.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let rate = done.saturating_sub(*before) as f64 / took;
        (rate > 0.0).then_some(rate)
    }

    /// How long the rest will take at that rate; `None` while nobody can tell.
    pub(super) fn left(&self, now: Duration, done: usize, total: usize) -> Option<Duration> {
        let rate = self.rate(now, done)?;
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let rest = total.saturating_sub(done) as f64;
        Duration::try_from_secs_f64(rest / rate).ok()
    }
}

/// A rate as people read it.
pub(super) fn rate(rate: f64) -> String {
    if rate >= 10.0 { format!("{rate:.0}/s") } else { format!("{rate:.1}/s") }
}

/// A time as people read it: `45 s`, `3:05`, `2:10:00`.
pub(super) fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn nothing_is_said_before_anything_can_be_known() {
        let mut pace = Pace::default();
        assert_eq!(pace.rate(at(5), 3), None);
        pace.saw(Duration::from_millis(10), 1);
        assert_eq!(pace.rate(Duration::from_millis(20), 2), None);
        assert_eq!(pace.left(at(1), 0, 10), None, "nothing done yet is no rate of nothing");
    }

    #[test]
    fn a_steady_work_is_told_its_rate_and_when_it_ends() {
        let mut pace = Pace::default();
        for second in 10..=20 {
            pace.saw(at(second), usize::try_from(second).unwrap() * 4);
        }
        assert_eq!(pace.rate(at(20), 80), Some(4.0));
        assert_eq!(pace.left(at(20), 80, 200), Some(at(30)));
        assert_eq!(pace.left(at(20), 80, 80), Some(at(0)));
    }

    #[test]
    fn what_lies_behind_the_window_is_forgotten() {
        let mut pace = Pace::default();
        // One a second for a minute, then ten a second.
        let mut done = 0;
        for second in 1..=100_u64 {
            done += if second <= 60 { 1 } else { 10 };
            pace.saw(at(second), done);
        }
        assert_eq!(pace.rate(at(100), done), Some(10.0));
        assert!(pace.seen.len() <= 32, "{}", pace.seen.len());
    }

    #[test]
    fn a_fast_work_is_remembered_in_little_and_a_clock_that_stands_still_harms_nothing() {
        let mut pace = Pace::default();
        for number in 0..1_000_000_usize {
            pace.saw(Duration::from_micros(number as u64 * 30), number);
        }
        assert!(pace.seen.len() <= 130, "{}", pace.seen.len());
        pace.saw(Duration::ZERO, 5);
        assert_eq!(pace.rate(Duration::ZERO, 5), None);
    }

    #[test]
    fn rates_and_times_are_short() {
        assert_eq!([rate(0.25), rate(9.94), rate(160.4)], ["0.2/s", "9.9/s", "160/s"]);
        assert_eq!([time(at(45)), time(at(185)), time(at(7800))], ["45 s", "3:05", "2:10:00"]);
    }
}
