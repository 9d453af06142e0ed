//! How a request gets its reply: from what is kept, from a recording, or by a call that is paid for.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{
    Answer, Budget, Examining, InFlight, KeptReply, Provider, ProviderError, Recording, Recordings, Replies, Reply,
    ReplySource, Seat, Usage,
    budget::{at_most, cost},
};
use crate::{
    artifact::Price,
    object::{Digest, EventId},
    render::Request,
};

/// Everything that may answer.
pub struct Callers<'a> {
    /// Who is asked.
    pub provider: &'a dyn Provider,
    /// What the model costs, where it costs anything.
    pub price: Option<Price>,
    /// Replies that were paid for, where calls cost something.
    pub replies: Option<&'a dyn Replies>,
    /// Recordings that are used, and added to.
    pub recordings: Option<&'a dyn Recordings>,
    /// How much may be spent.
    pub budget: Option<&'a Budget>,
    /// The index of the first sample that is asked for.
    pub from: u32,
    /// Calls that are being made; two that are the same wait for each other.
    pub in_flight: Option<&'a InFlight>,
    /// Who judges what is answered.
    pub judges: &'a [Seat<'a>],
    /// Programs that say whether what is answered is good.
    pub programs: &'a [Examining<'a>],
    /// The announcement the calls are made for.
    pub run: Option<EventId>,
    /// Once a reply could not be kept, nobody is asked any more: the next one would be lost, too.
    pub lost: AtomicBool,
}

/// A reply, and whether it was kept before.
pub(super) struct Asked {
    pub(super) answer: Answer,
    pub(super) again: bool,
    /// What it cost now, in USD.
    pub(super) cost_usd: f64,
}

/// In which form a reply, and the request it answers, may be kept.
pub(super) trait Hides {
    /// The reply without what must not be stored.
    fn reply(&self, reply: Reply) -> Reply;
    /// The request likewise.
    fn request(&self, request: &Request) -> Request;
}

impl<'a> Callers<'a> {
    /// A provider that costs nothing: nothing is kept, nothing is counted.
    pub fn free(provider: &'a dyn Provider) -> Self {
        Self {
            provider,
            price: None,
            replies: None,
            recordings: None,
            budget: None,
            from: 0,
            in_flight: None,
            judges: &[],
            programs: &[],
            run: None,
            lost: AtomicBool::new(false),
        }
    }

    /// The reply to a request, durable before anybody sees it where it was paid for.
    pub(super) fn ask(&self, request: &Request, sample: u32, hides: &dyn Hides) -> Result<Asked, ProviderError> {
        let sample = sample.saturating_add(self.from);
        let key = request.key(sample);
        if let Some(recordings) = self.recordings
            && let Some(recording) = recordings.get(&key).map_err(|error| ProviderError::unreadable(&error))?
        {
            let answer =
                Answer { reply: recording.reply, source: ReplySource::Unsigned, latency_ms: recording.latency_ms };
            return Ok(Asked { answer, again: true, cost_usd: 0.0 });
        }
        let asked = match (self.kept(&key)?, self.in_flight) {
            (Some(asked), _) => asked,
            (None, None) => self.paid(request, sample, hides)?,
            (None, Some(flight)) => flight.alone(&key, || match self.kept(&key)? {
                Some(asked) => Ok(asked),
                None => self.paid(request, sample, hides),
            })?,
        };
        if let Some(recordings) = self.recordings {
            let shown = hides.request(request);
            let reply = hides.reply(asked.answer.reply.clone());
            let latency_ms = asked.answer.latency_ms;
            let recording = Recording { latency_ms, ..Recording::of(request, shown, sample, reply) };
            recordings.put(&recording).map_err(|error| ProviderError::unreadable(&error))?;
        }
        Ok(asked)
    }

    /// What is kept of an earlier call.
    fn kept(&self, key: &Digest) -> Result<Option<Asked>, ProviderError> {
        let kept = self.replies.map(|replies| replies.get(key, self.run)).transpose();
        let kept = kept.map_err(|error| ProviderError::NotKept { reason: error.to_string() })?.flatten();
        Ok(kept.map(|KeptReply { reply, latency_ms, .. }| {
            let answer = Answer { reply, source: ReplySource::Live, latency_ms: Some(latency_ms) };
            Asked { answer, again: true, cost_usd: 0.0 }
        }))
    }

    fn paid(&self, request: &Request, sample: u32, hides: &dyn Hides) -> Result<Asked, ProviderError> {
        let answer = self.call(request, sample, hides)?;
        let cost_usd = cost(Usage::counted(&answer.reply, request), answer.source, self.price);
        Ok(Asked { answer, again: false, cost_usd })
    }

    /// A call that is paid for.
    fn call(&self, request: &Request, sample: u32, hides: &dyn Hides) -> Result<Answer, ProviderError> {
        let Some(replies) = self.replies else { return self.provider.complete(request, sample) };
        if self.lost.load(Ordering::Relaxed) {
            return Err(ProviderError::NotKept { reason: "an earlier reply could not be kept".to_owned() });
        }
        let taken = self.take(request)?;
        let answer =
            self.provider.complete_once(request, sample, &self.name(request, sample)).inspect_err(|error| {
                if !error.may_have_cost() {
                    self.give_back(taken, 0.0);
                }
            })?;
        self.give_back(taken, cost(Usage::counted(&answer.reply, request), answer.source, self.price));
        let kept = KeptReply::new(
            request.key(sample),
            self.run,
            answer.latency_ms.unwrap_or_default(),
            hides.reply(answer.reply.clone()),
        );
        replies.keep(&kept).map_err(|error| {
            self.lost.store(true, Ordering::Relaxed);
            ProviderError::NotKept { reason: error.to_string() }
        })?;
        Ok(answer)
    }

    /// What the call is known by: the same when it is made again, another for every sample and every announced run.
    fn name(&self, request: &Request, sample: u32) -> Digest {
        let key = request.key(sample);
        self.run.map_or(key, |run| Digest::of(format!("{run} {key}").as_bytes()))
    }

    fn take(&self, request: &Request) -> Result<f64, ProviderError> {
        let Some(budget) = self.budget else { return Ok(0.0) };
        let over = || ProviderError::OverBudget { limit: budget.limit() };
        let most = self.price.and_then(|price| at_most(request, price)).ok_or_else(over)?;
        if budget.take(most) { Ok(most) } else { Err(over()) }
    }

    fn give_back(&self, taken: f64, spent: f64) {
        if let Some(budget) = self.budget {
            budget.give_back(taken - spent);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeMap, BTreeSet},
        sync::{Mutex, atomic::AtomicUsize},
    };

    use serde_json::json;

    use super::*;
    use crate::eval::{InMemory, RepliesError, testing::request};

    /// Answers with a secret and a name, and counts what it is asked.
    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl Provider for Counting {
        fn complete(&self, _: &Request, _: u32) -> Result<Answer, ProviderError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(Answer { reply: Reply::text("hello Ana"), source: ReplySource::Live, latency_ms: Some(5) })
        }
    }

    impl Counting {
        fn asked(&self) -> usize {
            self.0.load(Ordering::Relaxed)
        }
    }

    struct Masks;

    impl Hides for Masks {
        fn reply(&self, reply: Reply) -> Reply {
            Reply::text(reply.content.replace("Ana", "[name]"))
        }

        fn request(&self, request: &Request) -> Request {
            let mut shown = request.clone();
            shown.messages[1].content = shown.messages[1].content.replace("Ana", "[name]");
            shown
        }
    }

    fn said(asked: Result<Asked, ProviderError>) -> (String, bool) {
        asked.map(|asked| (asked.answer.reply.content, asked.again)).unwrap()
    }

    #[test]
    fn what_was_paid_for_is_not_asked_again_and_is_kept_masked() {
        let (provider, replies) = (Counting::default(), InMemory::default());
        let callers = Callers { replies: Some(&replies), ..Callers::free(&provider) };
        let asks = request("be kind", "I am Ana");
        assert_eq!(said(callers.ask(&asks, 0, &Masks)), ("hello Ana".to_owned(), false));
        assert_eq!(said(callers.ask(&asks, 0, &Masks)), ("hello [name]".to_owned(), true));
        assert_eq!(provider.asked(), 1);
        callers.ask(&asks, 1, &Masks).unwrap();
        callers.ask(&request("be kinder", "I am Ana"), 0, &Masks).unwrap();
        assert_eq!(provider.asked(), 3, "another sample and another request are asked for");
        let announced = Callers { run: Some(EventId(Digest::of(b"run"))), replies: Some(&replies), ..callers };
        announced.ask(&asks, 0, &Masks).unwrap();
        assert_eq!(provider.asked(), 4, "an announced run asks for itself");
        announced.ask(&asks, 0, &Masks).unwrap();
        assert_eq!(provider.asked(), 4);
    }

    #[test]
    fn a_recording_answers_first_and_what_is_asked_is_recorded_without_what_must_not_be_stored() {
        let (provider, replies) = (Counting::default(), InMemory::default());
        let recordings = Mutex::<BTreeMap<_, _>>::default();
        let callers = Callers { replies: Some(&replies), recordings: Some(&recordings), ..Callers::free(&provider) };
        let asks = request("be kind", "I am Ana");
        callers.ask(&asks, 0, &Masks).unwrap();
        let recording = recordings.get(&asks.key(0)).unwrap().unwrap();
        assert!(recording.masked && !recording.to_text().contains("Ana"), "{}", recording.to_text());
        assert_eq!(Recording::parse("x", &recording.to_text()), Ok(recording));
        assert_eq!(said(callers.ask(&asks, 0, &Masks)), ("hello [name]".to_owned(), true));
        let plain = request("be kind", "I am Bo");
        callers.ask(&plain, 0, &Masks).unwrap();
        assert!(!recordings.get(&plain.key(0)).unwrap().unwrap().masked);
        assert_eq!(provider.asked(), 2);
    }

    #[test]
    fn nothing_is_asked_that_the_budget_may_not_cover() {
        let (provider, replies) = (Counting::default(), InMemory::default());
        let budget = Budget::new(0.0031);
        let price = Some(Price { input: 0.0, output: 1000.0, cached: None });
        let paid = Callers { replies: Some(&replies), ..Callers::free(&provider) };
        let callers = Callers { price, budget: Some(&budget), ..paid };
        let asks = |text: &str, most: Option<u64>| {
            let mut asks = request("be kind", text);
            asks.params.extend(most.map(|most| ("max_tokens".to_owned(), json!(most))));
            callers.ask(&asks, 0, &Masks)
        };
        assert!(matches!(asks("no end", None), Err(ProviderError::OverBudget { .. })));
        assert!(matches!(asks("too long", Some(4)), Err(ProviderError::OverBudget { .. })));
        assert!(asks("fits", Some(3)).is_ok(), "and two tokens came back, so that one is left");
        assert!(matches!(asks("too much by now", Some(2)), Err(ProviderError::OverBudget { .. })));
        assert!(asks("fits", Some(3)).is_ok(), "what was paid for costs nothing");
        assert_eq!(provider.asked(), 1);
    }

    /// Keeps nothing.
    struct Full;

    impl Replies for Full {
        fn get(&self, _: &Digest, _: Option<EventId>) -> Result<Option<KeptReply>, RepliesError> {
            Ok(None)
        }

        fn keep(&self, _: &KeptReply) -> Result<(), RepliesError> {
            Err(RepliesError { path: "replies".to_owned(), reason: "the disk is full".to_owned() })
        }

        fn forget(&self, _: &BTreeSet<Digest>) -> Result<(), RepliesError> {
            Ok(())
        }
    }

    #[test]
    fn once_a_reply_is_lost_none_is_asked_for_any_more() {
        let provider = Counting::default();
        let callers = Callers { replies: Some(&Full), ..Callers::free(&provider) };
        for text in ["a", "b", "c"] {
            let asked = callers.ask(&request("be kind", text), 0, &Masks);
            assert!(matches!(asked, Err(ProviderError::NotKept { .. })));
        }
        assert_eq!(provider.asked(), 1);
    }
}
