//! What is known of a reply besides itself: what somebody else says of it, and how long it took.
//!
//! A check that asks is a question; what came back is kept as a reply like any other and named by the evidence beside
//! the reply it is about. Whoever scores again reads the answers from there and asks nobody.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Reply, similarity::opinion as nearness};
use crate::{
    artifact::{Case, Check, Expectation},
    object::Digest,
};

/// One answer to a question, by a judge or a program: whether what is asked holds of the reply, and why.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opinion {
    /// Whether it does.
    pub pass: bool,
    /// Why, in the words of who was asked.
    #[serde(default)]
    pub reason: String,
}

impl Opinion {
    /// Reads `{"pass": true, "reason": "…"}`, which has to be all that is said; anything else is no opinion.
    pub fn of(reply: &Reply) -> Option<Self> {
        let said = reply.content.trim();
        // A list of both values would be read as well.
        let is_table = said.starts_with('{') && reply.tool_calls.is_empty();
        if is_table { serde_json::from_str(said).ok() } else { None }
    }
}

/// What a check asks of others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Question<'c> {
    /// The check.
    pub check: &'c Check,
    /// What tells it from other questions.
    pub id: Digest,
    /// How many answers it takes.
    pub answers: u32,
}

impl Question<'_> {
    /// Whether the suite says exactly who is asked.
    pub fn is_pinned(&self) -> bool {
        match self.check {
            Check::Judge(judged) => judged.by.bundle.is_some(),
            Check::Similar(similar) => similar.by.bundle.is_some(),
            _ => true,
        }
    }
}

/// What the checks of a case ask of others, each once, in the order of the case.
pub fn questions(case: &Case) -> Vec<Question<'_>> {
    let mut seen = BTreeSet::new();
    let entries = case.expect.iter().flat_map(Expectation::each);
    let asking = entries.filter_map(|entry| match &entry.check {
        Check::Judge(judged) => Some(Question { check: &entry.check, id: entry.question(), answers: judged.by.votes }),
        Check::Exec(_) => Some(Question { check: &entry.check, id: entry.question(), answers: 1 }),
        // Where the reply lies, and where the text does.
        Check::Similar(_) => Some(Question { check: &entry.check, id: entry.question(), answers: 2 }),
        _ => None,
    });
    asking.filter(|question| seen.insert(question.id)).collect()
}

/// What is known of a reply besides itself, and attested with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// What others said of it.
    pub opinions: Opinions,
    /// How long it took, in milliseconds; `None` where nobody says.
    pub latency_ms: Option<u32>,
}

/// Whether a check of a case asks how long the reply took.
pub fn is_timed(case: &Case) -> bool {
    let entries = case.expect.iter().flat_map(Expectation::each);
    entries.into_iter().any(|entry| matches!(entry.check, Check::MaxLatency(_)))
}

/// A time as evidence states it: what does not fit in 32 bits (49 days) is the longest that does.
pub(super) fn stated(latency_ms: u64) -> u32 {
    u32::try_from(latency_ms).unwrap_or(u32::MAX)
}

/// The answers to all questions of a case; `None` stands for what is no opinion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opinions(BTreeMap<Digest, Vec<Option<Opinion>>>);

impl Opinions {
    /// The answers in the order of [`questions`]; nothing when there are more or fewer than were asked for.
    pub fn of<'r>(case: &Case, replies: impl IntoIterator<Item = &'r Reply>) -> Option<Self> {
        let mut replies = replies.into_iter();
        let mut opinions = BTreeMap::new();
        for question in questions(case) {
            let answers: Vec<&Reply> = replies.by_ref().take(question.answers as usize).collect();
            if answers.len() != question.answers as usize {
                return None;
            }
            let said = match question.check {
                Check::Similar(similar) => vec![nearness(similar, &answers)],
                _ => answers.into_iter().map(Opinion::of).collect(),
            };
            opinions.insert(question.id, said);
        }
        replies.next().is_none().then_some(Self(opinions))
    }

    /// What was answered to the question of a check.
    pub(super) fn on(&self, entry: &Expectation) -> &[Option<Opinion>] {
        if self.0.is_empty() {
            return &[];
        }
        self.0.get(&entry.question()).map(Vec::as_slice).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{Source, Suite};

    fn case(checks: &str) -> Case {
        let judges = "[judges.tone]\nprompt = \"j\"\nvotes = 2\n[judges.truth]\nprompt = \"k\"";
        let text = format!("prompt = \"p\"\n{judges}\n[[case]]\nid = \"a\"\nexpect = [{checks}]\n");
        let (mut suite, _) = Suite::parse("evals/p.toml", &Source::single("p.toml", text.into_bytes())).unwrap();
        suite.cases.remove(0)
    }

    #[test]
    fn only_a_table_with_a_verdict_and_nothing_else_is_an_opinion() {
        let read = |text: &str| Opinion::of(&Reply::text(text)).map(|opinion| (opinion.pass, opinion.reason));
        assert_eq!(read(" {\"pass\": true, \"reason\": \"kind\"}\n"), Some((true, "kind".to_owned())));
        assert_eq!(read("{\"pass\":false}"), Some((false, String::new())));
        for text in [
            "",
            "true",
            "{}",
            "pass",
            "[true, \"kind\"]",
            "{\"pass\":\"true\"}",
            "{\"pass\":1}",
            "{\"pass\":true,\"pass\":false}",
            "{\"pass\":true,\"score\":3}",
            "{\"pass\":true} {\"pass\":true}",
            "```json\n{\"pass\":true}\n```",
            "Here you go: {\"pass\":true}",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_question_that_stands_twice_is_asked_once_and_negation_asks_the_same() {
        let tone = "{ judge = { by = \"tone\", rubric = \"Is kind.\" } }";
        let not = "{ any = [{ json = true }, { not_judge = { by = \"tone\", rubric = \"Is kind.\" } }] }";
        let truth = "{ judge = { by = \"truth\", rubric = \"Is kind.\" } }";
        let case = case(&format!("{truth}, {tone}, {not}"));
        assert_eq!(questions(&case).iter().map(|question| question.answers).collect::<Vec<_>>(), [1, 2]);
        let votes = ["{\"pass\":true}", "{\"pass\":false}", "?"].map(Reply::text);
        let opinions = Opinions::of(&case, &votes).unwrap();
        assert_eq!(opinions.on(&case.expect[0]).len(), 1);
        assert_eq!(opinions.on(&case.expect[1])[1], None);
        assert_eq!(Opinions::of(&case, &votes[..2]), None, "a vote is missing");
        assert_eq!(Opinions::of(&case, votes.iter().chain(&votes[..1])), None, "a vote too many");
    }
}
