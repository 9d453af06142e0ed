//! Tokens of one call and money of one run, as trusted runs found them.

use std::collections::BTreeMap;

use super::{
    BudgetRule, EvidenceRule, Facts, Next, Rule, RuleResult, RunFacts, SampleOutcome, Scores,
    evidence::{cases, no_suite},
    guard::{Guard, Touched},
    pass_rate::no_evidence_rule,
    verdict::Obstacle,
};
use crate::version::Rate;

/// Judges the rule for every suite that guards a touched bundle.
///
/// What was counted in any trusted run stays: another run never makes a call shorter. Money is that of one whole run,
/// every sample at the dearest it was, so that nothing is won by running a suite in parts.
pub(super) fn judge(rule: BudgetRule, evidence: Option<&EvidenceRule>, facts: &Facts) -> RuleResult {
    let touched = Touched::of(facts);
    if touched.is_empty() {
        return RuleResult::met(Rule::Budget, "not-applicable", "the proposal touches no bundle");
    }
    let Some(evidence) = evidence else { return no_evidence_rule(Rule::Budget) };
    let mut obstacles = Vec::new();
    if !evidence.without_suite_passes {
        obstacles.extend(touched.unguarded.iter().map(|prompt| no_suite(prompt)));
    }
    let mut reasons = Vec::new();
    for guard in &touched.guards {
        let spent = Spent::of(evidence, facts, guard);
        // What another run would not mend is named first.
        obstacles.extend(tokens(rule, guard, &spent).into_iter().chain(money(rule, guard, &spent)));
        obstacles.extend(spent.unknown(evidence, facts, guard));
        reasons.push(spent.told(rule, guard));
    }
    let yes = if reasons.is_empty() {
        ("without-suite", "no suite guards it, and the rule lets that pass".to_owned())
    } else {
        ("within-budget", reasons.join("; "))
    };
    RuleResult::settle(Rule::Budget, obstacles, yes)
}

/// What the trusted runs of one suite against one bundle used, per case and sample.
#[derive(Debug, Default)]
struct Spent<'a> {
    samples: BTreeMap<(&'a str, u32), Most>,
}

/// The most that any run of one sample used.
#[derive(Debug, Default, Clone, Copy)]
struct Most {
    sent: u32,
    /// In millionths of a micro-dollar.
    cost: u128,
    /// Whether a count was found that may be believed.
    known: bool,
}

impl<'a> Spent<'a> {
    fn of(rule: &EvidenceRule, facts: &Facts, guard: &Guard<'a>) -> Self {
        let mut spent = Self::default();
        let trusted = |run: &&RunFacts| run.roles.iter().any(|role| rule.evaluators.contains(role));
        for run in guard.suite.runs.iter().filter(trusted).filter(|run| run.evidence.is_some()) {
            let believed = run.rescored || facts.scores == Scores::AsAttested;
            for sample in run.samples.iter().filter(|sample| rule.sources.contains(&sample.source)) {
                let answered = matches!(sample.outcome, SampleOutcome::Passed | SampleOutcome::Failed);
                let (true, Some((sent, received))) = (answered, sample.tokens) else { continue };
                let most = spent.samples.entry((sample.case.as_str(), sample.sample)).or_default();
                most.sent = most.sent.max(sent);
                let cost = guard.rate.map_or(0, |rate: Rate| rate.cost(sent.into(), received.into()));
                most.cost = most.cost.max(cost);
                // A count that nobody checked may refuse, and may not allow.
                most.known |= believed;
            }
        }
        spent
    }

    /// The most that one call sent.
    fn sent(&self) -> u32 {
        self.samples.values().map(|most| most.sent).max().unwrap_or_default()
    }

    /// What one whole run costs, in millionths of a micro-dollar.
    fn cost(&self, guard: &Guard<'_>) -> u128 {
        let cases = cases(guard);
        let asked = |(case, sample): &(&str, u32)| cases.contains(case) && *sample < guard.suite.repeat.max(1);
        self.samples.iter().filter(|(key, _)| asked(key)).map(|(_, most)| most.cost).sum()
    }

    /// Cases of which not every sample has a count.
    fn unknown(&self, rule: &EvidenceRule, facts: &Facts, guard: &Guard<'_>) -> Option<Obstacle> {
        let known = |case: &str| {
            (0..guard.suite.repeat.max(1))
                .all(|sample| self.samples.get(&(case, sample)).is_some_and(|most| most.known))
        };
        let cases = cases(guard);
        let missing = cases.iter().filter(|case| !known(case)).count();
        if missing == 0 && !cases.is_empty() {
            return None;
        }
        let next = Next::Evaluate {
            prompt: guard.prompt.clone(),
            bundle: guard.after,
            suite: guard.suite.suite.clone(),
            live: false,
            who: facts.holders(&rule.evaluators, |_| true),
        };
        let (suite, prompt, all) = (&guard.suite.suite, guard.prompt, cases.len());
        let reason = format!("`{suite}` of `{prompt}`: nobody counted what {missing} of {all} cases use");
        Some(Obstacle::new("not-counted", reason).next(next))
    }

    /// What was found, in words.
    fn told(&self, rule: BudgetRule, guard: &Guard<'_>) -> String {
        let tokens = rule.prompt_tokens.map(|most| format!("at most {} of {most} tokens sent", self.sent()));
        let money =
            rule.micro_usd_per_run.map(|most| format!("{} of {} USD a run", dollars(self.cost(guard)), usd(most)));
        let both: Vec<String> = tokens.into_iter().chain(money).collect();
        format!("`{}` of `{}`: {}", guard.suite.suite, guard.prompt, both.join(", "))
    }
}

/// A call that sends too much.
fn tokens(rule: BudgetRule, guard: &Guard<'_>, spent: &Spent<'_>) -> Option<Obstacle> {
    let most = rule.prompt_tokens.filter(|most| spent.sent() > *most)?;
    let longest = spent.samples.iter().max_by_key(|((case, sample), known)| (known.sent, *case, *sample));
    let case = longest.map_or_else(String::new, |((case, _), _)| format!(" for the case `{}`", case.escape_debug()));
    let sent = spent.sent();
    let reason = format!("`{}` of `{}` sends {sent} tokens{case}, {most} allowed", guard.suite.suite, guard.prompt);
    Some(Obstacle::new("prompt-too-long", reason).next(Next::Shorten { prompt: guard.prompt.clone() }))
}

/// A run that costs too much, or nobody knows what.
fn money(rule: BudgetRule, guard: &Guard<'_>, spent: &Spent<'_>) -> Option<Obstacle> {
    let most = rule.micro_usd_per_run?;
    let Some(_) = guard.rate else {
        let reason = match guard.model {
            Some(model) => format!("the model `{model}` of `{}` states no price", guard.prompt),
            None => format!("`{}` names no model, and so has no price", guard.prompt),
        };
        return Some(Obstacle::new("no-price", reason).next(Next::StatePrice { model: guard.model.cloned() }));
    };
    let cost = spent.cost(guard);
    if cost <= u128::from(most) * 1_000_000 {
        return None;
    }
    let (suite, prompt) = (&guard.suite.suite, guard.prompt);
    let reason = format!("one run of `{suite}` on `{prompt}` costs {} USD, {} allowed", dollars(cost), usd(most));
    Some(Obstacle::new("too-dear", reason).next(Next::Shorten { prompt: prompt.clone() }))
}

/// Millionths of a micro-dollar as US dollars; what is left over counts as one more micro-dollar.
fn dollars(cost: u128) -> String {
    usd(u64::try_from(cost.div_ceil(1_000_000)).unwrap_or(u64::MAX))
}

/// Micro-dollars as US dollars, at least two digits after the point and none that says nothing.
fn usd(micro: u64) -> String {
    let text = format!("{}.{:06}", micro / 1_000_000, micro % 1_000_000);
    let least = text.len() - 4;
    let kept = text.trim_end_matches('0').len().max(least);
    text.get(..kept).unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_as_people_write_it() {
        for (micro, text) in
            [(5_000_000, "5.00"), (1, "0.000001"), (1_500_000, "1.50"), (1_234_500, "1.2345"), (0, "0.00")]
        {
            assert_eq!(usd(micro), text);
        }
        assert_eq!(dollars(1), "0.000001");
    }
}
