//! What this clone remembers of each working file: what it was last in step with, and what it hashed to.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::{Entry, Found, Ground, Place, Settings, TreeError, WorkingFile};
use crate::{
    artifact::Template,
    name::{Artifact, Kind, Name},
    object::{Digest, EventId, NotADigest, VersionId},
};

/// The name it is kept under.
const KEPT_AS: &str = "index";
/// Its first line; another one is from another version and is not read.
const FIRST_LINE: &str = "chancery-index 2";
/// Its end: without it, lines are missing, and a record with fewer files would vouch for too much.
const LAST_LINE: &str = "\nend\n";
/// How the line of a place where git stood begins; those of artifacts begin with a kind and a slash.
const GROUND: &str = "ground\t";
/// How the line of a coming commit begins; lines of files begin with a number.
const COMING: &str = "\tcoming\t";
/// A file that changed this shortly before the index was written may have changed again without a sign, in
/// nanoseconds. Two seconds is the coarsest clock a file system is known to have.
const CLEARLY: i128 = 2_000_000_000;

/// What is remembered of one artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The artifact.
    pub artifact: Artifact,
    /// Its main file when it was last seen.
    pub path: String,
    /// The version the file was last in step with, and its number.
    pub base: Option<(VersionId, u64)>,
    /// Where git stood when that was so; `None` where there was no git.
    pub ground: Option<Ground>,
    /// The commit that was about to be recorded when this was written. Once it is, its version is the base; so a kill
    /// between the two leaves no file in step with something that its owner just replaced.
    pub coming: Option<Coming>,
    /// What a `[[sources]]` rule said of its text.
    pub template: Option<Template>,
    /// What its bytes were, and the files they were read from, the main one first.
    pub hashed: Option<(VersionId, Vec<Entry>)>,
}

/// A commit on its way into the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coming {
    /// The event it will be.
    pub event: EventId,
    /// The version it records.
    pub version: VersionId,
    /// The version's number.
    pub number: u64,
}

impl Record {
    /// A record of a file just read, in step with `base` while git stands at `ground`.
    pub fn of(file: &WorkingFile, base: Option<(VersionId, u64)>, ground: Option<&Ground>) -> Self {
        let hashed = file.missing.is_empty().then(|| (file.version(), file.files.clone()));
        let (artifact, path) = (file.artifact.clone(), file.path.clone());
        Self { artifact, path, base, ground: ground.cloned(), coming: None, template: file.template, hashed }
    }
}

/// Why an index cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// It is damaged; without it, edited files show as diverged.
    #[error("line {line} of this clone's index cannot be read")]
    Damaged {
        /// The line, from 1.
        line: usize,
    },
    /// It could not be read or written.
    #[error(transparent)]
    Tree(#[from] TreeError),
}

/// All records of this clone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Index {
    records: BTreeMap<Artifact, Record>,
    /// When it was written, by the clock that stamps files.
    written: i128,
}

impl Index {
    /// Reads this clone's index; an empty one when there is none.
    ///
    /// # Errors
    ///
    /// [`IndexError`].
    pub fn open(settings: &dyn Settings) -> Result<Self, IndexError> {
        match settings.read(KEPT_AS)? {
            None => Ok(Self::default()),
            Some(kept) => Ok(Self { written: kept.stamp, records: parse(&kept.bytes)? }),
        }
    }

    /// Keeps it.
    ///
    /// # Errors
    ///
    /// [`TreeError`].
    pub fn save(&self, settings: &dyn Settings) -> Result<(), TreeError> {
        settings.write(KEPT_AS, &self.encode())
    }

    /// What is remembered of an artifact.
    pub fn get(&self, artifact: &Artifact) -> Option<&Record> {
        self.records.get(artifact)
    }

    /// All records, by artifact.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }

    /// Remembers, in place of what was remembered before.
    pub fn set(&mut self, record: Record) {
        self.records.insert(record.artifact.clone(), record);
    }

    /// Forgets an artifact.
    pub fn forget(&mut self, artifact: &Artifact) {
        self.records.remove(artifact);
    }

    /// The version an artifact's files still are, told by their sizes and stamps; `None`: they must be read.
    ///
    /// As with git, a file whose stamp is not clearly older than the index proves nothing.
    pub fn unchanged(&self, found: &Found, place: &Place) -> Option<VersionId> {
        let record = self.get(&place.artifact)?;
        let (version, files) = record.hashed.as_ref()?;
        let same = |old: &Entry| {
            let settled = old.stamp > 0 && old.stamp.saturating_add(CLEARLY) < self.written;
            settled && found.files.get(&old.path) == Some(old)
        };
        let known = |new: &Entry| files.iter().any(|old| old.path == new.path);
        let settled = record.path == place.path
            && place.refused.is_none()
            && !files.is_empty()
            && files.iter().all(same)
            && place.files.iter().all(known);
        settled.then_some(*version)
    }

    /// Its bytes: a line for each place where git stood; a line for each artifact; indented by a tab one for its coming commit, where there is one, and one
    /// for each file it was read from; `end` at the end.
    pub fn encode(&self) -> Vec<u8> {
        let mut text = format!("{FIRST_LINE}\n");
        let grounds: BTreeSet<&Ground> = self.records.values().filter_map(|record| record.ground.as_ref()).collect();
        for Ground { branch, commit, log } in &grounds {
            let word = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
            let _ = writeln!(text, "{GROUND}{}\t{}\t{log}", word(branch), word(commit));
        }
        let places: BTreeMap<&Ground, usize> = grounds.into_iter().zip(0..).collect();
        for record in self.records.values() {
            let Record { artifact, path, base, ground, coming, template, hashed } = record;
            let place = ground.as_ref().and_then(|ground| places.get(ground));
            let place = place.map_or_else(|| "-".to_owned(), usize::to_string);
            let base = base.map_or_else(|| "-\t0".to_owned(), |(version, number)| format!("{version}\t{number}"));
            let hash = hashed.as_ref().map_or_else(|| "-".to_owned(), |(version, _)| version.to_string());
            let _ = writeln!(text, "{artifact}\t{base}\t{place}\t{}\t{hash}\t{path}", word(*template));
            if let Some(Coming { event, version, number }) = coming {
                let _ = writeln!(text, "{COMING}{event}\t{version}\t{number}");
            }
            for file in hashed.iter().flat_map(|(_, files)| files) {
                let _ = writeln!(text, "\t{}\t{}\t{}", file.size, file.stamp, file.path);
            }
        }
        text.push_str("end\n");
        text.into_bytes()
    }
}

fn word(template: Option<Template>) -> &'static str {
    match template {
        None => "-",
        Some(Template::Jinja) => "jinja",
        Some(Template::None) => "none",
    }
}

/// Reads what [`Index::encode`] wrote.
fn parse(bytes: &[u8]) -> Result<BTreeMap<Artifact, Record>, IndexError> {
    let damaged = |line| IndexError::Damaged { line };
    let text = std::str::from_utf8(bytes).map_err(|_| damaged(1))?;
    let whole = text.strip_suffix(LAST_LINE).ok_or(damaged(text.lines().count().max(1)))?;
    let mut lines = whole.split('\n').zip(1..);
    if lines.next().is_none_or(|(first, _)| first != FIRST_LINE) {
        return Err(damaged(1));
    }
    let mut records: BTreeMap<Artifact, Record> = BTreeMap::new();
    let mut grounds: Vec<Ground> = Vec::new();
    let mut last: Option<Record> = None;
    for (line, number) in lines {
        if let Some(line) = line.strip_prefix(GROUND) {
            grounds.push(ground_of(line).ok_or(damaged(number))?);
        } else if let Some(line) = line.strip_prefix(COMING) {
            let record = last.as_mut().ok_or(damaged(number))?;
            record.coming = Some(coming_of(line).ok_or(damaged(number))?);
        } else if let Some(file) = line.strip_prefix('\t') {
            let hashed = last.as_mut().and_then(|record| record.hashed.as_mut());
            let (_, files) = hashed.ok_or(damaged(number))?;
            files.push(file_of(file).ok_or(damaged(number))?);
        } else {
            records.extend(last.take().map(|record| (record.artifact.clone(), record)));
            last = Some(record_of(line, &grounds).ok_or(damaged(number))?);
        }
    }
    records.extend(last.map(|record| (record.artifact.clone(), record)));
    Ok(records)
}

fn ground_of(line: &str) -> Option<Ground> {
    let mut fields = line.split('\t');
    let mut word = || fields.next().map(|word| (word != "-").then(|| word.to_owned()));
    let (branch, commit) = (word()?, word()?);
    let log = fields.next()?.parse().ok()?;
    fields.next().is_none().then_some(Ground { branch, commit, log })
}

fn record_of(line: &str, grounds: &[Ground]) -> Option<Record> {
    let mut fields = line.splitn(7, '\t');
    let (kind, name) = fields.next()?.split_once('/')?;
    let artifact = Artifact::new(kind.parse::<Kind>().ok()?, Name::parse(name).ok()?);
    let base = version_of(fields.next()?).ok()?;
    let number: u64 = fields.next()?.parse().ok()?;
    let ground = match fields.next()? {
        "-" => None,
        place => Some(grounds.get(place.parse::<usize>().ok()?)?.clone()),
    };
    let template = match fields.next()? {
        "-" => None,
        "jinja" => Some(Template::Jinja),
        "none" => Some(Template::None),
        _ => return None,
    };
    let hashed = version_of(fields.next()?).ok()?.map(|version| (version, Vec::new()));
    let path = fields.next()?.to_owned();
    let base = base.map(|version| (version, number));
    Some(Record { artifact, path, base, ground, coming: None, template, hashed })
}

fn coming_of(line: &str) -> Option<Coming> {
    let mut fields = line.splitn(3, '\t');
    let event = EventId(fields.next()?.parse().ok()?);
    Some(Coming { event, version: version_of(fields.next()?).ok()??, number: fields.next()?.parse().ok()? })
}

/// `-` is no version; anything else must be one.
fn version_of(field: &str) -> Result<Option<VersionId>, NotADigest> {
    match field {
        "-" => Ok(None),
        hex => hex.parse::<Digest>().map(|digest| Some(VersionId(digest))),
    }
}

fn file_of(line: &str) -> Option<Entry> {
    let mut fields = line.splitn(3, '\t');
    let (size, stamp) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(Entry { path: fields.next()?.to_owned(), size, stamp })
}
