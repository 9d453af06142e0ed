//! Ollama's `/api/chat`.

use serde_json::{Map, Value, json};

use super::{
    dialect::Dialect,
    params::{self, put},
    reading::{at, lacks, list, model, tool_call, usage, word},
};
use crate::{
    artifact::Finish,
    eval::Reply,
    render::{Request, ToolCall, Turn},
};

/// `temperature`, `seed`, `stop` and `max_tokens` (as `num_predict`) stand in `options`, with what a model puts there
/// itself; `reasoning` is `think`.
pub(super) const OLLAMA: Dialect = Dialect {
    word: "ollama",
    host: "http://127.0.0.1:11434",
    root: "api",
    root_always: true,
    variables: &[],
    key_header: ("authorization", "Bearer "),
    headers: &[],
    path: |_| vec!["chat".to_owned()],
    body,
    reply,
};

fn body(request: &Request, _: bool) -> Value {
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(request.model));
    body.insert("messages".to_owned(), request.turns().into_iter().map(message).collect());
    if !request.tools.is_empty() {
        let tools = request.tools_as(|name, description, schema| {
            json!({ "type": "function",
                    "function": { "name": name, "description": description, "parameters": schema } })
        });
        body.insert("tools".to_owned(), Value::Array(tools));
    }
    let mut options = Map::new();
    let mut others = Map::new();
    for (key, value) in &request.params {
        match (key.as_str(), value) {
            ("temperature" | "seed", value) => put(&mut options, key.clone(), value.clone()),
            ("max_tokens", value) => put(&mut options, "num_predict".to_owned(), value.clone()),
            ("stop", value) => put(&mut options, "stop".to_owned(), params::as_list(value)),
            ("options", Value::Object(more)) => {
                more.iter().for_each(|(key, value)| put(&mut options, key.clone(), value.clone()));
            }
            ("reasoning", value) => put(&mut others, "think".to_owned(), value.clone()),
            (key, value) => put(&mut others, key.to_owned(), value.clone()),
        }
    }
    if !options.is_empty() {
        body.insert("options".to_owned(), Value::Object(options));
    }
    // It streams unless it is told not to.
    body.insert("stream".to_owned(), json!(false));
    for (key, value) in others {
        body.entry(key).or_insert(value);
    }
    Value::Object(body)
}

fn message(turn: Turn<'_>) -> Value {
    match turn {
        Turn::Says { role, text } => json!({ "role": role.word(), "content": text }),
        Turn::Calls { text, calls } => {
            let call = |(_, call): &(String, &ToolCall)| json!({ "function": { "name": call.name, "arguments": call.arguments } });
            let calls: Vec<Value> = calls.iter().map(call).collect();
            json!({ "role": "assistant", "content": text, "tool_calls": calls })
        }
        Turn::Answers { name, text, .. } => json!({ "role": "tool", "tool_name": name, "content": text }),
    }
}

fn reply(answer: &Value) -> Result<Reply, String> {
    let message =
        at(answer, &["message"]).filter(|message| message.is_object()).ok_or_else(|| lacks("message", answer))?;
    if answer.get("done") == Some(&Value::Bool(false)) {
        return Err("it is the beginning of a stream".to_owned());
    }
    let said = match at(message, &["content"]) {
        None => "",
        Some(Value::String(text)) => text,
        Some(other) => return Err(lacks("content", other)),
    };
    let call = |call: &Value| tool_call(at(call, &["function", "name"]), at(call, &["function", "arguments"]));
    let tool_calls = list(message, &["tool_calls"]).iter().map(call).collect::<Result<Vec<_>, _>>()?;
    let finish = match word(answer, &["done_reason"]) {
        Some("stop") if tool_calls.is_empty() => Some(Finish::Stop),
        Some("stop") => Some(Finish::Tools),
        Some("length") => Some(Finish::Length),
        _ => None,
    };
    Ok(Reply {
        tool_calls,
        usage: usage(answer, &["prompt_eval_count"], &["eval_count"], &["cached"]),
        model: model(answer, "model"),
        finish,
        ..Reply::text(said)
    })
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
        let params = json!({ "temperature": 0, "seed": 7, "max_tokens": 9, "stop": "END", "reasoning": "low",
                             "keep_alive": "5m", "options": { "num_ctx": 8192, "seed": 1 }, "stream": true });
        let written = asked(&OLLAMA, &request(&params));
        let call = |name: &str, arguments: Value| json!({ "function": { "name": name, "arguments": arguments } });
        let expected = json!({
            "model": "m-1",
            "messages": [
                { "role": "system", "content": "Be kind." },
                { "role": "user", "content": "Where is A-1?" },
                { "role": "assistant", "content": "Looking.",
                  "tool_calls": [call("look", json!({ "id": "A-1" })), call("now", json!({}))] },
                { "role": "tool", "tool_name": "look", "content": "{\"at\":\"sea\"}" },
                { "role": "tool", "tool_name": "now", "content": "noon" },
            ],
            "tools": [{ "type": "function",
                        "function": { "name": "look", "description": "Looks.", "parameters": { "type": "object" } } }],
            "options": { "temperature": 0, "seed": 7, "num_predict": 9, "stop": ["END"], "num_ctx": 8192 },
            "stream": false, "think": "low", "keep_alive": "5m",
        });
        assert_eq!(written, expected);
    }

    #[test]
    fn a_reply_is_read_with_all_that_is_counted() {
        let answer = json!({
            "model": "m-1", "done": true, "done_reason": "stop", "prompt_eval_count": 95, "eval_count": 7,
            "message": { "role": "assistant", "content": "One moment.", "thinking": "hm",
                         "tool_calls": [{ "function": { "name": "look", "arguments": { "id": "A-1" } } }] },
        });
        let read = reply(&answer).unwrap();
        assert_eq!((read.content.as_str(), read.finish), ("One moment.", Some(Finish::Tools)));
        assert_eq!(read.usage, Some(Usage::of(95, 7)));
        assert_eq!((read.tool_calls.len(), read.model.as_deref()), (1, Some("m-1")));
        let begun = json!({ "message": { "content": "O" }, "done": false });
        for other in [json!({}), json!({ "message": "x" }), json!({ "message": { "content": 1 } }), begun] {
            assert!(reply(&other).is_err(), "{other}");
        }
    }
}
