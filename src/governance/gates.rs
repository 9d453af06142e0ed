//! `gate = …`: what an environment asks of a change.

use super::{
    charter,
    people::{known_role, known_roles},
};
use crate::{
    artifact::{Fields, Item},
    clock::Span,
    gate::{
        ApprovalRule, BudgetRule, EvidenceRule, FindingsRule, Gate, PassRateRule, RegressionRule, ReplySource,
        ReviewRule, cases_needed, cases_to_show,
    },
    trust::People,
};

/// `"open"`, or a table with at least one rule.
pub(super) fn read(item: &Item<'_>, people: &People) -> Option<Gate> {
    if item.as_str().is_some() {
        return item.one_of(&[("open", Gate { open: true, ..Gate::default() })]);
    }
    if !item.is_table() {
        return item.wrong("`\"open\"` or a table of rules");
    }
    let mut table = item.table()?;
    if table.is_empty() {
        let problem = item.problem("empty-gate", format!("`{}` states no rule", item.keys()));
        item.report(problem.next("state a rule, or say `gate = \"open\"`"));
        return None;
    }
    let rules = (
        optional(&mut table, "evidence", |item| evidence(item, people)),
        optional(&mut table, "pass_rate", pass_rate),
        optional(&mut table, "regression", regression),
        optional(&mut table, "approvals", |item| approvals(item, people)),
        optional(&mut table, "reviews", |item| reviews(item, people)),
        optional(&mut table, "findings", |item| item.one_of(&[("none-open", FindingsRule::NoneOpen)])),
        optional(&mut table, "charter", charter::read),
    );
    let budget = optional(&mut table, "budget", budget);
    judge_evidence(&mut table);
    table.finish();
    let (evidence, pass_rate, regression, approvals, reviews, findings, charter) = rules;
    Some(Gate {
        open: false,
        evidence: evidence.ok()?,
        pass_rate: pass_rate.ok()?,
        regression: regression.ok()?,
        approvals: approvals.ok()?,
        reviews: reviews.ok()?,
        findings: findings.ok()?,
        budget: budget.ok()?,
        charter: charter.ok()?,
    })
}

/// A value that is there and has a problem, which has been put down.
pub(super) struct Flawed;

/// What `read` makes of the value under a key; `None` when the key is absent.
pub(super) fn optional<'d, T>(
    table: &mut Fields<'d>,
    key: &str,
    read: impl FnOnce(&Item<'d>) -> Option<T>,
) -> Result<Option<T>, Flawed> {
    table.item(key).map(|item| read(&item).ok_or(Flawed)).transpose()
}

/// A span with a unit, longer than nothing.
pub(super) fn span(item: &Item<'_>) -> Option<Span> {
    let text = item.string()?;
    let span = Span::parse(&text).filter(|span| span.as_seconds() > 0);
    if span.is_none() {
        let problem = item.problem("bad-span", format!("`{text}` is not a length of time"));
        item.report(problem.next("write a number above zero and a unit: `30s`, `90m`, `24h`, `7d` or `2w`"));
    }
    span
}

/// Rates and comparisons are of evidence; evidence without either asks only that a run is complete.
fn judge_evidence(table: &mut Fields<'_>) {
    let has_evidence = table.has("evidence");
    for key in ["pass_rate", "regression", "budget"] {
        if let (false, Some(item)) = (has_evidence, table.item(key)) {
            let message = format!("`{key}` judges evidence, and this gate asks for none");
            item.report(item.problem_at_key("needs-evidence", message).next("add `evidence`"));
        }
    }
    if has_evidence
        && !table.has("pass_rate")
        && !table.has("regression")
        && let Some(item) = table.item("evidence")
    {
        let message = "`evidence` alone asks for a complete run, whatever comes of it";
        let problem = item.problem_at_key("evidence-without-bar", message).next("add `pass_rate` or `regression`");
        item.report(problem.as_warning());
    }
}

/// `evidence = { … }`.
fn evidence(item: &Item<'_>, people: &People) -> Option<EvidenceRule> {
    let words = [("live", ReplySource::Live), ("signed", ReplySource::Signed), ("unsigned", ReplySource::Unsigned)];
    let mut table = item.table()?;
    let evaluators = table.required("evaluators").and_then(|item| {
        let roles = known_roles(&item, &people.roles)?;
        filled(&item, roles, "nobody's run would count")
    });
    let sources = match table.item("sources") {
        // Recordings that nobody signed count only where the rule says so.
        None => Some(vec![ReplySource::Live, ReplySource::Signed]),
        Some(item) => {
            let sources: Option<Vec<ReplySource>> = item.list()?.iter().map(|item| item.one_of(&words)).collect();
            sources.and_then(|sources| filled(&item, sources, "no reply would count"))
        }
    };
    let max_age = optional(&mut table, "max_age", span);
    let min_cases = match table.item("min_cases") {
        None => Some(1),
        Some(item) => count(&item),
    };
    let without_suite = optional(&mut table, "without_suite", |item| item.one_of(&[("pass", true)]));
    table.finish();
    Some(EvidenceRule {
        evaluators: evaluators?,
        sources: sources?,
        max_age: max_age.ok()?,
        min_cases: min_cases?,
        without_suite_passes: without_suite.ok()?.unwrap_or(false),
    })
}

/// A list that must not be empty.
fn filled<T>(item: &Item<'_>, list: Vec<T>, why: &str) -> Option<Vec<T>> {
    if list.is_empty() {
        item.refuse("empty-list", format!("`{}` is empty, and so {why}", item.keys()));
        return None;
    }
    Some(list)
}

/// A whole number of at least 1.
fn count(item: &Item<'_>) -> Option<u32> {
    item.integer_within(1..=i64::from(u32::MAX)).and_then(|number| u32::try_from(number).ok())
}

/// `pass_rate = { at_least, confidence }`.
fn pass_rate(item: &Item<'_>) -> Option<PassRateRule> {
    let mut fields = item.table()?;
    let at_least = fields.required("at_least").and_then(|item| item.number_within(0.0..=1.0));
    let confidence = optional(&mut fields, "confidence", inside);
    fields.finish();
    let rule = PassRateRule { at_least: at_least?, confidence: confidence.ok()? };
    if cases_needed(rule.at_least, rule.confidence).is_none() {
        let problem = item.problem("never-met", "no number of cases can show this rate with this confidence");
        item.report(problem.next("lower `at_least`, or leave `confidence` out"));
        return None;
    }
    Some(rule)
}

/// `regression = "no-flips"`, or `{ margin, confidence }`.
fn regression(item: &Item<'_>) -> Option<RegressionRule> {
    if item.as_str().is_some() {
        return item.one_of(&[("no-flips", RegressionRule::NoFlips)]);
    }
    if !item.is_table() {
        return item.wrong("`\"no-flips\"` or a table with `margin` and `confidence`");
    }
    let mut fields = item.table()?;
    let margin = fields.required("margin").and_then(|item| inside(&item));
    let confidence = fields.required("confidence").and_then(|item| inside(&item));
    fields.finish();
    let (margin, confidence) = (margin?, confidence?);
    if cases_to_show(margin, confidence).is_none() {
        let problem = item.problem("never-met", "no number of cases can show this margin with this confidence");
        item.report(problem.next("widen `margin`, or lower `confidence`"));
        return None;
    }
    Some(RegressionRule::Margin { margin, confidence })
}

/// A number above 0 and below 1.
fn inside(item: &Item<'_>) -> Option<f64> {
    let number = item.number()?;
    if number > 0.0 && number < 1.0 {
        return Some(number);
    }
    item.refuse("out-of-range", format!("`{}` is {number}, and must be above 0 and below 1", item.keys()));
    None
}

/// The most a run may be allowed to cost, in US dollars.
const MOST_USD: f64 = 1e9;

/// `budget = { prompt_tokens, usd_per_run }`, at least one of them.
fn budget(item: &Item<'_>) -> Option<BudgetRule> {
    let mut fields = item.table()?;
    let prompt_tokens = optional(&mut fields, "prompt_tokens", count);
    let usd = optional(&mut fields, "usd_per_run", |item| item.number_within(0.0..=MOST_USD));
    fields.finish();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "read within bounds")]
    let micro = |usd: f64| (usd * 1e6).round() as u64;
    let rule = BudgetRule { prompt_tokens: prompt_tokens.ok()?, micro_usd_per_run: usd.ok()?.map(micro) };
    if rule.prompt_tokens.is_none() && rule.micro_usd_per_run.is_none() {
        let problem = item.problem("empty-budget", format!("`{}` sets no ceiling", item.keys()));
        item.report(problem.next("state `prompt_tokens`, `usd_per_run` or both, or leave `budget` out"));
        return None;
    }
    Some(rule)
}

/// `approvals = { role, low, medium, high, authors }`; a tier that is left out asks what the tier below asks.
fn approvals(item: &Item<'_>, people: &People) -> Option<ApprovalRule> {
    let mut table = item.table()?;
    let holders = table.required("role").and_then(|item| known_role(&item, &people.roles));
    let low = tier(&mut table, "low", Some(1));
    let medium = tier(&mut table, "medium", low);
    let high = tier(&mut table, "high", medium);
    let authors = optional(&mut table, "authors", Item::boolean);
    table.finish();
    let rule = ApprovalRule {
        role: holders?,
        low: low?,
        medium: medium?,
        high: high?,
        authors: authors.ok()?.unwrap_or(false),
    };
    if rule.low > rule.medium || rule.medium > rule.high {
        let message = "a riskier change would need fewer approvals";
        item.report(item.problem("tiers-fall", message).next("let `low` ≤ `medium` ≤ `high`"));
        return None;
    }
    Some(rule)
}

/// How many approvals a tier asks.
fn tier(table: &mut Fields<'_>, key: &str, otherwise: Option<u32>) -> Option<u32> {
    let Some(item) = table.item(key) else { return otherwise };
    at_least_one(&item, "approvals")
}

/// A number of people; none at all is said by leaving the rule out.
fn at_least_one(item: &Item<'_>, rule: &str) -> Option<u32> {
    let number = item.integer()?;
    let count = u32::try_from(number).ok().filter(|count| *count >= 1);
    if count.is_none() {
        let problem = item.problem("out-of-range", format!("`{}` is {number}, and must be at least 1", item.keys()));
        item.report(problem.next(format!("to ask for nobody, leave `{rule}` out")));
    }
    count
}

/// `reviews = { role, min }`.
fn reviews(item: &Item<'_>, people: &People) -> Option<ReviewRule> {
    let mut table = item.table()?;
    let holders = table.required("role").and_then(|item| known_role(&item, &people.roles));
    let min = match table.item("min") {
        None => Some(1),
        Some(item) => at_least_one(&item, "reviews"),
    };
    table.finish();
    Some(ReviewRule { role: holders?, min: min? })
}
