//! A program that is run once: bytes in, bytes out.

use std::{
    ffi::OsString,
    io::{Read, Write},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use super::{exec::scrubbed, process::wait, tail::Tail};

/// The most a program may write, in bytes.
const MOST: u64 = 16 * 1024 * 1024;

/// Why a program gave no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OnceError {
    /// It could not be started.
    #[error("it could not be started: {0}")]
    Start(String),
    /// It took longer than it was allowed.
    #[error("it did not end within {seconds} s{}", told(.stderr))]
    Late {
        /// The time it had.
        seconds: f64,
        /// The end of what it wrote to stderr.
        stderr: String,
    },
    /// It ended with another status than 0.
    #[error("it ended with {status}{}", told(.stderr))]
    Failed {
        /// How it ended, in words.
        status: String,
        /// The end of what it wrote to stderr.
        stderr: String,
    },
    /// It wrote more than anybody reads.
    #[error("it wrote more than {MOST} bytes")]
    TooLong,
}

/// The last line a program wrote to stderr, as the end of a sentence.
fn told(stderr: &str) -> String {
    let last = stderr.lines().rev().find(|line| !line.trim().is_empty());
    last.map_or_else(String::new, |line| format!("; it said: {line}"))
}

/// Runs a program in a folder, gives it `input` on stdin, and answers with all it wrote to stdout.
///
/// Of `environment` only what says where and in which language it runs is passed on: no keys, nothing of ours. Whatever
/// it does, this returns soon after `allowed`; a program that is late is stopped.
///
/// # Errors
///
/// [`OnceError`] unless it ended by itself, in time, with status 0.
pub fn run_once(
    program: &Path,
    folder: &Path,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    input: Vec<u8>,
    allowed: Duration,
) -> Result<Vec<u8>, OnceError> {
    let deadline = Instant::now() + allowed;
    let mut command = Command::new(program);
    command.current_dir(folder).env_clear().envs(scrubbed(environment));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| OnceError::Start(error.to_string()))?;
    let (Some(mut stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(OnceError::Start("its pipes could not be opened".to_owned()));
    };
    let stderr = Tail::of(stderr);
    // It need not read what it is given: what it writes decides.
    thread::spawn(move || drop(stdin.write_all(&input)));
    let (sender, output) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.take(MOST + 1).read_to_end(&mut bytes);
        drop(sender.send(read.map(|_| bytes)));
    });
    let heard = output.recv_timeout(allowed);
    let left = deadline.saturating_duration_since(Instant::now());
    let too_long = matches!(&heard, Ok(Ok(bytes)) if bytes.len() as u64 > MOST);
    let status = if too_long || heard.is_err() { None } else { wait(&mut child, left) };
    if status.is_none() {
        let _ = child.kill();
        let _ = child.wait();
    }
    match (heard, status) {
        _ if too_long => Err(OnceError::TooLong),
        (Ok(Ok(bytes)), Some(status)) if status.success() => Ok(bytes),
        (Ok(_), Some(status)) => Err(OnceError::Failed { status: status.to_string(), stderr: stderr.text() }),
        (Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) | Ok(_), _) => {
            Err(OnceError::Late { seconds: allowed.as_secs_f64(), stderr: stderr.text() })
        }
    }
}
