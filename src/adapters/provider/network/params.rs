//! A model's parameters, each put where a provider looks for it.
//!
//! The words that mean the same everywhere are `temperature`, `seed`, `max_tokens`, `stop` and `reasoning`. A
//! provider has its own word for some of them; all others go out under their own name. Nothing is dropped: a
//! parameter that a provider does not know is the provider's to refuse.

use serde_json::{Map, Value, json};

use crate::render::Request;

/// The request with its parameters in the provider's words.
pub(super) fn renamed(request: &Request, rename: impl Fn(&str, &Value) -> (String, Value)) -> Request {
    let mut params = Map::new();
    for (key, value) in &request.params {
        let (key, value) = rename(key, value);
        put(&mut params, key, value);
    }
    Request { params, ..request.clone() }
}

/// Puts a value in; two tables under one name become one, in which the first word counts.
pub(super) fn put(into: &mut Map<String, Value>, key: String, value: Value) {
    match (into.get_mut(&key), value) {
        (None, value) => drop(into.insert(key, value)),
        (Some(Value::Object(there)), Value::Object(more)) => {
            for (key, value) in more {
                put(there, key, value);
            }
        }
        (Some(_), _) => {}
    }
}

/// Stop words as a list, also where one stands alone.
pub(super) fn as_list(value: &Value) -> Value {
    if value.is_array() { value.clone() } else { json!([value]) }
}
