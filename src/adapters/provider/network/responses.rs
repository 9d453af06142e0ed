//! `OpenAI`'s Responses interface.

use serde_json::{Map, Value, json};

use super::{
    dialect::Dialect,
    params,
    reading::{at, lacks, list, model, quoted, tool_call, usage, word},
};
use crate::{
    artifact::Finish,
    eval::Reply,
    render::{Request, Turn},
};

/// `max_tokens` is `max_output_tokens`, and `reasoning` as a word is its effort. It has no `seed` and no `stop`, and
/// says so when it is given one. Nothing is left with the provider (`store` is false) unless a model asks for it.
pub(super) const RESPONSES: Dialect = Dialect {
    word: "openai-responses",
    host: "https://api.openai.com",
    root: "v1",
    root_always: false,
    variables: &["OPENAI_API_KEY"],
    key_header: ("authorization", "Bearer "),
    headers: &[],
    path: |_| vec!["responses".to_owned()],
    body,
    reply,
};

fn body(request: &Request, _: bool) -> Value {
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(request.model));
    body.insert("input".to_owned(), request.turns().into_iter().flat_map(items).collect());
    if !request.tools.is_empty() {
        // A tool is strict by default here, which refuses schemas that every other interface takes.
        let tools = request.tools_as(|name, description, schema| {
            json!({ "type": "function", "name": name, "description": description, "parameters": schema,
                    "strict": false })
        });
        body.insert("tools".to_owned(), Value::Array(tools));
    }
    let renamed = params::renamed(request, |key, value| match (key, value) {
        ("max_tokens", value) => ("max_output_tokens".to_owned(), value.clone()),
        ("reasoning", Value::String(effort)) => ("reasoning".to_owned(), json!({ "effort": effort })),
        (key, value) => (key.to_owned(), value.clone()),
    });
    for (key, value) in renamed.params {
        body.entry(key).or_insert(value);
    }
    body.entry("store").or_insert(json!(false));
    Value::Object(body)
}

fn items(turn: Turn<'_>) -> Vec<Value> {
    match turn {
        Turn::Says { role, text } => vec![json!({ "role": role.word(), "content": text })],
        Turn::Calls { text, calls } => {
            let said = (!text.is_empty()).then(|| json!({ "role": "assistant", "content": text }));
            let call = |(id, call): (String, &crate::render::ToolCall)| {
                let arguments = serde_json::to_string(&call.arguments).unwrap_or_default();
                json!({ "type": "function_call", "call_id": id, "name": call.name, "arguments": arguments })
            };
            said.into_iter().chain(calls.into_iter().map(call)).collect()
        }
        Turn::Answers { id, text, .. } => {
            vec![json!({ "type": "function_call_output", "call_id": id, "output": text })]
        }
    }
}

fn reply(answer: &Value) -> Result<Reply, String> {
    let output = at(answer, &["output"]).and_then(Value::as_array).ok_or_else(|| lacks("output", answer))?;
    let status = word(answer, &["status"]).unwrap_or("completed");
    if !matches!(status, "completed" | "incomplete") {
        return Err(format!("its status is `{}`, not `completed`", quoted(status)));
    }
    let mut reply = Reply::text("");
    let mut refused = false;
    for item in output {
        match word(item, &["type"]) {
            Some("message") => {
                for part in list(item, &["content"]) {
                    refused |= word(part, &["type"]) == Some("refusal");
                    let said = word(part, &["text"]).or_else(|| word(part, &["refusal"]));
                    reply.content.push_str(said.unwrap_or_default());
                }
            }
            Some("function_call") => reply.tool_calls.push(tool_call(item.get("name"), item.get("arguments"))?),
            // Thoughts, and what the provider's own tools did.
            _ => {}
        }
    }
    reply.usage = usage(
        answer,
        &["usage", "input_tokens"],
        &["usage", "output_tokens"],
        &["usage", "input_tokens_details", "cached_tokens"],
    );
    reply.model = model(answer, "model");
    reply.finish = match word(answer, &["incomplete_details", "reason"]) {
        _ if refused => Some(Finish::Refused),
        Some("max_output_tokens") => Some(Finish::Length),
        Some("content_filter") => Some(Finish::Refused),
        Some(_) => None,
        None if status == "incomplete" => None,
        None if reply.tool_calls.is_empty() => Some(Finish::Stop),
        None => Some(Finish::Tools),
    };
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        adapters::provider::network::testing::{asked, request},
        eval::Usage,
    };

    #[test]
    fn a_request_is_written_as_the_interface_wants_it() {
        let written = asked(&RESPONSES, &request(&json!({ "max_tokens": 9, "reasoning": "low", "input": "mine" })));
        let expected = json!({
            "model": "m-1",
            "input": [
                { "role": "system", "content": "Be kind." },
                { "role": "user", "content": "Where is A-1?" },
                { "role": "assistant", "content": "Looking." },
                { "type": "function_call", "call_id": "call00000", "name": "look", "arguments": "{\"id\":\"A-1\"}" },
                { "type": "function_call", "call_id": "call00001", "name": "now", "arguments": "{}" },
                { "type": "function_call_output", "call_id": "call00000", "output": "{\"at\":\"sea\"}" },
                { "type": "function_call_output", "call_id": "call00001", "output": "noon" },
            ],
            "tools": [{ "type": "function", "name": "look", "description": "Looks.",
                        "parameters": { "type": "object" }, "strict": false }],
            "max_output_tokens": 9, "reasoning": { "effort": "low" }, "store": false,
        });
        assert_eq!(written, expected);
        assert_eq!(asked(&RESPONSES, &request(&json!({ "store": true })))["store"], true);
    }

    #[test]
    fn a_reply_is_read_with_all_that_is_counted() {
        let answer = json!({
            "status": "completed", "model": "m-1-2026", "incomplete_details": null, "error": null,
            "output": [
                { "type": "reasoning", "summary": [] },
                { "type": "message", "role": "assistant",
                  "content": [{ "type": "output_text", "text": "One moment." }] },
                { "type": "function_call", "call_id": "x", "name": "look", "arguments": "{\"id\":\"A-1\"}" },
            ],
            "usage": { "input_tokens": 95, "output_tokens": 7, "input_tokens_details": { "cached_tokens": 80 } },
        });
        let read = reply(&answer).unwrap();
        assert_eq!((read.content.as_str(), read.finish), ("One moment.", Some(Finish::Tools)));
        assert_eq!(read.usage, Some(Usage { input: 95, output: 7, cached: Some(80) }));
        assert_eq!(read.tool_calls.len(), 1);
        let cut =
            json!({ "status": "incomplete", "incomplete_details": { "reason": "max_output_tokens" }, "output": [] });
        assert_eq!(reply(&cut).unwrap().finish, Some(Finish::Length));
        let refusal = json!([{ "type": "message", "content": [{ "type": "refusal", "refusal": "No." }] }]);
        let refused = reply(&json!({ "output": refusal })).unwrap();
        assert_eq!((refused.content.as_str(), refused.finish), ("No.", Some(Finish::Refused)));
        for other in [json!({}), json!({ "output": "x" }), json!({ "output": [], "status": "in_progress" })] {
            assert!(reply(&other).is_err(), "{other}");
        }
    }
}
