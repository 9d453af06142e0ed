//! The class of a change: the first thing a reviewer wants to know about it.

use std::fmt;

use serde::{Serialize, Serializer};

/// What happened to an artifact, with the texts there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<'a> {
    /// It was not there before.
    Added,
    /// It is not there any more.
    Deleted,
    /// It has another name.
    Renamed {
        /// The text under the old name.
        old: &'a str,
        /// The text under the new name.
        new: &'a str,
    },
    /// It has other text.
    Changed {
        /// The text before.
        old: &'a str,
        /// The text after.
        new: &'a str,
    },
}

/// What kind of change it is, from the most telling to the most general.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Not there before.
    Added,
    /// Not there any more.
    Deleted,
    /// Another name, the same bytes.
    Renamed,
    /// Another name and other bytes.
    RenamedAndChanged,
    /// The same bytes.
    Same,
    /// Only white space differs: spaces, line ends, empty lines.
    WhitespaceOnly,
    /// Only the front matter differs.
    Settings,
    /// Only what stands below the front matter differs.
    Body,
    /// Any other change of text.
    Text,
}

impl Class {
    /// The word for it, as JSON has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Deleted => "deleted",
            Self::Renamed => "renamed",
            Self::RenamedAndChanged => "renamed-and-changed",
            Self::Same => "same",
            Self::WhitespaceOnly => "whitespace-only",
            Self::Settings => "settings",
            Self::Body => "body",
            Self::Text => "text",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Serialize for Class {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// The class of a change.
pub fn class(change: Change<'_>) -> Class {
    match change {
        Change::Added => Class::Added,
        Change::Deleted => Class::Deleted,
        Change::Renamed { old, new } if old == new => Class::Renamed,
        Change::Renamed { .. } => Class::RenamedAndChanged,
        Change::Changed { old, new } => changed(old, new),
    }
}

fn changed(old: &str, new: &str) -> Class {
    if old == new {
        return Class::Same;
    }
    if words(old).eq(words(new)) {
        return Class::WhitespaceOnly;
    }
    match (parts(old), parts(new)) {
        (Some((_, before)), Some((_, after))) if before == after => Class::Settings,
        (Some((before, _)), Some((after, _))) if before == after => Class::Body,
        _ => Class::Text,
    }
}

/// Words by white space, invisible characters being no white space.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_ascii_whitespace()
}

/// Front matter with its fences, and the body below; `None` without front matter.
fn parts(text: &str) -> Option<(&str, &str)> {
    let mut end = 0;
    let mut fences = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        end += line.len();
        let is_fence = line.trim_start_matches('\u{FEFF}').trim_end() == "+++";
        if number == 0 && !is_fence {
            return None;
        }
        fences += usize::from(is_fence);
        if fences == 2 {
            return text.split_at_checked(end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_named_by_what_it_touches() {
        let old = "+++\nmodel = \"a\"\n+++\nHello  there\n";
        for (new, class) in [
            (old, Class::Same),
            ("+++\nmodel = \"a\"\n+++\nHello there", Class::WhitespaceOnly),
            ("+++\r\nmodel = \"a\"\r\n+++\r\nHello  there\r\n", Class::WhitespaceOnly),
            ("+++\nmodel = \"b\"\n+++\nHello  there\n", Class::Settings),
            ("+++\nmodel = \"a\"\n+++\nGoodbye\n", Class::Body),
            ("+++\nmodel = \"b\"\n+++\nGoodbye\n", Class::Text),
            ("Hello\u{200B}there", Class::Text),
        ] {
            assert_eq!(super::class(Change::Changed { old, new }), class, "{new:?}");
        }
        assert_eq!(super::class(Change::Renamed { old, new: old }), Class::Renamed);
        assert_eq!(super::class(Change::Renamed { old, new: "x" }), Class::RenamedAndChanged);
        assert_eq!(super::class(Change::Added).to_string(), "added");
    }
}
