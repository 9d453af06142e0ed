//! Timing two sides in turns, and the line that says how they compare.

use std::{
    fmt,
    time::{Duration, Instant},
};

/// How often each side is timed.
pub(crate) struct Runs(usize);

impl Runs {
    /// As many as `RUNS` says, else 15.
    pub(crate) fn from_environment() -> Self {
        Self(std::env::var("RUNS").ok().and_then(|text| text.parse().ok()).unwrap_or(15))
    }

    /// A fifth of them, at least 3: for work that takes seconds.
    pub(crate) fn few(&self) -> Self {
        Self((self.0 / 5).max(3))
    }

    /// Times ours and theirs in turns, so that whatever else the machine does hits both alike.
    ///
    /// Each closure prepares its round, untimed, and returns the command to be timed.
    pub(crate) fn compare(
        &self,
        work: impl Into<String>,
        against: &'static str,
        target: f64,
        mut ours: impl FnMut(usize) -> Box<dyn FnOnce()>,
        mut theirs: impl FnMut(usize) -> Box<dyn FnOnce()>,
    ) -> Row {
        let mut times = (Vec::new(), Vec::new());
        for round in 0..=self.0 {
            let (one, other) = if round % 2 == 0 {
                let one = timed(ours(round));
                (one, timed(theirs(round)))
            } else {
                let other = timed(theirs(round));
                (timed(ours(round)), other)
            };
            // The first round warms the caches of both.
            if round > 0 {
                times.0.push(one);
                times.1.push(other);
            }
        }
        Row { work: work.into(), against, target, ours: Times::of(times.0), theirs: Times::of(times.1) }
    }
}

fn timed(work: Box<dyn FnOnce()>) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// The fastest and the middle time of one side.
struct Times {
    min: Duration,
    median: Duration,
}

impl Times {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self { min: times[0], median: times[times.len() / 2] }
    }
}

/// One comparison.
pub(crate) struct Row {
    work: String,
    against: &'static str,
    target: f64,
    ours: Times,
    theirs: Times,
}

impl Row {
    /// The names of the columns.
    pub(crate) fn heading() -> String {
        format!(
            "{:<34} {:>17} {:<34} {:>17} {:>8} {:>8}",
            "chancery", "min / median ms", "beside", "min / median ms", "ratio", "target"
        )
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |times: &Times| {
            format!("{:.1} / {:.1}", times.min.as_secs_f64() * 1000.0, times.median.as_secs_f64() * 1000.0)
        };
        let ratio = self.ours.median.as_secs_f64() / self.theirs.median.as_secs_f64();
        let miss = if ratio <= self.target { "" } else { "  MISSED" };
        write!(
            f,
            "{:<34} {:>17} {:<34} {:>17} {:>7.2}x {:>7}x{miss}",
            self.work,
            ms(&self.ours),
            self.against,
            ms(&self.theirs),
            ratio,
            self.target
        )
    }
}
