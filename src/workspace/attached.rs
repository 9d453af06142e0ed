//! The files an artifact's text names.

use toml::Value;

use crate::{artifact::SourceFile, name::Kind};

/// Paths, from the main file's folder, that its text names; sorted, only such as cannot leave the folder.
///
/// A text that cannot be read names nothing: whoever parses it says what is wrong.
pub(super) fn attached_names(kind: Kind, main: &SourceFile) -> Vec<String> {
    let text = String::from_utf8_lossy(&main.bytes);
    let text = text.trim_start_matches('\u{feff}');
    let toml = match kind {
        Kind::Suite => Some(text),
        Kind::Prompt => front_matter(text),
        _ => None,
    };
    let mut names = Vec::new();
    if let Some(table) = toml.and_then(|toml| toml.parse::<toml::Table>().ok()) {
        collect(&Value::Table(table), &mut names);
    }
    names.retain(|name| stays_below(name));
    names.sort();
    names.dedup();
    names
}

/// The text between a first line `+++` and the next one.
fn front_matter(text: &str) -> Option<&str> {
    let (first, rest) = text.split_once('\n')?;
    if first.trim_end() != "+++" {
        return None;
    }
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "+++" {
            return rest.get(..at);
        }
        at += line.len();
    }
    None
}

/// `cases = "…"`, `json_schema = "…"` and `[output] schema = "…"`, wherever they stand.
fn collect(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                match (key.trim_start_matches("not_"), value) {
                    ("cases" | "json_schema" | "schema", Value::String(name)) => names.push(name.clone()),
                    ("vars" | "arguments" | "inputs" | "request", _) => {}
                    _ => collect(value, names),
                }
            }
        }
        Value::Array(list) => {
            for value in list {
                match value {
                    Value::Table(_) | Value::Array(_) => collect(value, names),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

fn stays_below(name: &str) -> bool {
    !name.contains(|c: char| matches!(c, '\\' | ':') || c.is_control())
        && name.split('/').all(|word| !matches!(word, "" | "." | ".."))
}
