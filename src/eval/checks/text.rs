//! Checks on the words of a reply.

use super::{super::excerpt::excerpt, Ruling};
use crate::artifact::compiled;

/// `contains`: the reply holds this text.
pub(in crate::eval) fn contains(reply: &str, part: &str) -> Ruling {
    held(reply, part, reply.contains(part))
}

/// `icontains`: the same without regard to case.
pub(in crate::eval) fn icontains(reply: &str, part: &str) -> Ruling {
    held(reply, part, reply.to_lowercase().contains(&part.to_lowercase()))
}

/// `starts_with`: the reply begins with this text, white space included.
pub(in crate::eval) fn starts_with(reply: &str, start: &str) -> Ruling {
    Ruling::when(
        reply.starts_with(start),
        format!("the reply begins with `{}`", excerpt(start)),
        format!("the reply begins otherwise: {}", quoted(reply)),
    )
}

/// `ends_with`: the reply ends with this text, white space included.
pub(in crate::eval) fn ends_with(reply: &str, end: &str) -> Ruling {
    Ruling::when(
        reply.ends_with(end),
        format!("the reply ends with `{}`", excerpt(end)),
        format!("the reply ends otherwise: {}", tail(reply)),
    )
}

/// `iequals`: the reply is this text without regard to case, white space at both ends apart.
pub(in crate::eval) fn iequals(reply: &str, text: &str) -> Ruling {
    let same = reply.trim().to_lowercase() == text.trim().to_lowercase();
    Ruling::when(same, "the reply equals it".to_owned(), format!("the reply differs: {}", quoted(reply)))
}

/// `regex`: a regular expression matches somewhere in the reply.
pub(in crate::eval) fn regex(reply: &str, pattern: &str) -> Ruling {
    match compiled(pattern) {
        Err(_) => Ruling::Broken(format!("`{}` is not a regular expression", excerpt(pattern))),
        Ok(regex) => match regex.find(reply) {
            Some(found) => Ruling::Holds(format!("matches at {}", quoted(found.as_str()))),
            None => Ruling::Fails(format!("matches nowhere in {}", quoted(reply))),
        },
    }
}

/// At least one of these holds; an empty list never does.
pub(in crate::eval) fn any(reply: &str, parts: &[String], check: fn(&str, &str) -> Ruling) -> Ruling {
    let held = parts.iter().find(|part| matches!(check(reply, part), Ruling::Holds(_)));
    match held {
        Some(part) => Ruling::Holds(format!("the reply holds `{}`", excerpt(part))),
        None => Ruling::Fails(format!("the reply holds none of them: {}", quoted(reply))),
    }
}

/// Every one of these holds; an empty list always does.
pub(in crate::eval) fn all(reply: &str, parts: &[String], check: fn(&str, &str) -> Ruling) -> Ruling {
    let missing = parts.iter().find(|part| !matches!(check(reply, part), Ruling::Holds(_)));
    match missing {
        None => Ruling::Holds("the reply holds all of them".to_owned()),
        Some(part) => Ruling::Fails(format!("the reply does not hold `{}`: {}", excerpt(part), quoted(reply))),
    }
}

fn held(reply: &str, part: &str, holds: bool) -> Ruling {
    let part = excerpt(part);
    Ruling::when(
        holds,
        format!("the reply holds `{part}`"),
        format!("the reply does not hold `{part}`: {}", quoted(reply)),
    )
}

/// A piece of a reply inside a sentence.
pub(super) fn quoted(text: &str) -> String {
    if text.is_empty() { "it is empty".to_owned() } else { format!("`{}`", excerpt(text)) }
}

/// The end of a reply inside a sentence.
fn tail(text: &str) -> String {
    match text.char_indices().rev().nth(LONGEST_TAIL) {
        Some((at, _)) => format!("`…{}`", excerpt(text.get(at..).unwrap_or_default())),
        None => quoted(text),
    }
}

/// How many characters, but for one, are shown of the end of a reply.
const LONGEST_TAIL: usize = 59;
