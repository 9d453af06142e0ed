//! What must hold of a reply.

use regex::Regex;
use serde_json::{Map, Value, json};

use super::{Item, attached::Attached, case::digest, schema};
use crate::{
    object::Digest,
    problem::{did_you_mean, quoted},
};

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

/// Every check, by the key users write.
const CHECKS: [&str; 15] = [
    "contains",
    "icontains",
    "equals",
    "starts_with",
    "regex",
    "contains_any",
    "contains_all",
    "icontains_any",
    "icontains_all",
    "json",
    "json_schema",
    "tool_call",
    "tool_calls",
    "max_tokens",
    "expression",
];

impl Expectation {
    /// Reads one entry of `expect`; `None` after a report.
    pub(super) fn read(item: &Item<'_>, attached: &Attached<'_>) -> Option<Self> {
        let entries = item.table()?.entries();
        let [(key, value)] = entries.as_slice() else {
            item.refuse("one-check-each", "each entry of `expect` is a table with exactly one check");
            return None;
        };
        let word = key.strip_prefix("not_").unwrap_or(key);
        let Some(word) = CHECKS.iter().find(|known| **known == word) else {
            return unknown(key, value);
        };
        Some(Self { negated: key.starts_with("not_"), check: Check::read(word, value, attached)? })
    }

    /// The entry as users write it.
    pub fn to_json(&self) -> Value {
        let not = if self.negated { "not_" } else { "" };
        json!({ format!("{not}{}", self.check.word()): self.check.value() })
    }

    /// The SHA-256 of what it asks for; two entries ask for the same when these are equal.
    pub fn digest(&self) -> Digest {
        digest(self.to_json())
    }
}

fn unknown(key: &str, value: &Item<'_>) -> Option<Expectation> {
    let negated = CHECKS.map(|word| format!("not_{word}"));
    let known = CHECKS.iter().copied().chain(negated.iter().map(String::as_str));
    let message = format!("there is no check `{}`", key.escape_debug());
    let all = || format!("the checks are {}, each also with `not_` in front", quoted(CHECKS, ", "));
    value.report(value.problem_at_key("unknown-check", message).next(did_you_mean(key, known).unwrap_or_else(all)));
    None
}

impl Check {
    /// The key users write for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Contains(_) => "contains",
            Self::Icontains(_) => "icontains",
            Self::Equals(_) => "equals",
            Self::StartsWith(_) => "starts_with",
            Self::Regex(_) => "regex",
            Self::ContainsAny(_) => "contains_any",
            Self::ContainsAll(_) => "contains_all",
            Self::IcontainsAny(_) => "icontains_any",
            Self::IcontainsAll(_) => "icontains_all",
            Self::Json(_) => "json",
            Self::JsonSchema(_) => "json_schema",
            Self::ToolCall(_) => "tool_call",
            Self::ToolCalls(_) => "tool_calls",
            Self::MaxTokens(_) => "max_tokens",
            Self::Expression(_) => "expression",
        }
    }

    /// What stands behind the key; a schema read from a file stands here itself.
    fn value(&self) -> Value {
        match self {
            Self::Contains(text)
            | Self::Icontains(text)
            | Self::StartsWith(text)
            | Self::Regex(text)
            | Self::Expression(text) => json!(text),
            Self::Equals(value) | Self::JsonSchema(value) => value.clone(),
            Self::ContainsAny(texts)
            | Self::ContainsAll(texts)
            | Self::IcontainsAny(texts)
            | Self::IcontainsAll(texts) => json!(texts),
            Self::Json(yes) => json!(yes),
            Self::ToolCall(call) => call.to_json(),
            Self::ToolCalls(calls) => calls.iter().map(ArgumentMatch::to_json).collect(),
            Self::MaxTokens(most) => json!(most),
        }
    }

    fn read(word: &str, item: &Item<'_>, attached: &Attached<'_>) -> Option<Self> {
        Some(match word {
            "contains" => Self::Contains(text(item)?),
            "icontains" => Self::Icontains(text(item)?),
            "equals" => Self::Equals(item.json()?),
            "starts_with" => Self::StartsWith(text(item)?),
            "regex" => Self::Regex(pattern(item)?),
            "contains_any" => Self::ContainsAny(texts(item)?),
            "contains_all" => Self::ContainsAll(texts(item)?),
            "icontains_any" => Self::IcontainsAny(texts(item)?),
            "icontains_all" => Self::IcontainsAll(texts(item)?),
            "json" => Self::Json(item.boolean()?),
            "json_schema" => Self::JsonSchema(schema::read(item, attached)?),
            "tool_call" => Self::ToolCall(ArgumentMatch::read(item)?),
            "tool_calls" => {
                // All are read before one that failed ends it, so that all problems are told.
                let calls: Vec<_> = item.list()?.iter().map(ArgumentMatch::read).collect();
                Self::ToolCalls(calls.into_iter().collect::<Option<_>>()?)
            }
            "max_tokens" => Self::MaxTokens(u64::try_from(item.integer_within(1..=i64::MAX)?).ok()?),
            "expression" => Self::Expression(item.filled_string()?),
            _ => return None,
        })
    }
}

impl ArgumentMatch {
    fn read(item: &Item<'_>) -> Option<Self> {
        let mut fields = item.table()?;
        let name = fields.required("name").and_then(|item| item.filled_string());
        let given = fields.table("arguments");
        let arguments = match given.as_ref().map(super::Fields::json_whole) {
            Some(Some(Value::Object(arguments))) => Some(arguments),
            _ => None,
        };
        let unread = fields.has("arguments") && arguments.is_none();
        fields.finish();
        if unread { None } else { Some(Self { name: name?, arguments }) }
    }

    fn to_json(&self) -> Value {
        match &self.arguments {
            Some(arguments) => json!({ "name": self.name, "arguments": arguments }),
            None => json!({ "name": self.name }),
        }
    }
}

/// A text to look for; the empty one is in every reply.
fn text(item: &Item<'_>) -> Option<String> {
    let text = item.string()?;
    if text.is_empty() {
        item.refuse("empty-value", format!("`{}` is empty, and so proves nothing", item.keys()));
        return None;
    }
    Some(text)
}

fn texts(item: &Item<'_>) -> Option<Vec<String>> {
    let list = item.list()?;
    if list.is_empty() {
        item.refuse("empty-value", format!("`{}` is empty, and so proves nothing", item.keys()));
        return None;
    }
    let read: Vec<Option<String>> = list.iter().map(text).collect();
    read.into_iter().collect()
}

fn pattern(item: &Item<'_>) -> Option<String> {
    let text = text(item)?;
    if let Err(error) = Regex::new(&text) {
        // The last line says what is wrong; the lines before draw a picture of the pattern.
        let why = error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        item.refuse("bad-regex", format!("the regular expression does not compile: {why}"));
        return None;
    }
    Some(text)
}
