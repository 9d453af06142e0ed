//! Arguments that need more than their type's own grammar.

use crate::clock::Time;

/// A time as RFC 3339, or a date.
pub(super) fn time(text: &str) -> Result<Time, String> {
    Time::parse(text).ok_or_else(|| "not a time: write `2026-11-20T08:00:00Z` or `2026-11-20`".to_owned())
}

/// A variable as `NAME=VALUE`.
pub(super) fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("not a variable: write `NAME=VALUE`".to_owned()),
    }
}
