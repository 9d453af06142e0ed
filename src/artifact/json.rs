//! JSON text as nodes that know where they stand; a key that stands twice is refused at every depth.

use std::collections::HashSet;

use serde::de::IgnoredAny;

use super::tree::{Entry, Node, NodeValue, Table};

/// Something wrong in JSON text, at a byte offset of it.
#[derive(Debug)]
pub(super) struct JsonError {
    pub(super) at: usize,
    pub(super) code: &'static str,
    pub(super) message: String,
}

/// Reads one JSON value, and nothing after it but white space.
///
/// # Errors
///
/// The first syntax error (`bad-json`), or all keys that stand twice in one object (`duplicate-key`).
pub(super) fn parse(text: &str) -> Result<Node, Vec<JsonError>> {
    // serde_json judges the syntax (and bounds the depth), so that the walk below may trust the text.
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        return Err(vec![syntax(text, &error)]);
    }
    let mut walk = Walk { text, at: 0, duplicates: Vec::new() };
    match walk.value() {
        Some(node) if walk.duplicates.is_empty() => Ok(node),
        Some(_) => Err(walk.duplicates),
        None => Err(vec![JsonError { at: walk.at, code: "bad-json", message: "this is not JSON".to_owned() }]),
    }
}

/// serde's line and column (in bytes, both from 1) as an offset, and its message without them.
fn syntax(text: &str, error: &serde_json::Error) -> JsonError {
    let start: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message).to_owned();
    JsonError { at: (start + error.column().saturating_sub(1)).min(text.len()), code: "bad-json", message }
}

struct Walk<'t> {
    text: &'t str,
    at: usize,
    duplicates: Vec<JsonError>,
}

impl Walk<'_> {
    fn value(&mut self) -> Option<Node> {
        self.skip_space();
        let at = self.at;
        let value = match self.peek()? {
            b'{' => NodeValue::Table(self.object()?),
            b'[' => NodeValue::List(self.array()?),
            b'"' => NodeValue::Text(self.string()?),
            b't' => self.word("true", NodeValue::Boolean(true))?,
            b'f' => self.word("false", NodeValue::Boolean(false))?,
            b'n' => self.word("null", NodeValue::Null)?,
            _ => self.number()?,
        };
        Some(Node { at, value })
    }

    fn object(&mut self) -> Option<Table> {
        let mut table = Table::default();
        let mut seen = HashSet::new();
        self.at += 1;
        loop {
            self.skip_space();
            match self.peek()? {
                b'}' => break,
                b',' => self.at += 1,
                _ => {
                    let entry = self.entry()?;
                    if !seen.insert(entry.key.clone()) {
                        let message = format!("the key `{}` stands twice in one object", entry.key.escape_debug());
                        self.duplicates.push(JsonError { at: entry.key_at, code: "duplicate-key", message });
                    }
                    table.entries.push(entry);
                }
            }
        }
        self.at += 1;
        Some(table)
    }

    fn entry(&mut self) -> Option<Entry> {
        let key_at = self.at;
        let key = self.string()?;
        self.skip_space();
        self.at += 1; // the colon
        Some(Entry { key, key_at, node: self.value()? })
    }

    fn array(&mut self) -> Option<Vec<Node>> {
        let mut list = Vec::new();
        self.at += 1;
        loop {
            self.skip_space();
            match self.peek()? {
                b']' => break,
                b',' => self.at += 1,
                _ => list.push(self.value()?),
            }
        }
        self.at += 1;
        Some(list)
    }

    fn string(&mut self) -> Option<String> {
        let start = self.at;
        let mut escaped = false;
        let inside = self.text.as_bytes().get(start + 1..)?;
        let length = inside.iter().position(|byte| {
            let closes = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            closes
        })?;
        self.at = start + length + 2;
        serde_json::from_str(self.text.get(start..self.at)?).ok()
    }

    fn number(&mut self) -> Option<NodeValue> {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..)?;
        let ends = |byte: &u8| !matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
        self.at = start + rest.iter().position(ends).unwrap_or(rest.len());
        let read = serde_json::from_str(self.text.get(start..self.at)?);
        Some(read.map_or(NodeValue::OddNumber, NodeValue::Number))
    }

    fn word(&mut self, word: &str, value: NodeValue) -> Option<NodeValue> {
        self.at += word.len();
        (self.text.get(self.at - word.len()..self.at)? == word).then_some(value)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn json_errors_stand_where_the_error_is() {
        let errors = parse("{\"a\": 1,\n  \"b\": }").unwrap_err();
        assert_eq!((errors[0].at, errors[0].code), (16, "bad-json"));
        let text = r#"{"a": {"x": 1, "x": 2}, "b": [{"y\"": 0, "y\u0022": 0}]}"#;
        let found: Vec<usize> = parse(text).unwrap_err().iter().map(|error| error.at).collect();
        assert_eq!(found, [text.find("\"x\": 2").unwrap(), text.rfind("\"y").unwrap()]);
        assert!(parse("{\"a\": 1e999}").unwrap().json().is_err());
        assert!(parse(&"[".repeat(100_000)).is_err());
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::hash_map(any::<String>(), inner, 0..4)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn nodes_hold_what_serde_reads(value in any_json(), pretty: bool) {
            let text = if pretty { format!("{value:#}") } else { value.to_string() };
            prop_assert_eq!(parse(&text).unwrap().json().unwrap(), value);
        }

        #[test]
        fn no_text_makes_the_walk_panic(text in ".{0,60}") {
            drop(parse(&text));
        }

        #[test]
        fn no_near_json_makes_the_walk_panic(text in r#"[\[\]{}:,"\\0-9eE.+a-u \n-]{0,40}"#) {
            drop(parse(&text));
        }
    }
}
