//! A margin in place of no flips at all.

use super::*;

const MARGIN: RegressionRule = RegressionRule::Margin { margin: 0.02, confidence: 0.95 };

/// A suite of so many cases: all pass live but the last `gained`, and with the change all but the first `lost`.
fn facts(cases: usize, lost: usize, gained: usize) -> Facts {
    let ids: Vec<String> = (0..cases).map(|number| format!("c{number:04}")).collect();
    let signs = |failing: &dyn Fn(usize) -> bool| -> Vec<String> {
        ids.iter().enumerate().map(|(at, id)| format!("{}{id}", if failing(at) { '-' } else { '+' })).collect()
    };
    let run = |id: &str, signs: Vec<String>| run(id, &signs.iter().map(String::as_str).collect::<Vec<_>>());
    let mut facts = good();
    let suite = &mut facts.bundles[0].suites[0];
    suite.runs = vec![run("r1", signs(&|at| at < lost))];
    suite.live_runs = vec![run("l1", signs(&|at| at + gained >= cases))];
    suite.cases = ids;
    facts
}

fn judged(facts: &Facts) -> RuleResult {
    let gate = Gate { evidence: strict().evidence, regression: Some(MARGIN), ..Gate::default() };
    weigh(&gate, facts).rules.into_iter().find(|rule| rule.rule == Rule::Regression).unwrap()
}

#[test]
fn each_word_has_its_case() {
    for (cases, lost, gained, ok, code) in [
        (183, 0, 0, true, "no-worse-within-margin"),
        (400, 1, 0, true, "no-worse-within-margin"),
        (100, 0, 20, true, "better"),
        (182, 0, 0, false, "inconclusive"),
        (183, 1, 0, false, "inconclusive"),
        (2, 0, 0, false, "inconclusive"),
        (100, 20, 0, false, "worse"),
    ] {
        let found = judged(&facts(cases, lost, gained));
        assert_eq!((found.ok, found.code.as_str()), (ok, code), "{cases} {lost} {gained}: {}", found.reason);
    }
    let reason = judged(&facts(182, 0, 0)).reason;
    assert_eq!(
        reason,
        "`refunds` of `triage` (0 lost and 0 gained of 182 cases) inconclusive: 1 more case needed; up to 0.0201 worse \
         at confidence 0.95, 0.02 allowed"
    );
}

#[test]
fn a_no_names_what_would_help() {
    let suite = name("refunds");
    let next = judged(&facts(2, 0, 0)).next;
    assert_eq!(next, Some(Next::AddCases { prompt: name("triage"), suite: Some(suite.clone()) }));
    let Some(Next::Mend { cases, .. }) = judged(&facts(100, 20, 0)).next else { panic!() };
    assert_eq!((cases.len(), cases[0].as_str()), (20, "c0000"));
}

#[test]
fn a_case_counts_once_however_often_it_was_sampled() {
    let mut many = facts(20, 0, 0);
    let suite = &mut many.bundles[0].suites[0];
    suite.repeat = 10;
    for runs in [&mut suite.runs, &mut suite.live_runs] {
        let cases = &suite.cases;
        let all = cases.iter().flat_map(|case| (0..10).map(|index| sample(case, index, SampleOutcome::Passed)));
        (runs[0].samples, runs[0].repeat) = (all.collect(), 10);
    }
    assert_eq!(judged(&many).reason, judged(&facts(20, 0, 0)).reason);
    // One failing sample of ten loses the case.
    many.bundles[0].suites[0].runs[0].samples[0].outcome = SampleOutcome::Failed;
    assert_eq!(judged(&many).reason, judged(&facts(20, 1, 0)).reason);
}

#[test]
fn only_what_both_were_run_on_is_compared() {
    let mut lacking = facts(400, 0, 0);
    lacking.bundles[0].suites[0].live_runs[0].samples.pop();
    assert_eq!(judged(&lacking).code, "live-not-evaluated");
    lacking.bundles[0].before = None;
    assert_eq!(judged(&lacking).code, "first");
    let mut same = facts(2, 0, 0);
    same.bundles[0].before = same.bundles[0].after;
    assert_eq!(judged(&same).code, "no-worse-within-margin", "a bundle is never worse than itself");
    let mut unknown = facts(400, 0, 0);
    unknown.bundles[0].suites[0].runs.clear();
    assert_eq!(judged(&unknown).code, "not-evaluated");
    let mut partial = facts(400, 0, 0);
    partial.bundles[0].suites[0].runs[0].samples.truncate(300);
    assert!(!judged(&partial).ok, "a case that was not run has not passed");
}
