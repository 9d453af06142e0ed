//! What a long command says while it works.

use std::{
    io::{self, Write},
    sync::Mutex,
    time::{Duration, Instant},
};

use super::{Console, Line};

/// Work shorter than this says nothing on a terminal.
const PATIENCE: Duration = Duration::from_millis(300);

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
        }
    }

    /// A step of so many is finished.
    pub fn step(&self, done: usize, total: usize, what: &str) {
        if !self.talks {
            return;
        }
        let line = Line::from(format!("[{done}/{total}] {what}"));
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
