//! A conversation in which tools answer: from the results a case names, until the model calls none any more.
//!
//! What comes of it is one reply: the words of the last turn, with the calls of all turns in their order, so that checks
//! see the whole way and scoring again sees it too. What leads from one turn to the next is what is kept, so that a run
//! that was killed asks the same again.

use super::{
    Answer, ProviderError, Reply, ReplySource, Usage,
    caller::{Asked, Callers, Hides},
    checks::tools::{answers, shown},
    with_values,
};
use crate::{
    artifact::{Case, ToolResult},
    render::{Message, Request, ToolCall},
};

/// Turns after which a conversation is no longer waited for.
const MOST_TURNS: usize = 16;

/// The reply to a request, tools answered for where the case says what they answer.
pub(super) fn converse(
    callers: &Callers<'_>,
    request: &Request,
    sample: u32,
    (case, hides): (&Case, &dyn Hides),
) -> Result<Asked, ProviderError> {
    if case.tool_results.is_empty() {
        return Ok(given(callers.ask(request, sample, hides)?, case));
    }
    let mut request = request.clone();
    let mut before: Option<Asked> = None;
    for _ in 0..MOST_TURNS {
        let asked = given(callers.ask(&request, sample, hides)?, case);
        let reply = asked.answer.reply.clone();
        let ends = reply.tool_calls.is_empty();
        let whole = before.take().into_iter().fold(asked, |asked, before| joined(before, asked));
        if ends {
            return Ok(whole);
        }
        let kept = with_values(hides.reply(reply), &case.vars);
        let results = kept.tool_calls.iter().map(|call| result(case, call)).collect::<Result<Vec<_>, _>>()?;
        request.messages.push(Message::calling(kept.content, kept.tool_calls));
        request.messages.extend((0..).zip(results).map(|(at, text)| Message::answering(at, text)));
        before = Some(whole);
    }
    Err(ProviderError::Endless { turns: MOST_TURNS })
}

/// What the case says that a call gives back: the first entry that fits.
fn result(case: &Case, call: &ToolCall) -> Result<String, ProviderError> {
    let fits = case.tool_results.iter().find(|entry| answers(call, &entry.call));
    let unknown = || ProviderError::NoResult { call: shown(call) };
    fits.map(ToolResult::text).ok_or_else(unknown)
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
            reply: Reply { tool_calls, usage, ..last.reply },
            source: first.source.max(last.source),
            latency_ms: first.latency_ms.saturating_add(last.latency_ms),
        },
        again: before.again && after.again,
        cost_usd: before.cost_usd + after.cost_usd,
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

    use serde_json::{Map, Value, json};

    use super::*;
    use crate::{
        artifact::ArgumentMatch,
        eval::{InMemory, Provider, testing::request},
        render::Speaker,
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
            Ok(Answer { reply: Reply { usage, ..reply }, source: ReplySource::Live, latency_ms: 7 })
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
            call: ArgumentMatch {
                name: (*name).to_owned(),
                arguments: None,
                conditions: std::collections::BTreeMap::new(),
            },
            result: result.clone(),
        };
        Case {
            id: "x".to_owned(),
            tags: Vec::new(),
            vars: Map::new(),
            expect: Vec::new(),
            tool_results: results.iter().map(result).collect(),
            quarantine: None,
        }
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
        assert_eq!((asked.answer.reply.usage, asked.answer.latency_ms), (Some(Usage::of(30, 3)), 21));
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
    fn a_call_for_which_the_case_names_nothing_gets_no_answer() {
        let agent = Agent::default();
        let case = case(&[("lookup", json!("lost"))]);
        let error = converse(&Callers::free(&agent), &request("a", "b"), 0, (&case, &Shows)).err().unwrap();
        assert_eq!(error.to_string(), "the case has no result for `refund({\"order\":\"A-1\"})`");
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
            Ok(Answer { reply, source: ReplySource::Live, latency_ms: 0 })
        }
    }

    #[test]
    fn a_conversation_without_end_ends() {
        let case = case(&[("lookup", json!("again"))]);
        let error = converse(&Callers::free(&Tireless), &request("a", "b"), 0, (&case, &Shows)).err().unwrap();
        assert_eq!(error, ProviderError::Endless { turns: MOST_TURNS });
    }
}
