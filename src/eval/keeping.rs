//! The form in which replies are kept: without secrets, and without values of inputs that are declared personal.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Reply;
use crate::{
    render::Request,
    scan::{Exceptions, Hit},
};

/// What must not stand in what is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keeping {
    /// Names of the inputs that are declared personal.
    pub personal: BTreeSet<String>,
    /// What looks like a secret and is said to be none.
    pub exceptions: Exceptions,
}

/// How often masking is tried: what is left after a mark may look like another secret.
const ROUNDS: usize = 4;

/// The reply with marks in place of secrets, and the rule of each.
pub fn without_secrets(reply: Reply, exceptions: &Exceptions) -> (Reply, Vec<&'static str>) {
    let mut found = Vec::new();
    let mut reply = reply;
    for _ in 0..ROUNDS {
        let before = found.len();
        let (content, hits) = exceptions.masked(&reply.content);
        found.extend(hits);
        reply.content = content;
        if let Some(model) = &reply.model {
            let (model, hits) = exceptions.masked(model);
            found.extend(hits);
            reply.model = Some(model);
        }
        for call in &mut reply.tool_calls {
            let (name, hits) = exceptions.masked(&call.name);
            found.extend(hits);
            call.name = name;
            for (key, value) in &mut call.arguments {
                found.extend(mask_value(key, value, exceptions));
            }
        }
        if found.len() == before {
            break;
        }
    }
    (reply, found)
}

/// The request with marks in place of secrets and of what `hide` hides, as a recording shows it.
pub(super) fn without_secrets_in(request: &Request, exceptions: &Exceptions, hide: &dyn Fn(&str) -> String) -> Request {
    let safe = |text: &str| hide(&exceptions.masked(text).0);
    let mut shown = request.clone();
    for message in &mut shown.messages {
        message.content = safe(&message.content);
    }
    shown.tools.iter_mut().for_each(|tool| each_text(tool, &safe));
    shown.params.values_mut().for_each(|value| each_text(value, &safe));
    shown
}

fn each_text(value: &mut Value, safe: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = safe(text),
        Value::Array(list) => list.iter_mut().for_each(|value| each_text(value, safe)),
        Value::Object(table) => table.values_mut().for_each(|value| each_text(value, safe)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Every text of a reply in which a secret could stand; an argument with its name before it.
pub fn texts(reply: &Reply) -> Vec<String> {
    let mut texts = vec![reply.content.clone()];
    texts.extend(reply.model.clone());
    for call in &reply.tool_calls {
        texts.push(call.name.clone());
        for (key, value) in &call.arguments {
            named(key, value, &mut texts);
        }
    }
    texts
}

fn named(key: &str, value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(with_name(key, text)),
        Value::Array(list) => list.iter().for_each(|value| named(key, value, texts)),
        Value::Object(table) => table.iter().for_each(|(key, value)| named(key, value, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// An argument as somebody would write it down: what it is called tells what it is.
fn with_name(key: &str, text: &str) -> String {
    format!("{key}={text}")
}

fn mask_value(key: &str, value: &mut Value, exceptions: &Exceptions) -> Vec<&'static str> {
    match value {
        Value::String(text) => {
            let whole = with_name(key, text);
            let start = whole.len() - text.len();
            let inside = |hit: Hit| {
                let range = hit.range.start.max(start)..hit.range.end;
                (range.start < range.end).then_some(Hit { range, ..hit })
            };
            let hits: Vec<Hit> = exceptions.hits(&whole).into_iter().filter_map(inside).collect();
            crate::scan::masked(&whole, &hits).get(start..).unwrap_or_default().clone_into(text);
            hits.iter().map(|hit| hit.rule).collect()
        }
        Value::Array(list) => list.iter_mut().flat_map(|value| mask_value(key, value, exceptions)).collect(),
        Value::Object(table) => table.iter_mut().flat_map(|(key, value)| mask_value(key, value, exceptions)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::render::ToolCall;

    #[test]
    fn a_secret_in_a_reply_is_masked_wherever_it_stands() {
        let key = format!("ghp_{}", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6");
        let arguments = json!({"password": "hunter2hunter2", "list": [format!("use {key}")], "n": 1});
        let reply = Reply {
            tool_calls: vec![ToolCall { name: "login".to_owned(), arguments: arguments.as_object().unwrap().clone() }],
            ..Reply::text(format!("your key is {key}"))
        };
        let (kept, rules) = without_secrets(reply, &Exceptions::default());
        assert_eq!(rules, ["github-token", "password", "github-token"]);
        let written = serde_json::to_string(&kept).unwrap();
        assert!(!written.contains(&key) && !written.contains("hunter2"), "{written}");
        assert_eq!(kept.content, "your key is [secret: github-token]");
        assert!(texts(&kept).iter().all(|text| crate::scan::scan(text).is_empty()));
    }
}
