//! What is to be known of a text when its risk is weighed, without reading it again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is to be known of a version's text. Kept with each commit, so that it outlives a purge.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TextFlags {
    /// How long it is: see [`estimate`].
    pub tokens: u64,
    /// How often each invisible character stands in it where it has no business, by code point as in `202E`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub invisible: BTreeMap<String, u32>,
    /// How many of its letters pass for other ones where they stand.
    #[serde(default, skip_serializing_if = "is_none")]
    pub look_alikes: u32,
    /// Characters of its longest line.
    #[serde(default, skip_serializing_if = "is_none")]
    pub longest_line: u32,
    /// How many strings in it look like secrets.
    #[serde(default, skip_serializing_if = "is_none")]
    pub secrets: u32,
}

impl TextFlags {
    /// Whether there is nothing to know.
    pub fn is_clear(&self) -> bool {
        *self == Self::default()
    }

    /// Invisible characters of which this text has more than the other, sorted.
    pub fn invisible_beyond(&self, other: &Self) -> Vec<char> {
        let more =
            self.invisible.iter().filter(|(code, count)| other.invisible.get(*code).is_none_or(|old| old < *count));
        let mut found: Vec<char> =
            more.filter_map(|(code, _)| char::from_u32(u32::from_str_radix(code, 16).ok()?)).collect();
        found.sort_unstable();
        found
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_none(count: &u32) -> bool {
    *count == 0
}

/// About how many tokens a text is, by a count that never changes: the rules are weighed with it.
///
/// A run of ASCII letters is one token for each eight begun, of digits for each three, of characters from U+0080 to
/// U+2E7F for each two; every other character is one, and ASCII white space none. No vocabulary and no table of Unicode
/// is asked, for those change from version to version.
pub fn estimate(text: &str) -> u64 {
    let mut tokens = 0;
    // What the run so far consists of, and how much room is left in its last token.
    let (mut run, mut room) = (None, 0_u32);
    for c in text.chars() {
        let kind = match c {
            c if c.is_ascii_whitespace() => None,
            c if c.is_ascii_alphabetic() => Some(8),
            c if c.is_ascii_digit() => Some(3),
            '\u{80}'..='\u{2e7f}' => Some(2),
            _ => Some(1),
        };
        match kind {
            None => room = 0,
            Some(_) if kind == run && room > 0 => room -= 1,
            Some(length) => {
                tokens += 1;
                room = length - 1;
            }
        }
        run = kind;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_is_what_it_says_for_ever() {
        for (text, tokens) in [
            ("", 0),
            (" \n\t", 0),
            ("You triage refund requests.", 5),
            ("internationalisation", 3),
            ("A-1001", 4),
            ("Größe", 3),
            ("世界", 2),
            ("{{ x }}", 5),
            ("👍👍", 2),
        ] {
            assert_eq!(estimate(text), tokens, "{text}");
        }
        assert_eq!(estimate(&"a".repeat(80_000)), 10_000);
    }

    #[test]
    fn only_what_a_text_gains_is_told() {
        let flags = |list: &[(&str, u32)]| TextFlags {
            invisible: list.iter().map(|(code, count)| ((*code).to_owned(), *count)).collect(),
            ..TextFlags::default()
        };
        let live = flags(&[("200B", 2), ("E0041", 1)]);
        assert!(live.invisible_beyond(&live).is_empty());
        assert!(flags(&[("200B", 1)]).invisible_beyond(&live).is_empty());
        assert_eq!(flags(&[("200B", 3), ("202E", 1)]).invisible_beyond(&live), ['\u{200b}', '\u{202e}']);
    }
}
