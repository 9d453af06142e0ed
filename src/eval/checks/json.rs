//! Checks on a reply as a value.

use serde_json::Value;

use super::{super::excerpt::excerpt, Ruling, text::quoted};

/// `equals`: the reply is this text (white space at both ends apart), or is JSON with this value.
pub(in crate::eval) fn equals(reply: &str, expected: &Value) -> Ruling {
    let same = match expected {
        Value::String(text) => reply.trim() == text.trim(),
        other => parsed(reply).is_some_and(|value| same_value(&value, other)),
    };
    Ruling::when(same, "the reply equals it".to_owned(), format!("the reply differs: {}", quoted(reply)))
}

/// `json`: the whole reply is JSON, or is not.
pub(in crate::eval) fn is_json(reply: &str, wanted: bool) -> Ruling {
    match serde_json::from_str::<serde::de::IgnoredAny>(reply) {
        Ok(_) => Ruling::when(wanted, "the reply is JSON".to_owned(), format!("the reply is JSON: {}", quoted(reply))),
        Err(e) => {
            let reason = format!("the reply is not JSON ({}): {}", excerpt(&e.to_string()), quoted(reply));
            Ruling::when(!wanted, reason.clone(), reason)
        }
    }
}

/// `json_schema`: the whole reply is JSON that the schema accepts.
///
/// Nothing is fetched: a schema that refers to another document cannot be carried out.
pub(in crate::eval) fn schema(reply: &str, schema: &Value) -> Ruling {
    let validator = match jsonschema::validator_for(schema) {
        Ok(validator) => validator,
        Err(e) => return unusable(&e.to_string()),
    };
    let Some(value) = parsed(reply) else {
        return Ruling::Fails(format!("the reply is not JSON: {}", quoted(reply)));
    };
    match validator.validate(&value) {
        Ok(()) => Ruling::Holds("the schema accepts the reply".to_owned()),
        Err(e) => {
            let place = e.instance_path().to_string();
            let place = if place.is_empty() { "the reply".to_owned() } else { format!("`{}`", excerpt(&place)) };
            Ruling::Fails(format!("the schema refuses {place}: {}", excerpt(&e.to_string())))
        }
    }
}

/// `output_schema`: the same with the schema of the prompt.
pub(in crate::eval) fn output_schema(reply: &str, of_prompt: Option<&Value>) -> Ruling {
    match of_prompt {
        Some(of_prompt) => schema(reply, of_prompt),
        None => Ruling::Broken("the prompt has no `[output] schema`".to_owned()),
    }
}

/// That a schema says nothing of any reply.
pub(super) fn unusable(why: &str) -> Ruling {
    Ruling::Broken(format!("the schema cannot be used: {}", excerpt(why)))
}

pub(super) fn parsed(reply: &str) -> Option<Value> {
    serde_json::from_str(reply).ok()
}

/// Whether two JSON values are equal: tables without regard to order, numbers by value, so that `1` is `1.0`.
///
/// Numbers are compared as JSON has them, as 64-bit floats, because that is how replies are stored.
pub(super) fn same_value(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || (a.as_f64().is_some() && a.as_f64() == b.as_f64()),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_value(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same_value(a, b)))
        }
        (a, b) => a == b,
    }
}
