//! What is asked of the tools a reply calls.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Condition, Form, condition, text::filled};
use crate::artifact::{Fields, Item};

/// The most calls that are looked for in any order: which goes with which takes time with their number.
const MOST_CALLS: usize = 100;

/// A tool call as a case expects it.
#[derive(Debug, Clone, PartialEq)]
pub struct ArgumentMatch {
    /// The tool's name as the model sees it, or the artifact's name.
    pub name: String,
    /// Arguments that must be there and equal (numbers by value); others may be there in `tool_call`,
    /// and may not in `tool_calls`. `None` accepts any arguments, but for the conditions.
    pub arguments: Option<Map<String, Value>>,
    /// `where`: what must hold of arguments, by their names; no argument has both a value and a condition.
    pub conditions: BTreeMap<String, Condition>,
}

/// `tool_calls`: several calls.
#[derive(Debug, Clone, PartialEq)]
pub struct Calls {
    /// Which others there may be, and in which order.
    pub order: CallOrder,
    /// The calls.
    pub calls: Vec<ArgumentMatch>,
}

/// How the calls of a reply compare with those that a case names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallOrder {
    /// Exactly these, in this order: a list, or `exactly`.
    Exactly,
    /// Exactly these, in any order.
    AnyOrder,
    /// These, in this order; others may come in between.
    InOrder,
    /// These, in any order; others may be there.
    AtLeast,
}

impl CallOrder {
    const WORDS: [(&'static str, Self); 4] = [
        ("exactly", Self::Exactly),
        ("any_order", Self::AnyOrder),
        ("in_order", Self::InOrder),
        ("at_least", Self::AtLeast),
    ];
}

impl ArgumentMatch {
    pub(in crate::artifact) fn read(item: &Item<'_>) -> Option<Self> {
        let mut fields = item.table()?;
        let name = fields.required("name").and_then(|item| item.filled_string());
        let given = fields.table("arguments");
        let arguments = match given.as_ref().map(Fields::json_whole) {
            Some(Some(Value::Object(arguments))) => Some(arguments),
            _ => None,
        };
        let unread = fields.has("arguments") && arguments.is_none();
        let conditions = match fields.item("where") {
            Some(item) => condition::entries(&item, 0),
            None => Some(BTreeMap::new()),
        };
        fields.finish();
        let (name, conditions) = (name?, conditions?);
        if let Some(twice) = conditions.keys().find(|key| arguments.iter().any(|known| known.contains_key(*key))) {
            let message = format!("`{}` stands in `arguments` and in `where`", twice.escape_debug());
            item.refuse("duplicate", message);
            return None;
        }
        if unread { None } else { Some(Self { name, arguments, conditions }) }
    }

    /// The same as it counts for digests.
    pub(in crate::artifact) fn canonical(&self) -> Value {
        self.to_json(Form::Compared)
    }

    pub(super) fn to_json(&self, form: Form) -> Value {
        let mut table = Map::new();
        table.insert("name".to_owned(), json!(self.name));
        if let Some(arguments) = &self.arguments {
            table.insert("arguments".to_owned(), json!(arguments));
        }
        if !self.conditions.is_empty() {
            table.insert("where".to_owned(), condition::table(&self.conditions, form));
        }
        Value::Object(table)
    }
}

impl Calls {
    pub(super) fn read(item: &Item<'_>) -> Option<Self> {
        if !item.is_table() {
            return Some(Self { order: CallOrder::Exactly, calls: calls(item)? });
        }
        let mut fields = item.table()?;
        let given: Vec<_> =
            CallOrder::WORDS.iter().filter_map(|(word, order)| Some((*order, fields.item(word)?))).collect();
        fields.finish();
        let [(order, list)] = given.as_slice() else {
            let problem = item.problem("one-order", format!("`{}` names its calls in one way", item.keys()));
            item.report(
                problem.next("a list, or one of `exactly`, `any_order`, `in_order` and `at_least` with a list"),
            );
            return None;
        };
        let calls = calls(list)?;
        if calls.is_empty() && *order != CallOrder::Exactly {
            let problem = list.problem("empty-value", format!("`{}` is empty, and so proves nothing", list.keys()));
            list.report(problem.next("write `tool_calls = []` for no call at all"));
            return None;
        }
        if calls.len() > MOST_CALLS && *order != CallOrder::Exactly {
            list.refuse("too-long", format!("`{}` has {} calls, and may have {MOST_CALLS}", list.keys(), calls.len()));
            return None;
        }
        Some(Self { order: *order, calls })
    }

    pub(super) fn to_json(&self, form: Form) -> Value {
        let list: Vec<Value> = self.calls.iter().map(|call| call.to_json(form)).collect();
        match self.order {
            CallOrder::Exactly => Value::Array(list),
            CallOrder::InOrder => json!({ "in_order": list }),
            CallOrder::AnyOrder => json!({ "any_order": form.set(list) }),
            CallOrder::AtLeast => json!({ "at_least": form.set(list) }),
        }
    }
}

/// All are read before one that failed ends it, so that all problems are told.
fn calls(item: &Item<'_>) -> Option<Vec<ArgumentMatch>> {
    item.list()?.iter().map(ArgumentMatch::read).collect::<Vec<_>>().into_iter().collect()
}

/// Names of tools, each once.
pub(super) fn names(item: &Item<'_>) -> Option<Vec<String>> {
    let count = filled(item)?.len();
    let name =
        |name: &str| if name.trim().is_empty() { Err("the name of a tool is empty") } else { Ok(name.to_owned()) };
    let names = item.list_parsed("empty-value", name)?;
    (names.len() == count).then_some(names)
}

/// Names of tools in an order, in which one may come again.
pub(super) fn sequence(item: &Item<'_>) -> Option<Vec<String>> {
    filled(item)?.iter().map(Item::filled_string).collect::<Vec<_>>().into_iter().collect()
}
