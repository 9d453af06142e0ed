//! One value with its place, read as the type the caller wants.

use std::{fmt::Display, ops::RangeInclusive};

use serde_json::Value;

use super::{
    Document, Fields,
    tree::{Entry, Node, NodeValue},
};
use crate::problem::{Problem, did_you_mean, quoted};

/// One value of a document with its place.
#[derive(Debug, Clone)]
pub struct Item<'d> {
    document: &'d Document<'d>,
    node: &'d Node,
    key_at: usize,
    keys: String,
}

impl<'d> Item<'d> {
    pub(super) fn new(document: &'d Document<'d>, entry: &'d Entry, keys: String) -> Self {
        Self { document, node: &entry.node, key_at: entry.key_at, keys }
    }

    /// The text.
    pub fn string(&self) -> Option<String> {
        match &self.node.value {
            NodeValue::Text(text) => Some(text.clone()),
            _ => self.wrong("text"),
        }
    }

    /// The text, once it holds more than white space; `empty-value` otherwise.
    pub fn filled_string(&self) -> Option<String> {
        let text = self.string()?;
        if text.trim().is_empty() {
            self.refuse("empty-value", format!("`{}` is empty", self.keys));
            return None;
        }
        Some(text)
    }

    /// The whole number.
    pub fn integer(&self) -> Option<i64> {
        let read = match &self.node.value {
            NodeValue::Number(number) if number.is_f64() => return self.wrong("a whole number"),
            NodeValue::Number(number) => number.as_i64(),
            NodeValue::OddNumber => None,
            _ => return self.wrong("a whole number"),
        };
        if read.is_none() {
            self.refuse("out-of-range", format!("`{}` does not fit in 64 bits", self.keys));
        }
        read
    }

    /// The whole number, `out-of-range` outside of these bounds.
    pub fn integer_within(&self, bounds: RangeInclusive<i64>) -> Option<i64> {
        let number = self.integer()?;
        if bounds.contains(&number) {
            return Some(number);
        }
        let (least, most) = (bounds.start(), bounds.end());
        let wanted =
            if *most == i64::MAX { format!("at least {least}") } else { format!("between {least} and {most}") };
        self.refuse("out-of-range", format!("`{}` is {number}, and must be {wanted}", self.keys));
        None
    }

    /// The number, never NaN or infinite.
    pub fn number(&self) -> Option<f64> {
        let finite = match &self.node.value {
            NodeValue::Number(number) => number.as_f64(),
            NodeValue::OddNumber => None,
            _ => return self.wrong("a number"),
        };
        if finite.is_none() {
            self.refuse("not-finite", format!("`{}` is not a finite number", self.keys));
        }
        finite
    }

    /// The number, `out-of-range` outside of these bounds.
    pub fn number_within(&self, bounds: RangeInclusive<f64>) -> Option<f64> {
        let number = self.number()?;
        if bounds.contains(&number) {
            return Some(number);
        }
        let (least, most) = (bounds.start(), bounds.end());
        let wanted =
            if *most >= f64::MAX { format!("at least {least}") } else { format!("between {least} and {most}") };
        self.refuse("out-of-range", format!("`{}` is {number}, and must be {wanted}", self.keys));
        None
    }

    /// `true` or `false`.
    pub fn boolean(&self) -> Option<bool> {
        match &self.node.value {
            NodeValue::Boolean(yes) => Some(*yes),
            _ => self.wrong("`true` or `false`"),
        }
    }

    /// The date and time, as written.
    pub fn date(&self) -> Option<String> {
        match &self.node.value {
            NodeValue::Date(date) => Some(date.clone()),
            _ => self.wrong("a date"),
        }
    }

    /// The values of a list.
    pub fn list(&self) -> Option<Vec<Item<'d>>> {
        let NodeValue::List(list) = &self.node.value else { return self.wrong("a list") };
        let item = |node: &'d Node| Item { document: self.document, node, key_at: node.at, keys: self.keys.clone() };
        Some(list.iter().map(item).collect())
    }

    /// The texts of a list.
    pub fn strings(&self) -> Option<Vec<String>> {
        self.list()?.iter().map(Item::string).collect()
    }

    /// The table.
    pub fn table(&self) -> Option<Fields<'d>> {
        let NodeValue::Table(table) = &self.node.value else { return self.wrong("a table") };
        Some(Fields::new(self.document, table, self.node.at, self.keys.clone()))
    }

    /// The value as JSON; `not-json` where JSON cannot hold it: dates, NaN and infinite numbers.
    pub fn json(&self) -> Option<Value> {
        match self.node.json() {
            Ok(value) => Some(value),
            Err(why) => {
                self.refuse("not-json", format!("`{}` holds {why}, which JSON cannot hold", self.keys));
                None
            }
        }
    }

    /// What `read` makes of the text; its refusal is a problem with this code.
    pub fn parsed<T, E: Display>(&self, code: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        match read(&self.string()?) {
            Ok(value) => Some(value),
            Err(why) => {
                self.refuse(code, why.to_string());
                None
            }
        }
    }

    /// What `read` makes of each text of a list; an entry that stands twice is a `duplicate`.
    pub fn list_parsed<T: PartialEq, E: Display>(
        &self,
        code: &str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Vec<T>> {
        let mut values = Vec::new();
        for item in self.list()? {
            let Some(value) = item.parsed(code, &read) else { continue };
            if values.contains(&value) {
                let text = item.as_str().unwrap_or_default().to_owned();
                item.refuse("duplicate", format!("`{text}` stands twice in `{}`", self.keys));
            } else {
                values.push(value);
            }
        }
        Some(values)
    }

    /// The meaning of the word; one not among these is an `unknown-word` with the nearest.
    pub fn one_of<T: Clone>(&self, words: &[(&str, T)]) -> Option<T> {
        let word = self.string()?;
        if let Some((_, meaning)) = words.iter().find(|(known, _)| *known == word) {
            return Some(meaning.clone());
        }
        let known: Vec<&str> = words.iter().map(|(known, _)| *known).collect();
        let advice = did_you_mean(&word, known.iter().copied());
        let advice = advice.unwrap_or_else(|| format!("one of {}", quoted(&known, ", ")));
        self.report(self.problem("unknown-word", format!("`{}` cannot be `{word}`", self.keys)).next(advice));
        None
    }

    /// The text, when it is one; another type is no problem here.
    pub fn as_str(&self) -> Option<&'d str> {
        match &self.node.value {
            NodeValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether the value is a table.
    pub fn is_table(&self) -> bool {
        matches!(self.node.value, NodeValue::Table(_))
    }

    /// Whether the value is a list.
    pub fn is_list(&self) -> bool {
        matches!(self.node.value, NodeValue::List(_))
    }

    /// The dotted keys that lead to the value.
    pub fn keys(&self) -> &str {
        &self.keys
    }

    /// A problem at the beginning of this value, to be given to [`Item::report`].
    pub fn problem(&self, code: &str, message: impl Into<String>) -> Problem {
        self.document.problem(self.node.at, code, message.into())
    }

    /// A problem at the key of this value, to be given to [`Item::report`].
    pub fn problem_at_key(&self, code: &str, message: impl Into<String>) -> Problem {
        self.document.problem(self.key_at, code, message.into())
    }

    /// Puts a problem down in the document.
    pub fn report(&self, problem: Problem) {
        self.document.report(problem);
    }

    /// Puts down problems of another file, which this value names.
    pub(super) fn report_all(&self, problems: Vec<Problem>) {
        for problem in problems {
            self.report(problem);
        }
    }

    /// Puts a problem down at the beginning of this value.
    pub fn refuse(&self, code: &str, message: impl Into<String>) {
        self.report(self.problem(code, message));
    }

    /// Puts down that the value is of another type than wanted.
    pub fn wrong<T>(&self, wanted: &str) -> Option<T> {
        self.refuse("wrong-type", format!("`{}` is {}, and must be {wanted}", self.keys, self.node.value.word()));
        None
    }
}
