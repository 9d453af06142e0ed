//! `tools/NAME.json`: a tool definition in the shape of MCP, OpenAI or Anthropic, kept as written.

use serde_json::{Value, json};

use super::{Document, Fields, Item, Reading, schema, text};

/// Which convention the file follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToolShape {
    /// `{name, description, inputSchema, annotations?}`.
    Mcp,
    /// `{type: "function", function: {name, description, parameters}}` or its inner table alone.
    OpenAi,
    /// `{name, description, input_schema}`.
    Anthropic,
}

/// A tool as the model sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// What the model calls it; may differ from the artifact's name.
    pub name: String,
    /// What it is said to do.
    pub description: String,
    /// JSON Schema of its arguments.
    pub parameters: Value,
    /// MCP annotations such as `destructiveHint`; null when there are none.
    pub annotations: Value,
    /// The convention of the file.
    pub shape: ToolShape,
}

impl Tool {
    /// Reads a tool file.
    ///
    /// # Errors
    ///
    /// Everything wrong in it. A missing description and keys that no convention knows are warnings.
    pub fn parse(path: &str, bytes: &[u8]) -> Reading<Self> {
        let text = text::decode(path, bytes)?;
        let document = Document::parse_json(path, text)?;
        let tool = Self::read(document.fields());
        document.finish(tool)
    }

    /// The tool in MCP shape: `{name, description, inputSchema}`, and `annotations` where there are any.
    pub fn to_mcp(&self) -> Value {
        let mut tool = json!({
            "name": self.name,
            "description": self.description,
            "inputSchema": self.parameters,
        });
        if let (Some(object), false) = (tool.as_object_mut(), self.annotations.is_null()) {
            object.insert("annotations".to_owned(), self.annotations.clone());
        }
        tool
    }

    fn read(mut outer: Fields<'_>) -> Option<Self> {
        if outer.has("function") {
            let kind = outer.one_of("type", &[("function", ())]);
            if !outer.has("type") {
                outer.report(outer.problem("missing-key", "`type` is missing; it must be `function`"));
            }
            let tool = outer.table("function").and_then(|inner| Self::read_flat(inner, ToolShape::OpenAi, true));
            outer.finish_leniently();
            return tool.filter(|_| kind.is_some());
        }
        let shape = shape_of(&outer);
        let may_lack_parameters = shape == ToolShape::OpenAi;
        Self::read_flat(outer, shape, may_lack_parameters)
    }

    fn read_flat(mut fields: Fields<'_>, shape: ToolShape, may_lack_parameters: bool) -> Option<Self> {
        let name = fields.required("name").and_then(|item| tool_name(&item));
        let description = description(&mut fields);
        let key = shape.schema_key();
        let parameters = match fields.item(key) {
            None if may_lack_parameters => Some(json!({ "type": "object", "properties": {} })),
            None => fields.required(key).and(None),
            Some(item) => parameters(&item),
        };
        for other in ["inputSchema", "parameters", "input_schema"].into_iter().filter(|other| *other != key) {
            if let Some(item) = fields.item(other) {
                let message = format!("`{other}` and `{key}` are of two conventions; a tool follows one");
                item.report(item.problem_at_key("mixed-shapes", message));
            }
        }
        let annotations = fields.item("annotations").and_then(|item| annotations(&item)).unwrap_or(Value::Null);
        for known in shape.other_keys() {
            fields.item(known);
        }
        fields.finish_leniently();
        Some(Self { name: name?, description, parameters: parameters?, annotations, shape })
    }
}

impl ToolShape {
    /// The key under which the convention keeps the schema of the arguments.
    fn schema_key(self) -> &'static str {
        match self {
            Self::Mcp => "inputSchema",
            Self::OpenAi => "parameters",
            Self::Anthropic => "input_schema",
        }
    }

    /// Keys of the convention that say nothing about the call itself.
    fn other_keys(self) -> &'static [&'static str] {
        match self {
            Self::Mcp => &["title", "outputSchema", "icons", "execution", "_meta"],
            Self::OpenAi => &["type", "strict"],
            Self::Anthropic => &["type", "strict", "cache_control", "input_examples", "defer_loading"],
        }
    }
}

/// The convention of a flat definition, by the key that holds its schema.
fn shape_of(fields: &Fields<'_>) -> ToolShape {
    if fields.has("inputSchema") {
        ToolShape::Mcp
    } else if fields.has("input_schema") {
        ToolShape::Anthropic
    } else if fields.has("parameters") || fields.has("type") {
        ToolShape::OpenAi
    } else {
        ToolShape::Mcp
    }
}

/// The name the model sees: what every provider takes, or a problem that says who refuses it.
fn tool_name(item: &Item<'_>) -> Option<String> {
    let name = item.string()?;
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    if name.is_empty() || name.len() > 128 || !plain {
        let why = "must be 1 to 128 letters, digits, `_`, `-` or `.`; every provider refuses others";
        item.refuse("bad-tool-name", format!("the tool name `{}` {why}", name.escape_debug()));
        return None;
    }
    let mut refused = Vec::new();
    if name.contains('.') {
        refused.push("Anthropic and OpenAI refuse `.`");
    }
    if name.len() > 64 {
        refused.push("OpenAI and Gemini refuse more than 64 characters");
    }
    if name.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '.')) {
        refused.push("Gemini wants a letter or `_` first");
    }
    if !refused.is_empty() {
        let message = format!("the tool name `{name}` is not taken everywhere: {}", refused.join("; "));
        item.report(item.problem("narrow-tool-name", message).as_warning());
    }
    Some(name)
}

fn description(fields: &mut Fields<'_>) -> String {
    let item = fields.item("description");
    let text = item.as_ref().and_then(Item::string);
    let absent = item.is_none() || text.as_ref().is_some_and(|text| text.trim().is_empty());
    if absent {
        let problem =
            fields.problem("no-description", "the tool has no description; a model cannot know when to call it");
        fields.report(problem.as_warning());
    }
    text.unwrap_or_default()
}

/// The schema of the arguments, which are always an object.
fn parameters(item: &Item<'_>) -> Option<Value> {
    let table = item.table()?;
    let schema = schema::checked(&table)?;
    match schema.get("type") {
        Some(Value::String(word)) if word == "object" => Some(schema),
        Some(_) => {
            let message = format!("`{}` must be of type `object`: arguments have names", item.keys());
            item.report(table.problem_inside("/type", "wrong-type", message));
            None
        }
        None => {
            let message = format!("`{}` does not say `\"type\": \"object\"`; some providers refuse that", item.keys());
            item.report(item.problem("no-schema-type", message).as_warning());
            Some(schema)
        }
    }
}

/// MCP's hints; those that are known must be `true` or `false`.
fn annotations(item: &Item<'_>) -> Option<Value> {
    let mut fields = item.table()?;
    for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
        fields.boolean(hint);
    }
    fields.json_whole()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Reading<Tool> {
        Tool::parse("tools/t.json", text.as_bytes())
    }

    fn codes(text: &str) -> Vec<(u32, String, bool)> {
        let problems = read(text).map_or_else(|problems| problems, |(_, warnings)| warnings);
        problems.into_iter().map(|problem| (problem.line, problem.code, problem.warning)).collect()
    }

    #[test]
    fn three_conventions_say_the_same() {
        let schema = r#"{"type":"object","properties":{"id":{"type":"string"}},"required":["id"]}"#;
        let head = r#""name":"lookup","description":"finds""#;
        for (text, shape) in [
            (format!(r#"{{{head},"inputSchema":{schema}}}"#), ToolShape::Mcp),
            (
                format!(r#"{{"type":"function","function":{{{head},"parameters":{schema},"strict":true}}}}"#),
                ToolShape::OpenAi,
            ),
            (format!(r#"{{{head},"parameters":{schema}}}"#), ToolShape::OpenAi),
            (format!(r#"{{"type":"function",{head},"parameters":{schema}}}"#), ToolShape::OpenAi),
            (format!("\u{feff}{{{head},\r\n\"input_schema\":{schema}}}"), ToolShape::Anthropic),
        ] {
            let (tool, warnings) = read(&text).unwrap();
            assert_eq!((tool.shape, warnings), (shape, Vec::new()));
            let schema: Value = serde_json::from_str(schema).unwrap();
            assert_eq!(tool.to_mcp(), json!({"name": "lookup", "description": "finds", "inputSchema": schema}));
        }
    }

    #[test]
    fn what_mcp_gives_is_read_back_the_same() {
        let text = r#"{"name":"wipe","description":"deletes all","inputSchema":{"type":"object"},"annotations":{"destructiveHint":true,"x":1}}"#;
        let (tool, _) = read(text).unwrap();
        assert_eq!(tool.annotations["destructiveHint"], json!(true));
        assert_eq!(read(&tool.to_mcp().to_string()).unwrap().0, tool);
    }

    #[test]
    fn a_tool_without_arguments_needs_a_schema_only_where_its_convention_does() {
        let (tool, _) = read(r#"{"type":"function","function":{"name":"now","description":"time"}}"#).unwrap();
        assert_eq!(tool.parameters["type"], json!("object"));
        assert_eq!(codes(r#"{"name":"now","description":"time"}"#), [(1, "missing-key".to_owned(), false)]);
    }

    #[test]
    fn what_is_wrong_in_a_tool_has_its_place() {
        let found = |line: u32, code: &str, warning: bool| (line, code.to_owned(), warning);
        assert_eq!(codes("{\n\"name\": \"a\",\n}"), [found(3, "bad-json", false)]);
        assert_eq!(codes("[]"), [found(1, "wrong-type", false)]);
        assert_eq!(codes(""), [found(1, "bad-json", false)]);
        assert_eq!(
            codes("{\"name\":\"a\",\n\"inputSchema\":{\"type\":\"object\",\n\"type\":\"object\"}}"),
            [found(3, "duplicate-key", false)]
        );
        assert_eq!(
            codes(
                "{\"name\":\"a b\",\n\"descripton\":\"x\",\n\"inputSchema\":{\n\"type\":\"object\",\"properties\":{\"x\":\n{\"type\":\"strng\"}}}}"
            ),
            [
                found(1, "no-description", true),
                found(1, "bad-tool-name", false),
                found(2, "unknown-key", true),
                found(5, "bad-schema", false)
            ]
        );
        let schema = r#""description":"d","inputSchema":"#;
        assert_eq!(
            codes(&format!("{{\"name\":\"a\",{schema}\n{{\"type\":\"string\"}}}}")),
            [found(2, "wrong-type", false)]
        );
        assert_eq!(codes(&format!("{{\"name\":\"a\",{schema}{{}}}}")), [found(1, "no-schema-type", true)]);
        assert_eq!(
            codes(&format!("{{\"name\":\"a.b\",{schema}{{\"type\":\"object\"}}}}")),
            [found(1, "narrow-tool-name", true)]
        );
        assert_eq!(
            codes(&format!("{{\"name\":\"a\",\n\"parameters\":{{}},{schema}{{\"type\":\"object\"}}}}")),
            [found(2, "mixed-shapes", false)]
        );
        for reference in ["https://example.com/a.json", "a.json", "file:///etc/passwd", "#/$defs/gone"] {
            let text = format!("{{\"name\":\"a\",{schema}{{\"type\":\"object\",\"$ref\":\"{reference}\"}}}}");
            assert_eq!(codes(&text), [found(1, "bad-schema", false)], "{reference}");
        }
    }
}
