//! What is fed, with what it must hold to whatever it is fed.

mod acts;
mod artifacts;
mod differences;
mod files;
mod git;
mod governance;
mod keys;
mod names;
mod project;
mod replies;
mod secrets;
mod signatures;
mod templates;

pub(crate) use keys::key_of;
pub(crate) use signatures::{good as signatures, signed_bytes};

use chancery::problem::Problem;

/// What a reader said to an input.
pub(crate) struct Said {
    /// Whether it took it.
    pub(crate) accepted: bool,
    /// In a few words; two inputs with the same words are alike.
    pub(crate) word: String,
}

impl Said {
    fn yes(word: impl Into<String>) -> Self {
        Self { accepted: true, word: word.into() }
    }

    fn no(word: impl Into<String>) -> Self {
        Self { accepted: false, word: word.into() }
    }

    /// The codes of problems, each once.
    fn problems(accepted: bool, problems: &[Problem]) -> Self {
        let mut codes: Vec<&str> = problems.iter().map(|problem| problem.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        Self { accepted, word: codes.join(" ") }
    }
}

/// One reader.
pub(crate) struct Target {
    /// Its name, and that of the folder with its saved cases.
    pub(crate) name: &'static str,
    /// Good samples: every one is accepted.
    pub(crate) seeds: fn() -> Vec<Vec<u8>>,
    /// Words of its language.
    pub(crate) words: &'static [&'static str],
    /// Feeds it; a panic is a failure, that of an assertion included.
    pub(crate) run: fn(&[u8]) -> Said,
}

/// Every reader of what others wrote.
pub(crate) const ALL: &[Target] = &[
    artifacts::FRONT,
    artifacts::SUITE,
    artifacts::DEFINITION,
    templates::TEMPLATE,
    governance::GOVERNANCE,
    acts::ACT,
    acts::EVIDENCE,
    acts::PACK,
    signatures::SIGNATURE,
    keys::KEY,
    git::GIT,
    replies::REPLY,
    names::NAME,
    differences::DIFF,
    secrets::SCAN,
];

/// What stands between the parts of an input that consists of several.
const BETWEEN: u8 = 0x1e;

/// The parts of an input; those that are not there are empty.
fn parts<const N: usize>(input: &[u8]) -> [&[u8]; N] {
    let mut all = input.splitn(N, |byte| *byte == BETWEEN);
    [(); N].map(|()| all.next().unwrap_or_default())
}

/// One input of several parts.
fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.join(&BETWEEN)
}

/// The first words of a message, without what it quotes: messages of one kind are alike.
fn shape(message: &str) -> String {
    let said: String = message.split('`').step_by(2).collect();
    let words = said.split_whitespace().filter(|word| word.chars().all(|c| c.is_ascii_alphabetic() || c == ':'));
    words.take(4).collect::<Vec<_>>().join(" ")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
