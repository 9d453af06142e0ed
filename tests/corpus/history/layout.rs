//! Where an upstream file stands in our project, and what it is called there.

use std::fmt::Write as _;

use chancery::name::Name;

use crate::support::Project;

/// What begins a word that had to be spelled otherwise.
const MARK: &str = "x-";

/// How names are made of paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The whole path.
    Kept,
    /// The path without what follows the last `.`.
    Dropped,
}

/// How one history is brought in.
pub(super) struct Layout {
    /// Its folder below `history`.
    pub(super) history: &'static str,
    /// `[[sources]]`: files, name pattern.
    pub(super) sources: &'static [(&'static str, &'static str)],
    /// What the patterns make of a path.
    pub(super) ending: Ending,
    /// How many paths cannot be names as they are.
    pub(super) unlawful: usize,
}

impl Layout {
    /// The artifact that an upstream path becomes.
    pub(super) fn name(&self, upstream: &str) -> String {
        let path = file(upstream);
        let name = match (self.ending, path.rsplit_once('.')) {
            (Ending::Dropped, Some((stem, _))) => stem.to_owned(),
            _ => path,
        };
        Name::parse(&name).unwrap().to_string()
    }

    /// The rules of the project: one author, one environment that follows, every prompt raw.
    pub(super) fn governance(&self, person: &str) -> String {
        let key = Project::public_key(person);
        let mut text = format!(
            "[project]\nname = \"{}\"\n\n[people.{person}]\nkeys = [\"{key}\"]\nroles = [\"root\", \"author\"]\n\n\
             [environments.dev]\nfollow = \"heads\"\ngate = \"open\"\n",
            self.history
        );
        for (files, name) in self.sources {
            let _ = write!(
                text,
                "\n[[sources]]\nfiles = \"{files}\"\nkind = \"prompt\"\ntemplate = \"none\"\nname = \"{name}\"\n"
            );
        }
        text
    }
}

/// The file of an upstream path: the same path wherever its words can be words of a name.
///
/// Two paths never become one: a word that is spelled otherwise says so, and every byte of it can be read back.
pub(super) fn file(upstream: &str) -> String {
    upstream.split('/').map(word).collect::<Vec<_>>().join("/")
}

/// A word that may stand in a name.
fn word(upstream: &str) -> String {
    if Name::parse(upstream).is_ok() && !upstream.starts_with(MARK) {
        return upstream.to_owned();
    }
    let mut word = MARK.to_owned();
    for byte in upstream.bytes() {
        if byte.is_ascii_alphanumeric() {
            word.push(char::from(byte));
        } else {
            let _ = write!(word, "_{byte:02x}");
        }
    }
    word
}

#[test]
fn words_are_spelled_otherwise_only_where_they_must_be_and_never_alike() {
    let words = ["plan", ".cursorrules", "a-", "x-a_2d", "two words", "a--b"];
    let spelled = words.map(word);
    assert_eq!(spelled, ["plan", "x-_2ecursorrules", "x-a_2d", "x-x_2da_5f2d", "x-two_20words", "a--b"]);
}
