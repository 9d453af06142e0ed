//! Replies that cost something, kept in this clone from the moment they arrive.
//!
//! A run that was killed goes on where it was, and what was not changed is not asked again. Nobody else believes what
//! is kept here: an announced run takes back only what was asked for by that very run, so that none can be picked
//! among earlier ones.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use serde::{Deserialize, Serialize};

use super::Reply;
use crate::object::{Digest, EventId, encode, parse};

/// The format of lines written by this program.
const FORMAT: u32 = 1;

/// A reply as it is kept: without secrets, and without values of inputs that are declared personal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptReply {
    /// Format number of the line.
    format: u32,
    /// The request's key, see [`crate::render::Request::key`].
    pub key: Digest,
    /// The announcement it was asked for; none for a run that was not announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<EventId>,
    /// How long the provider took, in milliseconds.
    pub latency_ms: u64,
    /// What was answered.
    pub reply: Reply,
}

impl KeptReply {
    /// A reply to the request with this key.
    pub fn new(key: Digest, run: Option<EventId>, latency_ms: u64, reply: Reply) -> Self {
        Self { format: FORMAT, key, run, latency_ms, reply }
    }

    /// The reply as one line of canonical JSON, with its line end.
    pub fn to_line(&self) -> Vec<u8> {
        let mut line = encode(self);
        line.push(b'\n');
        line
    }

    /// Reads a line without its end; `None` for anything else, such as what a kill left of one.
    pub fn from_line(line: &[u8]) -> Option<Self> {
        parse::<Self>(line).ok().map(|parsed| parsed.record).filter(|kept| kept.format == FORMAT)
    }
}

/// Kept replies could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("replies in `{path}`: {reason}")]
pub struct RepliesError {
    /// The file.
    pub path: String,
    /// What the system answered.
    pub reason: String,
}

/// Where replies that cost something are kept.
///
/// Promises: a reply that was kept is there after a kill or a power cut; calls may come from several threads.
pub trait Replies: Send + Sync {
    /// The reply to the request with this key: for an announced run, only one that was kept for it.
    ///
    /// # Errors
    ///
    /// That what is kept cannot be read.
    fn get(&self, key: &Digest, run: Option<EventId>) -> Result<Option<KeptReply>, RepliesError>;

    /// Keeps a reply; once this returns it is durable.
    ///
    /// # Errors
    ///
    /// That it could not be kept.
    fn keep(&self, reply: &KeptReply) -> Result<(), RepliesError>;

    /// Takes away the replies of these digests, for good: they were purged.
    ///
    /// # Errors
    ///
    /// That what is kept cannot be read or written; then nothing is taken away.
    fn forget(&self, purged: &BTreeSet<Digest>) -> Result<(), RepliesError>;
}

/// Replies kept as long as the program runs.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<BTreeMap<(Digest, Option<EventId>), KeptReply>>);

impl Replies for InMemory {
    fn get(&self, key: &Digest, run: Option<EventId>) -> Result<Option<KeptReply>, RepliesError> {
        let kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut found = kept.range((*key, None)..).take_while(|((other, _), _)| other == key);
        Ok(found.find(|((_, asked), _)| run.is_none() || *asked == run).map(|(_, reply)| reply.clone()))
    }

    fn keep(&self, reply: &KeptReply) -> Result<(), RepliesError> {
        let mut kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.insert((reply.key, reply.run), reply.clone());
        Ok(())
    }

    fn forget(&self, purged: &BTreeSet<Digest>) -> Result<(), RepliesError> {
        let mut kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.retain(|_, kept| !purged.contains(&kept.reply.digest()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written_and_half_a_line_is_none() {
        let kept = KeptReply::new(Digest::of(b"a"), Some(EventId(Digest::of(b"run"))), 7, Reply::text("hi\nthere"));
        let line = kept.to_line();
        assert_eq!(line.iter().position(|byte| *byte == b'\n'), Some(line.len() - 1));
        let whole = &line[..line.len() - 1];
        assert_eq!(KeptReply::from_line(whole), Some(kept));
        for end in 0..whole.len() {
            assert_eq!(KeptReply::from_line(&whole[..end]), None);
        }
    }

    #[test]
    fn an_announced_run_takes_back_only_its_own_replies() {
        let (replies, run) = (InMemory::default(), Some(EventId(Digest::of(b"run"))));
        let key = Digest::of(b"a");
        replies.keep(&KeptReply::new(key, None, 1, Reply::text("tried"))).unwrap();
        assert_eq!(replies.get(&key, run), Ok(None));
        assert!(replies.get(&key, None).unwrap().is_some());
        replies.keep(&KeptReply::new(key, run, 1, Reply::text("asked"))).unwrap();
        assert_eq!(replies.get(&key, run).unwrap().unwrap().reply, Reply::text("asked"));
        assert_eq!(replies.get(&Digest::of(b"b"), None), Ok(None));
    }
}
