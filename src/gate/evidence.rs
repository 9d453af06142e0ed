//! A complete run of every suite that guards a touched bundle, by a trusted evaluator.

use std::collections::BTreeSet;

use super::{
    EvidenceRule, Facts, Next, Rule, RuleResult,
    guard::{Guard, Touched},
    pool::{Coverage, Hindrance, Pool},
    verdict::Obstacle,
};
use crate::{clock::is_past, name::Name, object::EventId, problem::quoted};

/// Judges the rule for every touched bundle.
pub(super) fn judge(rule: &EvidenceRule, facts: &Facts) -> RuleResult {
    let touched = Touched::of(facts);
    if touched.is_empty() {
        return RuleResult::met(Rule::Evidence, "not-applicable", "the proposal touches no bundle");
    }
    let mut obstacles = Vec::new();
    if !rule.without_suite_passes {
        obstacles.extend(touched.unguarded.iter().map(|prompt| no_suite(prompt)));
    }
    for guard in &touched.guards {
        obstacles.extend(size(rule, facts, guard));
        obstacles.extend(run(rule, facts, guard));
    }
    let yes = match touched.guards.len() {
        0 => ("without-suite", "no suite guards it, and the rule lets that pass".to_owned()),
        1 => ("complete", "a complete run of 1 suite".to_owned()),
        n => ("complete", format!("complete runs of {n} suites")),
    };
    RuleResult::settle(Rule::Evidence, obstacles, yes)
}

/// A bundle that nothing guards.
pub(super) fn no_suite(prompt: &Name) -> Obstacle {
    Obstacle::new("no-suite", format!("no suite guards `{prompt}`"))
        .next(Next::AddCases { prompt: prompt.clone(), suite: None })
}

/// Whether the suite has cases enough that count.
fn size(rule: &EvidenceRule, facts: &Facts, guard: &Guard<'_>) -> Option<Obstacle> {
    let cases = counting(guard, facts).len();
    let least = rule.min_cases.max(1);
    if u32::try_from(cases).map_or(true, |cases| cases >= least) {
        return None;
    }
    let suite = &guard.suite.suite;
    let (code, reason) = if cases == 0 {
        ("no-cases", format!("the suite `{suite}` has no case that counts"))
    } else {
        ("too-few-cases", format!("the suite `{suite}` has {cases} of the {least} cases it must have"))
    };
    let next = Next::AddCases { prompt: guard.prompt.clone(), suite: Some(suite.clone()) };
    Some(Obstacle::new(code, reason).next(next))
}

/// Whether the suite was run, whole.
fn run(rule: &EvidenceRule, facts: &Facts, guard: &Guard<'_>) -> Vec<Obstacle> {
    let pool = Pool::of(rule, facts, &guard.suite.runs);
    let mut obstacles = contradicted(&pool);
    obstacles.extend(unfinished(&pool));
    obstacles.extend(uncovered(rule, facts, guard, &pool));
    obstacles
}

/// Evidence of a trusted evaluator that its own stored replies contradict: nothing it says can be relied on.
pub(super) fn contradicted(pool: &Pool<'_>) -> Vec<Obstacle> {
    let obstacle = |(evidence, case): &(EventId, &str)| {
        let (evidence, case) = (evidence.short(), case.escape_debug());
        let reason = format!("the evidence {evidence} says otherwise of the case `{case}` than its stored reply does");
        Obstacle::new("rescored-differently", reason)
    };
    pool.contradicted.iter().map(obstacle).collect()
}

/// Runs that were announced and never completed.
pub(super) fn unfinished(pool: &Pool<'_>) -> Vec<Obstacle> {
    let obstacle = |(run, evaluator): &(_, &_)| {
        let run: EventId = *run;
        let evaluator: &crate::name::Handle = evaluator;
        let reason = format!("the run {} that `{evaluator}` announced is not completed", run.short());
        Obstacle::new("not-completed", reason).next(Next::Complete { run, who: vec![evaluator.clone()] })
    };
    pool.open.iter().map(obstacle).collect()
}

/// The first thing that keeps the pooled runs from being complete and young enough.
fn uncovered(rule: &EvidenceRule, facts: &Facts, guard: &Guard<'_>, pool: &Pool<'_>) -> Option<Obstacle> {
    let (code, why) = shortfall(guard, pool)?;
    let next = Next::Evaluate {
        prompt: guard.prompt.clone(),
        bundle: guard.after,
        suite: guard.suite.suite.clone(),
        live: false,
        who: facts.holders(&rule.evaluators, |_| true),
    };
    let what = format!("`{}` of `{}` {}", guard.suite.suite, guard.prompt, guard.after.short());
    Some(Obstacle::new(code, format!("{what}: {why}")).next(next))
}

/// What is missing of a whole run; `None` when nothing is.
fn shortfall(guard: &Guard<'_>, pool: &Pool<'_>) -> Option<(&'static str, String)> {
    if pool.trusted == 0 {
        return Some(if pool.untrusted.is_empty() {
            ("not-evaluated", "not evaluated".to_owned())
        } else {
            let names = quoted(&pool.untrusted, ", ");
            ("evaluator-not-trusted", format!("runs by {names} do not count: not a trusted evaluator"))
        });
    }
    let mut old = 0;
    let mut missing: Vec<(&str, Option<Hindrance>)> = Vec::new();
    let cases = cases(guard);
    for case in &cases {
        match pool.coverage(case, guard.suite.repeat) {
            Coverage::Complete => {}
            Coverage::Old => old += 1,
            Coverage::Partial(hindrance) => missing.push((case, hindrance)),
        }
    }
    let all = cases.len();
    if let Some((case, _)) = missing.first() {
        let (code, why) = name(missing.iter().filter_map(|(_, hindrance)| *hindrance).max());
        let case = case.escape_debug();
        let models: Vec<_> = pool.other_models.iter().map(|model| model.escape_debug()).collect();
        let served = if code == "other-model" { format!(": {}", quoted(&models, ", ")) } else { String::new() };
        return Some((code, format!("{} of {all} cases {why}, `{case}` first{served}", missing.len())));
    }
    (old > 0).then(|| ("too-old", format!("{old} of {all} cases have no run that is young enough")))
}

/// The word for what keeps cases from counting.
fn name(hindrance: Option<Hindrance>) -> (&'static str, &'static str) {
    match hindrance {
        Some(Hindrance::Source) => ("source-not-accepted", "have a reply from a source that the rule does not accept"),
        Some(Hindrance::OtherModel) => ("other-model", "have a reply of another model than the pinned one"),
        Some(Hindrance::NotRescored) => ("not-rescored", "have a reply that was not scored again"),
        Some(Hindrance::Errored) => ("errored", "got no reply"),
        Some(Hindrance::Skipped) => ("skipped", "were skipped"),
        None => ("partial", "were not run in full"),
    }
}

/// The ids that must be run, each once, sorted.
pub(super) fn cases<'a>(guard: &Guard<'a>) -> BTreeSet<&'a str> {
    guard.suite.cases.iter().map(String::as_str).collect()
}

/// Those of them that count: a case in quarantine is run like any other, and nothing is concluded from it.
pub(super) fn counting<'a>(guard: &Guard<'a>, facts: &Facts) -> BTreeSet<&'a str> {
    let mut counting = cases(guard);
    for quarantine in guard.suite.quarantined.iter().filter(|quarantine| !is_past(&quarantine.until, facts.now)) {
        counting.remove(quarantine.case.as_str());
    }
    counting
}
