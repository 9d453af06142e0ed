//! Every check there is, by the word users write.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{
    ArgumentMatch, Calls, Cost, Count, EditDistance, Expectation, Finish, Form, Judged, Overlap, PathMatch, Place,
    Program, Similar, Weighted, group, only_true, text, tools,
};
use crate::artifact::{Item, schema};

/// What can be checked. Names are the keys users write.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// The reply holds this text.
    Contains(String),
    /// The same without regard to case.
    Icontains(String),
    /// The reply is this text (both trimmed of white space at the ends), or this JSON.
    Equals(Value),
    /// The reply is this text without regard to case, both trimmed of white space at the ends.
    Iequals(String),
    /// The reply begins with this text.
    StartsWith(String),
    /// The reply ends with this text.
    EndsWith(String),
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
    /// The reply is a text but for so many edits.
    EditDistance(EditDistance),
    /// The reply shares a longest common subsequence of words with a text.
    RougeL(Overlap),
    /// The reply shares words with a text, whatever their order.
    TokenF1(Overlap),
    /// So many words, between white space, in the reply.
    Words(Count),
    /// The reply declines, in a phrase of the first list; a later list will be asked for by its number.
    Refusal,
    /// The whole reply is JSON (`true`), or is not (`false`).
    Json(bool),
    /// The whole reply is JSON that this schema accepts.
    JsonSchema(Value),
    /// A JSON table or list stands somewhere in the reply, and this schema accepts it.
    ContainsJson(Option<Value>),
    /// A `JSONPath` finds values in the reply, and each is as wanted.
    JsonPath(PathMatch),
    /// The whole reply is JSON that the `[output] schema` of the prompt accepts.
    ///
    /// The schema comes from the bundle; without it the check cannot be carried out.
    OutputSchema(Option<Arc<Value>>),
    /// At least one call of this tool with these arguments.
    ToolCall(ArgumentMatch),
    /// These calls and, where it says so, no others; an empty list means no call at all.
    ToolCalls(Calls),
    /// Each of these tools is called.
    ToolsUsed(Vec<String>),
    /// None of these tools is called.
    ToolsNotUsed(Vec<String>),
    /// These tools are called in this order; others may be called in between.
    ToolSequence(Vec<String>),
    /// So many tool calls.
    Steps(Count),
    /// There is a call, and each names a tool of the bundle whose schema accepts its arguments.
    ///
    /// The schemas, by the name the model sees, come from the bundle; without them the check cannot be carried out.
    ValidCalls(Option<Arc<BTreeMap<String, Value>>>),
    /// The reply ends for this reason; a conversation that was broken off ends with `tools`.
    Finish(Finish),
    /// At most this many tokens in the reply.
    MaxTokens(u64),
    /// The reply costs at most this much.
    MaxCost(Cost),
    /// The reply took at most this many milliseconds.
    MaxLatency(u64),
    /// A Jinja expression over `output`, `tool_calls` and `vars` is true.
    Expression(String),
    /// Enough votes of another model are for the reply, by a rubric.
    Judge(Judged),
    /// The reply lies near a text, as another model places both.
    Similar(Similar),
    /// A program of the project says that the reply is good.
    Exec(Program),
    /// All of these hold.
    All(Vec<Expectation>),
    /// One of these holds, or more.
    Any(Vec<Expectation>),
    /// So many of these hold.
    AtLeast {
        /// How many; at least 1, at most as many as there are.
        n: usize,
        /// What is counted.
        of: Vec<Expectation>,
    },
    /// Those that hold weigh at least this share of the whole.
    Score {
        /// The share, above 0 and at most 1.
        at_least: f64,
        /// What is weighed.
        of: Vec<Weighted>,
    },
}

/// Every check, by the key users write.
pub(super) const WORDS: [&str; 40] = [
    "contains",
    "icontains",
    "equals",
    "iequals",
    "starts_with",
    "ends_with",
    "regex",
    "contains_any",
    "contains_all",
    "icontains_any",
    "icontains_all",
    "edit_distance",
    "rouge_l",
    "token_f1",
    "words",
    "refusal",
    "json",
    "json_schema",
    "contains_json",
    "json_path",
    "output_schema",
    "tool_call",
    "tool_calls",
    "tools_used",
    "tools_not_used",
    "tool_sequence",
    "steps",
    "valid_calls",
    "finish",
    "max_tokens",
    "max_cost",
    "max_latency_ms",
    "expression",
    "judge",
    "similar",
    "exec",
    "all",
    "any",
    "at_least",
    "score",
];

impl Check {
    /// The key users write for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Contains(_) => "contains",
            Self::Icontains(_) => "icontains",
            Self::Equals(_) => "equals",
            Self::Iequals(_) => "iequals",
            Self::StartsWith(_) => "starts_with",
            Self::EndsWith(_) => "ends_with",
            Self::Regex(_) => "regex",
            Self::ContainsAny(_) => "contains_any",
            Self::ContainsAll(_) => "contains_all",
            Self::IcontainsAny(_) => "icontains_any",
            Self::IcontainsAll(_) => "icontains_all",
            Self::EditDistance(_) => "edit_distance",
            Self::RougeL(_) => "rouge_l",
            Self::TokenF1(_) => "token_f1",
            Self::Words(_) => "words",
            Self::Refusal => "refusal",
            Self::Json(_) => "json",
            Self::JsonSchema(_) => "json_schema",
            Self::ContainsJson(_) => "contains_json",
            Self::JsonPath(_) => "json_path",
            Self::OutputSchema(_) => "output_schema",
            Self::ToolCall(_) => "tool_call",
            Self::ToolCalls(_) => "tool_calls",
            Self::ToolsUsed(_) => "tools_used",
            Self::ToolsNotUsed(_) => "tools_not_used",
            Self::ToolSequence(_) => "tool_sequence",
            Self::Steps(_) => "steps",
            Self::ValidCalls(_) => "valid_calls",
            Self::Finish(_) => "finish",
            Self::MaxTokens(_) => "max_tokens",
            Self::MaxCost(_) => "max_cost",
            Self::MaxLatency(_) => "max_latency_ms",
            Self::Expression(_) => "expression",
            Self::Judge(_) => "judge",
            Self::Similar(_) => "similar",
            Self::Exec(_) => "exec",
            Self::All(_) => "all",
            Self::Any(_) => "any",
            Self::AtLeast { .. } => "at_least",
            Self::Score { .. } => "score",
        }
    }

    /// What stands behind the key; a schema read from a file stands here itself, what the bundle lends does not.
    pub(super) fn value(&self, form: Form) -> Value {
        match self {
            Self::Contains(text)
            | Self::Icontains(text)
            | Self::Iequals(text)
            | Self::StartsWith(text)
            | Self::EndsWith(text)
            | Self::Regex(text)
            | Self::Expression(text) => json!(text),
            Self::Equals(value) | Self::JsonSchema(value) => value.clone(),
            Self::ContainsAny(texts)
            | Self::ContainsAll(texts)
            | Self::IcontainsAny(texts)
            | Self::IcontainsAll(texts)
            | Self::ToolSequence(texts) => json!(texts),
            Self::EditDistance(edits) => edits.to_json(),
            Self::RougeL(overlap) | Self::TokenF1(overlap) => overlap.to_json(),
            Self::Words(count) | Self::Steps(count) => count.to_json(),
            Self::Refusal | Self::OutputSchema(_) | Self::ValidCalls(_) => json!(true),
            Self::Json(yes) => json!(yes),
            Self::ContainsJson(schema) => schema.clone().unwrap_or(Value::Bool(true)),
            Self::JsonPath(path) => path.to_json(form),
            Self::ToolCall(call) => call.to_json(form),
            Self::ToolCalls(calls) => calls.to_json(form),
            Self::ToolsUsed(names) | Self::ToolsNotUsed(names) => {
                form.set(names.iter().map(|name| json!(name)).collect())
            }
            Self::Finish(finish) => json!(finish),
            Self::MaxTokens(most) | Self::MaxLatency(most) => json!(most),
            Self::MaxCost(cost) => json!(cost.usd),
            Self::Judge(judged) => judged.to_json(form),
            Self::Similar(similar) => similar.to_json(form),
            Self::Exec(program) => program.to_json(form),
            Self::All(of) | Self::Any(of) => group::list(of, form),
            Self::AtLeast { n, of } => json!({ "n": n, "of": group::list(of, form) }),
            Self::Score { at_least, of } => json!({ "at_least": at_least, "of": group::weighed(of, form) }),
        }
    }

    pub(super) fn read(word: &str, item: &Item<'_>, place: Place<'_>) -> Option<Self> {
        Some(match word {
            "contains" => Self::Contains(text::text(item)?),
            "icontains" => Self::Icontains(text::text(item)?),
            "equals" => Self::Equals(item.json()?),
            "iequals" => Self::Iequals(item.string()?),
            "starts_with" => Self::StartsWith(text::text(item)?),
            "ends_with" => Self::EndsWith(text::text(item)?),
            "regex" => Self::Regex(text::pattern(item)?),
            "contains_any" => Self::ContainsAny(text::texts(item)?),
            "contains_all" => Self::ContainsAll(text::texts(item)?),
            "icontains_any" => Self::IcontainsAny(text::texts(item)?),
            "icontains_all" => Self::IcontainsAll(text::texts(item)?),
            "edit_distance" => Self::EditDistance(EditDistance::read(item)?),
            "rouge_l" => Self::RougeL(Overlap::read(item)?),
            "token_f1" => Self::TokenF1(Overlap::read(item)?),
            "words" => Self::Words(Count::read(item)?),
            "refusal" => only_true(item).map(|()| Self::Refusal)?,
            "json" => Self::Json(item.boolean()?),
            "json_schema" => Self::JsonSchema(schema::read(item, place.attached)?),
            "contains_json" if item.is_table() || item.as_str().is_some() => {
                Self::ContainsJson(Some(schema::read(item, place.attached)?))
            }
            "contains_json" => only_true(item).map(|()| Self::ContainsJson(None))?,
            "json_path" => Self::JsonPath(PathMatch::read(item)?),
            "output_schema" => only_true(item).map(|()| Self::OutputSchema(None))?,
            "valid_calls" => only_true(item).map(|()| Self::ValidCalls(None))?,
            "tool_call" => Self::ToolCall(ArgumentMatch::read(item)?),
            "tool_calls" => Self::ToolCalls(Calls::read(item)?),
            "tools_used" => Self::ToolsUsed(tools::names(item)?),
            "tools_not_used" => Self::ToolsNotUsed(tools::names(item)?),
            "tool_sequence" => Self::ToolSequence(tools::sequence(item)?),
            "steps" => Self::Steps(Count::read(item)?),
            "finish" => Self::Finish(item.one_of(&Finish::WORDS)?),
            "max_tokens" => Self::MaxTokens(u64::try_from(item.integer_within(1..=i64::MAX)?).ok()?),
            "max_latency_ms" => Self::MaxLatency(u64::try_from(item.integer_within(1..=i64::MAX)?).ok()?),
            "max_cost" => Self::MaxCost(Cost::read(item)?),
            "expression" => Self::Expression(item.filled_string()?),
            "exec" => Self::Exec(Program::read(item, place)?),
            "judge" => Self::Judge(Judged::read(item, place)?),
            "similar" => Self::Similar(Similar::read(item, place)?),
            _ => return group::read(word, item, place),
        })
    }

    /// The entries a group consists of; none of a check that is no group.
    pub(super) fn members(&self) -> Vec<&Expectation> {
        match self {
            Self::All(of) | Self::Any(of) | Self::AtLeast { of, .. } => of.iter().collect(),
            Self::Score { of, .. } => of.iter().map(|member| &member.expectation).collect(),
            _ => Vec::new(),
        }
    }

    pub(super) fn members_mut(&mut self) -> Vec<&mut Expectation> {
        match self {
            Self::All(of) | Self::Any(of) | Self::AtLeast { of, .. } => of.iter_mut().collect(),
            Self::Score { of, .. } => of.iter_mut().map(|member| &mut member.expectation).collect(),
            _ => Vec::new(),
        }
    }

    /// The tools it names, in its order, as the suite names them.
    pub fn tools(&self) -> Vec<&str> {
        match self {
            Self::ToolCall(call) => vec![call.name.as_str()],
            Self::ToolCalls(calls) => calls.calls.iter().map(|call| call.name.as_str()).collect(),
            Self::ToolsUsed(names) | Self::ToolsNotUsed(names) | Self::ToolSequence(names) => {
                names.iter().map(String::as_str).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The same names, to be changed.
    pub fn tools_mut(&mut self) -> Vec<&mut String> {
        match self {
            Self::ToolCall(call) => vec![&mut call.name],
            Self::ToolCalls(calls) => calls.calls.iter_mut().map(|call| &mut call.name).collect(),
            Self::ToolsUsed(names) | Self::ToolsNotUsed(names) | Self::ToolSequence(names) => {
                names.iter_mut().collect()
            }
            _ => Vec::new(),
        }
    }
}
