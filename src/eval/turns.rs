//! A conversation that goes on after the first reply: tools answer what the case says they answer, and the user says
//! what the case has him say next.
//!
//! What comes of it is one reply: the words of the last turn, with the calls of all turns in their order, so that checks
//! see the whole way and scoring again sees it too. It is broken off where the case does not say how it goes on, or after
//! the turns it may have; its reply then ends with [`Finish::Tools`], like one that waits for its tools. What leads from
//! one turn to the next is what is kept, so that a run that was killed asks the same again.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Answer, ProviderError, Reply, ReplySource, Usage,
    caller::{Asked, Callers, Hides},
    checks::tools::{answers, unfit},
    with_values,
};
use crate::{
    artifact::{Case, Finish, Schema, ToolResult},
    render::{Message, Request, Speaker, ToolCall},
};

/// The reply to a request, the conversation carried on as far as the case says.
pub(super) fn converse(
    callers: &Callers<'_>,
    request: &Request,
    sample: u32,
    (case, hides): (&Case, &dyn Hides),
) -> Result<Asked, ProviderError> {
    let follows = &case.conversation;
    let mut whole = given(callers.ask(request, sample, hides)?, case);
    if follows.is_single() {
        return Ok(whole);
    }
    let tools = Tools::of(request);
    let mut request = request.clone();
    let mut says = follows.then.iter();
    let mut said = whole.answer.reply.clone();
    for _ in 1..follows.most_turns() {
        let kept = with_values(hides.reply(said), &case.vars);
        let next = if kept.tool_calls.is_empty() {
            let Some(text) = says.next() else { return Ok(whole) };
            vec![Message::new(Speaker::User, text.clone())]
        } else {
            let Some(results) = tools.results(case, &kept.tool_calls) else { return Ok(broken_off(whole)) };
            (0..).zip(results).map(|(at, text)| Message::answering(at, text)).collect()
        };
        request.messages.push(Message::calling(kept.content, kept.tool_calls));
        request.messages.extend(next);
        let asked = given(callers.ask(&request, sample, hides)?, case);
        said = asked.answer.reply.clone();
        whole = joined(whole, asked);
    }
    let ends = said.tool_calls.is_empty() && says.next().is_none();
    Ok(if ends { whole } else { broken_off(whole) })
}

/// The schemas of a request's tools, by the name the model sees.
struct Tools(BTreeMap<String, Option<Schema>>);

impl Tools {
    fn of(request: &Request) -> Self {
        let schema = |tool: &Value| Schema::compile(tool.get("inputSchema")?).ok();
        let named = |tool: &Value| Some((tool.get("name")?.as_str()?.to_owned(), schema(tool)));
        Self(request.tools.iter().filter_map(named).collect())
    }

    /// What each call gives back; `None` when the case does not say it of one that its tool would take.
    fn results(&self, case: &Case, calls: &[ToolCall]) -> Option<Vec<String>> {
        calls.iter().map(|call| self.result(case, call)).collect()
    }

    /// What is refused is told in words that stay the same, because the next request is known by them.
    fn result(&self, case: &Case, call: &ToolCall) -> Option<String> {
        let Some(schema) = self.0.get(&call.name) else {
            return Some("refused: there is no such tool".to_owned());
        };
        if schema.as_ref().is_none_or(|schema| unfit(schema, call).is_some()) {
            return Some("refused: the arguments do not fit the tool's schema".to_owned());
        }
        let fits = case.conversation.tool_results.iter().find(|entry| answers(call, &entry.call));
        fits.map(ToolResult::text)
    }
}

/// A conversation that does not come to its end.
fn broken_off(mut asked: Asked) -> Asked {
    asked.answer.reply.finish = Some(Finish::Tools);
    asked
}

/// Two turns as one: the later words, all calls, what both took and cost.
fn joined(before: Asked, after: Asked) -> Asked {
    let (first, last) = (before.answer, after.answer);
    let usage = first.reply.usage.zip(last.reply.usage).map(|(a, b)| Usage {
        cached: a.cached.or(b.cached).map(|_| a.cached.unwrap_or_default() + b.cached.unwrap_or_default()),
        ..Usage::of(a.input.saturating_add(b.input), a.output.saturating_add(b.output))
    });
    let tool_calls = first.reply.tool_calls.into_iter().chain(last.reply.tool_calls).collect();
    Asked {
        answer: Answer {
            reply: Reply { tool_calls, usage, model: both(first.reply.model, last.reply.model), ..last.reply },
            source: first.source.max(last.source),
            latency_ms: first.latency_ms.zip(last.latency_ms).map(|(a, b)| a.saturating_add(b)),
        },
        again: before.again && after.again,
        cost_usd: before.cost_usd + after.cost_usd,
    }
}

/// Models as one word: where turns were answered by two, neither is passed over.
fn both(first: Option<String>, last: Option<String>) -> Option<String> {
    match (first, last) {
        (Some(first), Some(last)) if first != last => Some(format!("{first}, {last}")),
        (first, last) => last.or(first),
    }
}

/// The reply as the model gave it: what was kept may hold marks.
fn given(asked: Asked, case: &Case) -> Asked {
    if !asked.again && asked.answer.source == ReplySource::Live {
        return asked;
    }
    let Asked { mut answer, again, cost_usd } = asked;
    answer.reply = with_values(answer.reply, &case.vars);
    Asked { answer, again, cost_usd }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use serde_json::{Map, json};

    use super::*;
    use crate::{
        artifact::{ArgumentMatch, Conversation},
        eval::{InMemory, Provider, testing},
    };

    /// Looks up the order, then refunds it, then says so; keeps what it was asked.
    #[derive(Default)]
    struct Agent(Mutex<Vec<Request>>);

    impl Provider for Agent {
        fn complete(&self, request: &Request, _: u32) -> Result<Answer, ProviderError> {
            self.0.lock().unwrap().push(request.clone());
            let answered = request.messages.iter().filter(|message| message.role == Speaker::Tool).count();
            let call = |name: &str| ToolCall {
                name: name.to_owned(),
                arguments: Map::from_iter([("order".to_owned(), json!("A-1"))]),
            };
            let reply = match answered {
                0 => Reply { tool_calls: vec![call("lookup")], ..Reply::text("one moment") },
                1 => Reply { tool_calls: vec![call("refund")], ..Reply::text("") },
                _ => Reply::text("It is refunded."),
            };
            let usage = Some(Usage::of(10, 1));
            Ok(Answer { reply: Reply { usage, ..reply }, source: ReplySource::Live, latency_ms: Some(7) })
        }
    }

    struct Shows;

    impl Hides for Shows {
        fn reply(&self, reply: Reply) -> Reply {
            reply
        }

        fn request(&self, request: &Request) -> Request {
            request.clone()
        }
    }

    fn case(results: &[(&str, Value)]) -> Case {
        let result = |(name, result): &(&str, Value)| ToolResult {
            call: ArgumentMatch { name: (*name).to_owned(), arguments: None, conditions: BTreeMap::new() },
            result: result.clone(),
        };
        let tool_results = results.iter().map(result).collect();
        Case {
            id: "x".to_owned(),
            tags: Vec::new(),
            vars: Map::new(),
            expect: Vec::new(),
            conversation: Conversation { tool_results, ..Conversation::default() },
            quarantine: None,
        }
    }

    /// A request that lends the tools `lookup` and `refund`, which take an order.
    fn request(system: &str, user: &str) -> Request {
        let schema = json!({ "type": "object", "properties": { "order": { "type": "string" } } });
        let tool = |name: &str| json!({ "name": name, "inputSchema": schema });
        Request { tools: ["lookup", "refund"].map(tool).to_vec(), ..testing::request(system, user) }
    }

    fn names(reply: &Reply) -> Vec<&str> {
        reply.tool_calls.iter().map(|call| call.name.as_str()).collect()
    }

    #[test]
    fn tools_answer_until_the_model_calls_none_and_the_whole_way_is_one_reply() {
        let agent = Agent::default();
        let callers = Callers::free(&agent);
        let case = case(&[("lookup", json!({ "status": "lost" })), ("refund", json!("done"))]);
        let asked = converse(&callers, &request("be kind", "refund A-1"), 0, (&case, &Shows)).unwrap();
        assert_eq!(
            (names(&asked.answer.reply), asked.answer.reply.content.as_str()),
            (vec!["lookup", "refund"], "It is refunded.")
        );
        assert_eq!((asked.answer.reply.usage, asked.answer.latency_ms), (Some(Usage::of(30, 3)), Some(21)));
        let seen = agent.0.lock().unwrap();
        let said: Vec<&str> = seen[2].messages.iter().map(|message| message.content.as_str()).collect();
        assert_eq!(said, ["be kind", "refund A-1", "one moment", "{\"status\":\"lost\"}", "", "done"]);
    }

    #[test]
    fn without_results_the_calls_are_the_reply() {
        let agent = Agent::default();
        let asked = converse(&Callers::free(&agent), &request("a", "b"), 0, (&case(&[]), &Shows)).unwrap();
        assert_eq!((names(&asked.answer.reply), agent.0.lock().unwrap().len()), (vec!["lookup"], 1));
    }

    #[test]
    fn a_call_for_which_the_case_names_nothing_breaks_the_conversation_off() {
        let agent = Agent::default();
        let case = case(&[("lookup", json!("lost"))]);
        let asked = converse(&Callers::free(&agent), &request("a", "b"), 0, (&case, &Shows)).unwrap();
        assert_eq!(
            (names(&asked.answer.reply), asked.answer.reply.finish),
            (vec!["lookup", "refund"], Some(Finish::Tools))
        );
        assert_eq!(agent.0.lock().unwrap().len(), 2);
    }

    #[test]
    fn what_a_tool_would_not_take_is_refused_in_its_place() {
        let case = case(&[("lookup", json!("found")), ("other", json!("found"))]);
        let tools = Tools::of(&request("a", "b"));
        let said = |name: &str, order: Value| {
            let call = ToolCall { name: name.to_owned(), arguments: Map::from_iter([("order".to_owned(), order)]) };
            tools.result(&case, &call)
        };
        assert_eq!(said("lookup", json!("A-1")).as_deref(), Some("found"));
        assert_eq!(said("lookup", json!(1)).as_deref(), Some("refused: the arguments do not fit the tool's schema"));
        assert_eq!(said("other", json!("A-1")).as_deref(), Some("refused: there is no such tool"));
        assert_eq!(said("refund", json!("A-1")), None);
    }

    #[test]
    fn the_user_goes_on_after_each_answer() {
        let agent = Agent::default();
        let mut case = case(&[("lookup", json!("lost")), ("refund", json!("done"))]);
        case.conversation.then = vec!["Thanks.".to_owned(), "Bye.".to_owned()];
        converse(&Callers::free(&agent), &request("a", "b"), 0, (&case, &Shows)).unwrap();
        let seen = agent.0.lock().unwrap();
        let said =
            |request: &Request| request.messages.iter().map(|message| message.content.clone()).collect::<Vec<_>>();
        assert_eq!(seen.len(), 5);
        assert_eq!(said(&seen[4])[6..], ["It is refunded.", "Thanks.", "It is refunded.", "Bye."]);
    }

    #[test]
    fn every_turn_is_paid_for_once() {
        let (agent, replies) = (Agent::default(), InMemory::default());
        let callers = Callers { replies: Some(&replies), ..Callers::free(&agent) };
        let case = case(&[("lookup", json!("lost")), ("refund", json!("done"))]);
        let first = converse(&callers, &request("a", "b"), 0, (&case, &Shows)).unwrap();
        let second = converse(&callers, &request("a", "b"), 0, (&case, &Shows)).unwrap();
        assert_eq!((first.answer.reply, agent.0.lock().unwrap().len()), (second.answer.reply, 3));
        assert!(!first.again && second.again);
    }

    /// Calls a tool for ever.
    struct Tireless;

    impl Provider for Tireless {
        fn complete(&self, _: &Request, _: u32) -> Result<Answer, ProviderError> {
            let call = ToolCall { name: "lookup".to_owned(), arguments: Map::new() };
            let reply = Reply { tool_calls: vec![call], ..Reply::text("") };
            Ok(Answer { reply, source: ReplySource::Live, latency_ms: Some(0) })
        }
    }

    #[test]
    fn a_conversation_without_end_is_broken_off_after_the_turns_it_may_have() {
        for (most, turns) in [(None, 16), (Some(3), 3), (Some(1), 1)] {
            let mut case = case(&[("lookup", json!("again"))]);
            case.conversation.max_turns = most;
            let reply =
                converse(&Callers::free(&Tireless), &request("a", "b"), 0, (&case, &Shows)).unwrap().answer.reply;
            assert_eq!((reply.tool_calls.len(), reply.finish), (turns, Some(Finish::Tools)));
        }
    }
}
