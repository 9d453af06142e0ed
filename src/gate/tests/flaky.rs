//! Cases in quarantine: run like any other, and nothing is concluded from them until their time is over.

use super::*;

/// A run in which the flaky case `b` fails, live as well as with the change, which `b` passed live unless said otherwise.
fn facts(until: &str, live: &str) -> Facts {
    let mut facts = good();
    facts.now = Time::parse("2026-11-20T12:00:00Z").unwrap();
    let suite = &mut facts.bundles[0].suites[0];
    suite.runs = vec![run("r", &["+a", "-b"])];
    suite.live_runs = vec![run("l", &["+a", live])];
    suite.runs.iter_mut().chain(&mut suite.live_runs).for_each(|run| run.time = facts.now);
    suite.quarantined = vec![CaseQuarantine { case: "b".to_owned(), until: until.to_owned() }];
    facts
}

fn codes(facts: &Facts) -> Vec<(bool, String)> {
    let evidence = EvidenceRule { min_cases: 1, ..strict().evidence.unwrap() };
    let gate = Gate {
        evidence: Some(evidence),
        pass_rate: Some(PassRateRule { at_least: 1.0, confidence: None }),
        regression: Some(RegressionRule::NoFlips),
        ..Gate::default()
    };
    let asked = [Rule::Evidence, Rule::PassRate, Rule::Regression];
    let rules = weigh(&gate, facts).rules.into_iter().filter(|rule| asked.contains(&rule.rule));
    rules.map(|rule| (rule.ok, rule.code)).collect()
}

fn told(list: [(bool, &str); 3]) -> Vec<(bool, String)> {
    list.into_iter().map(|(ok, code)| (ok, code.to_owned())).collect()
}

#[test]
fn a_quarantined_case_does_not_fail_the_suite_until_its_last_day_is_over() {
    let borne = told([(true, "complete"), (true, "reached"), (true, "no-flips")]);
    assert_eq!(codes(&facts("2026-11-20", "+b")), borne);
    assert_eq!(codes(&facts("2027-01-01", "-b")), borne);
    let over = told([(true, "complete"), (false, "pass-rate-low"), (false, "flipped")]);
    assert_eq!(codes(&facts("2026-11-19", "+b")), over);
    assert_eq!(codes(&facts("some day", "+b")), over, "what cannot be read is over");
}

#[test]
fn it_must_be_run_all_the_same_and_does_not_make_a_suite_longer() {
    let mut lacking = facts("2026-11-20", "+b");
    lacking.bundles[0].suites[0].runs[0].samples.retain(|sample| sample.case == "a");
    assert_eq!(codes(&lacking)[0], (false, "partial".to_owned()));
    let mut alone = facts("2026-11-20", "+b");
    alone.bundles[0].suites[0]
        .quarantined
        .push(CaseQuarantine { case: "a".to_owned(), until: "2026-11-20".to_owned() });
    assert_eq!(codes(&alone)[0], (false, "no-cases".to_owned()));
    assert!(codes(&alone).iter().all(|(ok, _)| !ok), "nothing is shown by cases that do not count");
}

#[test]
fn a_quarantine_of_a_case_that_is_not_there_changes_nothing() {
    let mut other = facts("2026-11-20", "+b");
    other.bundles[0].suites[0].quarantined[0].case = "c".to_owned();
    let mut none = other.clone();
    none.bundles[0].suites[0].quarantined.clear();
    assert_eq!(codes(&other), codes(&none));
}
