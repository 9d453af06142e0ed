//! Where messages begin: marks in the rendered text that no value can forge.
//!
//! `role(…)` and `messages(…)` give back objects, not text. Only when the engine writes such an object out
//! does a mark appear, and it is sealed with the SHA-256 of everything that goes into the rendering, the
//! values included: a value that held the seal would have to contain its own hash. The seal never
//! reaches the result, so rendering stays a function of its input.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use minijinja::value::{Object, ObjectRepr};

use crate::object::Digest;

use super::{Message, RenderError, Speaker, engine::LARGEST};

/// Characters of the private use area: no filter for case, space or escapes changes them.
const OPEN: char = '\u{E0F0}';
const SEALED: char = '\u{E0F1}';
const CLOSE: char = '\u{E0F2}';
const DIGIT: u32 = 0xE000;

/// What an object in a template stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// A message of this speaker begins.
    Role(Speaker),
    /// The conversation of this number stands here.
    Conversation(usize),
}

impl Object for Mark {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    /// Nothing: as part of a string (`~`, filters) a mark has no meaning.
    fn render(self: &Arc<Self>, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

/// The marks of one rendering.
#[derive(Debug)]
pub(super) struct Marks {
    seal: String,
    conversations: Mutex<Vec<Vec<Message>>>,
}

impl Marks {
    /// Marks sealed with the digest of all that goes in.
    pub(super) fn sealed(with: &Digest) -> Self {
        let digits = with.to_string();
        let seal = digits.chars().filter_map(|c| char::from_u32(DIGIT + c.to_digit(16)?)).collect::<String>();
        Self { seal: format!("{OPEN}{seal}{SEALED}"), conversations: Mutex::new(Vec::new()) }
    }

    /// Keeps a conversation and gives the mark that stands for it.
    pub(super) fn keep(&self, messages: Vec<Message>) -> Mark {
        let mut all = self.conversations.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.push(messages);
        Mark::Conversation(all.len() - 1)
    }

    /// What a mark looks like in the text.
    pub(super) fn written(&self, mark: Mark) -> String {
        let code = match mark {
            Mark::Role(speaker) => speaker.word().to_owned(),
            Mark::Conversation(number) => number.to_string(),
        };
        format!("{}{code}{CLOSE}", self.seal)
    }

    /// Cuts rendered text into messages.
    pub(super) fn messages(&self, path: &str, text: &str) -> Result<Vec<Message>, RenderError> {
        let mut chunks = text.split(self.seal.as_str());
        let before = chunks.next().unwrap_or_default();
        let mut messages = Vec::new();
        let mut marked = false;
        let mut room = LARGEST + self.kept();
        for chunk in chunks {
            if !marked {
                refuse_text(path, before)?;
                marked = true;
            }
            let broken = || RenderError::BrokenMark { path: path.to_owned() };
            let (code, content) = chunk.split_once(CLOSE).ok_or_else(broken)?;
            if let Some(role) = Speaker::parse(code) {
                messages.push(Message::new(role, trimmed(content)));
            } else {
                let number: usize = code.parse().map_err(|_| broken())?;
                let all = self.conversations.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let conversation = all.get(number).ok_or_else(broken)?;
                // One conversation may be placed often: a few bytes of text then stand for all of it.
                let size = conversation.iter().map(Message::size).sum();
                let too_large = || RenderError::TooLarge { path: path.to_owned(), limit: LARGEST };
                room = room.checked_sub(size).ok_or_else(too_large)?;
                messages.extend(conversation.iter().cloned());
                refuse_text(path, content)?;
            }
        }
        if !marked {
            messages.push(Message::new(Speaker::User, before));
        }
        if messages.iter().any(|message| self.is_cut_in(&message.content)) {
            return Err(RenderError::BrokenMark { path: path.to_owned() });
        }
        Ok(messages)
    }

    /// Bytes of all conversations.
    fn kept(&self) -> usize {
        let all = self.conversations.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.iter().flatten().map(Message::size).sum()
    }

    /// Whether half a seal is left in a text.
    fn is_cut_in(&self, text: &str) -> bool {
        let digits: Vec<char> = self.seal.chars().collect();
        let (front, back) = digits.split_at(digits.len() / 2);
        [front, back].iter().any(|half| text.contains(&half.iter().collect::<String>()))
    }
}

/// Content without the line end after `role(…)` and the line ends before the next message.
fn trimmed(content: &str) -> &str {
    let content = content.strip_prefix("\r\n").or_else(|| content.strip_prefix('\n')).unwrap_or(content);
    content.trim_end_matches(['\n', '\r'])
}

fn refuse_text(path: &str, text: &str) -> Result<(), RenderError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(());
    }
    Err(RenderError::TextOutsideMessage { path: path.to_owned(), text: text.chars().take(60).collect() })
}
