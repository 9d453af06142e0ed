//! Recorded replies: their file format, and what to say when one is missing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    object::Digest,
    render::{Message, Request},
};

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
        Self { format: FORMAT, key: request.key(sample), note, sample, request, reply }
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
        if holds != recording.key {
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
}

impl Recordings for BTreeMap<Digest, Recording> {
    fn get(&self, key: &Digest) -> Result<Option<Recording>, RecordingError> {
        Ok(BTreeMap::get(self, key).cloned())
    }

    fn all(&self) -> Result<Vec<Recording>, RecordingError> {
        Ok(self.values().cloned().collect())
    }
}

/// A request that nobody recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// The key that was looked for.
    pub key: Digest,
    /// The recorded request most like it; `None` when nothing is recorded at all.
    pub nearest: Option<Nearest>,
}

/// The recorded request nearest to one that was not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    /// Its key.
    pub key: Digest,
    /// The first difference, as one sentence.
    pub difference: String,
}

impl std::fmt::Display for Miss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.nearest {
            None => write!(f, "request `{}`; there are no recordings", self.key.short()),
            Some(nearest) => {
                write!(
                    f,
                    "request `{}`; nearest is `{}`: {}",
                    self.key.short(),
                    nearest.key.short(),
                    nearest.difference
                )
            }
        }
    }
}

/// Explains a miss: the recorded request most like `request`, and where the two first differ.
pub fn miss(request: &Request, sample: u32, recorded: &[Recording]) -> Miss {
    let text = flat(request);
    let likeness = |other: &Recording| {
        let theirs = flat(&other.request);
        (shared(&text, &theirs), other.sample == sample)
    };
    let nearest = recorded
        .iter()
        .map(|recording| (likeness(recording), recording))
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, recording)| Nearest { key: recording.key, difference: difference(request, sample, recording) });
    Miss { key: request.key(sample), nearest }
}

/// The request as lines, for measuring likeness.
fn flat(request: &Request) -> String {
    let mut text: String = request.messages.iter().flat_map(|message| [message.content.as_str(), "\n"]).collect();
    text.push_str(&request.model);
    text.push_str(&serde_json::to_string(&(&request.params, &request.tools)).unwrap_or_default());
    text
}

/// How alike two texts are, in thousandths: what they share at both ends, against the longer one.
fn shared(a: &str, b: &str) -> usize {
    let same = |(x, y): &(u8, u8)| x == y;
    let front = a.bytes().zip(b.bytes()).take_while(same).count();
    let rest = a.len().min(b.len()) - front;
    let back = a.bytes().rev().zip(b.bytes().rev()).take(rest).take_while(same).count();
    (front + back) * 1000 / a.len().max(b.len()).max(1)
}

/// The first thing in which a recording differs from what was asked.
fn difference(request: &Request, sample: u32, recording: &Recording) -> String {
    let recorded = &recording.request;
    for (at, (asked, known)) in request.messages.iter().zip(&recorded.messages).enumerate() {
        if let Some(difference) = message_difference(asked, known) {
            return format!("message {} {difference}", at + 1);
        }
    }
    if request.messages.len() != recorded.messages.len() {
        return format!("it has {} messages, not {}", recorded.messages.len(), request.messages.len());
    }
    if request.model != recorded.model {
        return format!("it was recorded for model `{}`, not `{}`", excerpt(&recorded.model), excerpt(&request.model));
    }
    if request.params != recorded.params {
        return "its parameters differ".to_owned();
    }
    if request.tools != recorded.tools {
        return "its tools differ".to_owned();
    }
    format!("it is sample {}, not sample {sample}", recording.sample)
}

/// How one message differs from the recorded one.
fn message_difference(asked: &Message, known: &Message) -> Option<String> {
    if asked.role != known.role {
        return Some(format!("has another role ({:?}, recorded {:?})", asked.role, known.role).to_lowercase());
    }
    if asked.content == known.content {
        return None;
    }
    let mut ours = asked.content.split('\n');
    let mut theirs = known.content.split('\n');
    let mut line = 1_u32;
    loop {
        match (ours.next(), theirs.next()) {
            (a, b) if a == b && a.is_some() => line += 1,
            (a, b) => {
                let shown = |text: Option<&str>| text.map_or("nothing".to_owned(), |t| format!("`{}`", excerpt(t)));
                return Some(format!("line {line} is {}, recorded {}", shown(a), shown(b)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::render::Speaker;

    fn request(system: &str, user: &str) -> Request {
        let message = |role, content: &str| Message { role, content: content.to_owned() };
        Request {
            model: "m".to_owned(),
            messages: vec![message(Speaker::System, system), message(Speaker::User, user)],
            tools: Vec::new(),
            params: Map::new(),
        }
    }

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

    #[test]
    fn a_miss_shows_the_nearest_request_and_where_it_first_differs() {
        let recorded = [
            Recording::new(request("something else entirely", "bye"), 0, Reply::text(""), None),
            Recording::new(request("one\ntwo\nthree", "hi"), 0, Reply::text(""), None),
        ];
        let missed = |asked: &Request, sample| miss(asked, sample, &recorded).nearest.unwrap();
        let nearest = missed(&request("one\nTWO\nthree", "hi"), 0);
        assert_eq!(nearest.key, recorded[1].key);
        assert_eq!(nearest.difference, "message 1 line 2 is `TWO`, recorded `two`");
        assert_eq!(missed(&request("one\ntwo\nthree", "hi"), 1).difference, "it is sample 0, not sample 1");
        assert_eq!(
            missed(&request("one\ntwo\nthree\n", "hi"), 0).difference,
            "message 1 line 4 is ``, recorded nothing"
        );
        let mut other = request("one\ntwo\nthree", "hi");
        other.params.insert("temperature".to_owned(), json!(1));
        assert_eq!(missed(&other, 0).difference, "its parameters differ");
        assert_eq!(miss(&other, 0, &[]).nearest, None);
    }
}
