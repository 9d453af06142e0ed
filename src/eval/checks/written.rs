//! A check as it stands in the suite.

use serde_json::Value;

use crate::{artifact::Expectation, eval::excerpt};

/// The check in the suite's own spelling (`not_contains = "password"`), on one line.
pub(in crate::eval) fn written(expectation: &Expectation) -> String {
    match expectation.to_json().as_object().and_then(|entry| entry.iter().next()) {
        Some((key, value)) => excerpt(&format!("{key} = {}", toml(value))),
        None => String::new(),
    }
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
