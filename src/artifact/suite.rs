//! `evals/NAME.toml`: golden cases, inline or in `.jsonl` or `.csv` beside it.

use serde_json::{Map, Value};

use crate::name::Name;

/// What a suite tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A prompt with its whole bundle.
    Prompt(Name),
    /// A tool's argument schema.
    Tool(Name),
    /// A policy's decisions.
    Policy(Name),
}

/// A suite as its author wrote it, case files included.
#[derive(Debug, Clone, PartialEq)]
pub struct Suite {
    /// What it tests.
    pub subject: Subject,
    /// Samples per case; at least 1.
    pub repeat: u32,
    /// The golden cases in file order, inline ones first.
    pub cases: Vec<Case>,
}

/// One golden case.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its name, unique within the suite.
    pub id: String,
    /// Words to filter by.
    pub tags: Vec<String>,
    /// The prompt's variables.
    pub vars: Map<String, Value>,
    /// What must hold of the reply; never empty.
    pub expect: Vec<Expectation>,
}

/// One entry of `expect`: a check, or its negation (`not_` in front).
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// Whether the check must fail for the case to pass.
    pub negated: bool,
    /// The check.
    pub check: Check,
}

/// What can be checked without a model. Names are the keys users write.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// The reply holds this text.
    Contains(String),
    /// The same without regard to case.
    Icontains(String),
    /// The reply is this text (both trimmed of white space at the ends), or this JSON.
    Equals(Value),
    /// The reply begins with this text.
    StartsWith(String),
    /// A regular expression matches somewhere in the reply.
    Regex(String),
    /// The reply holds at least one of these.
    ContainsAny(Vec<String>),
    /// The reply holds every one of these.
    ContainsAll(Vec<String>),
    /// The same as `contains_any` without regard to case.
    IcontainsAny(Vec<String>),
    /// The same as `contains_all` without regard to case.
    IcontainsAll(Vec<String>),
    /// The whole reply is JSON (`true`), or is not (`false`).
    Json(bool),
    /// The whole reply is JSON that this schema accepts.
    JsonSchema(Value),
    /// At least one call of this tool with these arguments.
    ToolCall(ArgumentMatch),
    /// Exactly these calls, in this order; an empty list means no call at all.
    ToolCalls(Vec<ArgumentMatch>),
    /// At most this many tokens in the reply.
    MaxTokens(u64),
    /// A Jinja expression over `output`, `tool_calls` and `vars` is true.
    Expression(String),
}

/// A tool call as a case expects it.
#[derive(Debug, Clone, PartialEq)]
pub struct ArgumentMatch {
    /// The tool's name as the model sees it, or the artifact's name.
    pub name: String,
    /// Arguments that must be there and equal (numbers by value); others may be there in `tool_call`,
    /// and may not in `tool_calls`. `None` accepts any arguments.
    pub arguments: Option<Map<String, Value>>,
}
