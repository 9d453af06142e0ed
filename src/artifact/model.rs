//! `models/NAME.toml`: provider, model id, parameters, price.

use serde_json::{Map, Value};

use super::{Document, Fields, Item, Reading, text};

/// Who answers a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderKind {
    /// The last user message, verbatim.
    Echo,
    /// Recorded replies, and nothing else.
    Replay,
    /// A program that reads requests and writes replies, one JSON document a line.
    Exec {
        /// Program and arguments.
        command: Vec<String>,
    },
    /// A model behind a network interface, named by its word; called only with `--live` or `--record`.
    Network(String),
}

/// USD per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Price {
    /// For what is sent.
    pub input: f64,
    /// For what comes back.
    pub output: f64,
    /// For what is sent and was cached; the input price when absent.
    pub cached: Option<f64>,
}

/// A model as its author wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Who answers.
    pub provider: ProviderKind,
    /// The provider's name for the model; empty for `echo`, `exec` and `replay` where none is given.
    pub id: String,
    /// Where the provider listens, when not at its usual address.
    pub base_url: Option<String>,
    /// Parameters, passed through as they are.
    pub params: Map<String, Value>,
    /// What it costs, when known.
    pub price: Option<Price>,
}

/// The providers behind a network interface, by their words.
const NETWORK: [&str; 8] = [
    "anthropic",
    "openai",
    "openai-responses",
    "gemini",
    "ollama",
    "openai-embeddings",
    "gemini-embeddings",
    "ollama-embeddings",
];

impl ProviderKind {
    /// The word users write for it.
    pub fn word(&self) -> &str {
        match self {
            Self::Echo => "echo",
            Self::Replay => "replay",
            Self::Exec { .. } => "exec",
            Self::Network(word) => word,
        }
    }
}

impl Model {
    /// Reads a model file.
    ///
    /// # Errors
    ///
    /// Everything wrong in it; `misplaced-key` for a key that its provider has no use for.
    pub fn parse(path: &str, bytes: &[u8]) -> Reading<Self> {
        let text = text::decode(path, bytes)?;
        let document = Document::parse(path, text)?;
        let model = Self::read(document.fields());
        document.finish(model)
    }

    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let provider = provider(&mut fields);
        let network = provider.as_ref().map(|provider| matches!(provider, ProviderKind::Network(_)));
        let id = if network == Some(true) { fields.required("id") } else { fields.item("id") };
        let id = id.as_ref().and_then(Item::filled_string).unwrap_or_default();
        let base_url = fields.item("base_url").and_then(|item| base_url(&item, network != Some(false)));
        let params = match fields.table("params").and_then(|params| params.json_whole()) {
            Some(Value::Object(params)) => params,
            _ => Map::new(),
        };
        let price = fields.table("price").and_then(price);
        fields.finish();
        Some(Self { provider: provider?, id, base_url, params, price })
    }
}

fn provider(fields: &mut Fields<'_>) -> Option<ProviderKind> {
    let mut words = vec![
        ("echo", ProviderKind::Echo),
        ("replay", ProviderKind::Replay),
        ("exec", ProviderKind::Exec { command: Vec::new() }),
    ];
    words.extend(NETWORK.map(|word| (word, ProviderKind::Network(word.to_owned()))));
    let provider = fields.required("provider").and_then(|item| item.one_of(&words));
    let Some(ProviderKind::Exec { .. }) = provider else {
        if let (Some(command), Some(provider)) = (fields.item("command"), &provider) {
            let message = format!("`command` is for the provider `exec`, not for `{}`", provider.word());
            command.report(command.problem_at_key("misplaced-key", message));
        }
        return provider;
    };
    let item = fields.required("command")?;
    let command = item.strings()?;
    if command.first().is_none_or(String::is_empty) {
        item.refuse("empty-value", "`command` names no program");
        return None;
    }
    Some(ProviderKind::Exec { command })
}

/// Where a provider listens: plain `http` or `https`, without a user or password in it.
fn base_url(item: &Item<'_>, network: bool) -> Option<String> {
    if !network {
        item.report(item.problem_at_key("misplaced-key", "`base_url` is for providers behind a network interface"));
        return None;
    }
    let url = item.string()?;
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let plain = !url.chars().any(|c| c.is_whitespace() || c.is_control());
    if host.is_empty() || host.contains('@') || !plain {
        let why = "must be `http://…` or `https://…` with a host and without a user or password";
        item.refuse("bad-url", format!("`base_url` {why}"));
        return None;
    }
    Some(url)
}

fn price(mut fields: Fields<'_>) -> Option<Price> {
    let bounds = 0.0..=f64::MAX;
    let input = fields.required("input").and_then(|item| item.number_within(bounds.clone()));
    let output = fields.required("output").and_then(|item| item.number_within(bounds.clone()));
    let cached = fields.number_within("cached", bounds);
    fields.finish();
    Some(Price { input: input?, output: output?, cached })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<(u32, String)> {
        match Model::parse("models/m.toml", text.as_bytes()) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.into_iter().map(|p| (p.line, p.code)).collect(),
        }
    }

    #[test]
    fn a_model_is_read_as_the_contract_says() {
        let text = r#"
            provider = "anthropic"
            id = "m-1"
            base_url = "http://127.0.0.1:8080"
            params = { temperature = 0, max_tokens = 512, stop = ["a"] }
            price = { input = 1, output = 5.0 }
        "#;
        let (model, _) = Model::parse("m.toml", text.as_bytes()).unwrap();
        assert_eq!(model.provider, ProviderKind::Network("anthropic".to_owned()));
        assert_eq!(
            Value::Object(model.params),
            serde_json::json!({"temperature": 0, "max_tokens": 512, "stop": ["a"]})
        );
        assert_eq!(model.price, Some(Price { input: 1.0, output: 5.0, cached: None }));
        let exec = Model::parse("m.toml", b"provider = \"exec\"\ncommand = [\"./agent.py\", \"-x\"]").unwrap().0;
        assert_eq!(exec.provider, ProviderKind::Exec { command: vec!["./agent.py".to_owned(), "-x".to_owned()] });
        for local in ["echo", "replay"] {
            assert!(codes(&format!("provider = \"{local}\"")).is_empty());
        }
    }

    #[test]
    fn what_is_wrong_in_a_model_is_said_at_once() {
        let text = "provider = \"antropic\"\nprice = { input = -1, output = nan, chached = 1 }\nparam = {}\n";
        let found = codes(text);
        let words: Vec<&str> = found.iter().map(|(_, code)| code.as_str()).collect();
        assert_eq!(words, ["unknown-word", "out-of-range", "not-finite", "unknown-key", "unknown-key"]);
        assert_eq!(codes("provider = \"openai\""), [(1, "missing-key".to_owned())]);
        assert_eq!(codes("provider = \"exec\""), [(1, "missing-key".to_owned())]);
        assert_eq!(codes("provider = \"exec\"\ncommand = []"), [(2, "empty-value".to_owned())]);
        assert_eq!(codes("provider = \"echo\"\ncommand = [\"x\"]"), [(2, "misplaced-key".to_owned())]);
        assert_eq!(codes("provider = \"echo\"\nbase_url = \"http://x\""), [(2, "misplaced-key".to_owned())]);
        for url in ["ftp://x", "http://", "http://me:secret@host", "http://a b"] {
            let text = format!("provider = \"ollama\"\nid = \"m\"\nbase_url = \"{url}\"");
            assert_eq!(codes(&text), [(3, "bad-url".to_owned())], "{url}");
        }
        let dated = "provider = \"echo\"\nparams = { a = 2026-01-01, b = inf }";
        assert_eq!(codes(dated), [(2, "not-json".to_owned())]);
    }
}
