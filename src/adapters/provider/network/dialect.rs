//! What the interfaces differ in: five that answer in words, three with vectors.

use serde_json::Value;

use super::{
    anthropic::ANTHROPIC,
    embeddings::{GEMINI_EMBEDDINGS, OLLAMA_EMBEDDINGS, OPENAI_EMBEDDINGS},
    gemini::GEMINI,
    ollama::OLLAMA,
    openai::OPENAI,
    reading,
    responses::RESPONSES,
};
use crate::{eval::Reply, render::Request};

/// One interface of one kind of provider.
#[derive(Debug)]
pub(super) struct Dialect {
    /// The word users write for it.
    pub(super) word: &'static str,
    /// Where it listens unless a model says otherwise.
    pub(super) host: &'static str,
    /// The first part of every path.
    pub(super) root: &'static str,
    /// Whether the provider's own clients add `root` also to an address that has a path.
    pub(super) root_always: bool,
    /// The environment variables that may hold its key, the first one found counting; none where it wants no key.
    pub(super) variables: &'static [&'static str],
    /// The header that carries the key, and what stands before the key in it.
    pub(super) key_header: (&'static str, &'static str),
    /// Headers of every request, besides those of JSON.
    pub(super) headers: &'static [(&'static str, &'static str)],
    /// The path below `root`, in parts.
    pub(super) path: fn(&Request) -> Vec<String>,
    /// The JSON body. The second argument says whether it goes to the provider itself, not to another server that
    /// speaks its language.
    pub(super) body: fn(&Request, bool) -> Value,
    /// The reply in the JSON of a successful answer, or what is wrong with it.
    pub(super) reply: fn(&Value) -> Result<Reply, String>,
}

const ALL: [&Dialect; 8] =
    [&ANTHROPIC, &OPENAI, &RESPONSES, &GEMINI, &OLLAMA, &OPENAI_EMBEDDINGS, &GEMINI_EMBEDDINGS, &OLLAMA_EMBEDDINGS];

impl Dialect {
    /// Every dialect.
    pub(super) fn all() -> impl Iterator<Item = &'static Self> {
        ALL.into_iter()
    }

    /// The dialect of this word.
    pub(super) fn of(word: &str) -> Option<&'static Self> {
        Self::all().find(|dialect| dialect.word == word)
    }

    /// The reply in the bytes of a successful answer.
    pub(super) fn read(&self, body: &[u8]) -> Result<Reply, String> {
        let value = reading::json(body)?;
        // Some servers tell of an error with a status that says there is none.
        match reading::complaint(&value) {
            Some(said) => Err(format!("it tells of an error: `{}`", reading::quoted(&said))),
            None => (self.reply)(&value),
        }
    }
}

/// Reads the body of a successful answer in the dialect of this word.
///
/// # Errors
///
/// What is wrong with it, in a few words.
pub fn reply_in(word: &str, body: &[u8]) -> Result<Reply, String> {
    Dialect::of(word).ok_or_else(|| format!("there is no interface `{}`", reading::quoted(word)))?.read(body)
}
