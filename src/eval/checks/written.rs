//! A check as it stands in the suite.

use serde_json::{Map, Value, json};

use crate::artifact::{ArgumentMatch, Check, Expectation};

use crate::eval::excerpt;

/// The check in the suite's own spelling (`not_contains = "password"`), on one line.
pub(in crate::eval) fn written(expectation: &Expectation) -> String {
    let (key, value) = parts(&expectation.check);
    let not = if expectation.negated { "not_" } else { "" };
    excerpt(&format!("{not}{key} = {}", toml(&value)))
}

fn parts(check: &Check) -> (&'static str, Value) {
    match check {
        Check::Contains(text) => ("contains", json!(text)),
        Check::Icontains(text) => ("icontains", json!(text)),
        Check::Equals(value) => ("equals", value.clone()),
        Check::StartsWith(text) => ("starts_with", json!(text)),
        Check::Regex(text) => ("regex", json!(text)),
        Check::ContainsAny(list) => ("contains_any", json!(list)),
        Check::ContainsAll(list) => ("contains_all", json!(list)),
        Check::IcontainsAny(list) => ("icontains_any", json!(list)),
        Check::IcontainsAll(list) => ("icontains_all", json!(list)),
        Check::Json(wanted) => ("json", json!(wanted)),
        Check::JsonSchema(schema) => ("json_schema", schema.clone()),
        Check::ToolCall(call) => ("tool_call", table(call)),
        Check::ToolCalls(calls) => ("tool_calls", calls.iter().map(table).collect()),
        Check::MaxTokens(most) => ("max_tokens", json!(most)),
        Check::Expression(source) => ("expression", json!(source)),
    }
}

fn table(call: &ArgumentMatch) -> Value {
    let mut table = Map::new();
    table.insert("name".to_owned(), json!(call.name));
    if let Some(arguments) = &call.arguments {
        table.insert("arguments".to_owned(), Value::Object(arguments.clone()));
    }
    Value::Object(table)
}

/// A value as an inline TOML value; JSON strings are TOML strings.
fn toml(value: &Value) -> String {
    match value {
        Value::Array(list) => format!("[{}]", list.iter().map(toml).collect::<Vec<_>>().join(", ")),
        Value::Object(table) if table.is_empty() => "{}".to_owned(),
        Value::Object(table) => {
            let entries: Vec<String> =
                table.iter().map(|(key, value)| format!("{} = {}", word(key), toml(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// A key, quoted where TOML asks for it.
fn word(key: &str) -> String {
    let bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if bare { key.to_owned() } else { Value::from(key).to_string() }
}
