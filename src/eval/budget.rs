//! What calls cost, and how much may be spent.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::{ReplySource, Usage};
use crate::{artifact::Price, object::encode, render::Request};

/// The parameters by which providers are told how long a reply may be, in tokens.
const CEILINGS: [&str; 4] = ["max_tokens", "max_output_tokens", "max_completion_tokens", "num_predict"];

/// What a call cost, in USD: nothing for a recording, and nothing where no price is known.
pub(super) fn cost(usage: Usage, source: ReplySource, price: Option<Price>) -> f64 {
    price.filter(|_| source == ReplySource::Live).map_or(0.0, |price| priced(usage, price))
}

/// What so many tokens cost, in USD. Cached ones are among those sent and have their own price, where one is known.
pub(super) fn priced(usage: Usage, price: Price) -> f64 {
    let cached = usage.cached.unwrap_or_default().min(usage.input);
    let sent = usd(usage.input - cached, price.input) + usd(cached, price.cached.unwrap_or(price.input));
    sent + usd(usage.output, price.output)
}

/// So many tokens at so much per million.
fn usd(tokens: u64, price: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^52")]
    let tokens = tokens as f64;
    tokens * price / 1_000_000.0
}

/// The most tokens a reply to this request may have; `None` where its parameters do not say.
pub fn longest_reply(request: &Request) -> Option<u64> {
    CEILINGS.iter().filter_map(|name| request.params.get(*name)).find_map(Value::as_u64)
}

/// The most a call can cost, in USD; `None` where the parameters set no end to the reply.
///
/// No tokenizer makes more tokens of a text than it has bytes, and what providers add around messages is less than
/// what their names take in JSON.
pub fn at_most(request: &Request, price: Price) -> Option<f64> {
    at_most_with(request, price, 0)
}

/// The same for a request that will be so many tokens longer.
pub fn at_most_with(request: &Request, price: Price, more: u64) -> Option<f64> {
    let sent = (encode(request).len() as u64).saturating_add(more);
    // Where what comes back costs nothing, as with embeddings, nobody needs to know its end.
    let received = if price.output > 0.0 { usd(longest_reply(request)?, price.output) } else { 0.0 };
    Some(usd(sent, price.input) + received)
}

/// How much may be spent, and how much is.
///
/// A call takes out the most it can cost before it is made, and gives back what it did not: whatever comes back, no
/// more is ever spent than the limit.
#[derive(Debug)]
pub struct Budget {
    limit: f64,
    taken: Mutex<f64>,
}

impl Budget {
    /// So many USD.
    pub fn new(limit: f64) -> Self {
        Self { limit, taken: Mutex::new(0.0) }
    }

    /// The limit, in USD.
    pub fn limit(&self) -> f64 {
        self.limit
    }

    /// Takes out so much; `false` when not so much is left, and then nothing is taken.
    pub(super) fn take(&self, usd: f64) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        // Not a number is never within a limit.
        let fits = *taken + usd <= self.limit;
        if fits {
            *taken += usd;
        }
        fits
    }

    /// Gives back what was taken and not spent.
    pub(super) fn give_back(&self, usd: f64) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        *taken -= usd.max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::eval::testing::request;

    #[test]
    fn a_budget_is_never_overdrawn_whatever_is_asked_at_once() {
        let budget = Budget::new(1.0);
        let granted: usize = std::thread::scope(|scope| {
            let ask = || (0..100).filter(|_| budget.take(0.003)).count();
            let all: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            all.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(granted, 333);
        budget.give_back(0.003);
        assert!(budget.take(0.003) && !budget.take(0.003) && !budget.take(f64::NAN));
    }

    #[test]
    fn the_most_a_call_can_cost_needs_an_end_of_the_reply() {
        let price = Price { input: 1.0, output: 10.0, cached: None };
        let mut request = request("be kind", "hi");
        assert_eq!(at_most(&request, price), None);
        request.params.insert("max_tokens".to_owned(), json!(1000));
        let most = at_most(&request, price).unwrap();
        assert!(most > 0.01 && most < 0.0102, "{most}");
    }

    #[test]
    fn cached_tokens_have_their_own_price() {
        let usage = Usage { cached: Some(900), ..Usage::of(1000, 10) };
        let price = |cached| Some(Price { input: 2.0, output: 5.0, cached });
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        close(cost(usage, ReplySource::Live, price(Some(0.2))), (200.0 + 180.0 + 50.0) / 1e6);
        close(cost(usage, ReplySource::Live, price(None)), (2000.0 + 50.0) / 1e6);
        let lying = Usage { cached: Some(u64::MAX), ..usage };
        close(cost(lying, ReplySource::Live, price(Some(0.2))), (200.0 + 50.0) / 1e6);
        close(cost(usage, ReplySource::Unsigned, price(None)), 0.0);
    }
}
