//! What TOML and JSON have in common: values that know where they stand.

use std::ops::Range;

use serde_json::{Map, Number, Value};
use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

/// One value and the byte offset at which it begins.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) at: usize,
    pub(super) value: NodeValue,
}

/// A value of either notation.
#[derive(Debug, Clone)]
pub(super) enum NodeValue {
    Null,
    Text(String),
    Number(Number),
    /// A number that is NaN, infinite or too large for 64 bits.
    OddNumber,
    Boolean(bool),
    Date(String),
    List(Vec<Node>),
    Table(Table),
}

/// Entries in the order of the file; no key stands twice.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub(super) entries: Vec<Entry>,
}

/// One key with its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_at: usize,
    pub(super) node: Node,
}

impl Table {
    /// The entry with this key.
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The entries as a JSON object.
    ///
    /// # Errors
    ///
    /// As [`Node::json`].
    pub(super) fn json(&self) -> Result<Map<String, Value>, &'static str> {
        self.entries.iter().map(|entry| Ok((entry.key.clone(), entry.node.json()?))).collect()
    }

    /// The offset of the value a JSON pointer leads to, or of the last value on the way that is there.
    pub(super) fn place(&self, pointer: &str) -> Option<usize> {
        let mut steps = pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
        let mut node = &self.get(&steps.next()?)?.node;
        for step in steps {
            let next = match &node.value {
                NodeValue::Table(table) => table.get(&step).map(|entry| &entry.node),
                NodeValue::List(list) => step.parse::<usize>().ok().and_then(|index| list.get(index)),
                _ => None,
            };
            let Some(next) = next else { break };
            node = next;
        }
        Some(node.at)
    }

    /// The nodes of a TOML table whose text begins at `start`.
    pub(super) fn of_toml(table: &DeTable<'_>, start: usize) -> Self {
        let entry = |(key, value): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| Entry {
            key: key.get_ref().to_string(),
            key_at: start + key.span().start,
            node: Node::of_toml(value, start),
        };
        Self { entries: table.iter().map(entry).collect() }
    }
}

impl Node {
    fn of_toml(value: &Spanned<DeValue<'_>>, start: usize) -> Self {
        let Range { start: at, .. } = value.span();
        Self { at: start + at, value: NodeValue::of_toml(value.get_ref(), start) }
    }

    /// The value as JSON.
    ///
    /// # Errors
    ///
    /// What stands in the way, with its article: a date, or a number that JSON cannot hold.
    pub(super) fn json(&self) -> Result<Value, &'static str> {
        Ok(match &self.value {
            NodeValue::Null => Value::Null,
            NodeValue::Text(text) => Value::String(text.clone()),
            NodeValue::Number(number) => Value::Number(number.clone()),
            NodeValue::OddNumber => return Err("a number that is not finite or does not fit in 64 bits"),
            NodeValue::Boolean(yes) => Value::Bool(*yes),
            NodeValue::Date(_) => return Err("a date"),
            NodeValue::List(list) => Value::Array(list.iter().map(Self::json).collect::<Result<_, _>>()?),
            NodeValue::Table(table) => Value::Object(table.json()?),
        })
    }

    /// Moves every value to one offset, for a text that stands in its file in another spelling.
    pub(super) fn pin(&mut self, at: usize) {
        self.each_offset(&mut |offset| *offset = at);
    }

    /// Adds to every offset, for a text that is part of a larger one.
    pub(super) fn shift(&mut self, by: usize) {
        self.each_offset(&mut |offset| *offset += by);
    }

    fn each_offset(&mut self, change: &mut impl FnMut(&mut usize)) {
        change(&mut self.at);
        match &mut self.value {
            NodeValue::List(list) => list.iter_mut().for_each(|node| node.each_offset(change)),
            NodeValue::Table(table) => {
                for entry in &mut table.entries {
                    change(&mut entry.key_at);
                    entry.node.each_offset(change);
                }
            }
            _ => {}
        }
    }
}

impl NodeValue {
    /// What the value is, with its article.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Text(_) => "text",
            Self::Number(_) | Self::OddNumber => "a number",
            Self::Boolean(_) => "`true` or `false`",
            Self::Date(_) => "a date",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }

    fn of_toml(value: &DeValue<'_>, start: usize) -> Self {
        match value {
            DeValue::String(text) => Self::Text(text.to_string()),
            DeValue::Integer(number) => {
                let (digits, radix) = (number.as_str(), number.radix());
                let signed = i64::from_str_radix(digits, radix).ok().map(Number::from);
                let read = signed.or_else(|| u64::from_str_radix(digits, radix).ok().map(Number::from));
                read.map_or(Self::OddNumber, Self::Number)
            }
            DeValue::Float(number) => {
                let read = number.as_str().parse().ok().and_then(Number::from_f64);
                read.map_or(Self::OddNumber, Self::Number)
            }
            DeValue::Boolean(yes) => Self::Boolean(*yes),
            DeValue::Datetime(date) => Self::Date(date.to_string()),
            DeValue::Array(list) => Self::List(list.iter().map(|item| Node::of_toml(item, start)).collect()),
            DeValue::Table(table) => Self::Table(Table::of_toml(table, start)),
        }
    }
}
