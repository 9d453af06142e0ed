//! Judges at work: a reply is put to another model, by a rubric, as often as votes are wanted.
//!
//! A judge is given the reply in the form in which it is kept, as a value of its prompt: values never start a message
//! and are never expanded, and nothing that stands in a reply is read as a verdict, for only the judge's own reply is.
//! It can still be talked into something, like every reader; several votes and plain checks beside it help.
//!
//! A vote is a call like any other: kept once it is paid for, recorded, under the budget, each under a number of its own.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    Callers, Examining, Opinion, Opinions, Reply, ReplySource,
    caller::{Asked, Hides},
    opinion::questions,
    serves,
    similarity::{Vectors, vector},
    with_values,
};
use crate::{
    artifact::{Answers, Case, Check, Input, InputType, Judge, Judged, Program, Similar},
    object::Digest,
    render::{Parts, Request, Speaker, render},
};

/// How often a judge is asked for one vote before it is said to give none.
const ATTEMPTS: u32 = 3;

/// What a judge must be told, by the name of the input.
pub const TOLD: [&str; 2] = ["rubric", "reply"];

/// What an embedder must be told, by the name of the input.
pub const TEXT: &str = "text";

/// What a judge may be told besides.
pub const TOLD_ON_REQUEST: [&str; 2] = ["request", "tool_calls"];

/// A judge of a suite, ready to be asked.
pub struct Seat<'a> {
    /// The judge as the suite names it.
    pub judge: &'a Judge,
    /// Its prompt, with everything that names.
    pub parts: &'a Parts,
    /// What that prompt and its fragments declare.
    pub inputs: &'a BTreeMap<String, Input>,
    /// Who answers for its model.
    pub callers: Callers<'a>,
}

/// One answer about a reply, and how it is kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Vote {
    /// Who was asked, as the suite calls them.
    pub by: String,
    /// What was asked; left out where a program was.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub rubric: String,
    /// Which vote on this, from 0.
    pub vote: u32,
    /// Whether it is for the reply; absent where it is no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pass: Option<bool>,
    /// Why, in the words of who was asked.
    pub reason: String,
    /// Names the stored answer.
    pub reply_digest: Digest,
    /// The answer in the form in which it is stored.
    #[serde(skip)]
    pub reply: Reply,
}

/// What is judged, in the form in which it is kept.
pub(super) struct Matter<'a> {
    pub(super) request: &'a Request,
    pub(super) reply: &'a Reply,
}

/// What was heard about one reply.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) votes: Vec<Vote>,
    pub(super) opinions: Opinions,
    /// The least that the answers can be relied on.
    pub(super) source: Option<ReplySource>,
    /// What they cost now, in USD.
    pub(super) cost_usd: f64,
}

/// Puts everything that the checks of a case ask of others.
///
/// # Errors
///
/// Why there is no answer to one of the questions, in words.
pub(super) fn hear(
    (seats, programs): (&[Seat<'_>], &[Examining<'_>]),
    case: &Case,
    matter: &Matter<'_>,
    hides: &dyn Hides,
) -> Result<Heard, String> {
    let mut heard = Heard::default();
    for question in questions(case) {
        match question.check {
            Check::Judge(judged) => {
                let seat = of(seats, &judged.by)?;
                let request = seat.request(&told(&judged.rubric, matter, seat.inputs))?;
                for vote in 0..question.answers {
                    let asked = seat.vote(&request, vote, hides)?;
                    heard.take(asked, |reply| Vote::of(judged, vote, reply));
                }
            }
            Check::Similar(similar) => {
                let seat = of(seats, &similar.by)?;
                for (vote, text) in (0..).zip([&matter.reply.content, &similar.to]) {
                    let request = seat.request(&placed(text))?;
                    let asked = seat.vote(&request, 0, &Vectors(hides))?;
                    heard.take(asked, |reply| Vote::of_vector(similar, vote, reply));
                }
            }
            Check::Exec(program) => heard.votes.push(examined(programs, case, matter.reply, (program, hides))?),
            _ => {}
        }
    }
    let replies = heard.votes.iter().map(|vote| &vote.reply);
    heard.opinions = Opinions::of(case, replies).unwrap_or_default();
    Ok(heard)
}

impl Heard {
    fn take(&mut self, asked: Asked, vote: impl FnOnce(Reply) -> Vote) {
        self.source = self.source.max(Some(asked.answer.source));
        self.cost_usd += asked.cost_usd;
        self.votes.push(vote(asked.answer.reply));
    }
}

/// Who answers for a judge.
fn of<'s, 'a>(seats: &'s [Seat<'a>], judge: &Judge) -> Result<&'s Seat<'a>, String> {
    let seat = seats.iter().find(|seat| *seat.judge == *judge);
    seat.ok_or_else(|| format!("nobody is there to answer for the {} `{}`", judge.answers.word(), judge.name))
}

impl Vote {
    fn of(judged: &Judged, vote: u32, reply: Reply) -> Self {
        Self::new(judged.by.name.clone(), judged.rubric.clone(), vote, reply)
    }

    fn of_vector(similar: &Similar, vote: u32, reply: Reply) -> Self {
        Self::new(similar.by.name.clone(), similar.to.clone(), vote, reply)
    }

    fn of_program(program: &Program, reply: Reply) -> Self {
        Self::new(program.command.join(" "), String::new(), 0, reply)
    }

    fn new(by: String, rubric: String, vote: u32, reply: Reply) -> Self {
        let opinion = Opinion::of(&reply);
        Self {
            by,
            rubric,
            vote,
            pass: opinion.as_ref().map(|opinion| opinion.pass),
            reason: opinion.map(|opinion| opinion.reason).unwrap_or_default(),
            reply_digest: reply.digest(),
            reply,
        }
    }

    /// The votes of an attested sample, read back from their replies; nothing when there are more or fewer than asked.
    pub fn recalled(case: &Case, replies: Vec<Reply>) -> Option<Vec<Self>> {
        let mut replies = replies.into_iter();
        let mut votes = Vec::new();
        for question in questions(case) {
            for vote in 0..question.answers {
                match question.check {
                    Check::Judge(judged) => votes.push(Self::of(judged, vote, replies.next()?)),
                    Check::Similar(similar) => votes.push(Self::of_vector(similar, vote, replies.next()?)),
                    Check::Exec(program) => votes.push(Self::of_program(program, replies.next()?)),
                    _ => {}
                }
            }
        }
        replies.next().is_none().then_some(votes)
    }
}

/// What a program says of a reply. It is told the reply as checks see it: nothing of that leaves this machine.
fn examined(
    programs: &[Examining<'_>],
    case: &Case,
    reply: &Reply,
    (program, hides): (&Program, &dyn Hides),
) -> Result<Vote, String> {
    let named = || program.command.join(" ");
    let found = programs.iter().find(|examining| examining.program == program);
    let examining = found.ok_or_else(|| format!("nobody is there to run `{}`", named()))?;
    let said = examining.ask(case, &with_values(reply.clone(), &case.vars))?;
    let vote = Vote::of_program(program, hides.reply(said));
    if vote.pass.is_none() {
        return Err(format!("what `{}` said is no verdict once it is kept", named()));
    }
    Ok(vote)
}

impl Seat<'_> {
    /// What is sent for one vote.
    fn request(&self, values: &Map<String, Value>) -> Result<Request, String> {
        render(self.parts, values).map_err(|error| self.says(&error.to_string()))
    }

    /// One vote, in the form in which it is kept. A judge that says something else is asked again, under a number that
    /// no vote has.
    fn vote(&self, request: &Request, vote: u32, hides: &dyn Hides) -> Result<Asked, String> {
        let mut cost_usd = 0.0;
        let mut said = String::new();
        for attempt in 0..ATTEMPTS {
            let number = vote + attempt * self.judge.votes;
            let mut asked = self.callers.ask(request, number, hides).map_err(|error| self.says(&error.to_string()))?;
            self.refuse_other_model(&asked.answer.reply)?;
            cost_usd += asked.cost_usd;
            let stored = asked.answer.reply.as_stored().map_err(|error| self.says(&error.to_string()))?;
            let kept = hides.reply(stored);
            let answers = match self.judge.answers {
                Answers::Verdict => Opinion::of(&kept).is_some(),
                Answers::Vector => vector(&kept).is_some(),
            };
            if answers {
                asked.answer.reply = kept;
                asked.cost_usd = cost_usd;
                return Ok(asked);
            }
            said = super::excerpt(&kept.content);
        }
        Err(self.says(&match self.judge.answers {
            Answers::Verdict => {
                let wanted = "{\"pass\": true, \"reason\": \"…\"}";
                format!("its vote {} is no verdict: `{said}`, wanted is `{wanted}` and nothing else", vote + 1)
            }
            Answers::Vector => format!("its answer is no vector: `{said}`, wanted is a JSON list of numbers"),
        }))
    }

    fn refuse_other_model(&self, reply: &Reply) -> Result<(), String> {
        let pinned = self.parts.model.as_ref().map(|model| model.id.as_str()).unwrap_or_default();
        match &reply.model {
            Some(said) if !serves(pinned, said) => {
                Err(self.says(&format!("`{}` answered, and its prompt pins `{pinned}`", said.escape_debug())))
            }
            _ => Ok(()),
        }
    }

    fn says(&self, what: &str) -> String {
        format!("{} `{}`: {what}", self.judge.answers.word(), self.judge.name)
    }
}

/// What an embedder is told.
pub fn placed(text: &str) -> Map<String, Value> {
    Map::from_iter([(TEXT.to_owned(), json!(text))])
}

/// What a judge is told: of what it may be told that which its prompt declares.
pub fn told_of(rubric: &str, request: &Request, reply: &Reply, inputs: &BTreeMap<String, Input>) -> Map<String, Value> {
    told(rubric, &Matter { request, reply }, inputs)
}

fn told(rubric: &str, matter: &Matter<'_>, inputs: &BTreeMap<String, Input>) -> Map<String, Value> {
    let mut values = Map::new();
    for (name, input) in inputs {
        let value = match (name.as_str(), input.kind) {
            ("rubric", _) => json!(rubric),
            ("reply", _) => json!(matter.reply.content),
            ("tool_calls", _) => json!(matter.reply.tool_calls),
            ("request", InputType::String) => json!(conversation(matter.request)),
            ("request", _) => json!(matter.request.messages),
            _ => continue,
        };
        values.insert(name.clone(), value);
    }
    values
}

/// A conversation as text: who speaks on a line, what they say below.
fn conversation(request: &Request) -> String {
    let speaker = |role| match role {
        Speaker::System => "system",
        Speaker::User => "user",
        Speaker::Assistant => "assistant",
        Speaker::Tool => "tool",
    };
    let messages = request.messages.iter();
    messages.map(|message| format!("{}:\n{}", speaker(message.role), message.content)).collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests;
