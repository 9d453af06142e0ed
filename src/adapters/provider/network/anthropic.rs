//! Anthropic's Messages interface, version `2023-06-01`.

use serde_json::{Value, json};

use super::{
    dialect::Dialect,
    params,
    reading::{at, count, lacks, model, tool_call, word},
};
use crate::{
    artifact::Finish,
    eval::{Reply, Usage},
    render::Request,
};

/// `max_tokens` is required; this is what a model gets that does not say it.
pub(super) const MAX_TOKENS: u32 = 4096;

/// `stop` is `stop_sequences`. `reasoning` is a word for the effort, a number of tokens to think with, or the whole
/// table `thinking`.
pub(super) const ANTHROPIC: Dialect = Dialect {
    word: "anthropic",
    host: "https://api.anthropic.com",
    root: "v1",
    root_always: true,
    variables: &["ANTHROPIC_API_KEY"],
    key_header: ("x-api-key", ""),
    headers: &[("anthropic-version", "2023-06-01")],
    path: |_| vec!["messages".to_owned()],
    body,
    reply,
};

fn body(request: &Request, _: bool) -> Value {
    let mut request = params::renamed(request, |key, value| match (key, value) {
        ("stop", stop) => ("stop_sequences".to_owned(), params::as_list(stop)),
        ("reasoning", Value::String(effort)) => ("output_config".to_owned(), json!({ "effort": effort })),
        ("reasoning", Value::Number(tokens)) => {
            ("thinking".to_owned(), json!({ "type": "enabled", "budget_tokens": tokens }))
        }
        ("reasoning", table) => ("thinking".to_owned(), table.clone()),
        (key, value) => (key.to_owned(), value.clone()),
    });
    request.params.entry("max_tokens").or_insert_with(|| json!(MAX_TOKENS));
    request.anthropic()
}

fn reply(answer: &Value) -> Result<Reply, String> {
    let blocks = at(answer, &["content"]).and_then(Value::as_array).ok_or_else(|| lacks("content", answer))?;
    let mut reply = Reply::text("");
    for block in blocks {
        match word(block, &["type"]) {
            Some("text") => reply.content.push_str(word(block, &["text"]).ok_or_else(|| lacks("text", block))?),
            Some("tool_use") => reply.tool_calls.push(tool_call(block.get("name"), block.get("input"))?),
            // Thoughts, and what the provider's own tools did.
            _ => {}
        }
    }
    if blocks.is_empty() && word(answer, &["stop_reason"]).is_none() {
        return Err(lacks("stop_reason", answer));
    }
    reply.usage = usage(answer);
    reply.model = model(answer, "model");
    reply.finish = match word(answer, &["stop_reason"]) {
        Some("end_turn" | "stop_sequence") => Some(Finish::Stop),
        Some("tool_use") => Some(Finish::Tools),
        Some("max_tokens" | "model_context_window_exceeded") => Some(Finish::Length),
        Some("refusal") => Some(Finish::Refused),
        _ => None,
    };
    Ok(reply)
}

/// Tokens read from the cache and written to it are counted apart from the others.
fn usage(answer: &Value) -> Option<Usage> {
    let usage = at(answer, &["usage"])?;
    let one = |key| count(usage, &[key]);
    let read = one("cache_read_input_tokens").filter(|read| *read > 0);
    let input = one("input_tokens").unwrap_or_default();
    let cache = read.unwrap_or_default().saturating_add(one("cache_creation_input_tokens").unwrap_or_default());
    Some(Usage { cached: read, ..Usage::of(input.saturating_add(cache), one("output_tokens").unwrap_or_default()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::provider::network::testing::{asked, request};

    #[test]
    fn a_request_is_written_as_the_interface_wants_it() {
        let written = asked(&ANTHROPIC, &request(&json!({ "temperature": 0.5, "stop": "END", "top_k": 3 })));
        let expected = json!({
            "model": "m-1",
            "messages": [
                { "role": "user", "content": "Where is A-1?" },
                { "role": "assistant", "content": [
                    { "type": "text", "text": "Looking." },
                    { "type": "tool_use", "id": "call00000", "name": "look", "input": { "id": "A-1" } },
                    { "type": "tool_use", "id": "call00001", "name": "now", "input": {} },
                ] },
                { "role": "user", "content": [
                    { "type": "tool_result", "tool_use_id": "call00000", "content": "{\"at\":\"sea\"}" },
                    { "type": "tool_result", "tool_use_id": "call00001", "content": "noon" },
                ] },
            ],
            "system": "Be kind.",
            "tools": [{ "name": "look", "description": "Looks.", "input_schema": { "type": "object" } }],
            "temperature": 0.5, "stop_sequences": ["END"], "top_k": 3, "max_tokens": 4096,
        });
        assert_eq!(written, expected);
    }

    #[test]
    fn reasoning_is_an_effort_a_budget_or_a_table() {
        let written = |params: &Value| asked(&ANTHROPIC, &request(params));
        let effort = written(&json!({ "reasoning": "low", "output_config": { "format": 1 }, "max_tokens": 9 }));
        assert_eq!(effort["output_config"], json!({ "effort": "low", "format": 1 }));
        assert_eq!(effort["max_tokens"], 9);
        let budget = written(&json!({ "reasoning": 2000 }));
        assert_eq!(budget["thinking"], json!({ "type": "enabled", "budget_tokens": 2000 }));
        assert_eq!(written(&json!({ "reasoning": { "type": "adaptive" } }))["thinking"], json!({ "type": "adaptive" }));
    }

    #[test]
    fn a_reply_is_read_with_all_that_is_counted() {
        let answer = json!({
            "type": "message", "role": "assistant", "model": "m-1-2026", "stop_reason": "tool_use",
            "content": [
                { "type": "thinking", "thinking": "hm", "signature": "x" },
                { "type": "text", "text": "One " }, { "type": "text", "text": "moment." },
                { "type": "tool_use", "id": "t1", "name": "look", "input": { "id": "A-1" } },
            ],
            "usage": { "input_tokens": 10, "cache_read_input_tokens": 80, "cache_creation_input_tokens": 5,
                       "output_tokens": 7 },
        });
        let reply = reply(&answer).unwrap();
        assert_eq!((reply.content.as_str(), reply.model.as_deref()), ("One moment.", Some("m-1-2026")));
        assert_eq!(reply.usage, Some(Usage { input: 95, output: 7, cached: Some(80) }));
        assert_eq!((reply.tool_calls.len(), reply.finish), (1, Some(Finish::Tools)));
    }

    #[test]
    fn an_answer_of_another_shape_is_refused() {
        for other in [json!({}), json!({ "content": "text" }), json!({ "choices": [] }), json!({ "content": [] })] {
            assert!(reply(&other).is_err(), "{other}");
        }
        let empty = json!({ "content": [], "stop_reason": "end_turn" });
        assert_eq!(reply(&empty).unwrap().content, "");
    }
}
