//! `models/NAME.toml`: provider, model id, parameters, price.

use serde_json::{Map, Value};

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
