//! Checks that count or compute.

use serde_json::json;

use crate::{artifact::Case, render};

use super::{
    super::{Reply, excerpt::excerpt},
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

/// `expression`: a Jinja expression over `output`, `tool_calls` and `vars` is true.
pub(in crate::eval) fn expression(source: &str, case: &Case, reply: &Reply) -> Ruling {
    let context = json!({ "output": reply.content, "tool_calls": reply.tool_calls, "vars": case.vars });
    match render::expression(source, &context) {
        Ok(true) => Ruling::Holds("the expression is true".to_owned()),
        Ok(false) => Ruling::Fails(format!("the expression is false for `{}`", excerpt(&reply.content))),
        Err(e) => Ruling::Broken(format!("the expression cannot be evaluated: {}", excerpt(&e.to_string()))),
    }
}
