//! JSON in a template, as Python writes it.

use std::fmt::Write as _;

use minijinja::{Error, ErrorKind, Value as Any, value::Kwargs};
use serde_json::Value;

use super::{engine::LARGEST, meter::too_large};

/// JSON as Python's `json.dumps` writes it: a space after `,` and `:`, nothing escaped for HTML, since
/// prompts are no web pages. Takes `indent`, `separators`, `sort_keys` and `ensure_ascii`.
#[expect(clippy::needless_pass_by_value, reason = "the shape the engine calls")]
pub(super) fn tojson(value: &Any, indent: Option<usize>, options: Kwargs) -> Result<String, Error> {
    let indent = match indent {
        Some(width) => Some(width),
        None => options.get::<Option<usize>>("indent")?,
    };
    let separators: Option<Vec<String>> = options.get("separators")?;
    let sorted = options.get::<Option<bool>>("sort_keys")?.unwrap_or(false);
    let ascii = options.get::<Option<bool>>("ensure_ascii")?.unwrap_or(false);
    options.assert_all_used()?;
    let value = serde_json::to_value(value).map_err(|e| refused(format!("this has no JSON form: {e}")))?;
    let (comma, colon) = match separators.as_deref() {
        None if indent.is_some() => (",".to_owned(), ": ".to_owned()),
        None => (", ".to_owned(), ": ".to_owned()),
        Some([comma, colon]) => (comma.clone(), colon.clone()),
        Some(_) => return Err(refused("`separators` takes two strings".to_owned())),
    };
    let mut writer = Json {
        out: String::new(),
        indent: indent.map(|width| width.min(64)),
        comma,
        colon,
        sorted,
        ascii,
        is_full: false,
    };
    writer.value(&value, 0);
    if writer.is_full { Err(too_large()) } else { Ok(writer.out) }
}

struct Json {
    out: String,
    indent: Option<usize>,
    comma: String,
    colon: String,
    sorted: bool,
    ascii: bool,
    is_full: bool,
}

impl Json {
    /// Writes what there is room for.
    fn put(&mut self, text: &str) {
        self.is_full |= self.out.len() + text.len() > LARGEST;
        if !self.is_full {
            self.out.push_str(text);
        }
    }

    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Array(items) => self.all("[", items.iter().map(|item| (None, item)), "]", depth),
            Value::Object(table) if self.sorted => {
                let mut entries: Vec<_> = table.iter().collect();
                entries.sort_by_key(|(key, _)| *key);
                self.all("{", entries.into_iter().map(|(key, item)| (Some(key), item)), "}", depth);
            }
            Value::Object(table) => self.all("{", table.iter().map(|(key, item)| (Some(key), item)), "}", depth),
            Value::String(text) => self.string(text),
            other => self.put(&other.to_string()),
        }
    }

    fn all<'v>(
        &mut self,
        open: &str,
        items: impl Iterator<Item = (Option<&'v String>, &'v Value)>,
        close: &str,
        depth: usize,
    ) {
        self.put(open);
        let mut is_empty = true;
        for (key, item) in items {
            if !is_empty {
                self.put(&self.comma.clone());
            }
            is_empty = false;
            self.line(depth + 1);
            if let Some(key) = key {
                self.string(key);
                self.put(&self.colon.clone());
            }
            self.value(item, depth + 1);
        }
        if !is_empty {
            self.line(depth);
        }
        self.put(close);
    }

    fn line(&mut self, depth: usize) {
        if let Some(width) = self.indent {
            self.put("\n");
            self.put(&" ".repeat(width * depth));
        }
    }

    fn string(&mut self, text: &str) {
        let quoted = Value::String(text.to_owned()).to_string();
        if !self.ascii {
            return self.put(&quoted);
        }
        let mut units = [0u16; 2];
        let mut plain = String::with_capacity(quoted.len());
        for c in quoted.chars() {
            if c.is_ascii() {
                plain.push(c);
            } else {
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(plain, "\\u{unit:04x}");
                }
            }
        }
        self.put(&plain);
    }
}

fn refused(why: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, why)
}

#[cfg(test)]
mod tests {
    use super::super::engine;

    #[test]
    fn json_is_written_as_python_writes_it() {
        let engine = engine::bare(1_000);
        for (source, expected) in [
            ("{'b': [1, 2.5, none, true], 'a': '<é>'} | tojson", "{\"b\": [1, 2.5, null, true], \"a\": \"<é>\"}"),
            ("{'b': 1, 'a': {}} | tojson(sort_keys=true, indent=1)", "{\n \"a\": {},\n \"b\": 1\n}"),
            ("'é🙂' | tojson(ensure_ascii=true)", "\"\\u00e9\\ud83d\\ude42\""),
        ] {
            let value = engine.compile_expression(source).unwrap().eval(()).unwrap();
            assert_eq!(value.as_str(), Some(expected), "{source}");
        }
    }
}
