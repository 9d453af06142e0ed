//! The port through which models are called.

use crate::{object::Digest, render::Request};

use super::{Miss, RecordingError, Reply, ReplySource, Trouble, Unanswered};

/// A reply, and how it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What was answered.
    pub reply: Reply,
    /// Whether it was answered now or read from a recording.
    pub source: ReplySource,
    /// How long the provider took for this call, in milliseconds; `None` for a recording that does not say.
    pub latency_ms: Option<u64>,
}

/// Why there is no reply. Each makes its sample `errored`.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ProviderError {
    /// The program could not be started.
    #[error("program `{program}` could not be started: {reason}")]
    Start {
        /// The program as the model names it.
        program: String,
        /// What the system answered.
        reason: String,
    },
    /// The program ended, or closed its output, before it answered.
    #[error("program `{program}` ended before it answered ({status}){}", said(.stderr))]
    Ended {
        /// The program as the model names it.
        program: String,
        /// How it ended.
        status: String,
        /// The end of what it wrote to stderr.
        stderr: String,
    },
    /// No answer in time; the program was stopped.
    #[error("program `{program}` gave no answer within {seconds} s{}", said(.stderr))]
    Late {
        /// The program as the model names it.
        program: String,
        /// The time allowed for one call.
        seconds: f64,
        /// The end of what it wrote to stderr.
        stderr: String,
    },
    /// A line that is not the reply the protocol asks for; the program was stopped.
    #[error("program `{program}` wrote a line that is no reply: {reason}{}", said(.stderr))]
    Malformed {
        /// The program as the model names it.
        program: String,
        /// What is wrong with the line, and how it begins.
        reason: String,
        /// The end of what it wrote to stderr.
        stderr: String,
    },
    /// A model behind a network interface gave no reply.
    #[error("{0}")]
    Unanswered(Box<Unanswered>),
    /// There is no recorded reply to this request.
    #[error("no recorded reply: {0}")]
    Miss(Box<Miss>),
    /// What was kept could not be read, or a reply could not be kept: it would have to be paid for again.
    #[error("replies cannot be kept: {reason}")]
    NotKept {
        /// What the disk answered.
        reason: String,
    },
    /// Not called: what it may cost is more than what is left.
    #[error("not called: the budget of {limit} USD does not cover what this call may cost")]
    OverBudget {
        /// The whole budget, in USD.
        limit: f64,
    },
    /// The recordings could not be read, or one of them contradicts itself.
    #[error("recording `{path}`: {reason}")]
    Recording {
        /// The file, relative to the project folder.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl ProviderError {
    /// Whether the call may have cost something although there is no reply.
    pub(super) fn may_have_cost(&self) -> bool {
        match self {
            Self::Unanswered(unanswered) => {
                !matches!(unanswered.trouble, Trouble::Status { .. } | Trouble::Ended | Trouble::Paused { .. })
            }
            _ => true,
        }
    }

    /// That a recording could not be read or written.
    pub(crate) fn unreadable(error: &RecordingError) -> Self {
        Self::Recording { path: error.path().to_owned(), reason: error.reason() }
    }
}

/// What a program said on stderr, as the tail of a sentence.
fn said(stderr: &str) -> String {
    let text = stderr.trim_end();
    if text.is_empty() { String::new() } else { format!("; its stderr ends: {text}") }
}

/// Answers requests.
///
/// Promises: one call gives one reply to this request and no other; a call ends within a bounded time;
/// calls may come from several threads at once; nothing but the request reaches what answers it.
/// Samples of one request, counted from 0, are separate replies.
pub trait Provider: Send + Sync {
    /// The reply to one request.
    ///
    /// # Errors
    ///
    /// [`ProviderError`] when there is none; the next call may succeed.
    fn complete(&self, request: &Request, sample: u32) -> Result<Answer, ProviderError>;

    /// The same for a call that costs something, under a name that is its own for good.
    ///
    /// A call may have to be made again because its reply was lost on the way; who knows the name already can answer
    /// as before and let it cost once. Others take no notice of it.
    ///
    /// # Errors
    ///
    /// As [`Provider::complete`].
    fn complete_once(&self, request: &Request, sample: u32, _name: &Digest) -> Result<Answer, ProviderError> {
        self.complete(request, sample)
    }

    /// How often a call was made again so far, because the one before it came to nothing.
    fn retries(&self) -> u64 {
        0
    }
}
