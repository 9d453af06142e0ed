//! What a caller gives against what a prompt declares.

use std::{collections::BTreeMap, fmt};

use serde_json::{Map, Value};

use crate::{
    artifact::{Input, InputType},
    problem::nearest,
};

use super::{Message, Speaker, ToolCall};

/// A variable that cannot be used as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadVariable {
    /// Declared, not optional, without default, and not given.
    Missing {
        /// Its name.
        name: String,
    },
    /// Given and not declared.
    Unknown {
        /// The name that was given.
        name: String,
        /// The declared name nearest to it.
        nearest: Option<String>,
    },
    /// Given in another type than declared.
    Type {
        /// Its name.
        name: String,
        /// The declared type's word.
        declared: &'static str,
        /// What was given, in words.
        given: String,
    },
}

impl fmt::Display for BadVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { name } => write!(f, "the variable `{name}` is missing"),
            Self::Unknown { name, nearest: None } => write!(f, "the prompt has no input `{name}`"),
            Self::Unknown { name, nearest: Some(near) } => {
                write!(f, "the prompt has no input `{name}`; did you mean `{near}`?")
            }
            Self::Type { name, declared, given } => {
                write!(f, "the variable `{name}` must be of type {declared}, not {given}")
            }
        }
    }
}

/// The variables a template sees: what was given, then defaults.
///
/// An optional variable that is not given, or given as null, is undefined.
///
/// # Errors
///
/// Every bad variable, in the order of their names, unknown ones last.
pub(super) fn resolve(
    inputs: &BTreeMap<String, Input>,
    given: &Map<String, Value>,
) -> Result<Map<String, Value>, Vec<BadVariable>> {
    let mut resolved = Map::new();
    let mut bad = Vec::new();
    for (name, input) in inputs {
        match given.get(name).filter(|value| !(value.is_null() && input.optional)).or(input.default.as_ref()) {
            Some(value) => match mismatch(input.kind, value) {
                None => drop(resolved.insert(name.clone(), value.clone())),
                Some(what) => {
                    bad.push(BadVariable::Type { name: name.clone(), declared: word(input.kind), given: what });
                }
            },
            None if input.optional => {}
            None => bad.push(BadVariable::Missing { name: name.clone() }),
        }
    }
    for name in given.keys().filter(|name| !inputs.contains_key(*name)) {
        let near = nearest(name, inputs.keys().map(String::as_str)).map(str::to_owned);
        bad.push(BadVariable::Unknown { name: name.clone(), nearest: near });
    }
    if bad.is_empty() { Ok(resolved) } else { Err(bad) }
}

/// Reads a conversation so far: a list of `{role, content}`, nobody in it instructing.
///
/// What the assistant says may have `tool_calls` (`{name, arguments}`), and a tool's answer may say which of them it
/// `answers`, from 0.
///
/// # Errors
///
/// What stands there instead, in words.
pub(super) fn conversation(value: &Value) -> Result<Vec<Message>, String> {
    let list = value.as_array().ok_or_else(|| kind(value).to_owned())?;
    list.iter().enumerate().map(|(at, entry)| message(entry).map_err(|why| format!("entry {at} {why}"))).collect()
}

fn message(value: &Value) -> Result<Message, String> {
    let table = value.as_object().ok_or_else(|| format!("is {}", kind(value)))?;
    let known = |key: &str| matches!(key, "role" | "content" | "tool_calls" | "answers");
    if let Some(key) = table.keys().find(|key| !known(key)) {
        return Err(format!("has the unknown key `{key}`"));
    }
    let text = |key: &str| {
        table.get(key).and_then(Value::as_str).ok_or_else(|| format!("needs `{key}` as a string")).map(str::to_owned)
    };
    let word = text("role")?;
    let role = match Speaker::parse(&word) {
        Some(Speaker::System) => return Err("speaks as `system`, which only the prompt itself may".to_owned()),
        Some(speaker) => speaker,
        None => return Err(format!("has the unknown role `{word}`")),
    };
    let mut message = Message::new(role, text("content")?);
    for (key, speaker) in [("tool_calls", Speaker::Assistant), ("answers", Speaker::Tool)] {
        if table.contains_key(key) && role != speaker {
            return Err(format!("has `{key}`, which only `{}` may", speaker.word()));
        }
    }
    if let Some(calls) = table.get("tool_calls") {
        message.tool_calls = calls_in(calls).ok_or("needs `tool_calls` as a list of `{name, arguments}`")?;
    }
    if let Some(number) = table.get("answers") {
        let answers = number.as_u64().and_then(|number| u32::try_from(number).ok());
        message.answers = Some(answers.ok_or("needs `answers` as the number of a call, from 0")?);
    }
    Ok(message)
}

fn calls_in(value: &Value) -> Option<Vec<ToolCall>> {
    let call = |value: &Value| match (value.get("name")?, value.get("arguments")?, value.as_object()?.len()) {
        (Value::String(name), Value::Object(arguments), 2) => {
            Some(ToolCall { name: name.clone(), arguments: arguments.clone() })
        }
        _ => None,
    };
    value.as_array()?.iter().map(call).collect()
}

/// What a value is, when it is not of the declared type.
fn mismatch(declared: InputType, value: &Value) -> Option<String> {
    let fits = match declared {
        InputType::String => value.is_string(),
        InputType::Number => value.is_number(),
        InputType::Boolean => value.is_boolean(),
        InputType::List => value.is_array(),
        InputType::Object => value.is_object(),
        InputType::Messages => return conversation(value).err(),
    };
    (!fits).then(|| kind(value).to_owned())
}

fn word(declared: InputType) -> &'static str {
    match declared {
        InputType::String => "string",
        InputType::Number => "number",
        InputType::Boolean => "boolean",
        InputType::List => "list",
        InputType::Object => "object",
        InputType::Messages => "messages",
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn input(kind: InputType, optional: bool, default: Option<Value>) -> Input {
        Input { kind, description: None, personal: false, optional, default }
    }

    fn resolved(given: &Value) -> Result<Map<String, Value>, Vec<BadVariable>> {
        let inputs = BTreeMap::from([
            ("city".to_owned(), input(InputType::String, false, None)),
            ("days".to_owned(), input(InputType::Number, false, Some(json!(3)))),
            ("note".to_owned(), input(InputType::String, true, None)),
            ("history".to_owned(), input(InputType::Messages, true, None)),
        ]);
        resolve(&inputs, given.as_object().unwrap())
    }

    #[test]
    fn defaults_fill_and_optional_variables_stay_undefined() {
        let given = json!({ "city": "Oslo", "note": null });
        assert_eq!(Value::Object(resolved(&given).unwrap()), json!({ "city": "Oslo", "days": 3 }));
    }

    #[test]
    fn every_bad_variable_is_named_at_once() {
        let bad = resolved(&json!({ "days": "3", "citty": "Oslo", "history": [{ "role": "system", "content": "x" }] }));
        let said: Vec<String> = bad.unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "the variable `city` is missing",
                "the variable `days` must be of type number, not a string",
                "the variable `history` must be of type messages, \
                 not entry 0 speaks as `system`, which only the prompt itself may",
                "the prompt has no input `citty`; did you mean `city`?",
            ]
        );
    }

    #[test]
    fn a_conversation_may_hold_calls_and_their_answers() {
        let call = json!({ "name": "look", "arguments": { "id": 1 } });
        let told = json!([
            { "role": "assistant", "content": "", "tool_calls": [call] },
            { "role": "tool", "content": "found", "answers": 0 },
        ]);
        let read = conversation(&told).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), told);
        for (wrong, why) in [
            (
                json!({ "role": "user", "content": "", "tool_calls": [call] }),
                "`tool_calls`, which only `assistant` may",
            ),
            (json!({ "role": "user", "content": "", "answers": 0 }), "`answers`, which only `tool` may"),
            (json!({ "role": "tool", "content": "", "answers": -1 }), "the number of a call"),
            (json!({ "role": "assistant", "content": "", "tool_calls": [{ "name": "x" }] }), "a list of"),
        ] {
            let said = conversation(&json!([wrong])).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
    }
}
