//! One request, as different readers expect it.

use serde_json::{Map, Value, json};

use super::{Message, Request, Speaker};

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
    /// The messages alone: a list of `{role, content}`.
    pub fn messages_face(&self) -> Value {
        self.messages.iter().map(entry).collect()
    }

    /// The body of an `OpenAI` chat completion. Parameters stand beside the rest and cannot replace it.
    pub fn openai(&self) -> Value {
        let mut body = self.head(self.messages_face());
        self.add_tools(&mut body, |tool, schema| {
            let description = tool.get("description").cloned().unwrap_or_default();
            let name = tool.get("name").cloned().unwrap_or_default();
            json!({ "type": "function",
                    "function": { "name": name, "description": description, "parameters": schema } })
        });
        self.with_params(body)
    }

    /// The body of an Anthropic message.
    ///
    /// Its interface has one place for instructions: one system message stands there as text, several as
    /// a list of text blocks. A tool's answer is said by the user, since no call it could answer is known.
    pub fn anthropic(&self) -> Value {
        let (system, others): (Vec<&Message>, Vec<&Message>) =
            self.messages.iter().partition(|message| message.role == Speaker::System);
        let spoken = |message: &&Message| match message.role {
            Speaker::Tool => json!({ "role": "user", "content": message.content }),
            _ => entry(message),
        };
        let mut body = self.head(others.iter().map(spoken).collect());
        match system.as_slice() {
            [] => {}
            [one] => drop(body.insert("system".to_owned(), json!(one.content))),
            many => {
                let blocks = many.iter().map(|message| json!({ "type": "text", "text": message.content })).collect();
                body.insert("system".to_owned(), blocks);
            }
        }
        self.add_tools(&mut body, |tool, schema| {
            let description = tool.get("description").cloned().unwrap_or_default();
            let name = tool.get("name").cloned().unwrap_or_default();
            json!({ "name": name, "description": description, "input_schema": schema })
        });
        self.with_params(body)
    }

    /// The request for a person to read: a lone user message as it is, otherwise each message under its
    /// role in brackets. For eyes only: content may look like such a line.
    pub fn text(&self) -> String {
        if let [Message { role: Speaker::User, content }] = self.messages.as_slice() {
            return content.clone();
        }
        let parts: Vec<String> =
            self.messages.iter().map(|m| format!("[{}]\n{}\n", m.role.word(), m.content)).collect();
        parts.join("\n")
    }

    fn head(&self, messages: Value) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("model".to_owned(), json!(self.model));
        body.insert("messages".to_owned(), messages);
        body
    }

    fn add_tools(&self, body: &mut Map<String, Value>, shape: impl Fn(&Value, Value) -> Value) {
        if self.tools.is_empty() {
            return;
        }
        let schema = |tool: &Value| tool.get("inputSchema").cloned().unwrap_or_else(|| json!({ "type": "object" }));
        let tools = self.tools.iter().map(|tool| shape(tool, schema(tool))).collect();
        body.insert("tools".to_owned(), tools);
    }

    fn with_params(&self, mut body: Map<String, Value>) -> Value {
        for (key, value) in &self.params {
            body.entry(key.clone()).or_insert_with(|| value.clone());
        }
        Value::Object(body)
    }
}

fn entry(message: &Message) -> Value {
    json!({ "role": message.role.word(), "content": message.content })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        let say = |role, content: &str| Message { role, content: content.to_owned() };
        Request {
            model: "m-1".to_owned(),
            messages: vec![say(Speaker::System, "Be kind."), say(Speaker::User, "Hello")],
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
}
