//! A place where a secret stands.

use std::{borrow::Cow, ops::Range};

use serde_json::Value;

use crate::object::Digest;

/// What fingerprints are taken over besides project and secret, so that they are of use for nothing else.
const DOMAIN: &str = "chancery-secret-v1";

/// No text shorter than this, in bytes, holds a secret with what makes it one.
const SHORTEST: usize = 8;

/// A place where a secret stands. It never holds the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The rule that found it: a kebab-case word, never reused.
    pub rule: &'static str,
    /// What it is, with its article: "an AWS access key".
    pub title: &'static str,
    /// Line of its first character, from 1.
    pub line: u32,
    /// Column of its first character, from 1, in characters.
    pub column: u32,
    /// Its bytes in the text that was scanned.
    pub range: Range<usize>,
}

impl Hit {
    /// Names the secret in one project: the SHA-256 of a tag, the project's id and the secret.
    ///
    /// The project's id keeps the same secret from being recognised across projects by its fingerprint.
    pub fn fingerprint(&self, project: &Digest, text: &str) -> Digest {
        let secret = text.get(self.range.clone()).unwrap_or_default();
        Digest::of(format!("{DOMAIN}\n{project}\n{secret}").as_bytes())
    }

    /// What is shown in its place.
    pub fn mark(&self) -> String {
        format!("[secret: {}]", self.rule)
    }
}

/// The text with every hit replaced by its mark; where hits overlap, one mark stands for all of them.
pub fn masked(text: &str, hits: &[Hit]) -> String {
    let mut sorted: Vec<&Hit> = hits.iter().collect();
    sorted.sort_by_key(|hit| (hit.range.start, hit.range.end));
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for hit in sorted {
        if hit.range.start >= at {
            out.push_str(text.get(at..hit.range.start).unwrap_or_default());
            out.push_str(&hit.mark());
        }
        at = at.max(hit.range.end);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// The text with a mark in place of every secret: no screen, log or report is a place for one.
pub fn safe(text: &str) -> Cow<'_, str> {
    if text.len() < SHORTEST {
        return Cow::Borrowed(text);
    }
    let hits = super::scanner::every(text);
    if hits.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(masked(text, &hits)) }
}

/// A document with a mark in place of every secret.
pub fn safe_document(document: Value) -> Value {
    match document {
        Value::String(text) => Value::String(safe(&text).into_owned()),
        Value::Array(list) => list.into_iter().map(safe_document).collect(),
        Value::Object(table) => table.into_iter().map(|(key, value)| (key, safe_document(value))).collect(),
        plain => plain,
    }
}

/// The line in which a hit begins, with marks in place of every secret in it.
pub fn masked_line(text: &str, hit: &Hit) -> String {
    let all = super::scanner::every(text);
    let hidden = masked(text, if all.contains(hit) { &all } else { std::slice::from_ref(hit) });
    // Masking takes line breaks away only inside of hits, so that lines before this one keep their places.
    let taken: usize = all
        .iter()
        .filter(|other| other.range.end <= hit.range.start)
        .map(|other| text.get(other.range.clone()).unwrap_or_default().matches('\n').count())
        .sum();
    let line = usize::try_from(hit.line).unwrap_or(usize::MAX).saturating_sub(1).saturating_sub(taken);
    hidden.lines().nth(line).unwrap_or_default().to_owned()
}
