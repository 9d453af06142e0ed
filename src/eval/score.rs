//! One case and one reply to the result of every check. Pure.

use serde::{Deserialize, Serialize};

use crate::artifact::{Case, Check, Expectation};

use super::{
    Reply,
    checks::{Ruling, json, measure, text, tools, written},
};

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The check as it stands in the suite, on one line.
    pub check: String,
    /// Whether it is content, negation taken into account.
    pub passed: bool,
    /// What it saw, quoting at most 120 characters of the reply on one line.
    pub reason: String,
}

/// Runs every check of a case on a reply; one result per entry of `expect`, in its order.
///
/// The same case and reply give the same results on every machine and at any time. A check that cannot
/// be carried out (an expression that fails, a schema that refers to elsewhere) does not pass, negated or not.
pub fn score(case: &Case, reply: &Reply) -> Vec<CheckResult> {
    case.expect.iter().map(|expectation| result(expectation, case, reply)).collect()
}

/// Whether these results let the case pass: every check passed, and there was one.
pub fn passes(results: &[CheckResult]) -> bool {
    !results.is_empty() && results.iter().all(|result| result.passed)
}

fn result(expectation: &Expectation, case: &Case, reply: &Reply) -> CheckResult {
    let (passed, reason) = match rule(&expectation.check, case, reply) {
        Ruling::Holds(reason) => (!expectation.negated, reason),
        Ruling::Fails(reason) => (expectation.negated, reason),
        Ruling::Broken(reason) => (false, reason),
    };
    CheckResult { check: written(expectation), passed, reason }
}

fn rule(check: &Check, case: &Case, reply: &Reply) -> Ruling {
    let content = reply.content.as_str();
    match check {
        Check::Contains(part) => text::contains(content, part),
        Check::Icontains(part) => text::icontains(content, part),
        Check::Equals(value) => json::equals(content, value),
        Check::StartsWith(start) => text::starts_with(content, start),
        Check::Regex(pattern) => text::regex(content, pattern),
        Check::ContainsAny(parts) => text::any(content, parts, text::contains),
        Check::ContainsAll(parts) => text::all(content, parts, text::contains),
        Check::IcontainsAny(parts) => text::any(content, parts, text::icontains),
        Check::IcontainsAll(parts) => text::all(content, parts, text::icontains),
        Check::Json(wanted) => json::is_json(content, *wanted),
        Check::JsonSchema(schema) => json::schema(content, schema),
        Check::ToolCall(wanted) => tools::some_call(&reply.tool_calls, wanted),
        Check::ToolCalls(wanted) => tools::exactly(&reply.tool_calls, wanted),
        Check::MaxTokens(most) => measure::max_tokens(content, *most),
        Check::Expression(source) => measure::expression(source, case, reply),
    }
}

#[cfg(test)]
mod tests;
