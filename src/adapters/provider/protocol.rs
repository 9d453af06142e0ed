//! The JSON Lines protocol of `exec`: one request a line in, one reply a line out.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    eval::{Reply, Usage, excerpt},
    render::{Message, Request, ToolCall},
};

/// What a program reads. Holds the request and nothing of the case it comes from.
#[derive(Debug, Serialize)]
struct Question<'a> {
    id: &'a str,
    messages: &'a [Message],
    tools: &'a [Value],
    params: &'a Map<String, Value>,
}

/// What a program writes. Keys we do not know are its own business.
#[derive(Debug, Deserialize)]
struct Said {
    id: Value,
    content: Option<String>,
    tool_calls: Option<Vec<Call>>,
    usage: Option<Counted>,
    model: Option<String>,
}

/// A call without arguments may leave them out.
#[derive(Debug, Deserialize)]
struct Call {
    name: String,
    #[serde(default)]
    arguments: Map<String, Value>,
}

/// Tokens, under the names that model interfaces give them.
#[derive(Debug, Deserialize)]
struct Counted {
    #[serde(default, alias = "input_tokens", alias = "prompt_tokens")]
    input: u64,
    #[serde(default, alias = "output_tokens", alias = "completion_tokens")]
    output: u64,
    cached: Option<u64>,
}

/// The line for a request, with its line break.
pub(super) fn question(id: &str, request: &Request) -> Vec<u8> {
    let question = Question { id, messages: &request.messages, tools: &request.tools, params: &request.params };
    let mut line = serde_json::to_vec(&question).unwrap_or_default();
    line.push(b'\n');
    line
}

/// Reads the line that answers the request `id`.
///
/// # Errors
///
/// What is wrong with it, in a few words.
pub fn answer_in(id: &str, line: &[u8]) -> Result<Reply, String> {
    let text = std::str::from_utf8(line).map_err(|_| "it is not UTF-8".to_owned())?.trim_end();
    let said: Said =
        serde_json::from_str(text).map_err(|e| format!("{}: `{}`", excerpt(&e.to_string()), excerpt(text)))?;
    if said.id.as_str() != Some(id) {
        return Err(format!("it answers id {}, asked was \"{id}\"", excerpt(&said.id.to_string())));
    }
    if said.content.is_none() && said.tool_calls.is_none() {
        return Err(format!("it has neither `content` nor `tool_calls`: `{}`", excerpt(text)));
    }
    let call = |call: Call| ToolCall { name: call.name, arguments: call.arguments };
    Ok(Reply {
        content: said.content.unwrap_or_default(),
        tool_calls: said.tool_calls.unwrap_or_default().into_iter().map(call).collect(),
        usage: said.usage.map(|counted| Usage { cached: counted.cached, ..Usage::of(counted.input, counted.output) }),
        model: said.model,
        finish: None,
    })
}
