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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The tool's name as the model sees it.
    pub name: String,
    /// Its arguments.
    pub arguments: Map<String, Value>,
}

/// One message of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Speaker,
    /// What is said.
    pub content: String,
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
