//! What is sent to a model.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::object::{Digest, encode};

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speaker {
    /// The one who instructs.
    System,
    /// The one who asks.
    User,
    /// The model.
    Assistant,
    /// A tool's answer.
    Tool,
}

/// A call of a tool, as the model asks for it.
///
/// A model may write arguments that are no JSON object. They are kept as it wrote them, as text under
/// [`ToolCall::UNPARSED`] alone: it called the tool, and no schema takes what it said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The tool's name as the model sees it.
    pub name: String,
    /// Its arguments.
    pub arguments: Map<String, Value>,
}

impl ToolCall {
    /// The one name under which arguments stand that are no JSON object.
    pub const UNPARSED: &str = "unparsed_arguments";
}

/// One message of a request.
///
/// What a conversation without tools does not have is left out of its JSON, so that its key is what it always was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Speaker,
    /// What is said.
    pub content: String,
    /// The tools that the assistant calls with it, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// For a tool's answer: which of the calls of the last message that called any, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<u32>,
}

impl Message {
    /// A message that is text alone.
    pub fn new(role: Speaker, content: impl Into<String>) -> Self {
        Self { role, content: content.into(), tool_calls: Vec::new(), answers: None }
    }

    /// What the assistant says, and the tools it calls.
    pub fn calling(content: impl Into<String>, tool_calls: Vec<ToolCall>) -> Self {
        Self { tool_calls, ..Self::new(Speaker::Assistant, content) }
    }

    /// A tool's answer to a call of the last message that called any, counted from 0.
    pub fn answering(call: u32, content: impl Into<String>) -> Self {
        Self { answers: Some(call), ..Self::new(Speaker::Tool, content) }
    }
}

impl Message {
    /// Bytes it takes up.
    pub(super) fn size(&self) -> usize {
        size_of::<Self>() + self.content.len()
    }
}

/// A whole request: what an evaluation sends, records and shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The model's id, empty where the provider needs none.
    pub model: String,
    /// The conversation.
    pub messages: Vec<Message>,
    /// Tools in MCP shape (`name`, `description`, `inputSchema`), in the prompt's order.
    pub tools: Vec<Value>,
    /// Parameters of the model.
    pub params: Map<String, Value>,
}

impl Request {
    /// Names the request for recordings: the SHA-256 of its canonical JSON with the sample's index (from 0).
    pub fn key(&self, sample: u32) -> Digest {
        #[derive(Serialize)]
        struct Keyed<'a> {
            request: &'a Request,
            sample: u32,
        }
        Digest::of(&encode(&Keyed { request: self, sample }))
    }
}
