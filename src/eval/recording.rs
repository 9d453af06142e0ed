//! Recorded replies: their file format, and what to say when one is missing.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};

use crate::{object::Digest, render::Request};

use super::{Reply, excerpt::excerpt};

/// The format of recordings written by this program.
const FORMAT: u32 = 1;

/// A request and the reply that was given to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// Format number of the file.
    pub format: u32,
    /// The request's key: what the file is named after.
    pub key: Digest,
    /// What the recording is and where it comes from, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Which sample of the request it answers, from 0.
    pub sample: u32,
    /// Whether marks stand in the request for values that must not be stored; then it no longer gives the key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub masked: bool,
    /// How long the provider took, in milliseconds; absent where nobody measured it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u64>,
    /// What was asked.
    pub request: Request,
    /// What was answered.
    pub reply: Reply,
}

/// Why a recording was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordingError {
    /// The disk failed.
    #[error("recording `{path}`: {reason}")]
    Outside {
        /// File or folder, relative to the project folder.
        path: String,
        /// What the system answered.
        reason: String,
    },
    /// Not a recording.
    #[error("recording `{path}`, line {line}: {reason}")]
    Shape {
        /// The file, relative to the project folder.
        path: String,
        /// Line of the problem, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// A format this program does not know.
    #[error("recording `{path}` is written in format {format}, which this program does not know")]
    Format {
        /// The file, relative to the project folder.
        path: String,
        /// The format it names.
        format: u32,
    },
    /// The request inside is not the one the recording is named after.
    #[error("recording `{path}` is named after request `{named}` but holds request `{holds}`")]
    Edited {
        /// The file, relative to the project folder.
        path: String,
        /// The key it bears.
        named: Digest,
        /// The key of the request it holds.
        holds: Digest,
    },
}

impl RecordingError {
    /// The file or folder concerned, relative to the project folder.
    pub fn path(&self) -> &str {
        match self {
            Self::Outside { path, .. }
            | Self::Shape { path, .. }
            | Self::Format { path, .. }
            | Self::Edited { path, .. } => path,
        }
    }
}

impl RecordingError {
    /// What is wrong, without the path.
    pub fn reason(&self) -> String {
        match self {
            Self::Outside { reason, .. } => reason.clone(),
            Self::Shape { line, reason, .. } => format!("line {line}: {reason}"),
            Self::Format { format, .. } => format!("written in format {format}, which this program does not know"),
            Self::Edited { named, holds, .. } => format!("named after request `{named}` but holds request `{holds}`"),
        }
    }
}

impl Recording {
    /// The recording of a reply to a sample of a request.
    pub fn new(request: Request, sample: u32, reply: Reply, note: Option<String>) -> Self {
        Self { format: FORMAT, key: request.key(sample), note, sample, masked: false, latency_ms: None, request, reply }
    }

    /// The recording of a reply to a request that is stored in the form `shown`.
    pub fn of(request: &Request, shown: Request, sample: u32, reply: Reply) -> Self {
        let masked = shown != *request;
        Self { key: request.key(sample), masked, ..Self::new(shown, sample, reply, None) }
    }

    /// Where the file stands below `evals/recordings/`.
    pub fn path(&self) -> String {
        Self::path_of(&self.key)
    }

    /// Where the recording with this key stands below `evals/recordings/`.
    pub fn path_of(key: &Digest) -> String {
        let hex = key.hex();
        let folder: String = hex.chars().take(2).collect();
        format!("{folder}/{hex}.json")
    }

    /// The file's text: indented JSON with one final newline, so that people can read and compare it.
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads the text of the file at `path`.
    ///
    /// # Errors
    ///
    /// [`RecordingError`] when it is not a recording, or holds another request than its key names.
    pub fn parse(path: &str, text: &str) -> Result<Self, RecordingError> {
        let path = path.to_owned();
        let recording: Self = serde_json::from_str(text).map_err(|e| RecordingError::Shape {
            path: path.clone(),
            line: e.line(),
            reason: excerpt(&e.to_string()),
        })?;
        if recording.format != FORMAT {
            return Err(RecordingError::Format { path, format: recording.format });
        }
        let holds = recording.request.key(recording.sample);
        if holds != recording.key && !recording.masked {
            return Err(RecordingError::Edited { path, named: recording.key, holds });
        }
        Ok(recording)
    }
}

/// Where recordings are looked up.
///
/// Promises: what `get` gives answers exactly the request with this key.
pub trait Recordings: Send + Sync {
    /// The recording with this key, or `None`.
    ///
    /// # Errors
    ///
    /// [`RecordingError`] when it cannot be read or contradicts itself.
    fn get(&self, key: &Digest) -> Result<Option<Recording>, RecordingError>;

    /// Every recording that can be read, sorted by key; used to explain a miss.
    ///
    /// # Errors
    ///
    /// [`RecordingError::Outside`] when the place itself cannot be read.
    fn all(&self) -> Result<Vec<Recording>, RecordingError>;

    /// Keeps a recording, in place of one with its key.
    ///
    /// # Errors
    ///
    /// [`RecordingError::Outside`] when it could not be written.
    fn put(&self, recording: &Recording) -> Result<(), RecordingError>;
}

impl Recordings for Mutex<BTreeMap<Digest, Recording>> {
    fn get(&self, key: &Digest) -> Result<Option<Recording>, RecordingError> {
        Ok(self.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned())
    }

    fn all(&self) -> Result<Vec<Recording>, RecordingError> {
        Ok(self.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect())
    }

    fn put(&self, recording: &Recording) -> Result<(), RecordingError> {
        self.lock().unwrap_or_else(PoisonError::into_inner).insert(recording.key, recording.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::testing::request;

    #[test]
    fn a_recording_is_read_as_it_was_written() {
        let recording = Recording::new(request("be kind", "hi"), 2, Reply::text("hello"), Some("by hand".to_owned()));
        assert_eq!(Recording::parse("x.json", &recording.to_text()), Ok(recording.clone()));
        assert_eq!(recording.path(), format!("{}/{}.json", &recording.key.hex()[..2], recording.key));
    }

    #[test]
    fn a_recording_whose_request_was_edited_is_refused() {
        let text = Recording::new(request("be kind", "hi"), 0, Reply::text("hello"), None).to_text();
        let edited = text.replace("be kind", "be rude");
        assert!(matches!(Recording::parse("x.json", &edited), Err(RecordingError::Edited { .. })));
        let other_reply = text.replace("hello", "bye");
        assert_eq!(Recording::parse("x.json", &other_reply).unwrap().reply, Reply::text("bye"));
        assert!(matches!(
            Recording::parse("x.json", &text.replace("\"format\": 1", "\"format\": 9")),
            Err(RecordingError::Format { format: 9, .. })
        ));
        assert!(matches!(Recording::parse("x.json", "{\n!"), Err(RecordingError::Shape { line: 2, .. })));
    }
}
