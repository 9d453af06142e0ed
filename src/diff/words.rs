//! Words: what changed inside a text, whatever its lines.

use serde::Serialize;
use similar::{Algorithm, ChangeTag, TextDiff as Differ};

use super::Span;
use crate::sight::spelled;

/// What a run of words is in a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WordKind {
    /// In both texts.
    Same,
    /// In the new text only.
    Added,
    /// In the old text only.
    Removed,
}

/// A run of words with the white space between them, hidden characters spelled out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Word {
    /// What it is.
    pub kind: WordKind,
    /// The run, line feeds included.
    pub text: String,
}

/// How the new text differs from the old one, word by word; equal texts give nothing.
///
/// The runs that are not added, put together, are the old text as shown; those not removed, the new one.
pub fn words(old: &str, new: &str) -> Vec<Word> {
    if old == new {
        return Vec::new();
    }
    let mut runs: Vec<Word> = Vec::new();
    for (tag, text) in changes(&spelled(old), &spelled(new)) {
        let kind = match tag {
            ChangeTag::Equal => WordKind::Same,
            ChangeTag::Insert => WordKind::Added,
            ChangeTag::Delete => WordKind::Removed,
        };
        match runs.last_mut() {
            Some(run) if run.kind == kind => run.text.push_str(&text),
            _ => runs.push(Word { kind, text }),
        }
    }
    runs
}

/// What differs in two shown lines, in characters of each; nothing where they have no word in common.
pub(super) fn inner(old: &str, new: &str) -> (Vec<Span>, Vec<Span>) {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let (mut old_at, mut new_at) = (0, 0);
    let mut shares_a_word = false;
    for (tag, text) in changes(old, new) {
        let length = text.chars().count();
        match tag {
            ChangeTag::Equal => {
                shares_a_word |= text.chars().any(char::is_alphanumeric);
                old_at += length;
                new_at += length;
            }
            ChangeTag::Delete => extend(&mut before, &mut old_at, length),
            ChangeTag::Insert => extend(&mut after, &mut new_at, length),
        }
    }
    if shares_a_word { (before, after) } else { (Vec::new(), Vec::new()) }
}

fn extend(spans: &mut Vec<Span>, at: &mut usize, length: usize) {
    let (start, end) = (*at, *at + length);
    *at = end;
    match spans.last_mut() {
        Some(last) if last.end == start => last.end = end,
        _ => spans.push(Span { start, end }),
    }
}

fn changes(old: &str, new: &str) -> Vec<(ChangeTag, String)> {
    let diff = Differ::configure().algorithm(Algorithm::Patience).diff_unicode_words(old, new);
    diff.iter_all_changes().map(|change| (change.tag(), change.value().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn changed_words_stand_between_those_that_stay() {
        let runs = words("refund within 14 days\n", "refund within 30 days\n");
        let shown: Vec<_> = runs.iter().map(|run| (run.kind, run.text.as_str())).collect();
        assert_eq!(
            shown,
            [
                (WordKind::Same, "refund within "),
                (WordKind::Removed, "14"),
                (WordKind::Added, "30"),
                (WordKind::Same, " days\n")
            ]
        );
        assert!(words("same", "same").is_empty());
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_from_the_runs(old in "[ab \n\u{200b}]{0,40}", new in "[ab \n\u{200b}]{0,40}") {
            let runs = words(&old, &new);
            let without = |kind| runs.iter().filter(|run| run.kind != kind).map(|run| run.text.as_str()).collect::<String>();
            if old != new {
                prop_assert_eq!(without(WordKind::Added), spelled(&old));
                prop_assert_eq!(without(WordKind::Removed), spelled(&new));
            }
        }
    }
}
