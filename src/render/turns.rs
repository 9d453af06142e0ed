//! A conversation with its calls named, as every provider wants them.

use super::{Message, Request, Speaker, ToolCall};

/// What one message does.
#[derive(Debug, Clone, PartialEq)]
pub enum Turn<'a> {
    /// Somebody says something.
    Says {
        /// Who.
        role: Speaker,
        /// What.
        text: &'a str,
    },
    /// The assistant calls tools.
    Calls {
        /// What it says with it; often nothing.
        text: &'a str,
        /// The calls, each with its id.
        calls: Vec<(String, &'a ToolCall)>,
    },
    /// A tool answers.
    Answers {
        /// The id of the call.
        id: String,
        /// The tool's name.
        name: &'a str,
        /// What it answers.
        text: &'a str,
    },
}

impl Request {
    /// The conversation, message by message.
    ///
    /// Ids of calls are made here, from their place among all calls of the conversation, so that the same conversation
    /// is always sent in the same words; nine letters and digits, because some servers take no other. An answer to
    /// a call that is not there is said by the user: no interface has a place for it.
    pub fn turns(&self) -> Vec<Turn<'_>> {
        let mut made = 0_usize;
        let mut open: Vec<(String, &str)> = Vec::new();
        let turn = |message| turn(message, &mut made, &mut open);
        self.messages.iter().map(turn).collect()
    }
}

fn turn<'a>(message: &'a Message, made: &mut usize, open: &mut Vec<(String, &'a str)>) -> Turn<'a> {
    let text = message.content.as_str();
    if message.role == Speaker::Assistant && !message.tool_calls.is_empty() {
        let named = |(at, call): (usize, &'a ToolCall)| (format!("call{:05}", *made + at), call);
        let calls: Vec<(String, &ToolCall)> = message.tool_calls.iter().enumerate().map(named).collect();
        *made += calls.len();
        *open = calls.iter().map(|(id, call)| (id.clone(), call.name.as_str())).collect();
        return Turn::Calls { text, calls };
    }
    let role = if message.role == Speaker::Tool { Speaker::User } else { message.role };
    let answered = message.answers.filter(|_| message.role == Speaker::Tool).and_then(|at| usize::try_from(at).ok());
    match answered.and_then(|at| open.get(at)) {
        Some((id, name)) => Turn::Answers { id: id.clone(), name, text },
        None => Turn::Says { role, text },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    fn call(name: &str) -> ToolCall {
        ToolCall { name: name.to_owned(), arguments: Map::new() }
    }

    fn request(messages: Vec<Message>) -> Request {
        Request { model: "m".to_owned(), messages, tools: Vec::new(), params: Map::new() }
    }

    #[test]
    fn every_call_has_an_id_by_its_place_and_every_answer_finds_its_call() {
        let asked = request(vec![
            Message::new(Speaker::User, "hi"),
            Message::calling("", vec![call("a"), call("b")]),
            Message::answering(1, "B"),
            Message::answering(0, "A"),
            Message::calling("more", vec![call("c")]),
            Message::answering(0, "C"),
            Message::answering(1, "nobody asked"),
            Message::new(Speaker::Tool, "nor this"),
        ]);
        let answer = |id: &str, name, text| Turn::Answers { id: id.to_owned(), name, text };
        let turns = asked.turns();
        assert_eq!(turns[0], Turn::Says { role: Speaker::User, text: "hi" });
        let Turn::Calls { calls, .. } = &turns[1] else { panic!("{turns:?}") };
        assert_eq!(calls.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["call00000", "call00001"]);
        assert_eq!(turns[2..4], [answer("call00001", "b", "B"), answer("call00000", "a", "A")]);
        assert_eq!(turns[5], answer("call00002", "c", "C"));
        let said = |text| Turn::Says { role: Speaker::User, text };
        assert_eq!(turns[6..], [said("nobody asked"), said("nor this")]);
    }

    #[test]
    fn a_message_without_tools_is_written_as_it_always_was() {
        let plain = serde_json::to_string(&Message::new(Speaker::Tool, "x")).unwrap();
        assert_eq!(plain, r#"{"role":"tool","content":"x"}"#);
        let key = request(vec![Message::new(Speaker::User, "hi")]).key(0).hex();
        assert_eq!(key, "7ea5b95518987322b20c8e9aa40362a26faa91293ecde976c94663563c7f8d0b");
        let calling = Message::calling("", vec![call("a")]);
        let written = json!({ "role": "assistant", "content": "", "tool_calls": [{ "name": "a", "arguments": {} }] });
        assert_eq!(serde_json::to_value(&calling).unwrap(), written);
        assert_eq!(serde_json::from_value::<Message>(written).unwrap(), calling);
        assert_eq!(serde_json::to_value(Message::answering(2, "x")).unwrap()["answers"], 2);
    }
}
