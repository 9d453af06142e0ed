//! `tools/NAME.json`: a tool definition in the shape of MCP, OpenAI or Anthropic, kept as written.

use serde_json::Value;

/// Which convention the file follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToolShape {
    /// `{name, description, inputSchema, annotations?}`.
    Mcp,
    /// `{type: "function", function: {name, description, parameters}}` or its inner table alone.
    OpenAi,
    /// `{name, description, input_schema}`.
    Anthropic,
}

/// A tool as the model sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// What the model calls it; may differ from the artifact's name.
    pub name: String,
    /// What it is said to do.
    pub description: String,
    /// JSON Schema of its arguments.
    pub parameters: Value,
    /// MCP annotations such as `destructiveHint`; null when there are none.
    pub annotations: Value,
    /// The convention of the file.
    pub shape: ToolShape,
}
