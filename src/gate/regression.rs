//! No golden case that passes live may fail; or, with a margin, few enough.

use super::{
    EvidenceRule, Facts, Next, RegressionRule, Rule, RuleResult,
    evidence::{contradicted, counting, no_suite, unfinished},
    guard::{Guard, Touched},
    margin::{self, Compared},
    pass_rate::{no_evidence_rule, not_evaluated},
    pool::{Coverage, Pool},
    verdict::Obstacle,
};
use crate::object::BundleId;

/// Judges the rule: every suite is compared case by case, on the same suite version.
///
/// The age of live evidence does not matter: what passed when it went live is what the change must not lose.
pub(super) fn judge(rule: RegressionRule, evidence: Option<&EvidenceRule>, facts: &Facts) -> RuleResult {
    let touched = Touched::of(facts);
    if touched.is_empty() {
        return RuleResult::met(Rule::Regression, "not-applicable", "the proposal touches no bundle");
    }
    let Some(evidence) = evidence else { return no_evidence_rule(Rule::Regression) };
    let mut obstacles = Vec::new();
    if !evidence.without_suite_passes {
        obstacles.extend(touched.unguarded.iter().map(|prompt| no_suite(prompt)));
    }
    let mut any = false;
    let mut compared: Vec<Compared> = Vec::new();
    for guard in &touched.guards {
        let Some(before) = guard.before else { continue };
        any = true;
        // A changed suite touches bundles that stay as they are; a bundle is never worse than itself.
        if before != guard.after {
            let mut found = compare(rule, evidence, facts, guard, before);
            obstacles.append(&mut found.0);
            compared.extend(found.1);
        }
    }
    let yes = match (any, rule) {
        (false, _) if touched.guards.is_empty() => {
            ("without-suite", "no suite guards it, and the rule lets that pass".to_owned())
        }
        (false, _) => ("first", "nothing is live to compare with".to_owned()),
        (true, RegressionRule::NoFlips) => ("no-flips", "no case that passes live fails".to_owned()),
        (true, RegressionRule::Margin { .. }) => shown(&compared),
    };
    RuleResult::settle(Rule::Regression, obstacles, yes)
}

/// The word for suites that all keep the margin.
fn shown(compared: &[Compared]) -> (&'static str, String) {
    if compared.is_empty() {
        return ("no-worse-within-margin", "what is proposed is what is live".to_owned());
    }
    let all_better = compared.iter().all(|one| one.better);
    let reasons: Vec<&str> = compared.iter().map(|one| one.reason.as_str()).collect();
    (if all_better { "better" } else { "no-worse-within-margin" }, reasons.join("; "))
}

/// Compares one suite's pooled runs of the live bundle with those of the proposed one.
fn compare(
    rule: RegressionRule,
    evidence: &EvidenceRule,
    facts: &Facts,
    guard: &Guard<'_>,
    before: BundleId,
) -> (Vec<Obstacle>, Option<Compared>) {
    let live = Pool::of(evidence, facts, &guard.suite.live_runs);
    let after = Pool::of(evidence, facts, &guard.suite.runs);
    let repeat = guard.suite.repeat;
    let cases = counting(guard, facts);
    let unknown = cases.iter().filter(|case| matches!(live.coverage(case, repeat), Coverage::Partial(_))).count();
    let mut obstacles = contradicted(&live);
    obstacles.extend(unfinished(&live));
    if unknown > 0 || cases.is_empty() {
        obstacles.push(live_not_evaluated(evidence, facts, guard, before, (unknown, cases.len())));
    }
    if after.is_empty() {
        obstacles.push(not_evaluated(guard));
        return (obstacles, None);
    }
    if let RegressionRule::Margin { margin, confidence } = rule {
        // Only cases that both were run on say anything of the difference.
        let found = obstacles.is_empty().then(|| margin::compare(guard, &cases, (&live, &after), (margin, confidence)));
        obstacles.extend(found.iter().filter_map(|found| found.obstacle.clone()));
        return (obstacles, found);
    }
    let flipped: Vec<String> = cases
        .into_iter()
        .filter(|case| live.passes(case, repeat) && !after.passes(case, repeat))
        .map(str::to_owned)
        .collect();
    obstacles.extend(flips(guard, flipped));
    (obstacles, None)
}

/// The live bundle lacks evidence on this suite version.
fn live_not_evaluated(
    rule: &EvidenceRule,
    facts: &Facts,
    guard: &Guard<'_>,
    before: BundleId,
    (unknown, all): (usize, usize),
) -> Obstacle {
    let next = Next::Evaluate {
        prompt: guard.prompt.clone(),
        bundle: before,
        suite: guard.suite.suite.clone(),
        live: true,
        who: facts.holders(&rule.evaluators, |_| true),
    };
    let what = format!("`{}` of `{}` {}", guard.suite.suite, guard.prompt, before.short());
    let reason = format!("{what}, which is live: {unknown} of {all} cases were not run in full");
    Obstacle::new("live-not-evaluated", reason).next(next)
}

/// Cases that pass live and would not.
fn flips(guard: &Guard<'_>, cases: Vec<String>) -> Option<Obstacle> {
    let first = cases.first()?.escape_debug().to_string();
    let suite = &guard.suite.suite;
    let reason = match cases.len() {
        1 => format!("the case `{first}` of `{suite}` passes live and would not with `{}`", guard.prompt),
        n => format!("{n} cases of `{suite}` pass live and would not with `{}`, `{first}` first", guard.prompt),
    };
    let next = Next::Mend { prompt: guard.prompt.clone(), suite: suite.clone(), cases };
    Some(Obstacle::new("flipped", reason).next(next))
}
