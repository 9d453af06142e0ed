//! One running program, spoken to line by line.

use std::{
    io::{BufRead as _, BufReader, Read, Write},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel},
    thread,
    time::{Duration, Instant},
};

use super::tail::Tail;

/// The longest line a program may write, its line break included.
pub(super) const LONGEST_LINE: u64 = 16 * 1024 * 1024;
/// How long a program may take to end once its input is closed.
const FAREWELL: Duration = Duration::from_secs(1);

/// What a program's output brought.
#[derive(Debug)]
pub(super) enum Heard {
    /// One line, without its line break.
    Line(Vec<u8>),
    /// A line longer than the limit.
    TooLong,
    /// No line before the deadline.
    Nothing,
    /// The end, and how the program ended; `clean` means by itself with status 0.
    End {
        /// Whether it ended by itself with status 0.
        clean: bool,
        /// How it ended, in words.
        status: String,
    },
}

/// A program with its pipes. Input and output have threads of their own, so that a program which reads
/// or writes nothing can never hold a call longer than its deadline.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    input: Option<Sender<Vec<u8>>>,
    output: Receiver<Option<Vec<u8>>>,
    stderr: Tail,
}

impl Process {
    /// Starts a program.
    pub(super) fn start(command: &mut Command) -> std::io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(std::io::Error::other("its pipes could not be opened"));
        };
        Ok(Self { child, input: Some(write_to(stdin)), output: lines_of(stdout), stderr: Tail::of(stderr) })
    }

    /// Writes a line and waits for one.
    pub(super) fn ask(&mut self, line: Vec<u8>, within: Duration) -> Heard {
        let deadline = Instant::now() + within;
        if let Some(input) = &self.input {
            // A program that closed its input may still answer; its output decides.
            let _ = input.send(line);
        }
        match self.output.recv_timeout(within) {
            Ok(Some(line)) => Heard::Line(line),
            Ok(None) => Heard::TooLong,
            Err(RecvTimeoutError::Timeout) => Heard::Nothing,
            Err(RecvTimeoutError::Disconnected) => self.end(deadline),
        }
    }

    /// Whether it is still running.
    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The end of what it wrote to stderr.
    pub(super) fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Its output is closed: waits for it to end, and stops it if it does not.
    fn end(&mut self, deadline: Instant) -> Heard {
        self.input = None;
        let patience = deadline.saturating_duration_since(Instant::now()).min(FAREWELL);
        match wait(&mut self.child, patience) {
            Some(status) => Heard::End { clean: status.success(), status: status.to_string() },
            None => Heard::End { clean: false, status: "it closed its output and went on running".to_owned() },
        }
    }

    /// Closes its input, which asks it to end.
    pub(super) fn hang_up(&mut self) {
        self.input = None;
    }

    /// Stops it at once.
    pub(super) fn kill(&mut self) {
        self.input = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    /// Closing its input asks it to end; one that does not is stopped.
    fn drop(&mut self) {
        self.input = None;
        if wait(&mut self.child, FAREWELL).is_none() {
            self.kill();
        }
    }
}

/// Waits for a program to end, so long and no longer.
pub(super) fn wait(child: &mut Child, patience: Duration) -> Option<std::process::ExitStatus> {
    let deadline = Instant::now() + patience;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(2)),
            _ => return None,
        }
    }
}

/// A thread that writes what it is given; it ends, and closes the pipe, when the sender is dropped.
fn write_to(mut stdin: impl Write + Send + 'static) -> Sender<Vec<u8>> {
    let (sender, receiver) = channel::<Vec<u8>>();
    thread::spawn(move || {
        while let Ok(line) = receiver.recv() {
            if stdin.write_all(&line).and_then(|()| stdin.flush()).is_err() {
                break;
            }
        }
    });
    sender
}

/// A thread that reads lines: `None` for one that is too long, after which it stops.
fn lines_of(stdout: impl Read + Send + 'static) -> Receiver<Option<Vec<u8>>> {
    // Room for one line: a program that writes without being asked is not read ahead of.
    let (sender, receiver) = sync_channel(1);
    thread::spawn(move || {
        let mut reader = BufReader::new(stdout);
        loop {
            let mut line = Vec::new();
            let read = (&mut reader).take(LONGEST_LINE).read_until(b'\n', &mut line);
            let whole = line.last() == Some(&b'\n');
            let heard = match read {
                Ok(0) | Err(_) => return,
                Ok(_) if !whole && line.len() as u64 >= LONGEST_LINE => None,
                Ok(_) => Some(line),
            };
            let stop = heard.is_none();
            if sender.send(heard).is_err() || stop {
                return;
            }
        }
    });
    receiver
}
