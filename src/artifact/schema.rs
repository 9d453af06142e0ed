//! JSON Schema, compiled without network and without files.

use jsonschema::Validator;
use serde_json::Value;

use super::{Document, Fields, Item, attached::Attached};

/// A JSON Schema ready to judge values. A `$ref` may only point inside the schema itself.
#[derive(Debug)]
pub struct Schema(Validator);

/// Why a schema was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the JSON Schema does not compile{}: {why}", if .pointer.is_empty() { String::new() } else { format!(" at `{pointer}`") })]
pub struct BadSchema {
    /// JSON pointer to the part at fault; empty for the whole.
    pub pointer: String,
    /// What is wrong, in one line.
    pub why: String,
}

impl Schema {
    /// Compiles a schema.
    ///
    /// # Errors
    ///
    /// [`BadSchema`]: it breaks the rules of its draft, or refers to something outside of itself.
    pub fn compile(schema: &Value) -> Result<Self, BadSchema> {
        jsonschema::options().offline().build(schema).map(Self).map_err(|error| {
            outward(schema, "").unwrap_or_else(|| BadSchema {
                pointer: error.instance_path().as_str().to_owned(),
                why: error.to_string().split_whitespace().collect::<Vec<_>>().join(" "),
            })
        })
    }

    /// Whether the schema accepts a value.
    pub fn accepts(&self, value: &Value) -> bool {
        self.0.is_valid(value)
    }

    /// Everything the schema finds wrong with a value, one line each; empty when it accepts it.
    pub fn errors(&self, value: &Value) -> Vec<String> {
        self.0.iter_errors(value).map(|error| line(&error)).collect()
    }

    /// The first of [`Schema::errors`], however many there are; `None` when it accepts the value.
    pub fn first_error(&self, value: &Value) -> Option<String> {
        self.0.validate(value).err().map(|error| line(&error))
    }
}

fn line(error: &jsonschema::ValidationError<'_>) -> String {
    match error.instance_path().as_str() {
        "" => error.to_string(),
        pointer => format!("{pointer}: {error}"),
    }
}

/// The first `$ref` to another file or host, to say plainly why a schema does not compile.
fn outward(schema: &Value, pointer: &str) -> Option<BadSchema> {
    let step = |step: &str| format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"));
    match schema {
        // A schema with an `$id` may name itself by it.
        Value::Object(table) if table.contains_key("$id") => None,
        Value::Object(table) => table.iter().find_map(|(key, value)| match value {
            Value::String(target) if key == "$ref" && !target.starts_with('#') => Some(BadSchema {
                pointer: step(key),
                why: format!("`{target}` is outside of the schema, and nothing is fetched"),
            }),
            value => outward(value, &step(key)),
        }),
        Value::Array(list) => {
            list.iter().enumerate().find_map(|(index, value)| outward(value, &step(&index.to_string())))
        }
        _ => None,
    }
}

/// The schema an item holds, as a table or as the name of an attached file; `None` after a report.
pub(super) fn read(item: &Item<'_>, attached: &Attached<'_>) -> Option<Value> {
    if item.is_table() {
        return checked(&item.table()?);
    }
    if item.as_str().is_none() {
        return item.wrong("a JSON Schema or the name of a file that holds one");
    }
    let (path, text) = attached.named(item)?;
    attached.schema_once(path, |path| read_file(path, text, item))
}

fn read_file(path: &str, text: &str, item: &Item<'_>) -> Option<Value> {
    match Document::parse_json(path, text) {
        Ok(document) => {
            let schema = checked(&document.fields());
            item.report_all(document.into_problems());
            schema
        }
        Err(problems) => {
            item.report_all(problems);
            None
        }
    }
}

/// The schema a table is, once it compiles; `bad-schema` otherwise.
pub(super) fn checked(fields: &Fields<'_>) -> Option<Value> {
    let schema = fields.json_whole()?;
    match Schema::compile(&schema) {
        Ok(_) => Some(schema),
        Err(error) => {
            fields.report(fields.problem_inside(&error.pointer, "bad-schema", error.to_string()));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_schema_judges_and_says_why() {
        let schema =
            Schema::compile(&json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}))
                .unwrap();
        assert!(schema.accepts(&json!({"a": 1})));
        assert_eq!(schema.errors(&json!({"a": "x"})), ["/a: \"x\" is not of type \"integer\""]);
        assert_eq!(schema.first_error(&json!({"a": "x"})), schema.errors(&json!({"a": "x"})).pop());
        assert_eq!(schema.first_error(&json!({"a": 1})), None);
        assert_eq!(Schema::compile(&json!({"type": "x"})).unwrap_err().pointer, "/type");
        let outward = Schema::compile(&json!({"allOf": [{"$ref": "https://example.com/a"}]})).unwrap_err();
        assert_eq!(outward.pointer, "/allOf/0/$ref");
        assert!(outward.why.contains("nothing is fetched"));
        assert!(Schema::compile(&json!({"default": {"$ref": "a.json"}})).is_ok());
    }

    #[test]
    fn a_schema_that_names_itself_ends() {
        let tree = json!({"type": "object", "properties": {"next": {"$ref": "#"}}});
        assert!(Schema::compile(&tree).unwrap().accepts(&json!({"next": {"next": {}}})));
        for endless in [
            json!({"$ref": "#"}),
            json!({"allOf": [{"$ref": "#"}]}),
            json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"anyOf": [{"$ref": "#/$defs/a"}]}}}),
            json!({"$dynamicRef": "#x", "$dynamicAnchor": "x"}),
            json!({"$id": "http://a.b/", "not": {"$ref": "http://a.b/"}}),
        ] {
            let schema = Schema::compile(&endless).unwrap();
            assert_eq!(schema.accepts(&json!({})), schema.errors(&json!({})).is_empty());
        }
    }
}
