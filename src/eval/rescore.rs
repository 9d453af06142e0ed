//! Scoring again what was scored before, from the stored replies.

use std::collections::HashMap;

use serde::Serialize;

use crate::{
    artifact::{Case, Suite},
    object::Digest,
};

use super::{
    Known, Opinions, Outcome, Reply, SampleSummary, Summary, Usage, is_timed, passes, questions, score_with,
    with_values,
};

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
    /// The evidence claims a result without a reply, or the reply or a vote on it is not here.
    ReplyMissing,
    /// The bytes are not the reply, or the vote, they are named after.
    ReplyUnreadable,
    /// The evidence says `errored` and yet names a reply.
    ReplyUnexpected,
    /// The checks say what the evidence says, and the provider counted other tokens than it states.
    TokensDiffer,
    /// There are other votes than the checks of the case ask for.
    VotesDiffer,
    /// A check asks a judge of whom the suite does not say which version it is, so that nobody can tell who voted.
    JudgeNotPinned,
    /// A check asks how long the reply took, and the evidence does not say.
    NotTimed,
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
    let reply = match stored(&digest, lookup) {
        Ok(reply) => reply,
        Err(recomputed) => return Some(recomputed),
    };
    let opinions = match opinions(case, claim, lookup) {
        Ok(opinions) => opinions,
        Err(recomputed) => return Some(recomputed),
    };
    if is_timed(case) && claim.latency_ms.is_none() {
        return Some(Recomputed::NotTimed);
    }
    let known = Known { opinions, latency_ms: claim.latency_ms };
    // What is kept has marks in place of personal values, which stand in the case.
    let reply = with_values(reply, &case.vars);
    match (passes(&score_with(case, &reply, &known)), claim.outcome) {
        (true, Outcome::Failed) => Some(Recomputed::Passed),
        (false, Outcome::Passed) => Some(Recomputed::Failed),
        _ => {
            let counted = reply.usage.map(Usage::stated);
            let differ = counted.is_some() && claim.tokens.is_some() && counted != claim.tokens;
            differ.then_some(Recomputed::TokensDiffer)
        }
    }
}

/// A reply as it was stored.
fn stored(digest: &Digest, lookup: &impl Fn(&Digest) -> Option<Vec<u8>>) -> Result<Reply, Recomputed> {
    let bytes = lookup(digest).ok_or(Recomputed::ReplyMissing)?;
    let reply = if Digest::of(&bytes) == *digest { Reply::from_bytes(&bytes).ok() } else { None };
    reply.ok_or(Recomputed::ReplyUnreadable)
}

/// What was said of the reply by those whom the case asks.
fn opinions(
    case: &Case,
    claim: &SampleSummary,
    lookup: &impl Fn(&Digest) -> Option<Vec<u8>>,
) -> Result<Opinions, Recomputed> {
    let votes: Vec<Reply> = claim.votes.iter().map(|vote| stored(vote, lookup)).collect::<Result<_, _>>()?;
    if questions(case).iter().any(|question| !question.is_pinned()) {
        return Err(Recomputed::JudgeNotPinned);
    }
    Opinions::of(case, &votes).ok_or(Recomputed::VotesDiffer)
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
        let (reply, tokens, votes, latency_ms) = (reply.map(Reply::digest), Some((7, 2)), Vec::new(), None);
        Summary { samples: vec![SampleSummary { case, sample: 0, outcome, reply, source, tokens, latency_ms, votes }] }
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

    /// A suite whose only case asks for three votes.
    fn judged(pin: &str) -> Suite {
        let judge = format!("[judges.tone]\nprompt = \"judge\"\nvotes = 3\n{pin}");
        let check = "{ judge = { by = \"tone\", rubric = \"Is kind.\" } }";
        let text = format!("prompt = \"x\"\n{judge}\n[[case]]\nid = \"greets\"\nexpect = [{check}]\n");
        Suite::parse("evals/x.toml", &crate::artifact::Source::single("x.toml", text.into_bytes())).unwrap().0
    }

    #[test]
    fn votes_are_counted_again_and_must_be_those_that_were_asked_for() {
        let (good, bad) = (Reply::text("{\"pass\":true}"), Reply::text("{\"pass\":false}"));
        let (odd, reply) = (Reply::text("It passes!"), Reply::text("hello"));
        let stored: HashMap<Digest, Vec<u8>> =
            [&good, &bad, &odd, &reply].iter().map(|kept| (kept.digest(), kept.to_bytes())).collect();
        let pinned = judged(&format!("bundle = \"{}\"", Digest::of(b"judge")));
        let again = |suite: &Suite, outcome, votes: &[&Reply]| {
            let mut summary = claim(outcome, Some(&reply));
            summary.samples[0].votes = votes.iter().map(|vote| vote.digest()).collect();
            rescore(suite, &summary, |id| stored.get(id).cloned()).first().map(|found| found.recomputed)
        };
        let (passed, failed) = (Outcome::Passed, Outcome::Failed);
        for (outcome, votes, found) in [
            (passed, vec![&good, &bad, &good], None),
            (failed, vec![&bad, &bad, &good], None),
            (passed, vec![&bad, &bad, &good], Some(Recomputed::Failed)),
            (failed, vec![&good, &bad, &good], Some(Recomputed::Passed)),
            (passed, vec![&good, &odd, &bad], Some(Recomputed::Failed)),
            (passed, vec![&good, &good], Some(Recomputed::VotesDiffer)),
            (failed, vec![], Some(Recomputed::VotesDiffer)),
            (passed, vec![&good, &good, &good, &good], Some(Recomputed::VotesDiffer)),
        ] {
            assert_eq!(again(&pinned, outcome, &votes), found, "{outcome:?} {votes:?}");
        }
        let gone = Reply::text("{\"pass\":true,\"reason\":\"purged\"}");
        assert_eq!(again(&pinned, passed, &[&good, &good, &gone]), Some(Recomputed::ReplyMissing));
        assert_eq!(again(&judged(""), passed, &[&good, &good, &good]), Some(Recomputed::JudgeNotPinned));
        let mut summary = claim(passed, Some(&Reply::text("hello there")));
        summary.samples[0].votes = vec![good.digest()];
        let kept = [Reply::text("hello there"), good];
        let found =
            rescore(&suite(), &summary, |id| kept.iter().find(|kept| kept.digest() == *id).map(Reply::to_bytes));
        assert_eq!(found[0].recomputed, Recomputed::VotesDiffer, "a case that asks nobody has no votes");
    }

    #[test]
    fn a_time_that_is_attested_is_held_against_the_bound_and_one_that_is_missing_is_found() {
        let mut suite = suite();
        suite.cases[0].expect = vec![Expectation { negated: false, check: Check::MaxLatency(200) }];
        let reply = Reply::text("hello");
        let (passed, failed) = (Outcome::Passed, Outcome::Failed);
        for (outcome, latency_ms, found) in [
            (passed, Some(200), None),
            (passed, Some(201), Some(Recomputed::Failed)),
            (failed, Some(201), None),
            (failed, Some(7), Some(Recomputed::Passed)),
            (passed, None, Some(Recomputed::NotTimed)),
        ] {
            let mut summary = claim(outcome, Some(&reply));
            summary.samples[0].latency_ms = latency_ms;
            let again = rescore(&suite, &summary, |_| Some(reply.to_bytes()));
            assert_eq!(again.first().map(|found| found.recomputed), found, "{outcome:?} {latency_ms:?}");
        }
    }
}
