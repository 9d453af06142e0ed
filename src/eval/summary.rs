//! What evidence says about each sample: plain data that an act carries.

use serde::{Deserialize, Serialize};

use crate::object::Digest;

use super::{Outcome, ReplySource, SuiteRun, Usage};

/// One sample as evidence states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleSummary {
    /// The case's name.
    pub case: String,
    /// Which sample, from 0.
    pub sample: u32,
    /// How it is said to have come out. A claim: the gate re-scores the reply.
    pub outcome: Outcome,
    /// Names the stored reply; absent when errored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Digest>,
    /// Where the reply came from; absent when errored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<ReplySource>,
    /// Tokens said to be sent and received; absent where nobody counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<(u32, u32)>,
    /// How long the reply is said to have taken, in milliseconds; absent where no check asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u32>,
    /// Name the stored answers of whomever the case asks about the reply, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub votes: Vec<Digest>,
}

/// Every sample of a run, in the order of the suite; skipped cases are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// The samples.
    pub samples: Vec<SampleSummary>,
}

impl Summary {
    /// What a run says.
    pub fn of(run: &SuiteRun) -> Self {
        let samples = run.cases.iter().flat_map(|case| {
            case.samples.iter().map(|sample| SampleSummary {
                case: case.id.clone(),
                sample: sample.sample,
                outcome: sample.outcome,
                reply: sample.reply_digest,
                source: sample.source,
                tokens: sample.reply.as_ref().map(|_| Usage::from(sample.tokens).stated()),
                latency_ms: sample.timed_ms,
                votes: sample.votes.iter().map(|vote| vote.reply_digest).collect(),
            })
        });
        Self { samples: samples.collect() }
    }
}
