//! How a golden case goes on after the first reply: what tools answer, and what the user says next.

use serde_json::{Value, json};

use super::{ArgumentMatch, CallOrder, Calls, Check, Expectation, Fields, Finish, Item};
use crate::problem::counted;

/// Turns after which a conversation is no longer waited for, where the case names no number.
const MOST_TURNS: u32 = 16;

/// What follows the first reply of a case; nothing does by default.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conversation {
    /// What tools answer when the model calls them; where there is any, it is asked again until it calls none.
    pub tool_results: Vec<ToolResult>,
    /// What the user says next, one message after each answer.
    pub then: Vec<String>,
    /// How many replies are waited for, where the case says so; at least 1.
    pub max_turns: Option<u32>,
}

impl Conversation {
    /// Reads the keys of a case; `None` after a report.
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let tool_results = fields.item("tool_results").map_or_else(|| Some(Vec::new()), |item| tool_results(&item));
        let then = fields.item("then").map_or_else(|| Some(Vec::new()), |item| then(&item));
        let max_turns = fields.item("max_turns").map(|item| max_turns(&item));
        let read = Self { tool_results: tool_results?, then: then?, max_turns: max_turns.flatten() };
        let (Some(most), Some(item)) = (read.max_turns, fields.item("max_turns")) else { return Some(read) };
        if read.is_single() {
            item.refuse("proves-nothing", "nothing follows the first reply: neither `tool_results` nor `then`");
            return None;
        }
        if usize::try_from(most).is_ok_and(|most| most <= read.then.len()) {
            let said = counted(u64::try_from(read.then.len()).unwrap_or(u64::MAX), "message");
            item.refuse("out-of-range", format!("{said} of `then` need more than {most} turns"));
            return None;
        }
        Some(read)
    }

    /// Whether nothing follows the first reply.
    pub fn is_single(&self) -> bool {
        self.tool_results.is_empty() && self.then.is_empty()
    }

    /// How many replies are waited for: 16 where the case says nothing, and one for each message beyond.
    pub fn most_turns(&self) -> u32 {
        let then = u32::try_from(self.then.len()).unwrap_or(u32::MAX);
        self.max_turns.unwrap_or_else(|| MOST_TURNS.saturating_add(then))
    }

    /// What is expected of it beside what the case says: every call fits its tool's schema, and it is not broken off.
    ///
    /// A case that says something of either, in a group or negated, means what it says.
    pub fn unsaid(&self, expect: &[Expectation]) -> Vec<Expectation> {
        if self.is_single() {
            return Vec::new();
        }
        let says = |word: &str| expect.iter().flat_map(Expectation::each).any(|one| one.check.word() == word);
        let of = |negated, check| Expectation { negated, check };
        let none = Check::ToolCalls(Calls { order: CallOrder::Exactly, calls: Vec::new() });
        let valid = Check::Any(vec![of(false, none), of(false, Check::ValidCalls(None))]);
        let rules = [("valid_calls", of(false, valid)), ("finish", of(true, Check::Finish(Finish::Tools)))];
        rules.into_iter().filter(|(word, _)| !says(word)).map(|(_, rule)| rule).collect()
    }

    /// What counts for digests, by key; empty where nothing follows the first reply.
    pub(super) fn canonical(&self) -> Vec<(&'static str, Value)> {
        let results = || self.tool_results.iter().map(ToolResult::canonical).collect::<Vec<_>>();
        let mut keys = Vec::new();
        if !self.tool_results.is_empty() {
            keys.push(("tool_results", json!(results())));
        }
        if !self.then.is_empty() {
            keys.push(("then", json!(self.then)));
        }
        keys.extend(self.max_turns.map(|most| ("max_turns", json!(most))));
        keys
    }
}

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
    fn read(item: &Item<'_>) -> Option<Self> {
        let mut fields = item.table()?;
        let call = fields.required("call").and_then(|item| ArgumentMatch::read(&item));
        let result = fields.required("result").and_then(|item| item.json());
        fields.finish();
        Some(Self { call: call?, result: result? })
    }

    /// The entry as it counts for digests.
    fn canonical(&self) -> Value {
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

/// Every entry is read before one that failed ends it, so that all problems are told.
fn tool_results(item: &Item<'_>) -> Option<Vec<ToolResult>> {
    let read: Vec<Option<ToolResult>> = item.list()?.iter().map(ToolResult::read).collect();
    read.into_iter().collect()
}

fn then(item: &Item<'_>) -> Option<Vec<String>> {
    let read: Vec<Option<String>> = item.list()?.iter().map(Item::filled_string).collect();
    read.into_iter().collect()
}

fn max_turns(item: &Item<'_>) -> Option<u32> {
    u32::try_from(item.integer_within(1..=64)?).ok()
}
