//! Where texts lie among others: the interfaces of OpenAI, Gemini and Ollama that answer with a vector.
//!
//! What is placed is all that the request says, its messages with an empty line between them; the reply is the vector as a
//! JSON list.

use serde_json::{Map, Value, json};

use super::{
    dialect::Dialect,
    gemini::GEMINI,
    ollama::OLLAMA,
    openai::OPENAI,
    reading::{lacks, model, usage},
};
use crate::{eval::Reply, render::Request};

/// `/v1/embeddings` of OpenAI and of every server that speaks like it.
pub(super) const OPENAI_EMBEDDINGS: Dialect = Dialect {
    word: "openai-embeddings",
    path: |_| vec!["embeddings".to_owned()],
    body: |request, _| {
        let own = json!({ "model": request.model, "input": text(request), "encoding_format": "float" });
        with_params(own, request)
    },
    reply: |answer| {
        let usage = usage(answer, &["usage", "prompt_tokens"], &[], &[]);
        Ok(Reply { usage, model: model(answer, "model"), ..vector(answer, "/data/0/embedding")? })
    },
    ..OPENAI
};

/// Gemini's `embedContent`.
pub(super) const GEMINI_EMBEDDINGS: Dialect = Dialect {
    word: "gemini-embeddings",
    path: |request| vec!["models".to_owned(), format!("{}:embedContent", request.model)],
    body: |request, _| with_params(json!({ "content": { "parts": [{ "text": text(request) }] } }), request),
    reply: |answer| vector(answer, "/embedding/values"),
    ..GEMINI
};

/// Ollama's `/api/embed`.
pub(super) const OLLAMA_EMBEDDINGS: Dialect = Dialect {
    word: "ollama-embeddings",
    path: |_| vec!["embed".to_owned()],
    body: |request, _| with_params(json!({ "model": request.model, "input": text(request) }), request),
    reply: |answer| {
        let usage = usage(answer, &["prompt_eval_count"], &[], &[]);
        Ok(Reply { usage, model: model(answer, "model"), ..vector(answer, "/embeddings/0")? })
    },
    ..OLLAMA
};

/// Everything that is said.
fn text(request: &Request) -> String {
    let said: Vec<&str> = request.messages.iter().map(|message| message.content.as_str()).collect();
    said.join("\n\n")
}

/// Parameters under their own names, but for what the request says itself.
fn with_params(own: Value, request: &Request) -> Value {
    let mut body: Map<String, Value> = request.params.clone();
    if let Value::Object(own) = own {
        body.extend(own);
    }
    Value::Object(body)
}

/// The list of numbers at a place, as RFC 6901 points to it.
fn vector(answer: &Value, place: &str) -> Result<Reply, String> {
    let numbers = answer.pointer(place).and_then(Value::as_array).filter(|list| list.iter().all(Value::is_number));
    match numbers {
        Some(numbers) if !numbers.is_empty() => Ok(Reply::text(json!(numbers).to_string())),
        _ => Err(lacks(place, answer)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{Message, Speaker};

    fn request() -> Request {
        let params = json!({ "dimensions": 3, "model": "other" });
        Request {
            model: "m-1".to_owned(),
            messages: vec![Message::new(Speaker::User, "Where is A-1?")],
            tools: Vec::new(),
            params: params.as_object().unwrap().clone(),
        }
    }

    #[test]
    fn a_text_is_sent_as_each_interface_wants_it() {
        for (dialect, path, expected) in [
            (
                &OPENAI_EMBEDDINGS,
                "embeddings",
                json!({ "model": "m-1", "input": "Where is A-1?", "encoding_format": "float", "dimensions": 3 }),
            ),
            (&OLLAMA_EMBEDDINGS, "embed", json!({ "model": "m-1", "input": "Where is A-1?", "dimensions": 3 })),
            (
                &GEMINI_EMBEDDINGS,
                "models/m-1:embedContent",
                json!({ "content": { "parts": [{ "text": "Where is A-1?" }] }, "dimensions": 3, "model": "other" }),
            ),
        ] {
            assert_eq!(
                ((dialect.path)(&request()).join("/"), (dialect.body)(&request(), true)),
                (path.to_owned(), expected)
            );
        }
    }

    #[test]
    fn a_vector_is_read_and_nothing_else() {
        let openai = json!({ "data": [{ "index": 0, "embedding": [0.5, -1, 2e-3] }], "model": "m-1-0613",
                             "usage": { "prompt_tokens": 4, "total_tokens": 4 } });
        let reply = (OPENAI_EMBEDDINGS.reply)(&openai).unwrap();
        assert_eq!((reply.content.as_str(), reply.model.as_deref()), ("[0.5,-1,0.002]", Some("m-1-0613")));
        assert_eq!(reply.usage.unwrap().input, 4);
        let ollama = json!({ "model": "m-1", "embeddings": [[1.0, 0.0]], "prompt_eval_count": 3 });
        assert_eq!((OLLAMA_EMBEDDINGS.reply)(&ollama).unwrap().content, "[1.0,0.0]");
        let gemini = json!({ "embedding": { "values": [1.0, 0.0] } });
        assert_eq!((GEMINI_EMBEDDINGS.reply)(&gemini).unwrap().content, "[1.0,0.0]");
        for other in
            [json!({}), json!({ "embeddings": [] }), json!({ "embeddings": [[]] }), json!({ "embeddings": [["1"]] })]
        {
            assert!((OLLAMA_EMBEDDINGS.reply)(&other).is_err(), "{other}");
        }
    }
}
