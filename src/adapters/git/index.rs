//! Where events stand: a flat file that may be deleted at any time.

use std::{
    fs::{self, File},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use git2::Oid;

use super::files::is_strange;
use crate::{
    ledger::JournalError,
    object::{Digest, EventId},
};

/// Bytes a record: commit (20), event (32), time (8), check (4).
const RECORD: usize = 64;

/// One event's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Its commit.
    pub(super) commit: Oid,
    /// Its id.
    pub(super) event: EventId,
    /// When it was recorded, in seconds since 1970.
    pub(super) time: i64,
}

/// What a commit says about itself, for the walk that extends the index.
#[derive(Debug)]
pub(super) struct Step {
    /// The place in the sequence.
    pub(super) seq: u64,
    /// What is indexed.
    pub(super) place: Place,
    /// The commit before.
    pub(super) parent: Option<Oid>,
}

/// Places of events by sequence number.
type Places = Arc<Vec<Place>>;

/// The index, `.chancery/cache/events`: record N-1 belongs to event N.
///
/// It is extended from the tip when it is behind and rebuilt when it is missing, damaged or of another history.
/// Whoever asks it verifies the commit it names; it only saves the walk.
#[derive(Debug)]
pub(super) struct Index {
    path: PathBuf,
    /// Whether what is found out is written down.
    keeps: bool,
    known: Mutex<Option<Places>>,
}

impl Index {
    /// The index in this file.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, keeps: true, known: Mutex::new(None) }
    }

    /// An index of another line of events that begins like this one's: it reads what is known here and keeps nothing.
    pub(super) fn beside(&self) -> Self {
        Self { path: self.path.clone(), keeps: false, known: Mutex::new(None) }
    }

    /// The places of all events up to the commit `tip`, of which `step` reads one.
    ///
    /// # Errors
    ///
    /// Those of `step`, and [`JournalError::Damaged`] when the chain's numbers do not go down to 1.
    pub(super) fn places(
        &self,
        tip: Option<Oid>,
        step: &dyn Fn(Oid) -> Result<Step, JournalError>,
    ) -> Result<Places, JournalError> {
        let Some(tip) = tip else { return Ok(Places::default()) };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = known.as_ref().filter(|places| places.last().is_some_and(|last| last.commit == tip)) {
            return Ok(Arc::clone(places));
        }
        let kept = known.take().map_or_else(|| load(&self.path), |places| places.to_vec());
        let (places, from) = extend(kept, tip, step)?;
        if self.keeps {
            // A folder that cannot be written costs the next reader the same walk, nothing else.
            let _ = save(&self.path, &places, from);
        }
        let places = Arc::new(places);
        *known = Some(Arc::clone(&places));
        Ok(places)
    }

    /// Whether the places up to this commit are in memory, so that asking costs nothing.
    pub(super) fn knows(&self, tip: Oid) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().and_then(|places| places.last()).is_some_and(|last| last.commit == tip)
    }

    /// Forgets everything, on disk too.
    pub(super) fn forget(&self) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Places::default());
        if self.keeps {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Walks back from the tip to the newest place that is known, and answers from which record on it is news.
fn extend(
    mut places: Vec<Place>,
    tip: Oid,
    step: &dyn Fn(Oid) -> Result<Step, JournalError>,
) -> Result<(Vec<Place>, usize), JournalError> {
    let (mut news, mut at, mut expected) = (Vec::new(), Some(tip), None);
    let mut first = 0;
    while let Some(commit) = at {
        let Step { seq, place, parent } = step(commit)?;
        if expected.is_some_and(|expected| expected != seq) || seq == 0 {
            return Err(JournalError::Damaged { seq, reason: "it stands at another place than it says".to_owned() });
        }
        let position = usize::try_from(seq - 1).unwrap_or(usize::MAX);
        if places.get(position) == Some(&place) {
            first = position + 1;
            break;
        }
        news.push(place);
        expected = Some(seq - 1);
        at = if seq == 1 { None } else { parent };
        if seq > 1 && at.is_none() {
            return Err(JournalError::Damaged { seq, reason: "no event stands before it".to_owned() });
        }
    }
    places.truncate(first);
    places.extend(news.into_iter().rev());
    Ok((places, first))
}

/// The records up to the first that is damaged.
fn load(path: &Path) -> Vec<Place> {
    let mut bytes = Vec::new();
    if is_strange(path) || File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).is_err() {
        return Vec::new();
    }
    bytes.as_chunks::<RECORD>().0.iter().zip(1..).map_while(|(record, seq)| decode(record, seq)).collect()
}

/// Writes the records from `from` on. A crash may tear it; the checks then say so.
fn save(path: &Path, places: &[Place], from: usize) -> std::io::Result<()> {
    if is_strange(path) {
        fs::remove_file(path)?;
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let bytes: Vec<u8> = places.iter().zip(1..).skip(from).flat_map(|(place, seq)| encode(place, seq)).collect();
    let mut file = File::options().create(true).write(true).truncate(false).open(path)?;
    file.seek(SeekFrom::Start((from * RECORD) as u64))?;
    file.write_all(&bytes)?;
    file.set_len((places.len() * RECORD) as u64)
}

fn encode(place: &Place, seq: u64) -> [u8; RECORD] {
    let mut record = [0; RECORD];
    let fields = place.commit.as_bytes().iter().chain(place.event.0.as_bytes());
    for (to, from) in record.iter_mut().zip(fields.copied().chain(place.time.to_le_bytes())) {
        *to = from;
    }
    let check = check(&record, seq).to_le_bytes();
    for (to, from) in record.iter_mut().skip(RECORD - 4).zip(check) {
        *to = from;
    }
    record
}

fn decode(record: &[u8; RECORD], seq: u64) -> Option<Place> {
    let (fields, stated) = record.split_last_chunk::<4>()?;
    if check(record, seq).to_le_bytes() != *stated {
        return None;
    }
    let (commit, rest) = fields.split_at_checked(20)?;
    let (event, time) = rest.split_first_chunk::<32>()?;
    let commit = Oid::from_bytes(commit).ok()?;
    let event = EventId(Digest::from_bytes(*event));
    Some(Place { commit, event, time: i64::from_le_bytes(time.try_into().ok()?) })
}

/// FNV-1a over words: it guards against disks, not against people.
fn check(record: &[u8; RECORD], seq: u64) -> u32 {
    let words = record.as_chunks::<4>().0.iter().take(RECORD / 4 - 1).map(|word| u64::from(u32::from_le_bytes(*word)));
    let hash = words.fold(0xcbf2_9ce4_8422_2325 ^ seq, |hash, word| (hash ^ word).wrapping_mul(0x0100_0000_01b3));
    u32::try_from((hash ^ (hash >> 32)) & u64::from(u32::MAX)).unwrap_or_default()
}
