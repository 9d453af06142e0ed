//! What a rule is: keywords that call it, a pattern, and what a match must be to be believed.

use super::plausible;

/// One kind of secret.
///
/// The pattern is tried only where one of the keywords stands in the text, without regard to case. The secret is its
/// first group, or all of the match where it has none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// A kebab-case word, never reused.
    pub(super) id: &'static str,
    /// What it finds, with its article.
    pub(super) title: &'static str,
    /// Lower-case words of which one stands in every text the pattern matches.
    pub(super) words: &'static [&'static str],
    /// The pattern. It repeats nothing without bound but single characters, so that a search stays linear.
    pub(super) pattern: &'static str,
    /// Whether what matched is believed.
    pub(super) believe: fn(&str) -> bool,
    /// Whether the secret ends where its match ends: a longer run of the same characters is something else.
    pub(super) whole: bool,
}

/// A token with a shape of its own. Shown examples are not believed.
pub(super) const fn token(
    id: &'static str,
    title: &'static str,
    words: &'static [&'static str],
    pattern: &'static str,
) -> Rule {
    Rule { id, title, words, pattern, believe: plausible::token, whole: true }
}

impl Rule {
    /// The same rule, believing what this function does.
    pub(super) const fn believing(self, believe: fn(&str) -> bool) -> Self {
        Self { believe, ..self }
    }

    /// The same rule for something that no run of characters is part of.
    pub(super) const fn anywhere(self) -> Self {
        Self { whole: false, ..self }
    }
}

/// The pattern of a value that is only recognised by the name it is given: `NAME… = "VALUE"`.
macro_rules! named {
    ($name:literal, $value:literal) => {
        concat!(
            "(?i)(?:",
            $name,
            r#")[\w .\[\]-]{0,32}["'`]{0,2}\]?\s{0,4}(?:=>|:=|=|:|,)\s{0,4}\\?["'`]{0,3}("#,
            $value,
            ")"
        )
    };
}

pub(super) use named;
