//! One request, as different readers expect it.

use serde_json::{Map, Value, json};

use super::{Message, Request, Speaker, ToolCall, Turn};

impl Speaker {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
        }
    }

    /// The speaker of this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::System, Self::User, Self::Assistant, Self::Tool].into_iter().find(|speaker| speaker.word() == word)
    }
}

impl Request {
    /// The messages alone: a list of `{role, content}`, with the calls and answers of tools where there are any.
    pub fn messages_face(&self) -> Value {
        self.messages.iter().map(|message| serde_json::to_value(message).unwrap_or_default()).collect()
    }

    /// The body of an `OpenAI` chat completion. Parameters stand beside the rest and cannot replace it.
    pub fn openai(&self) -> Value {
        let mut body = self.head(self.turns().into_iter().map(openai_message).collect());
        self.add_tools(&mut body, |name, description, schema| {
            json!({ "type": "function",
                    "function": { "name": name, "description": description, "parameters": schema } })
        });
        self.with_params(body)
    }

    /// The body of an Anthropic message.
    ///
    /// Its interface has one place for instructions: one system message stands there as text, several as
    /// a list of text blocks. Answers of tools are the user's; those that follow each other are one message.
    pub fn anthropic(&self) -> Value {
        let turns = self.turns();
        let (system, others): (Vec<_>, Vec<_>) =
            turns.into_iter().partition(|turn| matches!(turn, Turn::Says { role: Speaker::System, .. }));
        let mut body = self.head(anthropic_messages(others));
        match system.as_slice() {
            [] => {}
            [one] => drop(body.insert("system".to_owned(), json!(one.text()))),
            many => {
                let blocks = many.iter().map(|turn| json!({ "type": "text", "text": turn.text() })).collect();
                body.insert("system".to_owned(), blocks);
            }
        }
        self.add_tools(
            &mut body,
            |name, description, schema| json!({ "name": name, "description": description, "input_schema": schema }),
        );
        self.with_params(body)
    }

    /// Each tool as a provider wants it, made of its name, its description and the schema of its arguments.
    pub fn tools_as(&self, shape: impl Fn(Value, Value, Value) -> Value) -> Vec<Value> {
        let part = |tool: &Value, key| tool.get(key).cloned().unwrap_or_default();
        let schema = |tool: &Value| tool.get("inputSchema").cloned().unwrap_or_else(|| json!({ "type": "object" }));
        self.tools.iter().map(|tool| shape(part(tool, "name"), part(tool, "description"), schema(tool))).collect()
    }

    /// The request for a person to read: a lone user message as it is, otherwise each message under its
    /// role in brackets. For eyes only: content may look like such a line.
    pub fn text(&self) -> String {
        if let [Message { role: Speaker::User, content, .. }] = self.messages.as_slice() {
            return content.clone();
        }
        let call = |call: &ToolCall| format!("→ {} {}\n", call.name, Value::Object(call.arguments.clone()));
        let part = |message: &Message| {
            let calls: String = message.tool_calls.iter().map(call).collect();
            format!("[{}]\n{}\n{calls}", message.role.word(), message.content)
        };
        self.messages.iter().map(part).collect::<Vec<String>>().join("\n")
    }

    fn head(&self, messages: Value) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("model".to_owned(), json!(self.model));
        body.insert("messages".to_owned(), messages);
        body
    }

    fn add_tools(&self, body: &mut Map<String, Value>, shape: impl Fn(Value, Value, Value) -> Value) {
        if !self.tools.is_empty() {
            body.insert("tools".to_owned(), Value::Array(self.tools_as(shape)));
        }
    }

    fn with_params(&self, mut body: Map<String, Value>) -> Value {
        for (key, value) in &self.params {
            body.entry(key.clone()).or_insert_with(|| value.clone());
        }
        Value::Object(body)
    }
}

impl Turn<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Says { text, .. } | Self::Calls { text, .. } | Self::Answers { text, .. } => text,
        }
    }
}

fn openai_message(turn: Turn<'_>) -> Value {
    match turn {
        Turn::Says { role, text } => json!({ "role": role.word(), "content": text }),
        Turn::Calls { text, calls } => {
            let written = |arguments: &Map<String, Value>| serde_json::to_string(arguments).unwrap_or_default();
            let call = |(id, call): &(String, &ToolCall)| {
                json!({ "id": id, "type": "function",
                        "function": { "name": call.name, "arguments": written(&call.arguments) } })
            };
            let calls: Vec<Value> = calls.iter().map(call).collect();
            json!({ "role": "assistant", "content": text, "tool_calls": calls })
        }
        Turn::Answers { id, text, .. } => json!({ "role": "tool", "tool_call_id": id, "content": text }),
    }
}

/// All answers to one message's calls stand in one message, or the next model learns to call one tool at a time.
fn anthropic_messages(turns: Vec<Turn<'_>>) -> Value {
    let mut messages: Vec<Value> = Vec::new();
    let mut answers: Vec<Value> = Vec::new();
    for turn in turns {
        if let Turn::Answers { id, text, .. } = turn {
            answers.push(json!({ "type": "tool_result", "tool_use_id": id, "content": text }));
            continue;
        }
        messages.extend(all_answers(&mut answers));
        messages.push(match turn {
            Turn::Calls { text, calls } => {
                // An empty text block is refused.
                let said = (!text.is_empty()).then(|| json!({ "type": "text", "text": text }));
                let call = |(id, call): (String, &ToolCall)| {
                    json!({ "type": "tool_use", "id": id, "name": call.name, "input": call.arguments })
                };
                let blocks: Vec<Value> = said.into_iter().chain(calls.into_iter().map(call)).collect();
                json!({ "role": "assistant", "content": blocks })
            }
            Turn::Says { role, text } => json!({ "role": role.word(), "content": text }),
            Turn::Answers { .. } => continue,
        });
    }
    messages.extend(all_answers(&mut answers));
    Value::Array(messages)
}

fn all_answers(answers: &mut Vec<Value>) -> Option<Value> {
    let answers = std::mem::take(answers);
    (!answers.is_empty()).then(|| json!({ "role": "user", "content": answers }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        Request {
            model: "m-1".to_owned(),
            messages: vec![Message::new(Speaker::System, "Be kind."), Message::new(Speaker::User, "Hello")],
            tools: vec![json!({ "name": "look", "description": "Looks.", "inputSchema": { "type": "object" } })],
            params: Map::from_iter([("temperature".to_owned(), json!(0)), ("model".to_owned(), json!("other"))]),
        }
    }

    #[test]
    fn openai_gets_functions_and_parameters_cannot_replace_the_model() {
        assert_eq!(
            request().openai(),
            json!({
                "model": "m-1",
                "messages": [{ "role": "system", "content": "Be kind." }, { "role": "user", "content": "Hello" }],
                "tools": [{ "type": "function", "function":
                    { "name": "look", "description": "Looks.", "parameters": { "type": "object" } } }],
                "temperature": 0
            })
        );
    }

    #[test]
    fn anthropic_gets_the_system_message_apart() {
        let body = request().anthropic();
        assert_eq!(body["system"], "Be kind.");
        assert_eq!(body["messages"], json!([{ "role": "user", "content": "Hello" }]));
        assert_eq!(body["tools"][0]["input_schema"], json!({ "type": "object" }));
    }

    #[test]
    fn a_lone_user_message_is_its_own_text() {
        let mut request = request();
        assert_eq!(request.text(), "[system]\nBe kind.\n\n[user]\nHello\n");
        request.messages.remove(0);
        assert_eq!(request.text(), "Hello");
    }

    #[test]
    fn calls_and_answers_stand_where_each_interface_wants_them() {
        let arguments = json!({ "id": 1 }).as_object().unwrap().clone();
        let call = |name: &str| ToolCall { name: name.to_owned(), arguments: arguments.clone() };
        let mut request = request();
        request.messages.extend([
            Message::calling("", vec![call("look"), call("find")]),
            Message::answering(0, "L"),
            Message::answering(1, "F"),
            Message::new(Speaker::Tool, "nobody asked"),
        ]);
        let function = |id: &str, name: &str| json!({ "id": id, "type": "function", "function": { "name": name, "arguments": "{\"id\":1}" } });
        assert_eq!(
            request.openai()["messages"].as_array().unwrap()[2..],
            [
                json!({ "role": "assistant", "content": "",
                        "tool_calls": [function("call00000", "look"), function("call00001", "find")] }),
                json!({ "role": "tool", "tool_call_id": "call00000", "content": "L" }),
                json!({ "role": "tool", "tool_call_id": "call00001", "content": "F" }),
                json!({ "role": "user", "content": "nobody asked" }),
            ]
        );
        let tool_use =
            |id: &str, name: &str| json!({ "type": "tool_use", "id": id, "name": name, "input": { "id": 1 } });
        let result = |id: &str, text: &str| json!({ "type": "tool_result", "tool_use_id": id, "content": text });
        assert_eq!(
            request.anthropic()["messages"].as_array().unwrap()[1..],
            [
                json!({ "role": "assistant",
                        "content": [tool_use("call00000", "look"), tool_use("call00001", "find")] }),
                json!({ "role": "user", "content": [result("call00000", "L"), result("call00001", "F")] }),
                json!({ "role": "user", "content": "nobody asked" }),
            ]
        );
        assert!(request.text().contains("[assistant]\n\n→ look {\"id\":1}\n"), "{}", request.text());
        assert_eq!(request.messages_face()[3], json!({ "role": "tool", "content": "L", "answers": 0 }));
    }
}
