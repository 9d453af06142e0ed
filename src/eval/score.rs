//! One case and one reply to the result of every check. Pure.

use serde::{Deserialize, Serialize};

use crate::artifact::{Case, Check, Expectation};

use super::{
    Known, Reply,
    checks::{
        Ruling, calls, embedded,
        group::{Member, weigh},
        json, judged as votes, measure, near, path, refusal, text, tools, written,
    },
};

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The check as it stands in the suite, on one line.
    pub check: String,
    /// Whether it is content, negation taken into account.
    pub passed: bool,
    /// What it saw, on one line of at most some hundred characters; it quotes at most 120 of the reply at a time.
    pub reason: String,
}

/// Runs every check of a case on a reply; one result per entry of `expect`, in its order.
///
/// The same case and reply give the same results on every machine and at any time. A check that cannot
/// be carried out (an expression that fails, a schema that refers to elsewhere) does not pass, negated or not.
pub fn score(case: &Case, reply: &Reply) -> Vec<CheckResult> {
    score_with(case, reply, &Known::default())
}

/// The same with what is known besides; a check that asks for what nobody says does not pass.
pub fn score_with(case: &Case, reply: &Reply, known: &Known) -> Vec<CheckResult> {
    let scene = Scene { case, reply, known };
    case.expect.iter().map(|expectation| scene.result(expectation)).collect()
}

/// Whether these results let the case pass: every check passed, and there was one.
pub fn passes(results: &[CheckResult]) -> bool {
    !results.is_empty() && results.iter().all(|result| result.passed)
}

/// What checks look at.
#[derive(Clone, Copy)]
struct Scene<'a> {
    case: &'a Case,
    reply: &'a Reply,
    known: &'a Known,
}

impl Scene<'_> {
    fn result(self, expectation: &Expectation) -> CheckResult {
        let (passed, reason) = match self.judged(expectation) {
            Ruling::Holds(reason) => (true, reason),
            Ruling::Fails(reason) | Ruling::Broken(reason) => (false, reason),
        };
        CheckResult { check: written(expectation), passed, reason }
    }

    /// Whether an entry holds, negation taken into account.
    fn judged(self, expectation: &Expectation) -> Ruling {
        match (self.rule(expectation), expectation.negated) {
            (Ruling::Holds(reason), true) => Ruling::Fails(reason),
            (Ruling::Fails(reason), true) => Ruling::Holds(reason),
            (ruling, _) => ruling,
        }
    }

    fn rule(self, expectation: &Expectation) -> Ruling {
        let Self { case, reply, known } = self;
        let content = reply.content.as_str();
        let made = reply.tool_calls.as_slice();
        match &expectation.check {
            Check::Contains(part) => text::contains(content, part),
            Check::Icontains(part) => text::icontains(content, part),
            Check::Equals(value) => json::equals(content, value),
            Check::Iequals(text) => text::iequals(content, text),
            Check::StartsWith(start) => text::starts_with(content, start),
            Check::EndsWith(end) => text::ends_with(content, end),
            Check::Regex(pattern) => text::regex(content, pattern),
            Check::ContainsAny(parts) => text::any(content, parts, text::contains),
            Check::ContainsAll(parts) => text::all(content, parts, text::contains),
            Check::IcontainsAny(parts) => text::any(content, parts, text::icontains),
            Check::IcontainsAll(parts) => text::all(content, parts, text::icontains),
            Check::EditDistance(wanted) => near::edit_distance(content, wanted),
            Check::RougeL(wanted) => near::rouge_l(content, wanted),
            Check::TokenF1(wanted) => near::token_f1(content, wanted),
            Check::Words(wanted) => measure::words(content, *wanted),
            Check::Refusal => refusal::refusal(content),
            Check::Json(wanted) => json::is_json(content, *wanted),
            Check::JsonSchema(schema) => json::schema(content, schema),
            Check::ContainsJson(schema) => embedded::contains_json(content, schema.as_ref()),
            Check::JsonPath(wanted) => path::json_path(content, wanted),
            Check::OutputSchema(schema) => json::output_schema(content, schema.as_deref()),
            Check::ToolCall(wanted) => tools::some_call(made, wanted),
            Check::ToolCalls(wanted) => calls::tool_calls(made, wanted),
            Check::ToolsUsed(names) => tools::used(made, names),
            Check::ToolsNotUsed(names) => tools::not_used(made, names),
            Check::ToolSequence(names) => tools::sequence(made, names),
            Check::Steps(wanted) => tools::steps(made, *wanted),
            Check::ValidCalls(schemas) => tools::valid(made, schemas.as_deref()),
            Check::Finish(wanted) => tools::finish(reply, *wanted),
            Check::MaxTokens(most) => measure::max_tokens(content, *most),
            Check::MaxLatency(most) => measure::max_latency(known.latency_ms, *most),
            Check::MaxCost(cost) => measure::max_cost(reply, *cost),
            Check::Expression(source) => measure::expression(source, case, reply),
            Check::Judge(judged) => votes::judge(judged, known.opinions.on(expectation)),
            Check::Similar(_) => votes::similar(known.opinions.on(expectation)),
            Check::Exec(_) => votes::exec(known.opinions.on(expectation)),
            check @ (Check::All(_) | Check::Any(_) | Check::AtLeast { .. } | Check::Score { .. }) => self.group(check),
        }
    }

    /// A group: how many of its members hold, or what those that hold weigh.
    fn group(self, check: &Check) -> Ruling {
        let member = |expectation: &Expectation, weight| Member {
            weight,
            written: written(expectation),
            ruling: self.judged(expectation),
        };
        let members = |of: &[Expectation]| of.iter().map(|one| member(one, 1)).collect::<Vec<_>>();
        match check {
            Check::All(of) => weigh(&members(of), |holding, all| holding == all, "all must"),
            Check::Any(of) => weigh(&members(of), |holding, _| holding >= 1, "one must"),
            Check::AtLeast { n, of } => {
                let enough = |holding, _| usize::try_from(holding).is_ok_and(|holding| holding >= *n);
                weigh(&members(of), enough, &format!("at least {n} must"))
            }
            Check::Score { at_least, of } => {
                let members: Vec<Member> =
                    of.iter().map(|one| member(&one.expectation, u64::from(one.weight))).collect();
                // Both are whole numbers, so the share is as exact as the one that was written down.
                #[expect(clippy::cast_precision_loss, reason = "weights are whole numbers far below 2^53")]
                let enough = |holding: u64, all: u64| holding as f64 / all as f64 >= *at_least;
                weigh(&members, enough, &format!("a share of {at_least} must"))
            }
            _ => Ruling::Broken("this is no group".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
