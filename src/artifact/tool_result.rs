//! What a tool answers in a golden case.

use serde_json::{Value, json};

use super::{ArgumentMatch, Item};

/// One entry of `tool_results`: a call, and what comes back.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolResult {
    /// Which calls it answers, as in the check `tool_call`.
    pub call: ArgumentMatch,
    /// What the tool says: a text as it is, anything else as JSON.
    pub result: Value,
}

impl ToolResult {
    /// Reads one entry; `None` after a report.
    pub(super) fn read(item: &Item<'_>) -> Option<Self> {
        let mut fields = item.table()?;
        let call = fields.required("call").and_then(|item| ArgumentMatch::read(&item));
        let result = fields.required("result").and_then(|item| item.json());
        fields.finish();
        Some(Self { call: call?, result: result? })
    }

    /// The entry as it counts for digests.
    pub(super) fn canonical(&self) -> Value {
        json!({ "call": self.call.canonical(), "result": self.result })
    }

    /// What the model reads.
    pub fn text(&self) -> String {
        match &self.result {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

/// Reads `tool_results`; every entry is read before one that failed ends it, so that all problems are told.
pub(super) fn tool_results(item: &Item<'_>) -> Option<Vec<ToolResult>> {
    let read: Vec<Option<ToolResult>> = item.list()?.iter().map(ToolResult::read).collect();
    read.into_iter().collect()
}
