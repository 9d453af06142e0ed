//! The names people type: artifacts, environments, people.
//!
//! One grammar for all: words of letters and digits joined by `-`, `_` or `.`, with `/` between
//! folders, at most 128 bytes. Names are unique without regard to case. A name can be a file name on
//! every system, can never look like a revision, an option or another name, and never needs quoting in a shell.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use unicode_normalization::UnicodeNormalization;

use crate::sight::{disguise, visible};

/// The longest name, in bytes.
pub const LONGEST: usize = 128;

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the name `{}` {why}", visible(.name))]
pub struct BadName {
    /// The name as it was given.
    pub name: String,
    /// What is wrong with it, as the rest of a sentence that begins with the name.
    pub why: &'static str,
}

/// What an artifact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Who answers for an agent, and by which measure.
    Charter,
    /// A provider, a model id and its parameters.
    Model,
    /// Prose that prompts include, or Cedar or Rego.
    Policy,
    /// Messages with variables, or raw text; fragments are prompts whose name's last word begins with `_`.
    Prompt,
    /// Golden cases.
    Suite,
    /// A tool definition.
    Tool,
}

impl Kind {
    /// All kinds, in the order of their words.
    pub const ALL: [Self; 6] = [Self::Charter, Self::Model, Self::Policy, Self::Prompt, Self::Suite, Self::Tool];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Charter => "charter",
            Self::Model => "model",
            Self::Policy => "policy",
            Self::Prompt => "prompt",
            Self::Suite => "suite",
            Self::Tool => "tool",
        }
    }

    /// Whether a bare name can mean this kind; suites and charters always need their prefix.
    pub fn is_bare(self) -> bool {
        !matches!(self, Self::Suite | Self::Charter)
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.word() == word).ok_or(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A name that obeys the grammar.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// Reads a name.
    ///
    /// # Errors
    ///
    /// [`BadName`] with the reason.
    pub fn parse(text: &str) -> Result<Self, BadName> {
        let refuse = |why| Err(BadName { name: text.to_owned(), why });
        if text.is_empty() {
            return refuse("is empty");
        }
        if text.len() > LONGEST {
            return refuse("is longer than 128 bytes");
        }
        if text.starts_with('/') || text.contains('\\') || text.as_bytes().get(1) == Some(&b':') {
            return refuse("is an absolute path or holds a backslash");
        }
        if text.nfc().ne(text.chars()) {
            return refuse("is not in Unicode normal form C");
        }
        if let Some(why) = disguise(text) {
            return refuse(why);
        }
        for word in text.split('/') {
            check_word(word).map_err(|why| BadName { name: text.to_owned(), why })?;
        }
        if is_revision_like(text) {
            return refuse("looks like a revision or an id");
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which two names are the same: lower case, normal form C.
    pub fn folded(&self) -> String {
        self.0.to_lowercase().nfc().collect()
    }

    /// Whether this is a fragment's name: its last word begins with `_`.
    pub fn is_fragment(&self) -> bool {
        self.0.rsplit('/').next().is_some_and(|word| word.starts_with('_'))
    }
}

/// One word between slashes: letters and digits, joined by single `-`, `_` or `.`.
fn check_word(word: &str) -> Result<(), &'static str> {
    if word.is_empty() {
        return Err("has an empty folder");
    }
    if word == "." || word == ".." {
        return Err("leads out of its folder");
    }
    if let Some(wrong) = word.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))) {
        return Err(if wrong.is_control() {
            "holds a control character"
        } else {
            "holds a character other than letters, digits, `-`, `_`, `.` and `/`"
        });
    }
    if word.starts_with(['-', '.']) {
        return Err("begins a word with `-` or `.`");
    }
    if word.ends_with(['-', '.']) {
        return Err("ends a word with `-` or `.`");
    }
    let stem = word.split('.').next().unwrap_or(word).to_ascii_lowercase();
    let device = |prefix| {
        stem.strip_prefix(prefix)
            .is_some_and(|n: &str| n.len() == 1 && n != "0" && n.bytes().all(|b| b.is_ascii_digit()))
    };
    if matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || device("com") || device("lpt") {
        return Err("is reserved on some systems");
    }
    Ok(())
}

/// `v12`, `head`, `work` and hexadecimal ids would be read as revisions.
fn is_revision_like(text: &str) -> bool {
    let number = text.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    // `decade` is a word and `20260101` a date; digits among the letters make an id.
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let hex = text.len() >= 7 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    number || (hex && (text.len() == 64 || (digits > 0 && digits < text.len()))) || matches!(text, "head" | "work")
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// An artifact: its kind and its name. Written `kind/name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Artifact {
    /// What it is.
    pub kind: Kind,
    /// What it is called.
    pub name: Name,
}

impl Artifact {
    /// The artifact of this kind and name.
    pub fn new(kind: Kind, name: Name) -> Self {
        Self { kind, name }
    }

    /// The form under which two artifacts are the same, without regard to case.
    pub fn key(&self) -> String {
        format!("{}/{}", self.kind, self.name.folded())
    }
}

impl fmt::Display for Artifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

macro_rules! word {
    ($(#[$doc:meta])* $name:ident, $refuse:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Name);

        impl $name {
            /// Reads one.
            ///
            /// # Errors
            ///
            /// [`BadName`] with the reason.
            pub fn parse(text: &str) -> Result<Self, BadName> {
                let name = Name::parse(text)?;
                let refuse: fn(&str) -> Option<&'static str> = $refuse;
                match refuse(text) {
                    Some(why) => Err(BadName { name: text.to_owned(), why }),
                    None => Ok(Self(name)),
                }
            }

            /// As it was written.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl FromStr for $name {
            type Err = BadName;

            fn from_str(text: &str) -> Result<Self, BadName> {
                Self::parse(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
            }
        }
    };
}

word! {
    /// An environment's name. `governance` names the pseudo-environment of the rules themselves.
    Environment, |text| {
        let hex = text.len() >= 6 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if text.contains('/') { Some("holds a `/`") }
        else if hex { Some("looks like an id") }
        else { None }
    }
}
word! {
    /// A person's handle, the only name of a person that is ever recorded.
    Handle, |text| if text.contains('/') { Some("holds a `/`") } else { None }
}
word! {
    /// A role's name.
    Role, |text| if text.contains('/') { Some("holds a `/`") } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_grammar() {
        for good in ["refund-triage", "_tone", "team/refund.v2", "a", "rules-new/cpp", "übung", "SUMMARIZE_4"] {
            assert!(Name::parse(good).is_ok(), "{good}");
        }
        let long = "x".repeat(129);
        for bad in [
            "",
            "/etc/passwd",
            "..",
            "a/../b",
            "a//b",
            "a b",
            "a\0b",
            "-x",
            ".hidden",
            "nul",
            "COM1.txt",
            "v12",
            "head",
            "C:x",
            "a\\b",
            "u\u{308}ber",
            "a@b",
            "x*",
            "3f9a1c2",
            "prоduction",
            "ｒefunds",
            "a\u{3164}",
            long.as_str(),
        ] {
            assert!(Name::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_environment_cannot_look_like_a_revision() {
        assert!(Environment::parse("production").is_ok());
        for bad in ["head", "work", "v1", "deadbeef", "a/b"] {
            assert!(Environment::parse(bad).is_err(), "{bad}");
        }
    }
}
