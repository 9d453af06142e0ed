//! Filters and tests a template may use: the engine's, with those of ours that follow Python closer.

use minijinja::{Environment, Error, ErrorKind, State, Value as Any, value::Kwargs};
use serde_json::Value;

/// Every filter that is offered.
pub(super) const FILTERS: [&str; 46] = [
    "abs",
    "attr",
    "batch",
    "bool",
    "capitalize",
    "chain",
    "count",
    "d",
    "default",
    "dictsort",
    "e",
    "escape",
    "first",
    "float",
    "format",
    "groupby",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "safe",
    "select",
    "selectattr",
    "slice",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "tojson",
    "trim",
    "unique",
    "upper",
];

/// Every test that is offered.
pub(super) const TESTS: [&str; 31] = [
    "boolean",
    "defined",
    "divisibleby",
    "endingwith",
    "eq",
    "equalto",
    "even",
    "false",
    "float",
    "ge",
    "greaterthan",
    "gt",
    "in",
    "integer",
    "iterable",
    "le",
    "lessthan",
    "lower",
    "lt",
    "mapping",
    "ne",
    "none",
    "number",
    "odd",
    "sameas",
    "sequence",
    "startingwith",
    "string",
    "true",
    "undefined",
    "upper",
];

/// Adds ours.
pub(super) fn add(engine: &mut Environment<'_>) {
    engine.add_filter("tojson", tojson);
    engine.add_filter("replace", replace);
    engine.add_filter("sort", sort);
    engine.add_filter("int", int);
    engine.add_filter("float", float);
}

/// JSON as Python's `json.dumps` writes it: a space after `,` and `:`, nothing escaped for HTML, since
/// prompts are no web pages. Takes `indent`, `separators`, `sort_keys` and `ensure_ascii`.
#[expect(clippy::needless_pass_by_value, reason = "the shape the engine calls")]
fn tojson(value: &Any, indent: Option<usize>, options: Kwargs) -> Result<String, Error> {
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
    let mut writer =
        Json { out: String::new(), indent: indent.map(|width| width.min(64)), comma, colon, sorted, ascii };
    writer.value(&value, 0);
    Ok(writer.out)
}

struct Json {
    out: String,
    indent: Option<usize>,
    comma: String,
    colon: String,
    sorted: bool,
    ascii: bool,
}

impl Json {
    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Array(items) => self.all('[', items.iter().map(|item| (None, item)), ']', depth),
            Value::Object(table) if self.sorted => {
                let mut entries: Vec<_> = table.iter().collect();
                entries.sort_by_key(|(key, _)| *key);
                self.all('{', entries.into_iter().map(|(key, item)| (Some(key), item)), '}', depth);
            }
            Value::Object(table) => self.all('{', table.iter().map(|(key, item)| (Some(key), item)), '}', depth),
            Value::String(text) => self.string(text),
            other => self.out.push_str(&other.to_string()),
        }
    }

    fn all<'v>(
        &mut self,
        open: char,
        items: impl Iterator<Item = (Option<&'v String>, &'v Value)>,
        close: char,
        depth: usize,
    ) {
        self.out.push(open);
        let mut is_empty = true;
        for (key, item) in items {
            if !is_empty {
                self.out.push_str(&self.comma.clone());
            }
            is_empty = false;
            self.line(depth + 1);
            if let Some(key) = key {
                self.string(key);
                self.out.push_str(&self.colon.clone());
            }
            self.value(item, depth + 1);
        }
        if !is_empty {
            self.line(depth);
        }
        self.out.push(close);
    }

    fn line(&mut self, depth: usize) {
        if let Some(width) = self.indent {
            self.out.push('\n');
            self.out.push_str(&" ".repeat(width * depth));
        }
    }

    fn string(&mut self, text: &str) {
        let quoted = Value::String(text.to_owned()).to_string();
        if !self.ascii {
            return self.out.push_str(&quoted);
        }
        let mut units = [0u16; 2];
        for c in quoted.chars() {
            if c.is_ascii() {
                self.out.push(c);
            } else {
                for unit in c.encode_utf16(&mut units) {
                    self.out.extend(["\\u".to_owned(), format!("{unit:04x}")]);
                }
            }
        }
    }
}

/// `replace(old, new, count)`, as Jinja has it.
#[expect(clippy::needless_pass_by_value, reason = "the shape the engine calls")]
fn replace(text: &str, old: &str, new: &str, count: Option<usize>, options: Kwargs) -> Result<String, Error> {
    let count = match count {
        Some(count) => Some(count),
        None => options.get::<Option<usize>>("count")?,
    };
    options.assert_all_used()?;
    Ok(match count {
        Some(count) => text.replacen(old, new, count),
        None => text.replace(old, new),
    })
}

/// The engine's `sort`, which also takes `reverse` in first place, as Jinja has it.
fn sort(state: &State<'_, '_>, value: Any, reverse: Option<bool>, options: Kwargs) -> Result<Any, Error> {
    let Some(reverse) = reverse else { return minijinja::filters::sort(state, value, options) };
    let mut all: Vec<(String, Any)> = Vec::new();
    for name in options.args() {
        all.push((name.to_owned(), options.peek(name)?));
    }
    all.push(("reverse".to_owned(), Any::from(reverse)));
    minijinja::filters::sort(state, value, all.into_iter().collect())
}

/// The engine's `int`; what is no number becomes the default, 0 when none is given, as Jinja has it.
fn int(
    state: &State<'_, '_>,
    value: &Any,
    default: Option<Any>,
    base: Option<u32>,
    options: Kwargs,
) -> Result<Any, Error> {
    let otherwise = fallback(value, default.as_ref(), &options, Any::from(0))?;
    Ok(minijinja::filters::int(state, value, default, base, options).unwrap_or(otherwise))
}

/// The engine's `float`; what is no number becomes the default, 0.0 when none is given, as Jinja has it.
fn float(state: &State<'_, '_>, value: &Any, default: Option<Any>, options: Kwargs) -> Result<Any, Error> {
    let otherwise = fallback(value, default.as_ref(), &options, Any::from(0.0))?;
    Ok(minijinja::filters::float(state, value, default, options).unwrap_or(otherwise))
}

/// What a conversion gives when it fails; what is undefined stays an error.
fn fallback(value: &Any, default: Option<&Any>, options: &Kwargs, zero: Any) -> Result<Any, Error> {
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    let named = options.get::<Option<Any>>("default")?;
    Ok(default.cloned().or(named).unwrap_or(zero))
}

fn refused(why: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, why)
}
