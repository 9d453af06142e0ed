//! The variables a prompt declares.

use serde_json::Value;

use super::Item;

/// What a variable may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputType {
    /// Text.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A list of anything.
    List,
    /// A table of anything.
    Object,
    /// A conversation so far: a list of `{role, content}`.
    Messages,
}

/// One declared variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// What it may hold.
    pub kind: InputType,
    /// What it is for.
    pub description: Option<String>,
    /// `data = "personal"`: masked wherever stored.
    pub personal: bool,
    /// Whether it may be left out; then it is undefined in the body.
    pub optional: bool,
    /// What it is when nothing is given.
    pub default: Option<Value>,
}

impl InputType {
    const WORDS: [(&str, Self); 6] = [
        ("string", Self::String),
        ("number", Self::Number),
        ("boolean", Self::Boolean),
        ("list", Self::List),
        ("object", Self::Object),
        ("messages", Self::Messages),
    ];

    /// The word users write for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::List => "list",
            Self::Object => "object",
            Self::Messages => "messages",
        }
    }

    /// Whether a variable of this type may hold the value.
    pub fn accepts(self, value: &Value) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
            Self::List => value.is_array(),
            Self::Object => value.is_object(),
            Self::Messages => value.as_array().is_some_and(|messages| messages.iter().all(is_message)),
        }
    }
}

/// `{role, content}`, the role a word, and anything a provider may add.
fn is_message(value: &Value) -> bool {
    value.get("role").is_some_and(Value::is_string) && value.get("content").is_some()
}

impl Input {
    /// Reads one entry of `[inputs]`; `None` after a report.
    pub(super) fn read(name: &str, item: &Item<'_>) -> Option<(String, Self)> {
        if !is_variable(name) {
            let message = format!("`{}` cannot be the name of a variable", name.escape_debug());
            let problem = item.problem_at_key("bad-name", message);
            item.report(problem.next("use letters, digits and `_`, not a digit first, and no word of Jinja"));
        }
        let mut fields = item.table()?;
        let kind = match fields.item("type") {
            None => Some(InputType::String),
            Some(item) => item.one_of(&InputType::WORDS),
        };
        let input = Self {
            kind: kind.unwrap_or(InputType::String),
            description: fields.string("description"),
            personal: fields.one_of("data", &[("personal", ())]).is_some(),
            optional: fields.boolean("optional").unwrap_or_default(),
            default: fields.item("default").and_then(|item| default(&item, kind)),
        };
        if input.optional && fields.has("default") {
            let message = format!("`{name}` is optional and has a default; one of the two is never used");
            item.report(item.problem_at_key("contradiction", message).next("remove `optional`"));
        }
        fields.finish();
        Some((name.to_owned(), input))
    }
}

fn default(item: &Item<'_>, kind: Option<InputType>) -> Option<Value> {
    let value = item.json()?;
    let kind = kind?;
    if kind.accepts(&value) {
        return Some(value);
    }
    item.refuse("wrong-type", format!("`{}` does not fit the type `{}`", item.keys(), kind.word()));
    None
}

/// Whether Jinja reads the word as a variable.
fn is_variable(word: &str) -> bool {
    const RESERVED: [&str; 14] =
        ["true", "false", "none", "True", "False", "None", "and", "or", "not", "in", "is", "if", "else", "self"];
    let letters = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    letters && !word.is_empty() && !word.starts_with(|first: char| first.is_ascii_digit()) && !RESERVED.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_type_accepts_what_it_names() {
        assert!(InputType::Messages.accepts(&json!([{"role": "user", "content": "hi"}])));
        assert!(!InputType::Messages.accepts(&json!([{"role": "user"}])));
        assert!(!InputType::Number.accepts(&json!("1")));
        for (word, kind) in InputType::WORDS {
            assert_eq!(kind.word(), word);
        }
    }

    #[test]
    fn a_variable_is_a_word_that_jinja_reads_as_one() {
        for good in ["message", "_x", "order_id2"] {
            assert!(is_variable(good), "{good}");
        }
        for bad in ["", "2x", "a-b", "a b", "in", "true", "ü"] {
            assert!(!is_variable(bad), "{bad}");
        }
    }
}
