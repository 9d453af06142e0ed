//! What looks like a secret and is said to be none.

use std::collections::BTreeSet;

use super::{Hit, masked, scan, scanner::every};
use crate::object::Digest;

/// The fingerprints in one project that are said to be no secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exceptions {
    known: Option<(Digest, BTreeSet<Digest>)>,
}

impl Exceptions {
    /// These fingerprints in this project.
    pub fn new(project: Digest, fingerprints: impl IntoIterator<Item = Digest>) -> Self {
        Self { known: Some((project, fingerprints.into_iter().collect())) }
    }

    /// The secrets in a text of which nobody said that they are none.
    pub fn hits(&self, text: &str) -> Vec<Hit> {
        self.without_allowed(scan(text), text)
    }

    fn without_allowed(&self, mut hits: Vec<Hit>, text: &str) -> Vec<Hit> {
        if let Some((project, allowed)) = self.known.as_ref().filter(|(_, allowed)| !allowed.is_empty()) {
            hits.retain(|hit| !allowed.contains(&hit.fingerprint(project, text)));
        }
        hits
    }

    /// What a hit is called in this project; nothing without one.
    pub fn fingerprint(&self, hit: &Hit, text: &str) -> Option<Digest> {
        self.known.as_ref().map(|(project, _)| hit.fingerprint(project, text))
    }

    /// The text with marks in place of secrets, and the rule of each.
    pub fn masked(&self, text: &str) -> (String, Vec<&'static str>) {
        let hits = self.without_allowed(every(text), text);
        if hits.is_empty() {
            return (text.to_owned(), Vec::new());
        }
        (masked(text, &hits), hits.iter().map(|hit| hit.rule).collect())
    }
}
