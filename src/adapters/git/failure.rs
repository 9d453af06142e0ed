//! What the disk or git answered, on its way to a port's error.

use std::fmt::Display;

use crate::{ledger::JournalError, object::StoreError};

/// Something outside failed.
#[derive(Debug)]
pub(super) struct Failure {
    /// What was being done.
    pub(super) what: &'static str,
    /// File, ref or object concerned.
    pub(super) place: String,
    /// What the outside answered.
    pub(super) reason: String,
}

impl Failure {
    /// A failure with all its facts.
    pub(super) fn new(what: &'static str, place: impl Display, reason: impl Display) -> Self {
        Self { what, place: place.to_string(), reason: reason.to_string() }
    }
}

/// Turns an error of git or of the disk into a failure that names the place: for `map_err`.
pub(super) fn failed<E: Display>(what: &'static str, place: impl Display) -> impl FnOnce(E) -> Failure {
    move |error| Failure::new(what, place, error)
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        Self::Outside { what: failure.what, place: failure.place, reason: failure.reason }
    }
}

impl From<Failure> for JournalError {
    fn from(failure: Failure) -> Self {
        Self::Outside { what: failure.what, place: failure.place, reason: failure.reason }
    }
}
