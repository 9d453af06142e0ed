//! The benchmark's tasks, and answers that are almost right.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Map, Value, json};

/// A tool call that is expected of the agent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call {
    /// The tool.
    pub(super) name: String,
    /// Its arguments.
    pub(super) arguments: Map<String, Value>,
}

/// One task.
pub(super) struct Task {
    /// Its id.
    pub(super) id: String,
    /// The customer.
    pub(super) user: String,
    /// What the customer wants.
    pub(super) instruction: String,
    /// What the agent is to do, in order.
    pub(super) calls: Vec<Call>,
}

impl Task {
    /// All tasks of the benchmark.
    pub(super) fn read(folder: &Path) -> Vec<Self> {
        let rows = fs::read_to_string(folder.join("tasks.jsonl")).unwrap();
        rows.lines().map(|row| Self::of(&serde_json::from_str(row).unwrap())).collect()
    }

    fn of(row: &Value) -> Self {
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        let call = |action: &Value| Call {
            name: action["name"].as_str().unwrap().to_owned(),
            arguments: action["kwargs"].as_object().unwrap().clone(),
        };
        Self {
            id: text("id"),
            user: text("user_id"),
            instruction: text("instruction"),
            calls: row["actions"].as_array().unwrap().iter().map(call).collect(),
        }
    }

    /// The golden case: what the customer says, and the calls in exactly this order.
    pub(super) fn case(&self) -> Value {
        json!({
            "id": self.id,
            "vars": { "ticket": self.id, "user": self.user, "instruction": self.instruction },
            "expect": [{ "tool_calls": calls(&self.calls) }],
        })
    }

    /// Every text among the arguments that are expected.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        fn of(value: &Value) -> Vec<&str> {
            match value {
                Value::String(text) => vec![text],
                Value::Array(list) => list.iter().flat_map(of).collect(),
                Value::Object(table) => table.values().flat_map(of).collect(),
                _ => Vec::new(),
            }
        }
        self.calls.iter().flat_map(|call| call.arguments.values().flat_map(of)).collect::<BTreeSet<_>>().into_iter()
    }
}

/// Calls as both the suite and the agent write them.
pub(super) fn calls(calls: &[Call]) -> Value {
    calls.iter().map(|call| json!({ "name": call.name, "arguments": call.arguments })).collect()
}

/// How an answer is made wrong; each gives another answer, whatever the answer was.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mutation {
    /// One argument holds something else.
    Argument,
    /// One call is of another tool.
    Name,
    /// The last call is not made.
    Fewer,
    /// One call too many is made.
    More,
}

impl Mutation {
    /// The answer made wrong; where there is nothing to change, a call is added.
    pub(super) fn of(self, right: &[Call]) -> Vec<Call> {
        let mut wrong = right.to_vec();
        let changed = match self {
            Self::Argument => wrong.iter_mut().rev().flat_map(|call| call.arguments.values_mut()).next().map(spoil),
            Self::Name => wrong.last_mut().map(|call| {
                let other = if call.name == "calculate" { "think" } else { "calculate" };
                other.clone_into(&mut call.name);
            }),
            Self::Fewer => wrong.pop().map(drop),
            Self::More => None,
        };
        if changed.is_none() {
            wrong.push(Call { name: "list_all_product_types".to_owned(), arguments: Map::new() });
        }
        wrong
    }
}

/// Makes a value another of the same kind, as near as can be.
fn spoil(value: &mut Value) {
    match value {
        Value::String(text) => text.push('0'),
        Value::Array(list) => {
            list.pop();
        }
        other => *other = Value::Null,
    }
}
