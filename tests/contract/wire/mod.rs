//! Models behind network interfaces, against a server of our own that speaks each of them, well and badly.

mod dialects;
mod failures;
mod secrets;
mod stub;

use std::{
    ffi::OsString,
    sync::{Arc, Mutex},
    time::Duration,
};

use chancery::{
    adapters::provider::{Keys, Network, NetworkError, NetworkModel, NetworkSettings, Timer},
    artifact::{Model, ProviderKind},
    clock::Time,
    eval::{Answer, Provider, ProviderError, Unanswered},
    render::{Message, Request, Speaker},
};
use serde_json::{Map, Value, json};

/// What every key in these tests holds.
const KEY: &str = "sk-very-secret-0123456789";

/// The five interfaces.
const WORDS: [&str; 5] = ["anthropic", "openai", "openai-responses", "gemini", "ollama"];

fn keys() -> Keys {
    let names = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY"];
    Keys::of(names.map(|name| (OsString::from(name), OsString::from(KEY))))
}

fn model(word: &str, base_url: &str) -> Model {
    Model {
        provider: ProviderKind::Network(word.to_owned()),
        id: "m-1".to_owned(),
        base_url: Some(base_url.to_owned()),
        params: Map::new(),
        price: None,
    }
}

fn asking(params: &Value) -> Request {
    Request {
        model: "m-1".to_owned(),
        messages: vec![Message::new(Speaker::System, "Be kind."), Message::new(Speaker::User, "Hello")],
        tools: vec![json!({ "name": "look", "description": "Looks.", "inputSchema": { "type": "object" } })],
        params: params.as_object().cloned().unwrap(),
    }
}

/// A clock that moves when somebody sleeps, and chance that always takes the longest wait.
#[derive(Default)]
struct Watch(Mutex<Vec<Duration>>);

impl Watch {
    fn millis(&self) -> Vec<u128> {
        self.0.lock().unwrap().iter().map(Duration::as_millis).collect()
    }
}

impl Timer for Watch {
    fn now(&self) -> Duration {
        self.0.lock().unwrap().iter().sum()
    }

    fn today(&self) -> Time {
        Time::parse("2026-11-20T08:00:00Z").unwrap()
    }

    fn sleep(&self, time: Duration) {
        self.0.lock().unwrap().push(time);
    }

    fn chance(&self) -> f64 {
        1.0
    }
}

/// A model at a stub, with the clock it waits by.
struct Bench {
    model: NetworkModel,
    watch: Arc<Watch>,
}

impl Bench {
    fn new(word: &str, base_url: &str) -> Self {
        Self::with(word, base_url, |_| {})
    }

    fn with(word: &str, base_url: &str, change: impl Fn(&mut NetworkSettings)) -> Self {
        let watch = Arc::new(Watch::default());
        let timer = Arc::clone(&watch) as Arc<dyn Timer>;
        let mut settings = NetworkSettings { timer, ..NetworkSettings::default() };
        change(&mut settings);
        let model = Network::new(keys(), settings).model(&model(word, base_url)).unwrap();
        Self { model, watch }
    }

    fn ask(&self) -> Result<Answer, ProviderError> {
        self.model.complete(&asking(&json!({})), 0)
    }

    /// Why there is no reply; nothing in it tells the key.
    fn trouble(&self) -> Unanswered {
        let error = self.ask().unwrap_err();
        let told = format!("{error} {error:?} {:?}", self.model);
        assert!(!told.contains(KEY) && !told.contains("sk-very-"), "{told}");
        let ProviderError::Unanswered(unanswered) = error else { panic!("{error}") };
        *unanswered
    }
}

/// A successful answer that says `text`, in each interface.
fn saying(word: &str, text: &str) -> Value {
    match word {
        "anthropic" => json!({
            "type": "message", "model": "m-1-2026", "stop_reason": "end_turn",
            "content": [{ "type": "text", "text": text }],
            "usage": { "input_tokens": 15, "cache_read_input_tokens": 80, "output_tokens": 7 },
        }),
        "openai" => json!({
            "object": "chat.completion", "model": "m-1-2026",
            "choices": [{ "index": 0, "finish_reason": "stop", "message": { "role": "assistant", "content": text } }],
            "usage": { "prompt_tokens": 95, "completion_tokens": 7, "prompt_tokens_details": { "cached_tokens": 80 } },
        }),
        "openai-responses" => json!({
            "object": "response", "status": "completed", "model": "m-1-2026",
            "output": [{ "type": "message", "role": "assistant",
                         "content": [{ "type": "output_text", "text": text }] }],
            "usage": { "input_tokens": 95, "output_tokens": 7, "input_tokens_details": { "cached_tokens": 80 } },
        }),
        "gemini" => json!({
            "candidates": [{ "finishReason": "STOP", "content": { "role": "model", "parts": [{ "text": text }] } }],
            "usageMetadata": { "promptTokenCount": 95, "candidatesTokenCount": 7, "cachedContentTokenCount": 80 },
            "modelVersion": "m-1-2026",
        }),
        _ => json!({
            "model": "m-1-2026", "done": true, "done_reason": "stop",
            "message": { "role": "assistant", "content": text }, "prompt_eval_count": 95, "eval_count": 7,
        }),
    }
}

fn refused(word: &str, base_url: &str, keys: Keys) -> NetworkError {
    Network::new(keys, NetworkSettings::default()).model(&model(word, base_url)).unwrap_err()
}
