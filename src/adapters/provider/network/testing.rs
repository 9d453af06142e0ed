//! What tests of the dialects ask.

use serde_json::{Map, Value, json};

use super::dialect::Dialect;
use crate::render::{Message, Request, Speaker, ToolCall};

/// A conversation with everything in it, and these parameters.
pub(super) fn request(params: &Value) -> Request {
    let call = |name: &str, arguments: Value| ToolCall {
        name: name.to_owned(),
        arguments: arguments.as_object().cloned().unwrap_or_default(),
    };
    Request {
        model: "m-1".to_owned(),
        messages: vec![
            Message::new(Speaker::System, "Be kind."),
            Message::new(Speaker::User, "Where is A-1?"),
            Message::calling("Looking.", vec![call("look", json!({ "id": "A-1" })), call("now", json!({}))]),
            Message::answering(0, r#"{"at":"sea"}"#),
            Message::answering(1, "noon"),
        ],
        tools: vec![json!({ "name": "look", "description": "Looks.", "inputSchema": { "type": "object" },
                            "annotations": { "readOnlyHint": true } })],
        params: params.as_object().cloned().unwrap_or_else(Map::new),
    }
}

/// The body for a server that is not the provider's own.
pub(super) fn asked(dialect: &Dialect, request: &Request) -> Value {
    (dialect.body)(request, false)
}
