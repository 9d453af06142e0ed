//! Any program as a model: one JSON request a line in, one JSON reply a line out.

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    eval::{Answer, Provider, ProviderError, ReplySource},
    render::Request,
};

use super::{
    process::{Heard, LONGEST_LINE, Process},
    protocol,
};

/// Variables a program gets; what it does not need it is not shown, keys least of all.
const PASSED_ON: [&str; 6] = ["PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ"];
/// How long one call may take unless said otherwise.
const ALLOWED: Duration = Duration::from_mins(1);

/// The part of an environment that a program under test gets.
pub(super) fn scrubbed(environment: impl IntoIterator<Item = (OsString, OsString)>) -> Vec<(OsString, OsString)> {
    environment.into_iter().filter(|(name, _)| name.to_str().is_some_and(|name| PASSED_ON.contains(&name))).collect()
}

/// What a line says, or in a few words what is wrong with it.
type Read<'r, T> = &'r dyn Fn(&[u8]) -> Result<T, String>;

/// Runs a program and talks to it. Costs nothing and counts as live.
///
/// Each worker has a process of its own, which is kept from case to case; a process that misbehaved is
/// stopped and never asked again. A program that ends cleanly after some replies is started anew. It is told the
/// request; its home is an empty folder. Its working folder is the project's, so that a program of the project can be
/// named, and files there can be read by it like by any program of the same user: it is kept from being told, not
/// from looking.
#[derive(Debug)]
pub struct Exec {
    command: Vec<String>,
    folder: PathBuf,
    environment: Vec<(OsString, OsString)>,
    allowed: Duration,
    /// An empty folder in place of the user's own, with the user's keys in it.
    home: io::Result<TempDir>,
    idle: Mutex<Vec<Process>>,
}

impl Exec {
    /// A provider that runs `command` (program and arguments) in `folder`.
    ///
    /// Of `environment` only what [`scrubbed`] lets through is passed on. A program named by a relative path
    /// with a `/` in it is looked for in `folder`, one without in `PATH`.
    pub fn new(command: &[String], folder: &Path, environment: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self {
            command: command.to_vec(),
            folder: folder.to_owned(),
            environment: scrubbed(environment),
            allowed: ALLOWED,
            home: tempfile::Builder::new().prefix("chancery-home-").tempdir(),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// The same with another time allowed for one call.
    #[must_use]
    pub fn allowing(mut self, allowed: Duration) -> Self {
        self.allowed = allowed;
        self
    }

    fn program(&self) -> String {
        self.command.first().cloned().unwrap_or_default()
    }

    fn start(&self) -> Result<Process, ProviderError> {
        let fail = |reason: String| ProviderError::Start { program: self.program(), reason };
        let Some((program, arguments)) = self.command.split_first() else {
            return Err(fail("the command is empty".to_owned()));
        };
        let folder = std::path::absolute(&self.folder).map_err(|e| fail(e.to_string()))?;
        let home = self.home.as_ref().map_err(|e| fail(e.to_string()))?;
        let path = if program.contains('/') { folder.join(program) } else { PathBuf::from(program) };
        let mut command = Command::new(path);
        command.args(arguments).current_dir(folder).env_clear().envs(self.environment.iter().map(|(n, v)| (n, v)));
        command.env("HOME", home.path());
        Process::start(&mut command).map_err(|e| fail(e.to_string()))
    }

    /// A process that waits for a request, if there is one.
    fn idle(&self) -> Option<Process> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::from_fn(|| idle.pop()).find_map(|mut process| process.is_alive().then_some(process))
    }

    /// Writes a line and makes of the line that comes back what `read` makes of it; how long that took, in milliseconds.
    pub(super) fn ask<T>(&self, line: &[u8], read: Read<'_, T>) -> Result<(T, u64), ProviderError> {
        if let Some(answer) = self.ask_again(line, read) {
            return answer;
        }
        let mut process = self.start()?;
        let began = Instant::now();
        let heard = process.ask(line.to_vec(), self.allowed);
        self.judge(process, heard, read, began)
    }

    /// Asks a process that answered before; `None` when it had ended cleanly without a word.
    fn ask_again<T>(&self, line: &[u8], read: Read<'_, T>) -> Option<Result<(T, u64), ProviderError>> {
        let mut process = self.idle()?;
        let began = Instant::now();
        match process.ask(line.to_vec(), self.allowed) {
            Heard::End { clean: true, .. } => None,
            heard => Some(self.judge(process, heard, read, began)),
        }
    }

    /// Turns what was heard into an answer; keeps the process only if it answered.
    fn judge<T>(
        &self,
        mut process: Process,
        heard: Heard,
        read: Read<'_, T>,
        began: Instant,
    ) -> Result<(T, u64), ProviderError> {
        let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let malformed = match heard {
            Heard::Line(line) => match read(&line) {
                Ok(answer) => {
                    self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(process);
                    return Ok((answer, took));
                }
                Err(reason) => reason,
            },
            Heard::TooLong => format!("it is longer than {LONGEST_LINE} bytes"),
            Heard::Nothing => {
                process.kill();
                let (program, stderr) = (self.program(), process.stderr());
                return Err(ProviderError::Late { program, seconds: self.allowed.as_secs_f64(), stderr });
            }
            Heard::End { status, .. } => {
                process.kill();
                return Err(ProviderError::Ended { program: self.program(), status, stderr: process.stderr() });
            }
        };
        process.kill();
        Err(ProviderError::Malformed { program: self.program(), reason: malformed, stderr: process.stderr() })
    }
}

impl Provider for Exec {
    fn complete(&self, request: &Request, sample: u32) -> Result<Answer, ProviderError> {
        let id = request.key(sample).hex();
        let asked = self.ask(&protocol::question(&id, request), &|line| protocol::answer_in(&id, line));
        asked.map(|(reply, took)| Answer { reply, source: ReplySource::Live, latency_ms: Some(took) })
    }
}

impl Drop for Exec {
    /// Asks all to end before waiting for any, so that many programs take no longer to end than one.
    fn drop(&mut self) {
        let idle = self.idle.get_mut().unwrap_or_else(PoisonError::into_inner);
        idle.iter_mut().for_each(Process::hang_up);
        idle.clear();
    }
}
