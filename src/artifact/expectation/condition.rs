//! What must hold of one value: in `where` of a tool call, and of what a path finds.
//!
//! A text, a number, `true`, `false`, `null` or a list means an equal value. A table is always one of the words below,
//! so that a slip of the pen is never taken for a value; a table itself is written `{ equals = { … } }`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Form, number, only_true, text};
use crate::artifact::{Fields, Item};

/// What must hold of one value.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// It equals this, numbers by value.
    Equals(Value),
    /// One of these holds of it.
    OneOf(Vec<Condition>),
    /// It is a text in which this regular expression matches somewhere.
    Matches(String),
    /// It is a number within these bounds, of which one is there.
    Range {
        /// The least.
        min: Option<f64>,
        /// The most.
        max: Option<f64>,
    },
    /// It is a table with these entries and no others.
    Fields(BTreeMap<String, Condition>),
    /// It is a list of as many values, and each holds in its place.
    Items(Vec<Condition>),
    /// It is there.
    Any,
    /// It is not there. Stands only where an entry is named.
    Absent,
    /// It is not there, or this holds of it. Stands only where an entry is named.
    Optional(Box<Condition>),
}

/// The words of a condition, without `optional`, which stands beside them.
const WORDS: [&str; 7] = ["equals", "one_of", "matches", "fields", "items", "any", "absent"];

/// How deep conditions may stand in each other.
const DEEPEST: usize = 16;

/// Where a condition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// At a name, under which there may be nothing.
    Entry,
    /// At a value that is there.
    Value,
}

impl Condition {
    /// Reads one condition; `None` after a report.
    pub(super) fn read(item: &Item<'_>, stand: Stand, depth: usize) -> Option<Self> {
        if !item.is_table() {
            return Some(Self::Equals(item.json()?));
        }
        if depth >= DEEPEST {
            item.refuse("too-deep", format!("conditions stand in each other {DEEPEST} deep at most"));
            return None;
        }
        let mut fields = item.table()?;
        let read = Self::read_words(&mut fields, stand, depth);
        fields.finish();
        read
    }

    /// Reads the words of a condition out of a table that may have other keys; `None` after a report.
    pub(super) fn read_words(fields: &mut Fields<'_>, stand: Stand, depth: usize) -> Option<Self> {
        let optional = fields.item("optional");
        let given: Vec<_> = WORDS.iter().filter_map(|word| Some((*word, fields.item(word)?))).collect();
        let ranged = ["min", "max"].iter().any(|key| fields.item(key).is_some());
        let condition = match given.as_slice() {
            [] if ranged => number::range(fields).map(|(min, max)| Self::Range { min, max }),
            [(word, item)] if !ranged => Self::read_word(word, item, stand, depth),
            _ => {
                let message = format!("`{}` says one thing of the value", fields.keys());
                let next = "write one of `equals`, `one_of`, `matches`, `min` and `max`, `fields`, `items`, `any` and \
                            `absent`; a table itself is `{ equals = { … } }`";
                fields.report(fields.problem("one-condition", message).next(next));
                None
            }
        };
        let Some(optional) = optional else { return condition };
        only_true(&optional)?;
        match (stand, condition?) {
            (Stand::Entry, condition) if condition != Self::Absent => Some(Self::Optional(Box::new(condition))),
            _ => {
                optional.refuse("misplaced-key", "only an entry that may be there can be `optional`");
                None
            }
        }
    }

    fn read_word(word: &str, item: &Item<'_>, stand: Stand, depth: usize) -> Option<Self> {
        let list = |items: &[Item<'_>]| -> Option<Vec<Self>> {
            let read: Vec<_> = items.iter().map(|item| Self::read(item, Stand::Value, depth + 1)).collect();
            read.into_iter().collect()
        };
        Some(match word {
            "equals" => Self::Equals(item.json()?),
            "one_of" => Self::OneOf(list(&text::filled(item)?)?),
            "matches" => Self::Matches(text::pattern(item)?),
            "fields" => Self::Fields(entries(item, depth + 1)?),
            "items" => Self::Items(list(&item.list()?)?),
            "any" => only_true(item).map(|()| Self::Any)?,
            _ if stand == Stand::Entry => only_true(item).map(|()| Self::Absent)?,
            _ => {
                item.refuse("misplaced-key", "only what is named can be `absent`");
                return None;
            }
        })
    }

    /// As users write it.
    pub(super) fn to_json(&self, form: Form) -> Value {
        match self {
            Self::Equals(value) if !value.is_object() => value.clone(),
            other => Value::Object(other.words(form)),
        }
    }

    /// The words alone, for a table that has other keys as well.
    pub(super) fn words(&self, form: Form) -> Map<String, Value> {
        let list = |of: &[Self]| of.iter().map(|one| one.to_json(form)).collect::<Vec<_>>();
        let one = |word: &str, value: Value| Map::from_iter([(word.to_owned(), value)]);
        match self {
            Self::Equals(value) => one("equals", value.clone()),
            Self::OneOf(of) => one("one_of", form.set(list(of))),
            Self::Matches(pattern) => one("matches", json!(pattern)),
            Self::Range { min, max } => match number::bounds(min.map(Value::from), max.map(Value::from)) {
                Value::Object(bounds) => bounds,
                _ => Map::new(),
            },
            Self::Fields(fields) => one("fields", table(fields, form)),
            Self::Items(of) => one("items", list(of).into()),
            Self::Any => one("any", json!(true)),
            Self::Absent => one("absent", json!(true)),
            Self::Optional(condition) => {
                let mut words = condition.words(form);
                words.insert("optional".to_owned(), json!(true));
                words
            }
        }
    }
}

/// Conditions by the names of what they are about.
pub(super) fn entries(item: &Item<'_>, depth: usize) -> Option<BTreeMap<String, Condition>> {
    let read = |(key, item): (String, Item<'_>)| Some((key, Condition::read(&item, Stand::Entry, depth)?));
    let all: Vec<_> = item.table()?.entries().into_iter().map(read).collect();
    all.into_iter().collect()
}

pub(super) fn table(conditions: &BTreeMap<String, Condition>, form: Form) -> Value {
    let entry = |(key, condition): (&String, &Condition)| (key.clone(), condition.to_json(form));
    Value::Object(conditions.iter().map(entry).collect())
}
