//! Reading what a provider answered, whatever it is.

use serde_json::{Map, Value};

use crate::{
    eval::{Usage, excerpt},
    render::ToolCall,
};

/// A text of the provider's inside a sentence of ours.
pub(super) fn quoted(text: &str) -> String {
    excerpt(text.trim())
}

/// The JSON of an answer.
pub(super) fn json(body: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(body).map_err(|_| "it is not UTF-8".to_owned())?;
    serde_json::from_str(text).map_err(|error| {
        let shown = if text.trim().is_empty() { "it is empty".to_owned() } else { format!("`{}`", quoted(text)) };
        format!("it is not JSON ({}): {shown}", excerpt(&error.to_string()))
    })
}

/// What an answer says is wrong, in any of the shapes that providers and their imitators use.
pub(super) fn complaint(value: &Value) -> Option<String> {
    let value = value.as_array().and_then(|list| list.first()).unwrap_or(value);
    let error = value.get("error").filter(|error| !error.is_null())?;
    let said = error.as_str().or_else(|| error.get("message").and_then(Value::as_str));
    Some(said.map_or_else(|| error.to_string(), str::to_owned))
}

/// The same for an answer whose status says that something is wrong; text that is no JSON is taken as it is.
pub(super) fn complaint_in(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let Ok(value) = serde_json::from_str::<Value>(&text) else { return text.into_owned() };
    let plain = || ["message", "detail"].into_iter().find_map(|key| value.get(key)?.as_str().map(str::to_owned));
    complaint(&value).or_else(plain).unwrap_or_else(|| text.into_owned())
}

/// What stands at a path of keys, unless it is null.
pub(super) fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, key| value.get(key)).filter(|value| !value.is_null())
}

/// The word at a path.
pub(super) fn word<'a>(value: &'a Value, path: &[&str]) -> Option<&'a str> {
    at(value, path)?.as_str()
}

/// The list at a path; nothing there is an empty list.
pub(super) fn list<'a>(value: &'a Value, path: &[&str]) -> &'a [Value] {
    at(value, path).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// An answer without what its interface promises.
pub(super) fn lacks(what: &str, value: &Value) -> String {
    format!("it has no `{what}`: `{}`", quoted(&value.to_string()))
}

/// The model that the provider says it used; an empty word says nothing.
pub(super) fn model(value: &Value, key: &str) -> Option<String> {
    word(value, &[key]).filter(|model| !model.is_empty()).map(str::to_owned)
}

/// A count at a path; servers write it as a float at times.
pub(super) fn count(value: &Value, path: &[&str]) -> Option<u64> {
    let number = at(value, path)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
    number.as_u64().or_else(|| number.as_f64().map(|count| count.round() as u64))
}

/// Tokens at two paths of the answer, and those of the first that were cached; `None` where neither is counted.
pub(super) fn usage(value: &Value, input: &[&str], output: &[&str], cached: &[&str]) -> Option<Usage> {
    let (input, output) = (count(value, input), count(value, output));
    if input.is_none() && output.is_none() {
        return None;
    }
    let cached = count(value, cached).filter(|cached| *cached > 0);
    Some(Usage { cached, ..Usage::of(input.unwrap_or_default(), output.unwrap_or_default()) })
}

/// A tool call with its arguments as an object, or as the JSON text of one.
pub(super) fn tool_call(name: Option<&Value>, arguments: Option<&Value>) -> Result<ToolCall, String> {
    let name = name.and_then(Value::as_str).filter(|name| !name.is_empty());
    let name = name.ok_or("a tool call has no name")?.to_owned();
    let arguments = match arguments {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(arguments)) => arguments.clone(),
        Some(Value::String(text)) if text.trim().is_empty() => Map::new(),
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_else(|_| unparsed(text)),
        Some(other) => unparsed(&other.to_string()),
    };
    Ok(ToolCall { name, arguments })
}

fn unparsed(text: &str) -> Map<String, Value> {
    Map::from_iter([(ToolCall::UNPARSED.to_owned(), Value::from(text))])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_are_an_object_however_they_are_written() {
        let read = |arguments: Value| Value::Object(tool_call(Some(&json!("t")), Some(&arguments)).unwrap().arguments);
        assert_eq!(read(json!({ "a": 1 })), json!({ "a": 1 }));
        assert_eq!(read(json!("{\"a\": 1}")), json!({ "a": 1 }));
        assert_eq!(read(json!(" ")), json!({}));
        assert_eq!(read(Value::Null), json!({}));
        assert_eq!(read(json!("{\"a\": ")), json!({ "unparsed_arguments": "{\"a\": " }));
        assert_eq!(read(json!("[1]")), json!({ "unparsed_arguments": "[1]" }));
        assert_eq!(read(json!([1])), json!({ "unparsed_arguments": "[1]" }));
        assert!(tool_call(None, None).is_err() && tool_call(Some(&json!("")), None).is_err());
    }

    #[test]
    fn what_is_wrong_is_found_in_every_shape() {
        for (body, said) in [
            (r#"{"error":{"message":"no such key","type":"x"}}"#, "no such key"),
            (r#"[{"error":{"code":400,"message":"bad"}}]"#, "bad"),
            (r#"{"error":"model not found"}"#, "model not found"),
            (r#"{"error":{"code":7}}"#, r#"{"code":7}"#),
            (r#"{"detail":"Not Found"}"#, "Not Found"),
            (r#"{"message":"Unauthorized"}"#, "Unauthorized"),
            ("<html>502</html>", "<html>502</html>"),
            ("", ""),
        ] {
            assert_eq!(complaint_in(body.as_bytes()), said, "{body}");
        }
        assert_eq!(complaint(&json!({ "error": null, "choices": [] })), None);
    }

    #[test]
    fn counts_are_read_from_any_number() {
        let value = json!({ "a": 3, "b": 2.0, "c": -1, "d": 1e300, "e": "4", "f": null });
        let read = |key| count(&value, &[key]);
        assert_eq!([read("a"), read("b"), read("c"), read("d")], [Some(3), Some(2), Some(0), Some(u64::MAX)]);
        assert_eq!([read("e"), read("f"), read("g")], [None; 3]);
    }
}
