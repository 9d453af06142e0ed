//! Paid replies in one file that only grows: `.chancery/clone/replies`.

use std::{
    collections::{BTreeSet, HashMap},
    fs::{self, File, OpenOptions},
    io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use super::replace::{replace, sync_folder};
use crate::{
    adapters::Failpoint,
    eval::{KeptReply, Replies, RepliesError},
    object::{Digest, EventId},
};

/// A line longer than this is no reply: no adapter takes so much from anybody.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Replies as lines of a file. Where each stands is kept in memory, the replies themselves are not.
///
/// Lines of several threads go out together: whoever comes while others are being made durable waits and goes with the
/// next ones. What a kill left of a line is passed over.
#[derive(Debug)]
pub struct ReplyLog {
    path: PathBuf,
    state: Mutex<State>,
    written: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Where the lines of each request stand; read when the first one is asked for.
    places: Option<HashMap<Digest, Vec<Place>>>,
    queue: Vec<KeptReply>,
    /// How many were queued, and how many of them are durable.
    queued: u64,
    durable: u64,
    writes: bool,
    failed: Option<String>,
}

/// A line of the file.
#[derive(Debug, Clone, Copy)]
struct Place {
    offset: u64,
    length: u64,
    run: Option<EventId>,
}

impl ReplyLog {
    /// The replies of the clone whose store is at `store`; the file is made by the first reply.
    pub fn open(store: &Path) -> Self {
        Self { path: store.join("clone/replies"), state: Mutex::default(), written: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, reason: &impl ToString) -> RepliesError {
        RepliesError { path: self.path.display().to_string(), reason: reason.to_string() }
    }

    /// Where every line stands.
    fn read(&self) -> io::Result<HashMap<Digest, Vec<Place>>> {
        let mut places: HashMap<Digest, Vec<Place>> = HashMap::new();
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(places),
            Err(error) => return Err(error),
        };
        let (mut reader, mut offset, mut line) = (BufReader::new(file), 0, Vec::new());
        loop {
            line.clear();
            let length = reader.by_ref().take(LONGEST).read_until(b'\n', &mut line)? as u64;
            if length == 0 {
                return Ok(places);
            }
            if let Some(kept) = line.strip_suffix(b"\n").and_then(KeptReply::from_line) {
                places.entry(kept.key).or_default().push(Place { offset, length, run: kept.run });
            }
            offset += length;
        }
    }

    fn line(&self, place: Place) -> io::Result<Option<KeptReply>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(place.offset))?;
        let mut line = Vec::new();
        file.take(place.length).read_to_end(&mut line)?;
        Ok(line.strip_suffix(b"\n").and_then(KeptReply::from_line))
    }

    /// Writes the file anew without the replies of these digests; whether there were any.
    fn take_away(&self, purged: &BTreeSet<Digest>) -> io::Result<bool> {
        let file = match fs::read(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        // What cannot be read goes, too: nobody can say that it is not one of them.
        let stays = |line: &&[u8]| {
            let kept = line.strip_suffix(b"\n").and_then(KeptReply::from_line);
            kept.is_some_and(|kept| !purged.contains(&kept.reply.digest()))
        };
        let left: Vec<u8> = file.split_inclusive(|byte| *byte == b'\n').filter(stays).flatten().copied().collect();
        if left.len() == file.len() {
            return Ok(false);
        }
        replace(&self.path, &left, &Failpoint::default())?;
        Ok(true)
    }

    /// Writes replies durably, and answers where they stand.
    fn append(&self, replies: &[KeptReply]) -> io::Result<Vec<(Digest, Place)>> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let is_new = !self.path.exists();
        if is_new {
            fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(&self.path)?;
        let mut bytes = Vec::new();
        let offset = file.seek(SeekFrom::End(0))?;
        if offset > 0 && !ends_a_line(&mut file)? {
            bytes.push(b'\n');
        }
        let mut places = Vec::new();
        for reply in replies {
            let line = reply.to_line();
            let place = Place { offset: offset + bytes.len() as u64, length: line.len() as u64, run: reply.run };
            places.push((reply.key, place));
            bytes.extend_from_slice(&line);
        }
        file.write_all(&bytes)?;
        file.sync_data()?;
        // Another process may have written in between: then ours stand further on.
        let moved = file.stream_position()?.saturating_sub(offset + bytes.len() as u64);
        for (_, place) in &mut places {
            place.offset += moved;
        }
        if is_new {
            sync_folder(folder)?;
        }
        Ok(places)
    }
}

/// Whether the last byte ends a line: a kill may have left half of one.
fn ends_a_line(file: &mut File) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

impl Replies for ReplyLog {
    fn get(&self, key: &Digest, run: Option<EventId>) -> Result<Option<KeptReply>, RepliesError> {
        let places = {
            let mut state = self.lock();
            if state.places.is_none() {
                state.places = Some(self.read().map_err(|error| self.failed(&error))?);
            }
            state.places.as_ref().and_then(|places| places.get(key)).cloned().unwrap_or_default()
        };
        // The newest one first.
        for place in places.into_iter().rev().filter(|place| run.is_none() || place.run == run) {
            let kept = self.line(place).map_err(|error| self.failed(&error))?;
            if let Some(kept) = kept.filter(|kept| kept.key == *key && (run.is_none() || kept.run == run)) {
                return Ok(Some(kept));
            }
        }
        Ok(None)
    }

    fn keep(&self, reply: &KeptReply) -> Result<(), RepliesError> {
        let mut state = self.lock();
        state.queue.push(reply.clone());
        state.queued += 1;
        let mine = state.queued;
        loop {
            if let Some(reason) = &state.failed {
                return Err(self.failed(reason));
            }
            if state.durable >= mine {
                return Ok(());
            }
            if state.writes {
                state = self.written.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state.writes = true;
            let (replies, until) = (std::mem::take(&mut state.queue), state.queued);
            drop(state);
            let appended = self.append(&replies);
            state = self.lock();
            state.writes = false;
            match appended {
                Ok(places) => {
                    state.durable = until;
                    if let Some(known) = &mut state.places {
                        for (key, place) in places {
                            known.entry(key).or_default().push(place);
                        }
                    }
                }
                // What is half written is not known to be durable; nobody goes on as if it were.
                Err(error) => state.failed = Some(error.to_string()),
            }
            self.written.notify_all();
        }
    }

    fn forget(&self, purged: &BTreeSet<Digest>) -> Result<(), RepliesError> {
        let mut state = self.lock();
        while state.writes {
            state = self.written.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let taken = self.take_away(purged).map_err(|error| self.failed(&error))?;
        if taken {
            state.places = None;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::eval::Reply;

    fn kept(text: &str, run: Option<&str>) -> KeptReply {
        let run = run.map(|run| EventId(Digest::of(run.as_bytes())));
        KeptReply::new(Digest::of(text.as_bytes()), run, 3, Reply::text(text))
    }

    #[test]
    fn what_was_kept_by_many_threads_is_there_for_the_next_process() {
        let folder = TempDir::new().unwrap();
        let log = ReplyLog::open(folder.path());
        assert_eq!(log.get(&Digest::of(b"none"), None), Ok(None));
        std::thread::scope(|scope| {
            for thread in 0..8 {
                let log = &log;
                scope.spawn(move || {
                    for at in 0..25 {
                        log.keep(&kept(&format!("{thread} {at}\n"), None)).unwrap();
                    }
                });
            }
        });
        for log in [log, ReplyLog::open(folder.path())] {
            for (thread, at) in [(0, 0), (7, 24), (3, 11)] {
                let reply = kept(&format!("{thread} {at}\n"), None);
                assert_eq!(log.get(&reply.key, None), Ok(Some(reply)));
            }
        }
    }

    #[test]
    fn half_a_line_is_passed_over_and_hides_nothing_that_comes_later() {
        let folder = TempDir::new().unwrap();
        let (first, second, third) = (kept("a", None), kept("b", Some("run")), kept("c", None));
        let log = ReplyLog::open(folder.path());
        log.keep(&first).unwrap();
        log.keep(&second).unwrap();
        let path = folder.path().join("clone/replies");
        let whole = fs::read(&path).unwrap();
        let end = first.to_line().len();
        for cut in end..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let log = ReplyLog::open(folder.path());
            assert_eq!(log.get(&second.key, None), Ok(None), "{cut}");
            log.keep(&third).unwrap();
            for log in [log, ReplyLog::open(folder.path())] {
                assert_eq!(log.get(&first.key, None), Ok(Some(first.clone())));
                assert_eq!(log.get(&third.key, None), Ok(Some(third.clone())), "{cut}");
            }
        }
    }

    #[test]
    fn an_announced_run_takes_back_only_its_own_replies() {
        let folder = TempDir::new().unwrap();
        let log = ReplyLog::open(folder.path());
        let (tried, asked) = (kept("a", None), kept("a", Some("run")));
        log.keep(&tried).unwrap();
        assert_eq!(log.get(&tried.key, asked.run), Ok(None));
        log.keep(&asked).unwrap();
        assert_eq!(log.get(&tried.key, asked.run), Ok(Some(asked.clone())));
        assert_eq!(log.get(&tried.key, kept("a", Some("other")).run), Ok(None));
    }

    #[test]
    fn what_is_purged_is_nowhere_in_the_file_and_the_rest_is() {
        let folder = TempDir::new().unwrap();
        let log = ReplyLog::open(folder.path());
        log.forget(&BTreeSet::new()).unwrap();
        let (gone, stays) = (kept("to be purged", None), kept("to stay", Some("run")));
        for reply in [&gone, &stays] {
            log.keep(reply).unwrap();
        }
        assert!(log.get(&gone.key, None).unwrap().is_some());
        log.forget(&BTreeSet::from([gone.reply.digest()])).unwrap();
        assert_eq!(fs::read(folder.path().join("clone/replies")).unwrap(), stays.to_line());
        for log in [log, ReplyLog::open(folder.path())] {
            assert_eq!(log.get(&gone.key, None), Ok(None));
            assert_eq!(log.get(&stays.key, None), Ok(Some(stays.clone())));
        }
    }

    #[test]
    fn what_cannot_be_kept_is_said_and_said_again() {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("clone"), "a file in the way").unwrap();
        let log = ReplyLog::open(folder.path());
        assert!(log.keep(&kept("a", None)).is_err());
        assert!(log.keep(&kept("b", None)).unwrap_err().path.ends_with("clone/replies"));
    }
}
