//! Checks that count or compute.

use serde_json::json;

use crate::{
    artifact::{Case, Cost, Count},
    problem::counted,
    render,
};

use super::{
    super::{Reply, budget::priced, excerpt::excerpt},
    Ruling,
};

/// `max_tokens`: at most so many tokens in the reply's text.
///
/// We count them ourselves: a program under test must not be able to pass by claiming that it said little.
pub(in crate::eval) fn max_tokens(reply: &str, most: u64) -> Ruling {
    let tokens = render::count_tokens(reply);
    let reason = format!("the reply has {tokens} tokens");
    Ruling::when(tokens <= most, reason.clone(), reason)
}

/// `words`: so many, between white space.
pub(in crate::eval) fn words(reply: &str, wanted: Count) -> Ruling {
    let words = u64::try_from(reply.split_whitespace().count()).unwrap_or(u64::MAX);
    let reason = format!("the reply has {}", counted(words, "word"));
    Ruling::when(wanted.holds(words), reason.clone(), reason)
}

/// `max_cost`: what the provider counted costs at most so much at the model's price, whoever paid for it and when.
///
/// A reply for which nothing was counted, or a model without a price, proves nothing.
pub(in crate::eval) fn max_cost(reply: &Reply, wanted: Cost) -> Ruling {
    let Some(price) = wanted.price else {
        return Ruling::Broken("the model has no `price`".to_owned());
    };
    let Some(usage) = reply.usage else {
        return Ruling::Broken("the provider did not say how many tokens it counted".to_owned());
    };
    let cost = priced(usage, price);
    let reason = format!("{} tokens in and {} out cost {cost} USD", usage.input, usage.output);
    Ruling::when(cost <= wanted.usd, reason.clone(), reason)
}

/// `max_latency_ms`: the reply took at most so long, as whoever asked for it measured and attests.
pub(in crate::eval) fn max_latency(took: Option<u32>, most: u64) -> Ruling {
    let Some(took) = took else {
        return Ruling::Broken("nobody says how long the reply took".to_owned());
    };
    let reason = format!("the reply took {took} ms");
    Ruling::when(u64::from(took) <= most, reason.clone(), reason)
}

/// `expression`: a Jinja expression over `output`, `tool_calls` and `vars` is true.
pub(in crate::eval) fn expression(source: &str, case: &Case, reply: &Reply) -> Ruling {
    let context = json!({ "output": reply.content, "tool_calls": reply.tool_calls, "vars": case.vars });
    match render::expression(source, &context) {
        Ok(true) => Ruling::Holds("the expression is true".to_owned()),
        Ok(false) => Ruling::Fails(format!("the expression is false for `{}`", excerpt(&reply.content))),
        Err(e) => Ruling::Broken(format!("the expression cannot be evaluated: {}", excerpt(&e.to_string()))),
    }
}
