//! Scoring again what was scored before, from the stored replies.

use std::collections::HashMap;

use serde::Serialize;

use crate::{
    artifact::{Case, Suite},
    object::Digest,
};

use super::{Outcome, Reply, SampleSummary, Summary, Usage, passes, score, with_values};

/// What came of scoring a stored reply again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recomputed {
    /// Every check passes.
    Passed,
    /// A check does not pass.
    Failed,
    /// The suite has no case of this name.
    NoSuchCase,
    /// The evidence claims a result without a reply, or the reply is not here.
    ReplyMissing,
    /// The bytes are not the reply they are named after.
    ReplyUnreadable,
    /// The evidence says `errored` and yet names a reply.
    ReplyUnexpected,
    /// The checks say what the evidence says, and the provider counted other tokens than it states.
    TokensDiffer,
}

/// A sample on which evidence and the stored reply disagree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// The case's name.
    pub case: String,
    /// Which sample, from 0.
    pub sample: u32,
    /// What the evidence says.
    pub recorded: Outcome,
    /// What scoring the reply says.
    pub recomputed: Recomputed,
}

/// Scores every sample of a summary again and lists where it disagrees; empty means that every claim holds.
///
/// An errored sample without a reply claims nothing and so cannot disagree. Whether the samples are all that
/// the suite asks for is not judged here.
pub fn rescore(suite: &Suite, summary: &Summary, lookup: impl Fn(&Digest) -> Option<Vec<u8>>) -> Vec<Disagreement> {
    let cases: HashMap<&str, &Case> = suite.cases.iter().map(|case| (case.id.as_str(), case)).collect();
    let disagreement = |claim: &SampleSummary| {
        let recomputed = recompute(cases.get(claim.case.as_str()).copied(), claim, &lookup)?;
        Some(Disagreement { case: claim.case.clone(), sample: claim.sample, recorded: claim.outcome, recomputed })
    };
    summary.samples.iter().filter_map(disagreement).collect()
}

/// What differs from the claim, if anything.
fn recompute(
    case: Option<&Case>,
    claim: &SampleSummary,
    lookup: &impl Fn(&Digest) -> Option<Vec<u8>>,
) -> Option<Recomputed> {
    let Some(case) = case else {
        return Some(Recomputed::NoSuchCase);
    };
    let Some(digest) = claim.reply else {
        return (claim.outcome != Outcome::Errored).then_some(Recomputed::ReplyMissing);
    };
    if claim.outcome == Outcome::Errored {
        return Some(Recomputed::ReplyUnexpected);
    }
    let Some(bytes) = lookup(&digest) else {
        return Some(Recomputed::ReplyMissing);
    };
    let reply = if Digest::of(&bytes) == digest { Reply::from_bytes(&bytes).ok() } else { None };
    let Some(reply) = reply else {
        return Some(Recomputed::ReplyUnreadable);
    };
    // What is kept has marks in place of personal values, which stand in the case.
    let reply = with_values(reply, &case.vars);
    match (passes(&score(case, &reply)), claim.outcome) {
        (true, Outcome::Failed) => Some(Recomputed::Passed),
        (false, Outcome::Passed) => Some(Recomputed::Failed),
        _ => {
            let counted = reply.usage.map(Usage::stated);
            let differ = counted.is_some() && claim.tokens.is_some() && counted != claim.tokens;
            differ.then_some(Recomputed::TokensDiffer)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        artifact::{Check, Conversation, Expectation, Subject},
        eval::ReplySource,
        name::Name,
    };

    fn suite() -> Suite {
        let case = Case {
            id: "greets".to_owned(),
            tags: Vec::new(),
            vars: serde_json::Map::new(),
            expect: vec![Expectation { negated: false, check: Check::Contains("hello".to_owned()) }],
            conversation: Conversation::default(),
            quarantine: None,
        };
        Suite { subject: Subject::Prompt(Name::parse("x").unwrap()), repeat: 1, public: false, cases: vec![case] }
    }

    fn claim(outcome: Outcome, reply: Option<&Reply>) -> Summary {
        let source = reply.map(|_| ReplySource::Live);
        let case = "greets".to_owned();
        let reply = reply.map(Reply::digest);
        Summary { samples: vec![SampleSummary { case, sample: 0, outcome, reply, source, tokens: Some((7, 2)) }] }
    }

    fn again(summary: &Summary, stored: &[u8]) -> Option<Recomputed> {
        let found = rescore(&suite(), summary, |id| (Digest::of(stored) == *id).then(|| stored.to_vec()));
        found.first().map(|disagreement| disagreement.recomputed)
    }

    #[test]
    fn a_flipped_pass_flag_is_found_in_either_direction() {
        let (good, bad) = (Reply::text("hello there"), Reply::text("go away"));
        assert_eq!(again(&claim(Outcome::Passed, Some(&good)), &good.to_bytes()), None);
        assert_eq!(again(&claim(Outcome::Failed, Some(&bad)), &bad.to_bytes()), None);
        assert_eq!(again(&claim(Outcome::Passed, Some(&bad)), &bad.to_bytes()), Some(Recomputed::Failed));
        assert_eq!(again(&claim(Outcome::Failed, Some(&good)), &good.to_bytes()), Some(Recomputed::Passed));
    }

    #[test]
    fn a_claim_without_its_reply_does_not_hold() {
        let reply = Reply::text("hello");
        assert_eq!(again(&claim(Outcome::Passed, Some(&reply)), b"other"), Some(Recomputed::ReplyMissing));
        assert_eq!(again(&claim(Outcome::Passed, None), b""), Some(Recomputed::ReplyMissing));
        assert_eq!(again(&claim(Outcome::Errored, None), b""), None);
        assert_eq!(again(&claim(Outcome::Errored, Some(&reply)), b""), Some(Recomputed::ReplyUnexpected));
        let lying = rescore(&suite(), &claim(Outcome::Passed, Some(&reply)), |_| Some(b"other bytes".to_vec()));
        assert_eq!(lying.first().unwrap().recomputed, Recomputed::ReplyUnreadable);
    }

    #[test]
    fn tokens_that_the_provider_counted_otherwise_are_found() {
        for (input, found) in [(7, None), (8, Some(Recomputed::TokensDiffer))] {
            let reply = Reply { usage: Some(Usage::of(input, 2)), ..Reply::text("hello") };
            assert_eq!(again(&claim(Outcome::Passed, Some(&reply)), &reply.to_bytes()), found);
            let mut silent = claim(Outcome::Passed, Some(&reply));
            silent.samples[0].tokens = None;
            assert_eq!(again(&silent, &reply.to_bytes()), None, "what is not said cannot be wrong");
        }
        assert_eq!(Usage::of(u64::MAX, 1).stated(), (u32::MAX, 1));
    }

    #[test]
    fn a_case_that_the_suite_does_not_have_is_named() {
        let mut summary = claim(Outcome::Passed, Some(&Reply::text("hello")));
        summary.samples.first_mut().unwrap().case = "invented".to_owned();
        assert_eq!(again(&summary, b""), Some(Recomputed::NoSuchCase));
    }
}
