//! What a run would ask, and what that may cost, with nobody asked.

use std::{collections::HashSet, sync::Arc};

use serde::Serialize;

use super::{
    Request,
    bench::{Task, Todo},
    calls::{Mode, is_paid},
    drift,
    mutate::spoilt,
    plan::Job,
};
use crate::{
    artifact::Check,
    eval::{Ask, Recordings, Replies, at_most, at_most_with, longest_reply, questions},
    name::Name,
    object::{BundleId, Digest, EventId},
    ops::{Answer, Failure, World, parts::Whole},
    render,
};

/// What one suite would ask about one bundle.
#[derive(Debug, Clone, Serialize)]
pub struct Expected {
    /// The prompt.
    pub prompt: Name,
    /// Its bundle.
    pub bundle: BundleId,
    /// The suite.
    pub suite: Name,
    /// All samples of all cases.
    pub samples: u64,
    /// Calls that cost something; the other samples are recorded, were paid for already, or cost nothing.
    pub calls: u64,
    /// Those of them that are votes of judges, where no vote has to be asked for again.
    #[serde(skip_serializing_if = "is_none")]
    pub votes: u64,
    /// Tokens these calls send, by our count; what judges read of replies is not known yet.
    pub tokens: u64,
    /// The most these calls can cost, in USD, a token of a reply being taken for at most eight of a judge's; absent where the model has no price, or sets no end to a reply.
    pub usd_at_most: Option<f64>,
    /// Whether it is asked about mutants.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub mutants: bool,
}

impl Expected {
    /// So many votes more, each for at most so much.
    fn vote(&mut self, calls: u64, usd_at_most: Option<f64>) {
        self.calls += calls;
        self.votes += calls;
        #[expect(clippy::cast_precision_loss, reason = "samples are counted in 32 bits")]
        let usd = |one: f64| one * calls as f64;
        self.usd_at_most = self.usd_at_most.zip(usd_at_most.map(usd)).map(|(sum, usd)| sum + usd);
    }

    fn nothing(task: &Task<'_>, whole: &Whole) -> Self {
        Self {
            prompt: task.job.prompt.clone(),
            bundle: whole.bundle.id(),
            suite: task.job.suite.clone(),
            samples: 0,
            calls: 0,
            votes: 0,
            tokens: 0,
            usd_at_most: Some(0.0),
            mutants: false,
        }
    }
}

/// What all runs would ask.
#[derive(Debug, Serialize)]
pub struct Estimate {
    /// Each run, in order of suite and prompt.
    pub estimate: Vec<Expected>,
    /// Calls that cost something.
    pub calls: u64,
    /// The most they can cost together, in USD; absent where it is not known of each.
    pub usd_at_most: Option<f64>,
}

impl Answer for Estimate {
    const SCHEMA: &'static str = "chancery.eval/1";
}

/// Weighs what is planned.
pub(super) fn estimate(world: &World, request: &Request<'_>, tasks: &[Task<'_>]) -> Result<Estimate, Failure> {
    let mut counter = Counter {
        mode: request.calls.mode,
        replies: world.providers.replies(),
        recordings: world.providers.recordings(),
        asked: HashSet::new(),
    };
    let mut all = Vec::new();
    for task in tasks {
        for (at, (whole, asks)) in task.asked().enumerate() {
            // What is announced takes back its own replies alone; what it is compared with is not announced.
            let known = match &task.todo {
                Todo::Resume(announced) if at == 0 => Known::Of(Some(*announced)),
                Todo::Run if at == 0 && request.attest => Known::Nothing,
                Todo::Run if at == 0 => Known::Of(drift::todays(request, world.clock.now())),
                _ => Known::Of(None),
            };
            let mut expected = Expected::nothing(task, whole);
            counter.count(&mut expected, whole, asks, task.repeat, known)?;
            counter.votes(&mut expected, (task.job, whole), asks, task.repeat);
            all.push(expected);
        }
        if request.mutate {
            // At most: a mutant that one case notices is not shown to the others.
            let mut expected = Expected { mutants: true, ..Expected::nothing(task, &task.job.whole) };
            for spoilt in spoilt(task.job, request) {
                counter.count(&mut expected, &spoilt.whole, &spoilt.asks, task.repeat, Known::Of(None))?;
            }
            all.push(expected);
        }
    }
    let usd_at_most = all.iter().map(|one| one.usd_at_most).sum();
    Ok(Estimate { calls: all.iter().map(|one| one.calls).sum(), usd_at_most, estimate: all })
}

/// For how many tokens of a judge's a token of a reply may count.
const TOKENS_A_TOKEN: u64 = 8;

/// Which replies are there already.
#[derive(Clone, Copy)]
enum Known {
    Nothing,
    Of(Option<EventId>),
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

struct Counter {
    mode: Mode,
    replies: Arc<dyn Replies>,
    recordings: Arc<dyn Recordings>,
    /// What some run before asks for, so that it is there for the next.
    asked: HashSet<Digest>,
}

impl Counter {
    fn count(
        &mut self,
        expected: &mut Expected,
        whole: &Whole,
        asks: &[Ask],
        repeat: u32,
        known: Known,
    ) -> Result<(), Failure> {
        let Some(model) = &whole.parts.model else { return Ok(()) };
        let requests = asks.iter().filter_map(|ask| if let Ask::Request(request) = ask { Some(request) } else { None });
        for request in requests {
            expected.samples += u64::from(repeat);
            if !is_paid(model, self.mode) {
                continue;
            }
            let mut calls = 0;
            for sample in 0..repeat {
                calls += u64::from(!self.is_there(&request.key(sample), known)?);
            }
            expected.calls += calls;
            expected.tokens += calls * render::tokens(request);
            #[expect(clippy::cast_precision_loss, reason = "samples are counted in 32 bits")]
            let usd = |one: f64| one * calls as f64;
            let most = if calls == 0 { Some(0.0) } else { model.price.and_then(|price| at_most(request, price)) };
            expected.usd_at_most = expected.usd_at_most.zip(most.map(usd)).map(|(sum, usd)| sum + usd);
        }
        Ok(())
    }

    /// What judges are asked: every vote on every reply, for replies are not known yet.
    fn votes(&self, expected: &mut Expected, (job, whole): (&Job, &Whole), asks: &[Ask], repeat: u32) {
        for (case, ask) in job.tests.cases.iter().zip(asks) {
            let Ask::Request(request) = ask else { continue };
            for question in questions(case) {
                let by = match question.check {
                    Check::Judge(judged) => &judged.by,
                    Check::Similar(similar) => &similar.by,
                    _ => continue,
                };
                let Some(seated) = job.judges.iter().find(|seated| seated.judge == **by) else { continue };
                let Some(model) = seated.whole.parts.model.as_ref().filter(|model| is_paid(model, self.mode)) else {
                    continue;
                };
                let reply = longest_reply(request).filter(|_| whole.parts.model.is_some());
                let more = reply.map(|tokens| tokens.saturating_mul(TOKENS_A_TOKEN));
                let each = u64::from(repeat);
                let about_replies = |asked: Option<render::Request>| at_most_with(&asked?, model.price?, more?);
                match question.check {
                    Check::Judge(judged) => {
                        let one = about_replies(seated.asks(&judged.rubric, request));
                        expected.vote(each * u64::from(question.answers), one);
                    }
                    Check::Similar(similar) => {
                        expected.vote(each, about_replies(seated.places("")));
                        // The text itself is placed once.
                        expected.vote(
                            1,
                            seated
                                .places(&similar.to)
                                .zip(model.price)
                                .and_then(|(asked, price)| at_most(&asked, price)),
                        );
                    }
                    _ => {}
                }
            }
        }
    }

    fn is_there(&mut self, key: &Digest, known: Known) -> Result<bool, Failure> {
        let unreadable = |error: &dyn std::fmt::Display| Failure::outside("disk", error.to_string());
        if self.mode == Mode::Record && self.recordings.get(key).map_err(|error| unreadable(&error))?.is_some() {
            return Ok(true);
        }
        let kept = match known {
            Known::Nothing => false,
            Known::Of(run) => self.replies.get(key, run).map_err(|error| unreadable(&error))?.is_some(),
        };
        Ok(kept || (matches!(known, Known::Of(None)) && !self.asked.insert(*key)))
    }
}
