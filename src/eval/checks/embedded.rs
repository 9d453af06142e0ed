//! JSON that stands somewhere in a reply.

use serde_json::Value;

use crate::artifact::Schema;

use super::{super::excerpt::excerpt, Ruling, json::unusable, text::quoted};

/// How many bytes are looked through for ends of tables and lists, all attempts together.
const MOST_LOOKED_AT: usize = 16 * 1024 * 1024;

/// How deep tables and lists may stand in each other; JSON that is deeper is read nowhere in this program.
const DEEPEST: usize = 127;

/// `contains_json`: a table or a list of JSON stands in the reply, and the schema, where there is one, accepts it.
///
/// Looked at are the outermost ones, from left to right; texts, numbers and words alone are not looked for, because
/// nearly every reply has some.
pub(in crate::eval) fn contains_json(reply: &str, schema: Option<&Value>) -> Ruling {
    let schema = match schema.map(Schema::compile).transpose() {
        Ok(schema) => schema,
        Err(e) => return unusable(&e.to_string()),
    };
    let mut refused = None;
    let mut search = Search { text: reply, at: 0, budget: MOST_LOOKED_AT };
    while let Some((text, value)) = search.next_value() {
        match schema.as_ref().and_then(|schema| schema.first_error(&value)) {
            None => return Ruling::Holds(format!("the reply holds {}", quoted(text))),
            Some(error) => refused = refused.or(Some((text, error))),
        }
    }
    if search.budget == 0 {
        return Ruling::Broken("the reply holds too many brackets without JSON to look through them all".to_owned());
    }
    Ruling::Fails(match refused {
        Some((text, error)) => format!("the schema refuses {}: {}", quoted(text), excerpt(&error)),
        None => format!("the reply holds no JSON: {}", quoted(reply)),
    })
}

/// Goes through a text from one table or list to the next.
struct Search<'t> {
    text: &'t str,
    at: usize,
    budget: usize,
}

impl<'t> Search<'t> {
    /// The next table or list with its text; `None` at the end, and when the budget is used up.
    fn next_value(&mut self) -> Option<(&'t str, Value)> {
        while self.budget > 0 {
            let rest = self.text.get(self.at..)?;
            let start = self.at + rest.find(['{', '['])?;
            self.at = start + 1;
            let Some(end) = self.end_of(start) else { continue };
            let part = self.text.get(start..end)?;
            if let Ok(value) = serde_json::from_str(part) {
                self.at = end;
                return Some((part, value));
            }
        }
        None
    }

    /// Behind the bracket that closes the one at `start`, strings skipped; JSON or not is not judged here.
    fn end_of(&mut self, start: usize) -> Option<usize> {
        let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
        let bytes = self.text.as_bytes().get(start..)?;
        for (at, byte) in bytes.iter().take(self.budget).enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                b'{' | b'[' if !quoted => depth += 1,
                b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 || depth > DEEPEST {
                // Reading what was found costs as much again.
                self.budget = self.budget.saturating_sub(2 * (at + 1));
                return (depth == 0).then_some(start + at + 1);
            }
        }
        self.budget = self.budget.saturating_sub(bytes.len());
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(reply: &str) -> Vec<Value> {
        let mut search = Search { text: reply, at: 0, budget: MOST_LOOKED_AT };
        std::iter::from_fn(|| search.next_value().map(|(_, value)| value)).collect()
    }

    #[test]
    fn json_is_found_between_words_and_inside_of_what_is_none() {
        assert_eq!(
            found("Here:\n```json\n{\"a\": [1]}\n```\nand [2] [x] {oops [3]}"),
            [json!({"a": [1]}), json!([2]), json!([3])]
        );
        assert_eq!(found("a \"quote { in words\" and {\"b\": \"}\"} 5"), [json!({"b": "}"})]);
        assert_eq!(found("{ \"unclosed\": [1, 2] "), [json!([1, 2])]);
        assert_eq!(found("no \"json\" 5 true"), Vec::<Value>::new());
    }

    #[test]
    fn a_hostile_reply_is_looked_through_in_bounded_time() {
        for text in ["[", "{\"a\":", "[\"", "[1,", "{\"[", "[\\\"", "[]", "{}x", "[\"]\","] {
            let reply = text.repeat(1_000_000 / text.len());
            let ruling = contains_json(&reply, Some(&json!({ "type": "string" })));
            assert!(!matches!(ruling, Ruling::Holds(_)), "{text}");
        }
    }
}
