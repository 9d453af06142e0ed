//! What a long command says while it works.

use std::{
    io::{self, Write},
    sync::Mutex,
    time::{Duration, Instant},
};

use super::{
    Console, Line,
    pace::{Pace, rate, time},
};

/// Work shorter than this says nothing on a terminal.
const PATIENCE: Duration = Duration::from_millis(300);

/// How often a line that moves is written again at most: nobody reads faster.
const OFTEN: Duration = Duration::from_millis(80);

/// How often a long work says how far it is where nothing moves.
const SELDOM: Duration = Duration::from_secs(30);

/// Steps of a long command, told on stderr.
///
/// On a terminal one line is rewritten in place, after 300 ms, and taken away at the end; elsewhere every finished
/// step is one line. `-q` and `--json` on a terminal say nothing different: stdout is never touched.
#[derive(Debug)]
pub struct Progress {
    moves: bool,
    talks: bool,
    width: usize,
    started: Instant,
    shown: Mutex<bool>,
    course: Mutex<Course>,
}

/// How a work that is counted goes.
#[derive(Debug, Default)]
struct Course {
    pace: Pace,
    /// When something was last said of it.
    told: Duration,
}

impl Course {
    /// So much is done: what is to be said of it now, if anything.
    ///
    /// The line has how much is done, at which rate, how long the rest will take, and `beside`, which is told while the
    /// work goes on.
    fn step(&mut self, now: Duration, (done, total): (usize, usize), every: Duration, beside: &str) -> Option<String> {
        self.pace.saw(now, done);
        if now < self.told + every {
            return None;
        }
        self.told = now;
        let pace = self.pace.rate(now, done).map(rate);
        let left = self.pace.left(now, done, total).filter(|_| done < total);
        let left = left.map(|left| format!("{} left", time(left)));
        let beside = (!beside.is_empty()).then(|| beside.to_owned());
        let parts: Vec<String> = [pace, left, beside].into_iter().flatten().collect();
        Some(format!("[{done}/{total}] {}", parts.join(" · ")))
    }
}

impl Progress {
    /// Progress on this console's stderr.
    pub fn new(console: &Console) -> Self {
        Self {
            moves: console.terminal().moves,
            talks: console.talks(),
            width: console.terminal().width,
            started: Instant::now(),
            shown: Mutex::new(false),
            course: Mutex::default(),
        }
    }

    /// One of many like steps is finished, and `beside` is known besides how many.
    ///
    /// On a terminal the line tells rate and time left, too; elsewhere a work that goes on for long says so at times.
    pub fn count(&self, done: usize, total: usize, beside: &str) {
        let now = self.started.elapsed();
        let every = if self.moves { OFTEN } else { SELDOM };
        let line = self.course.lock().ok().and_then(|mut course| course.step(now, (done, total), every, beside));
        if let Some(line) = line {
            self.tell(&line);
        }
    }

    /// A step of so many is finished.
    pub fn step(&self, done: usize, total: usize, what: &str) {
        self.tell(&format!("[{done}/{total}] {what}"));
    }

    fn tell(&self, line: &str) {
        if !self.talks {
            return;
        }
        let line = Line::from(line);
        let text = anstream::adapter::strip_str(&line.render()).to_string();
        let mut err = io::stderr().lock();
        if !self.moves {
            let _ = writeln!(err, "{text}");
        } else if self.started.elapsed() >= PATIENCE {
            let first = line.wrap(self.width.saturating_sub(1)).into_iter().next().unwrap_or_default();
            let _ = write!(err, "\r\x1b[2K{}", anstream::adapter::strip_str(&first.render()));
            let _ = err.flush();
            self.mark(true);
        }
    }

    /// Takes the moving line away.
    pub fn finish(&self) {
        if self.mark(false) {
            let _ = write!(io::stderr().lock(), "\r\x1b[2K");
        }
    }

    /// Remembers whether a line stands there, and answers whether one stood there before.
    fn mark(&self, now: bool) -> bool {
        match self.shown.lock() {
            Ok(mut shown) => std::mem::replace(&mut *shown, now),
            Err(_) => false,
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_work_says_rate_and_time_left_and_not_more_often_than_it_may() {
        let mut course = Course::default();
        let at = Duration::from_millis;
        assert_eq!(course.step(at(0), (0, 40), OFTEN, "x"), None);
        assert_eq!(course.step(at(90), (2, 40), OFTEN, "a case").unwrap(), "[2/40] a case");
        assert_eq!(course.step(at(95), (3, 40), OFTEN, "a case"), None);
        assert_eq!(
            course.step(at(2_000), (8, 40), OFTEN, "0.0120 USD · a case").unwrap(),
            "[8/40] 4.0/s · 8 s left · 0.0120 USD · a case"
        );
        assert_eq!(course.step(at(10_000), (40, 40), OFTEN, "").unwrap(), "[40/40] 4.0/s");
    }

    #[test]
    fn where_nothing_moves_only_a_long_work_says_how_far_it_is() {
        let mut course = Course::default();
        let seconds = Duration::from_secs;
        let told: Vec<String> = (1..100)
            .filter_map(|second| {
                let done = usize::try_from(second).unwrap();
                course.step(seconds(second), (done, 1000), SELDOM, "")
            })
            .collect();
        assert_eq!(told.len(), 3);
        assert_eq!(told[2], "[90/1000] 1.0/s · 15:10 left");
    }
}
