//! Exchanging ledger and payload with another git repository, through the `git` program.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    fs::File,
    process::Output,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use git2::Oid;

use super::{
    GitStore,
    address::{is_folder, without_password},
    answers, commit,
    exchanging::{self, Exchanging},
    line::{Aside, Lined, common},
    program::git,
    refs::{self, ARRIVED, ARRIVED_PAYLOAD, DRAFT, LEDGER, PAYLOAD, SHARED, SHARED_PAYLOAD},
    union,
};
use crate::{
    ledger::{Absorbed, Exchange, ExchangeError, History, Journal, JournalError, Side, Tip, Turn},
    object::Digest,
    workspace::Remote,
};

/// So many characters of what a remote says are repeated.
const LONGEST: usize = 300;

/// What takes in a push in a remote that is a folder: what a folder holds is data, its hooks included.
const QUIET_RECEIVER: &str =
    "--receive-pack=git -c core.hooksPath=/dev/null -c core.alternateRefsCommand=false -c gc.auto=0 receive-pack";

/// The commits of ledger and payload.
type Tips = (Option<Oid>, Option<Oid>);

/// A git repository that others share, reached by its URL.
#[derive(Debug)]
pub struct GitRemote {
    store: Arc<GitStore>,
    url: String,
    ledger: String,
    payload: String,
    asks: bool,
    new: bool,
    shared: Arc<Aside>,
    arrived: Arc<Aside>,
    draft: Arc<Aside>,
    /// The payload that it had when this process last asked: of what was purged no ref here leads to it.
    offered: Mutex<Option<Oid>>,
    /// Whether it lacks payload that it had: what it had stays noted until it has it again.
    lacks: AtomicBool,
    /// The lock of the exchange that goes on.
    lock: Mutex<Option<File>>,
}

impl GitRemote {
    /// The repository at `url`. It keeps ledger and payload under the same names as the store, or on a branch and the
    /// branch beside it. `asks`: whether somebody is there to type a password.
    pub fn new(store: Arc<GitStore>, remote: &Remote, asks: bool) -> Self {
        let aside = |name| Arc::new(Aside::new(Arc::clone(&store), name));
        let (ledger, payload) = match &remote.branch {
            Some(branch) => (format!("refs/heads/{branch}"), format!("refs/heads/{branch}-payload")),
            None => (LEDGER.to_owned(), PAYLOAD.to_owned()),
        };
        let (shared, arrived, draft) = (aside(SHARED), aside(ARRIVED), aside(DRAFT));
        let new = !remote.confirmed;
        let (url, offered, lacks, lock) =
            (remote.url.clone(), Mutex::default(), AtomicBool::default(), Mutex::default());
        Self { store, url, ledger, payload, asks, new, shared, arrived, draft, offered, lacks, lock }
    }

    fn run(&self, what: &'static str, args: &[&str]) -> Result<Output, ExchangeError> {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        let failed = |reason: String| ExchangeError::Remote { what, place: self.place(), reason };
        let lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = lock.as_ref().map(File::try_clone).transpose().map_err(|error| failed(error.to_string()))?;
        git(self.store.dir(), self.asks, lock, &args)
            .map_err(|failure| failed(format!("{} `{}`: {}", failure.what, failure.place, failure.reason)))
    }

    fn failed(&self, what: &'static str, output: &Output) -> ExchangeError {
        let text = String::from_utf8_lossy(&output.stderr).replace(&self.url, &self.place());
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let telling = lines.iter().find(|line| line.starts_with("fatal:") || line.starts_with("error:"));
        let reason = telling.or(lines.last()).map_or("git failed and said nothing", |line| *line);
        ExchangeError::Remote {
            what,
            place: self.place(),
            reason: reason.chars().filter(|c| !c.is_control()).take(LONGEST).collect(),
        }
    }

    /// Why a push that changed nothing there failed: what the remote said of a ref that it does not take.
    fn not_taken(&self, what: &'static str, output: &Output, (old, new): (Tips, Tips)) -> ExchangeError {
        let Some((name, reason)) = answers::refused(output) else { return self.failed(what, output) };
        let replaces = name == self.payload && self.replaces(old.1, new.1);
        let reason = reason.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
        ExchangeError::Refused { place: self.place(), name, reason, replaces }
    }

    /// Whether one payload takes the place of another instead of going on from it.
    fn replaces(&self, old: Option<Oid>, new: Option<Oid>) -> bool {
        let Some(old) = old else { return false };
        // What was there may be gone from here.
        self.store.repository().is_ok_and(|repository| !union::goes_on(&repository, new, old).unwrap_or(false))
    }

    fn lost(&self) -> ExchangeError {
        ExchangeError::Lost { place: self.place() }
    }

    /// What the remote has: the commits of ledger and payload.
    fn there(&self) -> Result<Tips, ExchangeError> {
        const WHAT: &str = "cannot reach";
        let output = self.run(WHAT, &["ls-remote", "--refs", "--", &self.url, &self.ledger, &self.payload])?;
        if !output.status.success() {
            return Err(self.failed(WHAT, &output));
        }
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let named: BTreeMap<&str, Oid> = text
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .filter_map(|(hex, name)| Some((name, commit::oid(hex)?)))
            .collect();
        Ok((named.get(self.ledger.as_str()).copied(), named.get(self.payload.as_str()).copied()))
    }

    /// Pushes, until the remote has it, has moved on, or says no.
    ///
    /// Where the way was cut the remote may still be at it, whatever it says it has. The same offer again cannot do
    /// harm: of two only one finds there what it must.
    fn offer(&self, push: &[&str], old: Tips, new: Tips) -> Result<(), ExchangeError> {
        const WHAT: &str = "cannot push to";
        let mut in_doubt = false;
        for attempt in 1.. {
            let told = |error, in_doubt| if in_doubt { unsure(error) } else { error };
            let output = self.run(WHAT, push).map_err(|error| told(error, in_doubt))?;
            if output.status.success() {
                break;
            }
            in_doubt |= !answers::is_answer(&output);
            let failed = || told(self.not_taken(WHAT, &output, (old, new)), in_doubt);
            // It may have taken the line and lost the way back; and who else was faster shows only there.
            match self.there() {
                Ok(now) if now == new => break,
                Ok(now) if now != old => return Err(if in_doubt { failed() } else { self.lost() }),
                Ok(_) if answers::deserves_another(attempt, &output) => thread::sleep(answers::pause(attempt)),
                _ => return Err(failed()),
            }
        }
        Ok(())
    }

    fn lined(&self, side: Side) -> &dyn Lined {
        match side {
            Side::Ledger => self.store.as_ref(),
            Side::Shared => self.shared.as_ref(),
            Side::Arrived => self.arrived.as_ref(),
            Side::Draft => self.draft.as_ref(),
        }
    }

    fn offered(&self) -> MutexGuard<'_, Option<Oid>> {
        self.offered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Our payload without some of it.
    fn payload_but(&self, without: &BTreeSet<Digest>) -> Result<Option<Oid>, JournalError> {
        let Some(head) = self.target(PAYLOAD)?.filter(|_| !without.is_empty()) else { return self.target(PAYLOAD) };
        let _guard = self.store.lock()?;
        let repository = self.store.repository()?;
        Ok(Some(self.store.pruned(&repository, head, without)?.unwrap_or(head)))
    }

    fn target(&self, name: &str) -> Result<Option<Oid>, JournalError> {
        Ok(refs::target(&*self.store.repository()?, name)?)
    }

    fn set(&self, name: &str, to: Option<Oid>) -> Result<(), JournalError> {
        Ok(refs::set(&*self.store.repository()?, name, to, self.store.failpoint())?)
    }
}

fn name(side: Side) -> &'static str {
    match side {
        Side::Ledger => LEDGER,
        Side::Shared => SHARED,
        Side::Arrived => ARRIVED,
        Side::Draft => DRAFT,
    }
}

impl Exchange for GitRemote {
    fn place(&self) -> String {
        without_password(&self.url)
    }

    fn is_new(&self) -> bool {
        self.new
    }

    fn turn(&self) -> Result<Box<dyn Turn + '_>, JournalError> {
        let file = exchanging::lock(self.store.dir())?;
        // Refs that a killed git left locked are free again once the store's lock was taken.
        drop(self.store.lock()?);
        Ok(Box::new(Exchanging::new(file, &self.lock)?))
    }

    fn fetch(&self) -> Result<bool, ExchangeError> {
        const WHAT: &str = "cannot fetch from";
        let (ledger, payload) = self.there()?;
        *self.offered() = payload;
        let known = (self.target(ARRIVED)?, self.target(ARRIVED_PAYLOAD)?);
        if (ledger, payload) == known {
            return Ok(false);
        }
        let mut wanted = Vec::new();
        for (there, from, to) in [(ledger, &self.ledger, ARRIVED), (payload, &self.payload, ARRIVED_PAYLOAD)] {
            match there {
                Some(_) => wanted.push(format!("+{from}:{to}")),
                None => self.set(to, None)?,
            }
        }
        if wanted.is_empty() {
            return Ok(true);
        }
        let mut args = vec!["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"];
        args.extend(["--no-recurse-submodules", "--", &self.url]);
        args.extend(wanted.iter().map(String::as_str));
        let output = self.run(WHAT, &args)?;
        if output.status.success() { Ok(true) } else { Err(self.failed(WHAT, &output)) }
    }

    fn rest(&self, attempt: u32) {
        thread::sleep(answers::pause(attempt));
    }

    fn line(&self, side: Side) -> Arc<dyn History> {
        match side {
            Side::Ledger => self.store.clone(),
            Side::Shared => self.shared.clone(),
            Side::Arrived => self.arrived.clone(),
            Side::Draft => self.draft.clone(),
        }
    }

    fn common(&self, one: Side, other: Side) -> Result<u64, JournalError> {
        common(self.lined(one), self.lined(other))
    }

    fn absorb(&self, gone: &dyn Fn(&Digest) -> bool) -> Result<Absorbed, JournalError> {
        let _guard = self.store.lock()?;
        loop {
            let repository = self.store.repository()?;
            let (theirs, before) =
                (refs::target(&repository, ARRIVED_PAYLOAD)?, refs::target(&repository, SHARED_PAYLOAD)?);
            if let Some(absorbed) =
                union::join(&repository, self.store.trees(), theirs, before, gone, self.store.failpoint())?
            {
                self.lacks.store(!absorbed.dropped.is_empty(), Ordering::Relaxed);
                return Ok(absorbed);
            }
        }
    }

    fn draft(&self, from: Side) -> Result<Arc<dyn Journal>, JournalError> {
        self.set(DRAFT, self.target(name(from))?)?;
        Ok(self.draft.clone())
    }

    fn publish(&self, side: Side, without: &BTreeSet<Digest>) -> Result<(), ExchangeError> {
        // The remote only ever grows: what does not go on from what is there is not offered.
        if let Some(arrived) = self.arrived.tip()?
            && self.common(side, Side::Arrived)? < arrived.seq
        {
            return Err(self.lost());
        }
        let (ledger, payload) = (self.target(name(side))?, self.payload_but(without)?);
        let (old_ledger, old_payload) = (self.target(ARRIVED)?, self.target(ARRIVED_PAYLOAD)?.or(*self.offered()));
        let mut args = vec!["push".to_owned(), "--porcelain".into(), "--no-verify".into(), "--atomic".into()];
        let mut moves = Vec::new();
        for (new, old, there) in [(payload, old_payload, &self.payload), (ledger, old_ledger, &self.ledger)] {
            if let Some(new) = new.filter(|new| Some(*new) != old) {
                let old = old.map_or_else(String::new, |old| old.to_string());
                args.push(format!("--force-with-lease={there}:{old}"));
                moves.push(format!("{new}:{there}"));
            }
        }
        if moves.is_empty() {
            return Ok(());
        }
        if is_folder(&self.url) {
            args.push(QUIET_RECEIVER.to_owned());
        }
        args.extend(["--".to_owned(), self.url.clone()]);
        args.extend(moves);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        self.offer(&args, (old_ledger, old_payload), (ledger, payload))?;
        *self.offered() = payload;
        self.lacks.store(false, Ordering::Relaxed);
        self.set(ARRIVED_PAYLOAD, payload)?;
        Ok(self.set(ARRIVED, ledger)?)
    }

    fn adopt(&self, side: Side, expected: Option<&Tip>) -> Result<(), JournalError> {
        let _guard = self.store.lock()?;
        if History::tip(self.store.as_ref())?.as_ref() != expected {
            return Err(JournalError::Moved);
        }
        let repository = self.store.repository()?;
        let (from, to) = (refs::target(&repository, LEDGER)?, refs::target(&repository, name(side))?);
        match to {
            Some(to) if from == Some(to) => Ok(()),
            Some(to) if refs::swap(&repository, LEDGER, from, to, self.store.failpoint())? => Ok(()),
            _ => Err(JournalError::Moved),
        }
    }

    fn confirm(&self) -> Result<(), JournalError> {
        if !self.lacks.load(Ordering::Relaxed) {
            self.set(SHARED_PAYLOAD, self.target(ARRIVED_PAYLOAD)?)?;
        }
        self.set(SHARED, self.target(ARRIVED)?)
    }
}

/// A failure after which nobody here knows what the remote has.
fn unsure(failure: ExchangeError) -> ExchangeError {
    match failure {
        ExchangeError::Remote { what, place, reason } => ExchangeError::Unsure { what, place, reason },
        other => other,
    }
}
