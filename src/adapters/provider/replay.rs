//! Recorded replies, and nothing else.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use crate::{
    adapters::{Failpoint, files::replace},
    eval::{Answer, Provider, ProviderError, Recording, RecordingError, Recordings, ReplySource, miss},
    object::Digest,
    render::Request,
};

/// Answers from recordings; a request that was not recorded is an error that explains itself.
#[derive(Debug)]
pub struct Replay<R> {
    recordings: R,
    // Read at most once, and only to explain a miss: a suite without its recordings misses many times.
    all: OnceLock<Result<Vec<Recording>, RecordingError>>,
}

impl<R: Recordings> Replay<R> {
    /// A provider that answers from these recordings.
    pub fn new(recordings: R) -> Self {
        Self { recordings, all: OnceLock::new() }
    }
}

impl<R: Recordings> Provider for Replay<R> {
    fn complete(&self, request: &Request, sample: u32) -> Result<Answer, ProviderError> {
        if let Some(recording) = self.recordings.get(&request.key(sample)).map_err(|e| ProviderError::unreadable(&e))? {
            return Ok(Answer {
                reply: recording.reply,
                source: ReplySource::Unsigned,
                latency_ms: recording.latency_ms,
            });
        }
        match self.all.get_or_init(|| self.recordings.all()) {
            Ok(all) => Err(ProviderError::Miss(Box::new(miss(request, sample, all)))),
            Err(error) => Err(ProviderError::unreadable(error)),
        }
    }
}

/// Recordings as files: `XX/KEY.json` below a folder, XX being the first two digits of the key.
#[derive(Debug, Clone)]
pub struct RecordingFolder {
    folder: PathBuf,
    shown: String,
}

impl RecordingFolder {
    /// The folder `evals/recordings` of the project at `project`; it need not exist.
    pub fn of_project(project: &Path) -> Self {
        let shown = "evals/recordings".to_owned();
        Self { folder: project.join(&shown), shown }
    }

    /// The recording in a file, given by its path below the folder; `None` when there is no such file.
    fn read(&self, path: &str) -> Result<Option<Recording>, RecordingError> {
        let shown = format!("{}/{path}", self.shown);
        match fs::read(self.folder.join(path)) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Recording::parse(&shown, &text).map(Some),
                Err(e) => Err(RecordingError::Outside { path: shown, reason: e.to_string() }),
            },
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(RecordingError::Outside { path: shown, reason: e.to_string() }),
        }
    }

    /// Names in a folder below this one, sorted; none when the folder does not exist.
    fn names(&self, below: &str) -> Result<Vec<String>, RecordingError> {
        let outside = |e: io::Error| RecordingError::Outside { path: self.shown.clone(), reason: e.to_string() };
        let entries = match fs::read_dir(self.folder.join(below)) {
            Ok(entries) => entries,
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(Vec::new());
            }
            Err(e) => return Err(outside(e)),
        };
        let name =
            |entry: io::Result<fs::DirEntry>| entry.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = entries.map(name).collect::<io::Result<_>>().map_err(outside)?;
        names.sort();
        Ok(names)
    }
}

impl Recordings for RecordingFolder {
    fn get(&self, key: &Digest) -> Result<Option<Recording>, RecordingError> {
        let path = Recording::path_of(key);
        let Some(recording) = self.read(&path)? else {
            return Ok(None);
        };
        if recording.key == *key {
            return Ok(Some(recording));
        }
        Err(RecordingError::Edited { path: format!("{}/{path}", self.shown), named: *key, holds: recording.key })
    }

    fn all(&self) -> Result<Vec<Recording>, RecordingError> {
        let mut all = Vec::new();
        for folder in self.names("")? {
            for file in self.names(&folder)? {
                // A broken file explains no miss; it is named when its own request is asked.
                if let Ok(Some(recording)) = self.read(&format!("{folder}/{file}")) {
                    all.push(recording);
                }
            }
        }
        all.sort_by_key(|recording| recording.key);
        Ok(all)
    }

    fn put(&self, recording: &Recording) -> Result<(), RecordingError> {
        let path = recording.path();
        let outside =
            |e: io::Error| RecordingError::Outside { path: format!("{}/{path}", self.shown), reason: e.to_string() };
        replace(&self.folder.join(&path), recording.to_text().as_bytes(), &Failpoint::default()).map_err(outside)
    }
}
