//! `prompts/NAME.md`: front matter between `+++` lines, then a Jinja body; or a raw prompt.

use std::collections::BTreeMap;

use crate::name::Name;

/// Whether a prompt's text is a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// Rendered with minijinja.
    Jinja,
    /// One user message, verbatim, whatever braces it holds.
    None,
}

/// What a variable may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputType {
    /// Text.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A list of anything.
    List,
    /// A table of anything.
    Object,
    /// A conversation so far: a list of `{role, content}`.
    Messages,
}

/// One declared variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// What it may hold.
    pub kind: InputType,
    /// What it is for.
    pub description: Option<String>,
    /// `data = "personal"`: masked wherever stored.
    pub personal: bool,
    /// Whether it may be left out; then it is undefined in the body.
    pub optional: bool,
    /// What it is when nothing is given.
    pub default: Option<serde_json::Value>,
}

/// A prompt as its author wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// The model artifact it is written for.
    pub model: Option<Name>,
    /// Tools the model may call, in the author's order.
    pub tools: Vec<Name>,
    /// Policies the prompt includes or obeys, in the author's order.
    pub policies: Vec<Name>,
    /// Declared variables.
    pub inputs: BTreeMap<String, Input>,
    /// JSON Schema of the reply, when one is declared.
    pub output_schema: Option<serde_json::Value>,
    /// Whether the body is a template.
    pub template: Template,
    /// The body: everything after the front matter, or the whole file of a raw prompt.
    pub body: String,
    /// Line of the file on which the body begins, from 1.
    pub body_line: u32,
}
