//! `OpenAI`'s Chat Completions interface, which many servers speak.

use serde_json::Value;

use super::{
    dialect::Dialect,
    params,
    reading::{at, lacks, list, model, tool_call, usage, word},
};
use crate::{artifact::Finish, eval::Reply, render::Request};

/// `max_tokens` is `max_completion_tokens` at the provider itself, whose newer models refuse the old word, and
/// `max_tokens` elsewhere, where many servers do not know the new one. `reasoning` as a word is `reasoning_effort`;
/// as a table it goes out as it is.
pub(super) const OPENAI: Dialect = Dialect {
    word: "openai",
    host: "https://api.openai.com",
    root: "v1",
    root_always: false,
    variables: &["OPENAI_API_KEY"],
    key_header: ("authorization", "Bearer "),
    headers: &[],
    path: |_| vec!["chat".to_owned(), "completions".to_owned()],
    body,
    reply,
};

fn body(request: &Request, own: bool) -> Value {
    let renamed = params::renamed(request, |key, value| {
        let key = match (key, value) {
            ("max_tokens", _) if own => "max_completion_tokens",
            ("reasoning", Value::String(_)) => "reasoning_effort",
            (key, _) => key,
        };
        (key.to_owned(), value.clone())
    });
    renamed.openai()
}

fn reply(answer: &Value) -> Result<Reply, String> {
    let choice = list(answer, &["choices"]).first().ok_or_else(|| lacks("choices", answer))?;
    let message =
        at(choice, &["message"]).filter(|message| message.is_object()).ok_or_else(|| lacks("message", choice))?;
    let refusal = word(message, &["refusal"]).filter(|refusal| !refusal.is_empty());
    let said = match at(message, &["content"]) {
        None => refusal.unwrap_or_default().to_owned(),
        Some(Value::String(text)) => text.clone(),
        // Some servers write it in parts.
        Some(Value::Array(parts)) => parts.iter().filter_map(|part| word(part, &["text"])).collect(),
        Some(other) => return Err(lacks("content", other)),
    };
    let call = |call: &Value| tool_call(at(call, &["function", "name"]), at(call, &["function", "arguments"]));
    let finish = match word(choice, &["finish_reason"]) {
        _ if refusal.is_some() => Some(Finish::Refused),
        Some("stop") => Some(Finish::Stop),
        Some("tool_calls" | "function_call") => Some(Finish::Tools),
        Some("length") => Some(Finish::Length),
        Some("content_filter") => Some(Finish::Refused),
        _ => None,
    };
    Ok(Reply {
        tool_calls: list(message, &["tool_calls"]).iter().map(call).collect::<Result<_, _>>()?,
        usage: usage(
            answer,
            &["usage", "prompt_tokens"],
            &["usage", "completion_tokens"],
            &["usage", "prompt_tokens_details", "cached_tokens"],
        ),
        model: model(answer, "model"),
        finish,
        ..Reply::text(said)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        adapters::provider::network::testing::{asked, request},
        eval::Usage,
    };

    #[test]
    fn a_request_is_written_as_the_interface_wants_it() {
        let params = json!({ "temperature": 0, "seed": 7, "max_tokens": 9, "stop": ["END"], "reasoning": "low" });
        let call = |id: &str, name: &str, arguments: &str| json!({ "id": id, "type": "function", "function": { "name": name, "arguments": arguments } });
        let mut expected = json!({
            "model": "m-1",
            "messages": [
                { "role": "system", "content": "Be kind." },
                { "role": "user", "content": "Where is A-1?" },
                { "role": "assistant", "content": "Looking.",
                  "tool_calls": [call("call00000", "look", "{\"id\":\"A-1\"}"), call("call00001", "now", "{}")] },
                { "role": "tool", "tool_call_id": "call00000", "content": "{\"at\":\"sea\"}" },
                { "role": "tool", "tool_call_id": "call00001", "content": "noon" },
            ],
            "tools": [{ "type": "function",
                        "function": { "name": "look", "description": "Looks.", "parameters": { "type": "object" } } }],
            "temperature": 0, "seed": 7, "max_tokens": 9, "stop": ["END"], "reasoning_effort": "low",
        });
        assert_eq!(asked(&OPENAI, &request(&params)), expected);
        let table = expected.as_object_mut().unwrap();
        table.remove("max_tokens");
        table.insert("max_completion_tokens".to_owned(), json!(9));
        assert_eq!(body(&request(&params), true), expected, "at the provider itself");
        let routed = asked(&OPENAI, &request(&json!({ "reasoning": { "max_tokens": 5 } })));
        assert_eq!(routed["reasoning"], json!({ "max_tokens": 5 }));
    }

    #[test]
    fn a_reply_is_read_with_all_that_is_counted() {
        let answer = json!({
            "model": "m-1-2026",
            "choices": [{ "finish_reason": "tool_calls", "message": { "role": "assistant", "content": null,
                "tool_calls": [{ "id": "x", "type": "function",
                                 "function": { "name": "look", "arguments": "{\"id\": \"A-1\"}" } }] } }],
            "usage": { "prompt_tokens": 95, "completion_tokens": 7, "prompt_tokens_details": { "cached_tokens": 80 } },
        });
        let reply = reply(&answer).unwrap();
        assert_eq!((reply.content.as_str(), reply.model.as_deref()), ("", Some("m-1-2026")));
        assert_eq!(reply.usage, Some(Usage { input: 95, output: 7, cached: Some(80) }));
        assert_eq!(Value::Object(reply.tool_calls[0].arguments.clone()), json!({ "id": "A-1" }));
        assert_eq!(reply.finish, Some(Finish::Tools));
    }

    #[test]
    fn what_servers_write_otherwise_is_understood() {
        let said = |message: Value| reply(&json!({ "choices": [{ "message": message }] }));
        assert_eq!(
            said(json!({ "content": [{ "type": "text", "text": "a" }, { "text": "b" }] })).unwrap().content,
            "ab"
        );
        let refused = said(json!({ "content": null, "refusal": "I will not" })).unwrap();
        assert_eq!((refused.content.as_str(), refused.finish), ("I will not", Some(Finish::Refused)));
        for other in [json!({}), json!({ "choices": [] }), json!({ "choices": [{}] }), json!({ "content": [] })] {
            assert!(reply(&other).is_err(), "{other}");
        }
        assert!(said(json!({ "content": 7 })).is_err());
    }
}
