//! Templates for which Python's jinja2 is known to give the expected text, rendered by us.

use std::collections::{BTreeMap, BTreeSet};

use chancery::{
    artifact::{Input, InputType, Prompt, Template},
    render::{Parts, Speaker, render},
};
use serde_json::{Map, Value};

/// Rows that use what is not offered, with the reason.
const NOT_OFFERED: [(&str, &str); 4] = [
    ("UNDEFINED_VARIABLES", "what is undefined is an error, never an empty text"),
    ("UNDEFINED_ACCESS", "what is undefined is an error, never an empty text"),
    ("CONTEXT_KEYWORDS", "keywords are no names"),
    ("CONTEXT_KEYWORDS_1", "keywords are no names, and what is undefined is an error"),
];

#[test]
fn templates_render_as_python_renders_them() {
    let Some(path) = crate::data("jinja/huggingface-jinja/unit_templates.jsonl") else { return };
    let rows = std::fs::read_to_string(path).unwrap();
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let same: Vec<&Value> = rows.iter().filter(|row| row["python_jinja2"] == "same").collect();
    let reasons = BTreeMap::from(NOT_OFFERED);
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for row in &same {
        let id = row["id"].as_str().unwrap();
        seen.insert(id);
        let result = rendered(row["template"].as_str().unwrap(), row["context"].as_object().unwrap());
        let passes = result.as_deref() == Ok(row["expected"].as_str().unwrap());
        match reasons.get(id) {
            Some(reason) => println!("not offered: {id}: {reason}"),
            None if passes => {}
            None => wrong.push(format!("{id}: {result:?} instead of {}", row["expected"])),
        }
        if passes && reasons.contains_key(id) {
            wrong.push(format!("{id} passes and is listed as not offered"));
        }
    }
    wrong.extend(reasons.keys().filter(|id| !seen.contains(*id)).map(|id| format!("{id} is listed and not there")));
    println!("{} of {} templates render as expected", same.len() - reasons.len() - wrong.len(), same.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A prompt that declares what the context holds; a context's null is an optional input.
fn rendered(template: &str, context: &Map<String, Value>) -> Result<String, String> {
    let inputs = context.iter().map(|(name, value)| (name.clone(), input(value))).collect();
    let prompt = Prompt {
        model: None,
        tools: Vec::new(),
        policies: Vec::new(),
        inputs,
        output_schema: None,
        template: Template::Jinja,
        body: template.to_owned(),
        body_line: 1,
    };
    let parts = Parts {
        path: "prompts/row.md".to_owned(),
        prompt,
        fragments: BTreeMap::new(),
        policies: BTreeMap::new(),
        tools: Vec::new(),
        model: None,
    };
    let request = render(&parts, context).map_err(|error| format!("{error:?}"))?;
    match request.messages.as_slice() {
        [message] if message.role == Speaker::User => Ok(message.content.clone()),
        other => Err(format!("{} messages", other.len())),
    }
}

fn input(value: &Value) -> Input {
    let kind = match value {
        Value::String(_) | Value::Null => InputType::String,
        Value::Number(_) => InputType::Number,
        Value::Bool(_) => InputType::Boolean,
        Value::Array(_) => InputType::List,
        Value::Object(_) => InputType::Object,
    };
    Input { kind, description: None, personal: false, optional: value.is_null(), default: None }
}
