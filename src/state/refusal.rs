//! Why an event was not allowed.

use crate::{gate::Verdict, ledger::JournalError, object::StoreError};

/// What kind of no it is; decides the exit code of the command that tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The rules say no to this person or this change.
    No,
    /// It does not make sense as things stand.
    CannotBeDone,
    /// Somebody moved first.
    Moved,
}

/// A refusal: the rule that says no, and why.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Kebab-case name of the rule; documented and never reused.
    pub rule: &'static str,
    /// Why, in one line.
    pub message: String,
    /// What kind of no it is.
    pub code: Code,
    /// The gate's answer, where the gate refused.
    pub verdict: Option<Box<Verdict>>,
}

impl Refusal {
    /// The rules say no.
    pub fn no(rule: &'static str, message: impl Into<String>) -> Self {
        Self { rule, message: message.into(), code: Code::No, verdict: None }
    }

    /// It does not make sense as things stand.
    pub fn cannot(rule: &'static str, message: impl Into<String>) -> Self {
        Self { rule, message: message.into(), code: Code::CannotBeDone, verdict: None }
    }

    /// Somebody moved first.
    pub fn moved(rule: &'static str, message: impl Into<String>) -> Self {
        Self { rule, message: message.into(), code: Code::Moved, verdict: None }
    }
}

/// Why no answer, or a no, was given.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The event is not allowed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The ledger could not be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Payload could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record of the state is not what it should be.
    #[error("the record `{key}` of the state is damaged: {reason}")]
    Record {
        /// The record's key.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
}
