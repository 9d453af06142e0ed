//! The share of golden cases that pass, for every touched bundle and every suite that guards it.

use super::{
    EvidenceRule, Facts, Next, PassRateRule, Rule, RuleResult,
    evidence::{cases, counting, no_suite},
    guard::{Guard, Touched},
    pool::Pool,
    verdict::Obstacle,
};
use crate::eval::wilson;

/// Judges the rule: each suite on its own must reach the share. A case passes when every pooled sample did;
/// one that was not run has not passed.
pub(super) fn judge(rule: PassRateRule, evidence: Option<&EvidenceRule>, facts: &Facts) -> RuleResult {
    let touched = Touched::of(facts);
    if touched.is_empty() {
        return RuleResult::met(Rule::PassRate, "not-applicable", "the proposal touches no bundle");
    }
    let Some(evidence) = evidence else { return no_evidence_rule(Rule::PassRate) };
    let mut obstacles = Vec::new();
    if !evidence.without_suite_passes {
        obstacles.extend(touched.unguarded.iter().map(|prompt| no_suite(prompt)));
    }
    let mut reasons = Vec::new();
    for guard in &touched.guards {
        let (reason, obstacle) = suite(rule, evidence, facts, guard);
        reasons.push(reason);
        obstacles.extend(obstacle);
    }
    let yes = if reasons.is_empty() {
        ("without-suite", "no suite guards it, and the rule lets that pass".to_owned())
    } else {
        ("reached", reasons.join("; "))
    };
    RuleResult::settle(Rule::PassRate, obstacles, yes)
}

/// Without `evidence` nobody is trusted to run anything.
pub(super) fn no_evidence_rule(rule: Rule) -> RuleResult {
    let no = Obstacle::new("no-evidence-rule", "the gate states no `evidence`, so no run counts");
    RuleResult::settle(rule, vec![no], ("", String::new()))
}

/// Nothing is known yet of cases to mend; the rule on evidence names the step.
pub(super) fn not_evaluated(guard: &Guard<'_>) -> Obstacle {
    Obstacle::new("not-evaluated", format!("`{}` of `{}`: not evaluated yet", guard.suite.suite, guard.prompt))
}

/// One suite's share in words, and what keeps it from what is asked.
fn suite(rule: PassRateRule, evidence: &EvidenceRule, facts: &Facts, guard: &Guard<'_>) -> (String, Option<Obstacle>) {
    let pool = Pool::of(evidence, facts, &guard.suite.runs);
    if pool.is_empty() {
        let unknown = not_evaluated(guard);
        return (unknown.reason.clone(), Some(unknown));
    }
    let cases_run = cases(guard).len();
    let cases = counting(guard, facts);
    let failing: Vec<String> =
        cases.iter().filter(|case| !pool.passes(case, guard.suite.repeat)).map(|case| (*case).to_owned()).collect();
    let (passed, all) = (cases.len() - failing.len(), cases.len());
    let (share, bound) = share(passed, all, rule.confidence);
    let at = rule.confidence.map_or(String::new(), |confidence| format!(" (lower bound at {confidence}: {share:.4})"));
    let (suite, prompt, asked) = (&guard.suite.suite, guard.prompt, rule.at_least);
    let aside = match cases_run - all {
        0 => String::new(),
        aside => format!("; {aside} in quarantine"),
    };
    let text = format!("`{suite}` of `{prompt}`: {passed} of {all} cases pass{at}, {asked} asked{aside}");
    if bound && share >= asked {
        return (text, None);
    }
    let (prompt, suite) = (prompt.clone(), suite.clone());
    // Where all pass and the bound is still too low, only more cases can raise it.
    let next = if failing.is_empty() {
        Next::AddCases { prompt, suite: Some(suite) }
    } else {
        Next::Mend { prompt, suite, cases: failing }
    };
    let obstacle = Obstacle::new("pass-rate-low", text.clone()).next(next);
    (text, Some(obstacle))
}

/// The share that must reach what is asked, and whether there is one: no case is no share.
fn share(passed: usize, all: usize, confidence: Option<f64>) -> (f64, bool) {
    let (Ok(passed), Ok(all)) = (u32::try_from(passed), u32::try_from(all)) else { return (0.0, false) };
    if all == 0 {
        return (0.0, false);
    }
    match confidence {
        None => (f64::from(passed) / f64::from(all), true),
        Some(confidence) => (wilson(u64::from(passed), u64::from(all), confidence).0, true),
    }
}
