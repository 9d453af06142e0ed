//! Values of inputs that are declared personal, and the marks that stand in their place.

use serde_json::{Map, Value};

use super::Reply;

/// How a mark begins; the path of the value in the case's variables follows, then `]`.
const BEGIN: &str = "[personal: ";

/// What follows the path where the value stood as JSON writes it inside of a string.
const ESCAPED: &str = ", escaped";

/// Values shorter than this are masked only where they stand as a word of their own.
const SHORT: usize = 4;

/// Replaces personal values by marks. The values stand in the case, so that whoever has the case can put them back:
/// scoring a kept reply sees what scoring the given one saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Personal {
    /// Value and mark, longest value first.
    pairs: Vec<(String, String)>,
}

impl Personal {
    /// The values that a case gives to the inputs of these names.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a String>, vars: &Map<String, Value>) -> Self {
        let mut pairs = Vec::new();
        for name in names {
            if let Some(value) = vars.get(name) {
                collect(name, value, &mut pairs);
            }
        }
        let escaped: Vec<(String, String)> =
            pairs.iter().filter_map(|(value, path)| Some((inside_json(value)?, format!("{path}{ESCAPED}")))).collect();
        pairs.extend(escaped);
        // The same value under two names gets the first one's mark.
        pairs.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        pairs.dedup_by(|later, earlier| later.0 == earlier.0);
        let mark = |(value, path): (String, String)| (value, format!("{BEGIN}{path}]"));
        Self { pairs: pairs.into_iter().map(mark).collect() }
    }

    /// Whether there is nothing to mask.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The text with marks in place of values.
    pub fn hide(&self, text: &str) -> String {
        if self.is_empty() {
            return text.to_owned();
        }
        let (mut out, mut at) = (String::with_capacity(text.len()), 0);
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let stands = |(value, _): &&(String, String)| rest.starts_with(value.as_str()) && is_whole(text, at, value);
            if let Some((value, mark)) = self.pairs.iter().find(stands) {
                out.push_str(mark);
                at += value.len();
            } else if let Some(c) = rest.chars().next() {
                out.push(c);
                at += c.len_utf8();
            }
        }
        out
    }

    /// The same for an excerpt, at whose end only the beginning of a value may stand.
    pub fn hide_excerpt(&self, text: &str) -> String {
        let hidden = self.hide(text);
        let cuts = hidden.match_indices('…').map(|(at, _)| at).collect::<Vec<_>>();
        for cut in cuts {
            let before = hidden.get(..cut).unwrap_or_default();
            for (value, mark) in &self.pairs {
                let beginnings = value.char_indices().map(|(at, _)| at).filter(|at| *at >= SHORT).rev();
                for length in beginnings {
                    if let Some(kept) = value.get(..length).and_then(|beginning| before.strip_suffix(beginning)) {
                        let after = hidden.get(cut..).unwrap_or_default();
                        return self.hide_excerpt(&format!("{kept}{mark}{}", after.replacen('…', "", 1)));
                    }
                }
            }
        }
        hidden
    }

    /// The reply with marks in place of values, in what it says and in the arguments of its calls.
    pub fn hide_reply(&self, reply: Reply) -> Reply {
        if self.is_empty() {
            return reply;
        }
        let number = |number: &serde_json::Number| {
            let text = number.to_string();
            self.pairs.iter().find(|(value, _)| *value == text).map(|(_, mark)| Value::String(mark.clone()))
        };
        mapped(reply, &|text| self.hide(text), &number)
    }
}

/// The reply with the values of this case in place of the marks for them.
pub fn with_values(reply: Reply, vars: &Map<String, Value>) -> Reply {
    if !reply.content.contains(BEGIN) && reply.tool_calls.is_empty() {
        return reply;
    }
    let mut reply = reply;
    for call in &mut reply.tool_calls {
        for value in call.arguments.values_mut() {
            numbers_back(value, vars);
        }
    }
    mapped(reply, &|text| shown(text, vars), &|_| None)
}

/// The text with the values of this case in place of the marks for them.
fn shown(text: &str, vars: &Map<String, Value>) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, from)) = rest.split_once(BEGIN) {
        out.push_str(before);
        let value = from.split_once(']').and_then(|(path, after)| Some((of_path(path, vars)?, after)));
        if let Some((value, after)) = value {
            out.push_str(&value);
            rest = after;
        } else {
            out.push_str(BEGIN);
            rest = from;
        }
    }
    out + rest
}

/// A number of an argument, which is kept as the mark alone.
fn numbers_back(value: &mut Value, vars: &Map<String, Value>) {
    match value {
        Value::String(text) => {
            let path = text.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(']'));
            if let Some(number @ Value::Number(_)) = path.and_then(|path| found(path, vars)) {
                *value = number.clone();
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| numbers_back(value, vars)),
        Value::Object(table) => table.values_mut().for_each(|value| numbers_back(value, vars)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn of_path(path: &str, vars: &Map<String, Value>) -> Option<String> {
    let (path, escaped) = path.strip_suffix(ESCAPED).map_or((path, false), |path| (path, true));
    let text = written(found(path, vars)?)?;
    if escaped { inside_json(&text) } else { Some(text) }
}

fn found<'a>(path: &str, vars: &'a Map<String, Value>) -> Option<&'a Value> {
    let mut steps = path.split('/');
    let first = vars.get(steps.next()?)?;
    steps.try_fold(first, |value, step| match value {
        Value::Array(list) => list.get(step.parse::<usize>().ok()?),
        Value::Object(table) => table.get(step),
        _ => None,
    })
}

/// A value that can stand in a text: text, or a number.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The text as JSON writes it inside of quotes, where that is something else.
fn inside_json(text: &str) -> Option<String> {
    let quoted = Value::String(text.to_owned()).to_string();
    let inside = quoted.strip_prefix('"')?.strip_suffix('"')?;
    (inside != text).then(|| inside.to_owned())
}

/// Every text and number in a value, with its path.
fn collect(path: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Array(list) => {
            for (place, value) in list.iter().enumerate() {
                collect(&format!("{path}/{place}"), value, pairs);
            }
        }
        Value::Object(table) => {
            // Who says something in a conversation is nobody's name.
            let is_message = table.contains_key("role") && table.contains_key("content");
            for (key, value) in table.iter().filter(|(key, _)| !is_message || key.as_str() != "role") {
                // A key that would break the mark keeps its value from being put back, and nothing else.
                collect(&format!("{path}/{}", key.replace([']', '/', ','], "_")), value, pairs);
            }
        }
        leaf => {
            let text = written(leaf).filter(|text| !text.trim().is_empty());
            pairs.extend(text.map(|text| (text, path.to_owned())));
        }
    }
}

/// Whether a value that begins here is masked: a short one only where no letter or digit stands beside it.
fn is_whole(text: &str, at: usize, value: &str) -> bool {
    if value.chars().count() >= SHORT && !value.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return true;
    }
    let before = text.get(..at).unwrap_or_default();
    let after = text.get(at + value.len()..).unwrap_or_default();
    !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
}

/// The reply with all its texts, and where something is given for them its numbers, replaced.
pub(super) fn mapped(
    mut reply: Reply,
    text: &dyn Fn(&str) -> String,
    number: &dyn Fn(&serde_json::Number) -> Option<Value>,
) -> Reply {
    reply.content = text(&reply.content);
    for call in &mut reply.tool_calls {
        for value in call.arguments.values_mut() {
            replace(value, text, number);
        }
    }
    reply
}

fn replace(value: &mut Value, text: &dyn Fn(&str) -> String, number: &dyn Fn(&serde_json::Number) -> Option<Value>) {
    match value {
        Value::String(old) => *old = text(old),
        Value::Number(old) => {
            if let Some(new) = number(old) {
                *value = new;
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| replace(value, text, number)),
        Value::Object(table) => table.values_mut().for_each(|value| replace(value, text, number)),
        Value::Null | Value::Bool(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::render::ToolCall;

    fn vars(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn personal_values_are_masked_and_put_back() {
        let vars = vars(&json!({
            "email": "anna@posteo.de", "name": "Jo", "age": 41, "note": "says \"hi\"\nbye",
            "address": { "street": "Hauptstr. 1", "tags": ["vip"] }, "order": "A-1"
        }));
        let personal = Personal::of(&names(&["email", "name", "age", "note", "address"]), &vars);
        let text = "Jo (anna@posteo.de), 41, lives in Hauptstr. 1; Joanna is 412; order A-1; {\"note\": \"says \\\"hi\\\"\\nbye\"}";
        let hidden = personal.hide(text);
        assert_eq!(
            hidden,
            "[personal: name] ([personal: email]), [personal: age], lives in [personal: address/street]; \
             Joanna is 412; order A-1; {\"note\": \"[personal: note, escaped]\"}"
        );
        assert_eq!(shown(&hidden, &vars), text);
        let arguments = json!({"to": "anna@posteo.de", "years": 41, "all": ["vip", true]}).as_object().unwrap().clone();
        let reply = Reply { tool_calls: vec![ToolCall { name: "mail".to_owned(), arguments }], ..Reply::text(text) };
        let kept = personal.hide_reply(reply.clone());
        assert_eq!(kept.tool_calls[0].arguments["years"], json!("[personal: age]"));
        assert!(!serde_json::to_string(&kept).unwrap().contains("posteo"));
        assert_eq!(with_values(kept, &vars), reply);
    }

    #[test]
    fn an_excerpt_that_ends_inside_a_value_shows_no_part_of_it() {
        let vars = vars(&json!({ "message": "My name is Anna Schmidt and I live in Bonn" }));
        let personal = Personal::of(&names(&["message"]), &vars);
        assert_eq!(
            personal.hide_excerpt("contains = \"My name is Anna Sch…, saw `x`"),
            "contains = \"[personal: message], saw `x`"
        );
        assert_eq!(personal.hide_excerpt("nothing of it…"), "nothing of it…");
    }

    #[test]
    fn a_mark_for_nothing_stays_as_it_is() {
        let vars = vars(&json!({ "a": "x" }));
        for text in ["[personal: b]", "[personal: a", "[personal: a/0]", "[personal: ]"] {
            assert_eq!(shown(text, &vars), text);
        }
    }

    proptest! {
        #[test]
        fn hiding_and_putting_back_gives_the_same_text(
            a in "[a-z\"\\\\\n]{1,6}", b in "\\PC{1,8}", n in 0_u32..2000, text in "[a-z \"\\\\0-9\n]{0,40}", tail in "\\PC{0,20}"
        ) {
            let vars = vars(&json!({ "a": a, "b": b, "n": n }));
            let personal = Personal::of(&names(&["a", "b", "n"]), &vars);
            let whole = format!("{text}{a}{tail}{b} {n}");
            prop_assume!(!whole.contains(BEGIN));
            prop_assert_eq!(shown(&personal.hide(&whole), &vars), whole);
        }
    }
}
