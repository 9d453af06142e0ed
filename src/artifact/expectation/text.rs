//! What is asked of the words of a reply.

use serde_json::{Value, json};

use crate::artifact::{Item, compiled};

/// The most characters of a text from which edits are counted: counting takes time with the product of both lengths.
const LONGEST_EDITED: usize = 4096;

/// The most bytes of a text with which words are compared.
const LONGEST_COMPARED: usize = 16 * 1024;

/// Above this share of edits two texts that have nothing to do with each other count as near.
const LARGEST_SHARE: f64 = 0.75;

/// `edit_distance`: how far the reply may be from a text.
///
/// Counted are single characters put in, taken out or replaced (Levenshtein), after white space at both ends of
/// both texts has been taken away.
#[derive(Debug, Clone, PartialEq)]
pub struct EditDistance {
    /// The text.
    pub to: String,
    /// How far the reply may be from it.
    pub most: Distance,
}

/// A number of edits, or their share of the longer text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Distance {
    /// So many edits.
    Edits(u64),
    /// So many for each character of the longer of both texts; above 0, at most 0.75.
    Share(f64),
}

/// `rouge_l` and `token_f1`: how much the reply has in common with a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    /// The text.
    pub to: String,
    /// The least F-measure; above 0, at most 1.
    pub at_least: f64,
}

impl EditDistance {
    pub(super) fn read(item: &Item<'_>) -> Option<Self> {
        let mut fields = item.table()?;
        let to = fields.required("to").and_then(|item| {
            let to = item.filled_string()?;
            let length = to.trim().chars().count();
            if length > LONGEST_EDITED {
                let message = format!("`{}` has {length} characters, and may have {LONGEST_EDITED}", item.keys());
                item.report(item.problem("too-long", message).next("`rouge_l` and `token_f1` compare longer texts"));
                return None;
            }
            Some(to)
        });
        let edits = fields.item("at_most");
        let share = fields.item("at_most_share");
        let most = match (&edits, &share) {
            (Some(edits), None) => to.as_ref().and_then(|to| fewer_than(edits, to)),
            (None, Some(share)) => share.number_within(f64::MIN_POSITIVE..=LARGEST_SHARE).map(Distance::Share),
            _ => {
                let problem = fields.problem("missing-key", format!("`{}` says how far in one way", item.keys()));
                fields.report(problem.next("write `at_most = 3` for edits, or `at_most_share = 0.1` for their share"));
                None
            }
        };
        fields.finish();
        Some(Self { to: to?, most: most? })
    }

    pub(super) fn to_json(&self) -> Value {
        match self.most {
            Distance::Edits(most) => json!({ "to": self.to, "at_most": most }),
            Distance::Share(most) => json!({ "to": self.to, "at_most_share": most }),
        }
    }
}

/// Fewer edits than the text has characters: with as many, the empty reply is near to anything.
fn fewer_than(item: &Item<'_>, to: &str) -> Option<Distance> {
    let length = i64::try_from(to.trim().chars().count()).ok()?;
    Some(Distance::Edits(u64::try_from(item.integer_within(0..=length - 1)?).ok()?))
}

impl Overlap {
    pub(super) fn read(item: &Item<'_>) -> Option<Self> {
        let mut fields = item.table()?;
        let to = fields.required("to").and_then(|item| {
            let to = item.string()?;
            if !to.contains(char::is_alphanumeric) {
                item.refuse("never-passes", format!("`{}` holds no word, so no reply can share one", item.keys()));
                return None;
            }
            if to.len() > LONGEST_COMPARED {
                let message = format!("`{}` has {} bytes, and may have {LONGEST_COMPARED}", item.keys(), to.len());
                item.refuse("too-long", message);
                return None;
            }
            Some(to)
        });
        let least = fields.required("at_least").and_then(|item| item.number_within(f64::MIN_POSITIVE..=1.0));
        fields.finish();
        Some(Self { to: to?, at_least: least? })
    }

    pub(super) fn to_json(&self) -> Value {
        json!({ "to": self.to, "at_least": self.at_least })
    }
}

/// A text to look for; the empty one is in every reply.
pub(super) fn text(item: &Item<'_>) -> Option<String> {
    let text = item.string()?;
    if text.is_empty() {
        item.refuse("empty-value", format!("`{}` is empty, and so proves nothing", item.keys()));
        return None;
    }
    Some(text)
}

pub(super) fn texts(item: &Item<'_>) -> Option<Vec<String>> {
    filled(item)?.iter().map(text).collect::<Vec<_>>().into_iter().collect()
}

/// The entries of a list that has some.
pub(super) fn filled<'d>(item: &Item<'d>) -> Option<Vec<Item<'d>>> {
    let list = item.list()?;
    if list.is_empty() {
        item.refuse("empty-value", format!("`{}` is empty, and so proves nothing", item.keys()));
        return None;
    }
    Some(list)
}

pub(super) fn pattern(item: &Item<'_>) -> Option<String> {
    let text = text(item)?;
    if let Err(error) = compiled(&text) {
        // The last line says what is wrong; the lines before draw a picture of the pattern.
        let why = error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        item.refuse("bad-regex", format!("the regular expression does not compile: {why}"));
        return None;
    }
    Some(text)
}
