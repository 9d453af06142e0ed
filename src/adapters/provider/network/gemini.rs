//! Google's `generateContent` interface, version `v1beta`.

use serde_json::{Map, Value, json};

use super::{
    dialect::Dialect,
    params::{self, put},
    reading::{at, count, lacks, list, model, tool_call, word},
};
use crate::{
    artifact::Finish,
    eval::{Reply, Usage},
    render::{Request, Speaker, Turn},
};

/// Parameters stand in `generationConfig`: `max_tokens` is `maxOutputTokens`, `stop` is `stopSequences`, and
/// `reasoning` is in `thinkingConfig` a level (a word), a budget (a number), or all of it (a table). Only what the
/// interface has beside `generationConfig` stands beside it.
pub(super) const GEMINI: Dialect = Dialect {
    word: "gemini",
    host: "https://generativelanguage.googleapis.com",
    root: "v1beta",
    root_always: false,
    variables: &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    key_header: ("x-goog-api-key", ""),
    headers: &[],
    path,
    body,
    reply,
};

/// Parameters of the whole request.
const BESIDE: [&str; 4] = ["safetySettings", "toolConfig", "cachedContent", "labels"];

/// Models from the third generation on refuse their own calls in a conversation without the thoughts that led to
/// them, which a reply does not hold. This is what the provider takes in their place.
const NO_THOUGHTS: &str = "skip_thought_signature_validator";

fn path(request: &Request) -> Vec<String> {
    let named = if request.model.contains('/') { request.model.clone() } else { format!("models/{}", request.model) };
    format!("{named}:generateContent").split('/').map(str::to_owned).collect()
}

fn body(request: &Request, _: bool) -> Value {
    let mut body = Map::new();
    let (mut system, mut contents) = (Vec::new(), Vec::<Value>::new());
    let mut answers: Vec<Value> = Vec::new();
    for turn in request.turns() {
        if let Turn::Answers { name, text, .. } = turn {
            answers.push(json!({ "functionResponse": { "name": name, "response": answer(text) } }));
            continue;
        }
        contents.extend(all_answers(&mut answers));
        match turn {
            Turn::Says { role: Speaker::System, text } => system.push(json!({ "text": text })),
            Turn::Says { role, text } => {
                let role = if role == Speaker::Assistant { "model" } else { "user" };
                contents.push(json!({ "role": role, "parts": [{ "text": text }] }));
            }
            Turn::Calls { text, calls } => {
                let mut parts: Vec<Value> = (!text.is_empty()).then(|| json!({ "text": text })).into_iter().collect();
                for (at, (_, call)) in calls.iter().enumerate() {
                    let mut part = json!({ "functionCall": { "name": call.name, "args": call.arguments } });
                    if let (0, true, Some(part)) = (at, wants_thoughts(&request.model), part.as_object_mut()) {
                        part.insert("thoughtSignature".to_owned(), json!(NO_THOUGHTS));
                    }
                    parts.push(part);
                }
                contents.push(json!({ "role": "model", "parts": parts }));
            }
            Turn::Answers { .. } => {}
        }
    }
    contents.extend(all_answers(&mut answers));
    body.insert("contents".to_owned(), Value::Array(contents));
    if !system.is_empty() {
        body.insert("systemInstruction".to_owned(), json!({ "parts": system }));
    }
    if !request.tools.is_empty() {
        // `parameters` takes a part of JSON Schema only.
        let tools = request.tools_as(|name, description, schema| {
            json!({ "name": name, "description": description, "parametersJsonSchema": schema })
        });
        body.insert("tools".to_owned(), json!([{ "functionDeclarations": tools }]));
    }
    place_params(request, &mut body);
    Value::Object(body)
}

fn place_params(request: &Request, body: &mut Map<String, Value>) {
    let mut config = Map::new();
    for (key, value) in &request.params {
        match (key.as_str(), value) {
            (key, value) if BESIDE.contains(&key) => put(body, key.to_owned(), value.clone()),
            ("generationConfig", Value::Object(more)) => {
                more.iter().for_each(|(key, value)| put(&mut config, key.clone(), value.clone()));
            }
            ("max_tokens", value) => put(&mut config, "maxOutputTokens".to_owned(), value.clone()),
            ("stop", value) => put(&mut config, "stopSequences".to_owned(), params::as_list(value)),
            ("reasoning", value) => {
                let thinking = match value {
                    Value::String(level) => json!({ "thinkingLevel": level }),
                    Value::Number(budget) => json!({ "thinkingBudget": budget }),
                    other => other.clone(),
                };
                put(&mut config, "thinkingConfig".to_owned(), thinking);
            }
            (key, value) => put(&mut config, key.to_owned(), value.clone()),
        }
    }
    if !config.is_empty() {
        body.insert("generationConfig".to_owned(), Value::Object(config));
    }
}

/// The answers to one message's calls stand in one message.
fn all_answers(answers: &mut Vec<Value>) -> Option<Value> {
    let parts = std::mem::take(answers);
    (!parts.is_empty()).then(|| json!({ "role": "user", "parts": parts }))
}

/// A tool's answer as the object that the interface wants.
fn answer(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(object @ Value::Object(_)) => object,
        _ => json!({ "result": text }),
    }
}

fn wants_thoughts(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or_default();
    !["gemini-1", "gemini-2"].iter().any(|old| name.starts_with(old))
}

fn reply(answer: &Value) -> Result<Reply, String> {
    let mut reply = Reply::text("");
    reply.usage = usage(answer);
    reply.model = model(answer, "modelVersion");
    let Some(candidate) = list(answer, &["candidates"]).first() else {
        // The request itself was held back: that is what the model answers.
        reply.finish = Some(Finish::Refused);
        let blocked = at(answer, &["promptFeedback", "blockReason"]).is_some();
        return if blocked { Ok(reply) } else { Err(lacks("candidates", answer)) };
    };
    let reason = word(candidate, &["finishReason"]);
    if at(candidate, &["content"]).is_none() && reason.is_none() {
        return Err(lacks("content", candidate));
    }
    for part in list(candidate, &["content", "parts"]) {
        if let Some(call) = at(part, &["functionCall"]) {
            reply.tool_calls.push(tool_call(call.get("name"), call.get("args"))?);
        } else if part.get("thought") != Some(&Value::Bool(true)) {
            reply.content.push_str(word(part, &["text"]).unwrap_or_default());
        }
    }
    reply.finish = match reason {
        Some("STOP") if reply.tool_calls.is_empty() => Some(Finish::Stop),
        Some("STOP") => Some(Finish::Tools),
        Some("MAX_TOKENS") => Some(Finish::Length),
        Some("SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "LANGUAGE") => {
            Some(Finish::Refused)
        }
        _ => None,
    };
    Ok(reply)
}

/// Thoughts are paid for like what is said.
fn usage(answer: &Value) -> Option<Usage> {
    let usage = at(answer, &["usageMetadata"])?;
    let one = |key| count(usage, &[key]).unwrap_or_default();
    let output = one("candidatesTokenCount").saturating_add(one("thoughtsTokenCount"));
    let cached = Some(one("cachedContentTokenCount")).filter(|cached| *cached > 0);
    Some(Usage { cached, ..Usage::of(one("promptTokenCount"), output) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::provider::network::testing::{asked, request};

    #[test]
    fn a_request_is_written_as_the_interface_wants_it() {
        let params = json!({ "temperature": 0, "seed": 7, "max_tokens": 9, "stop": "END", "reasoning": 100, "topK": 4,
                             "safetySettings": [], "generationConfig": { "topP": 0.5, "topK": 9 } });
        let written = asked(&GEMINI, &request(&params));
        let expected = json!({
            "contents": [
                { "role": "user", "parts": [{ "text": "Where is A-1?" }] },
                { "role": "model", "parts": [
                    { "text": "Looking." },
                    { "functionCall": { "name": "look", "args": { "id": "A-1" } }, "thoughtSignature": NO_THOUGHTS },
                    { "functionCall": { "name": "now", "args": {} } },
                ] },
                { "role": "user", "parts": [
                    { "functionResponse": { "name": "look", "response": { "at": "sea" } } },
                    { "functionResponse": { "name": "now", "response": { "result": "noon" } } },
                ] },
            ],
            "systemInstruction": { "parts": [{ "text": "Be kind." }] },
            "tools": [{ "functionDeclarations": [
                { "name": "look", "description": "Looks.", "parametersJsonSchema": { "type": "object" } }] }],
            "safetySettings": [],
            "generationConfig": { "temperature": 0, "seed": 7, "maxOutputTokens": 9, "stopSequences": ["END"],
                                  "thinkingConfig": { "thinkingBudget": 100 }, "topK": 4, "topP": 0.5 },
        });
        assert_eq!(written, expected);
    }

    #[test]
    fn a_model_is_a_part_of_the_path_and_only_newer_ones_want_their_thoughts() {
        let mut asking = request(&json!({ "reasoning": "low" }));
        assert_eq!(path(&asking), ["models", "m-1:generateContent"]);
        asking.model = "tunedModels/x".to_owned();
        assert_eq!(path(&asking), ["tunedModels", "x:generateContent"]);
        assert!(wants_thoughts("gemini-3-pro") && wants_thoughts("models/gemini-4-x"));
        assert!(!wants_thoughts("gemini-2.5-flash") && !wants_thoughts("models/gemini-1.5-pro"));
        assert_eq!(asked(&GEMINI, &asking)["generationConfig"]["thinkingConfig"]["thinkingLevel"], "low");
    }

    #[test]
    fn a_reply_is_read_with_all_that_is_counted() {
        let answer = json!({
            "candidates": [{ "finishReason": "STOP", "content": { "role": "model", "parts": [
                { "text": "hm", "thought": true }, { "text": "One moment." },
                { "functionCall": { "name": "look", "args": { "id": "A-1" } }, "thoughtSignature": "x" } ] } }],
            "usageMetadata": { "promptTokenCount": 95, "candidatesTokenCount": 5, "thoughtsTokenCount": 2,
                               "cachedContentTokenCount": 80 },
            "modelVersion": "m-1-2026",
        });
        let read = reply(&answer).unwrap();
        assert_eq!((read.content.as_str(), read.finish), ("One moment.", Some(Finish::Tools)));
        assert_eq!(read.usage, Some(Usage { input: 95, output: 7, cached: Some(80) }));
        assert_eq!((read.tool_calls.len(), read.model.as_deref()), (1, Some("m-1-2026")));
        let blocked = reply(&json!({ "promptFeedback": { "blockReason": "SAFETY" } })).unwrap();
        assert_eq!((blocked.content.as_str(), blocked.finish), ("", Some(Finish::Refused)));
        for other in [json!({}), json!({ "candidates": [] }), json!({ "candidates": [{}] }), json!({ "choices": [1] })]
        {
            assert!(reply(&other).is_err(), "{other}");
        }
    }
}
