//! What is sent, and what is made of the answer, in each interface.

use chancery::{
    adapters::provider::reply_in,
    artifact::Finish,
    eval::{Reply, ReplySource, Usage},
    render::ToolCall,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    Bench, KEY, WORDS, asking, saying,
    stub::{Stub, json as answer},
};
use chancery::eval::Provider as _;

#[test]
fn every_interface_is_asked_in_its_own_words_at_its_own_place() {
    let system_and_user = json!([{ "role": "system", "content": "Be kind." }, { "role": "user", "content": "Hello" }]);
    let function = json!({ "type": "function",
        "function": { "name": "look", "description": "Looks.", "parameters": { "type": "object" } } });
    for (word, path, key, body) in [
        (
            "anthropic",
            "/v1/messages",
            Some(("x-api-key", KEY.to_owned())),
            json!({ "model": "m-1", "system": "Be kind.", "messages": [{ "role": "user", "content": "Hello" }],
                    "tools": [{ "name": "look", "description": "Looks.", "input_schema": { "type": "object" } }],
                    "max_tokens": 5 }),
        ),
        (
            "openai",
            "/v1/chat/completions",
            Some(("authorization", format!("Bearer {KEY}"))),
            json!({ "model": "m-1", "messages": system_and_user, "tools": [function], "max_tokens": 5 }),
        ),
        (
            "openai-responses",
            "/v1/responses",
            Some(("authorization", format!("Bearer {KEY}"))),
            json!({ "model": "m-1", "input": system_and_user,
                    "tools": [{ "type": "function", "name": "look", "description": "Looks.",
                                "parameters": { "type": "object" }, "strict": false }],
                    "max_output_tokens": 5, "store": false }),
        ),
        (
            "gemini",
            "/v1beta/models/m-1:generateContent",
            Some(("x-goog-api-key", KEY.to_owned())),
            json!({ "contents": [{ "role": "user", "parts": [{ "text": "Hello" }] }],
                    "systemInstruction": { "parts": [{ "text": "Be kind." }] },
                    "tools": [{ "functionDeclarations": [{ "name": "look", "description": "Looks.",
                                                           "parametersJsonSchema": { "type": "object" } }] }],
                    "generationConfig": { "maxOutputTokens": 5 } }),
        ),
        (
            "ollama",
            "/api/chat",
            None,
            json!({ "model": "m-1", "messages": system_and_user, "tools": [function],
                    "options": { "num_predict": 5 }, "stream": false }),
        ),
    ] {
        let stub = Stub::always(answer(200, &saying(word, "hi")));
        let bench = Bench::new(word, &stub.url);
        bench.model.complete(&asking(&json!({ "max_tokens": 5 })), 0).unwrap();
        let seen = stub.seen().remove(0);
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", path));
        assert_eq!(seen.body, body, "{word}");
        assert_eq!(seen.headers["content-type"], "application/json");
        assert_eq!(
            seen.headers.get("anthropic-version").map(String::as_str),
            (word == "anthropic").then_some("2023-06-01")
        );
        let carrying: Vec<_> = seen.headers.iter().filter(|(_, value)| value.contains(KEY)).collect();
        let expected: Vec<_> = key.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        assert_eq!(carrying.into_iter().map(|(n, v)| (n.clone(), v.clone())).collect::<Vec<_>>(), expected, "{word}");
    }
}

#[test]
fn the_same_answer_is_the_same_reply_in_every_interface() {
    for word in WORDS {
        let stub = Stub::always(answer(200, &saying(word, "hi ü")));
        let answered = Bench::new(word, &stub.url).ask().unwrap();
        let cached = (word != "ollama").then_some(80);
        let expected = Reply {
            usage: Some(Usage { input: 95, output: 7, cached }),
            model: Some("m-1-2026".to_owned()),
            finish: Some(Finish::Stop),
            ..Reply::text("hi ü")
        };
        assert_eq!((answered.reply, answered.source), (expected, ReplySource::Live), "{word}");
    }
}

#[test]
fn every_interface_keeps_the_contract_of_providers() {
    for word in WORDS {
        let stub = Stub::new(move |_, seen| {
            let said = seen.body.to_string();
            let question = said.split('"').find(|text| text.starts_with("question")).unwrap_or_default().to_owned();
            answer(200, &saying(word, &question))
        });
        crate::provider::keeps_the_contract(&Bench::new(word, &stub.url).model, ReplySource::Live);
    }
}

/// An answer in which two tools are called, the second without arguments, in each interface.
fn calling(word: &str, arguments: &Value) -> Value {
    let text = arguments.to_string();
    match word {
        "anthropic" => json!({ "content": [
            { "type": "tool_use", "id": "a", "name": "refund", "input": arguments },
            { "type": "tool_use", "id": "b", "name": "close", "input": {} } ], "stop_reason": "tool_use" }),
        "openai" => json!({ "choices": [{ "finish_reason": "tool_calls", "message": { "content": null, "tool_calls": [
            { "id": "a", "type": "function", "function": { "name": "refund", "arguments": text } },
            { "id": "b", "type": "function", "function": { "name": "close", "arguments": "" } } ] } }] }),
        "openai-responses" => json!({ "status": "completed", "output": [
            { "type": "function_call", "call_id": "a", "name": "refund", "arguments": text },
            { "type": "function_call", "call_id": "b", "name": "close", "arguments": "{}" } ] }),
        "gemini" => json!({ "candidates": [{ "finishReason": "STOP", "content": { "parts": [
            { "functionCall": { "name": "refund", "args": arguments } },
            { "functionCall": { "name": "close" } } ] } }] }),
        _ => {
            json!({ "done": true, "done_reason": "stop", "message": { "role": "assistant", "content": "", "tool_calls": [
            { "function": { "name": "refund", "arguments": arguments } },
            { "function": { "name": "close", "arguments": {} } } ] } })
        }
    }
}

#[test]
fn the_same_call_is_the_same_call_in_every_interface() {
    let arguments = json!({ "order": "A-1", "amount": 12.5, "notes": ["ü", null, { "deep": true }], "many": 9_007_199_254_740_993_u64 });
    let named = |name: &str, arguments: &Value| ToolCall {
        name: name.to_owned(),
        arguments: arguments.as_object().cloned().unwrap(),
    };
    let calls = vec![named("refund", &arguments), named("close", &json!({}))];
    for word in WORDS {
        let reply = reply_in(word, calling(word, &arguments).to_string().as_bytes()).unwrap();
        assert_eq!(
            reply,
            Reply { tool_calls: calls.clone(), finish: Some(Finish::Tools), ..Reply::text("") },
            "{word}"
        );
    }
}

#[test]
fn a_conversation_with_tools_is_asked_again_with_the_answer_to_its_call() {
    use chancery::render::Message;
    for word in WORDS {
        let stub = Stub::script(vec![
            answer(200, &calling(word, &json!({ "order": "A-1" }))),
            answer(200, &saying(word, "done")),
        ]);
        let bench = Bench::new(word, &stub.url);
        let mut request = asking(&json!({}));
        let reply = bench.model.complete(&request, 0).unwrap().reply;
        request.messages.push(Message::calling(reply.content, reply.tool_calls));
        request.messages.extend([Message::answering(0, "refunded"), Message::answering(1, "closed")]);
        assert_eq!(bench.model.complete(&request, 0).unwrap().reply.content, "done");
        let sent = stub.seen()[1].body.to_string();
        assert!(sent.contains("refund") && sent.contains("A-1") && sent.contains("refunded"), "{word}: {sent}");
    }
}

fn some_json() -> impl Strategy<Value = Value> {
    let keys = "choices|message|content|type|text|tool_calls|function|name|arguments|input|output|candidates|parts|functionCall|args|usage|model|status|done|error|stop_reason|finish_reason|x";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "text|tool_use|message|function_call|completed|\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(keys, inner, 0..5).prop_map(|table| Value::Object(table.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_comes_back_is_a_reply_or_a_short_reason(value in some_json(), bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        for word in WORDS {
            for body in [value.to_string().into_bytes(), bytes.clone()] {
                match reply_in(word, &body) {
                    Ok(reply) => prop_assert!(reply.as_stored().is_ok()),
                    Err(reason) => prop_assert!(reason.chars().count() < 400, "{}", reason),
                }
            }
        }
    }

    #[test]
    fn an_answer_cut_anywhere_is_no_reply(at in 0_usize..150) {
        for word in WORDS {
            let whole = saying(word, "hi").to_string();
            prop_assert!(reply_in(word, &whole.as_bytes()[..at.min(whole.len() - 1)]).is_err());
        }
    }
}
