//! `budget`, and `regression` with a margin.

use super::*;
use crate::gate::BudgetRule;

fn only(text: &str) -> Governance {
    parse(text).unwrap_or_else(|problems| panic!("{problems:#?}")).0
}

#[test]
fn ceilings_are_read_as_the_contract_says() {
    let rules = |budget: &str| gate(&format!("{EVIDENCE}, regression = \"no-flips\", budget = {budget}"));
    let read = |budget: &str| only(&rules(budget)).environments[0].gate.budget.unwrap();
    let both = BudgetRule { prompt_tokens: Some(8_000), micro_usd_per_run: Some(5_000_000) };
    assert_eq!(read("{ prompt_tokens = 8000, usd_per_run = 5.00 }"), both);
    assert_eq!(read("{ prompt_tokens = 8000 }"), BudgetRule { micro_usd_per_run: None, ..both });
    assert_eq!(read("{ usd_per_run = 5 }"), BudgetRule { prompt_tokens: None, ..both });
    for (budget, code) in [
        ("{}", "empty-budget"),
        ("{ prompt_tokens = 0 }", "out-of-range"),
        ("{ usd_per_run = -1 }", "out-of-range"),
        ("{ usd_per_run = nan }", "not-finite"),
        ("{ prompt_token = 1 }", "unknown-key"),
        ("5", "wrong-type"),
    ] {
        assert!(codes(&rules(budget)).contains(&code.to_owned()), "{budget}: {:?}", codes(&rules(budget)));
    }
    assert_eq!(codes(&gate("budget = { prompt_tokens = 1 }")), ["needs-evidence"]);
}

#[test]
fn a_margin_states_how_sure_one_must_be() {
    let rules = |regression: &str, cases: u32| {
        let evidence = format!("evidence = {{ evaluators = [\"evaluator\"], min_cases = {cases} }}");
        gate(&format!("{evidence}, regression = {regression}"))
    };
    let margin = "{ margin = 0.02, confidence = 0.95 }";
    let read = only(&rules(margin, 183)).environments[0].gate.regression;
    assert_eq!(read, Some(RegressionRule::Margin { margin: 0.02, confidence: 0.95 }));
    assert!(codes(&rules(margin, 183)).is_empty());
    for (regression, code) in [
        ("{ margin = 0.02 }", "missing-key"),
        ("{ confidence = 0.95 }", "missing-key"),
        ("{ margin = 0, confidence = 0.95 }", "out-of-range"),
        ("{ margin = 1, confidence = 0.95 }", "out-of-range"),
        ("{ margin = 0.02, confidence = 1 }", "out-of-range"),
        ("{ margin = 1e-12, confidence = 0.95 }", "never-met"),
        ("{ margin = 0.02, confidence = 0.95, alpha = 1 }", "unknown-key"),
        ("0.02", "wrong-type"),
    ] {
        assert_eq!(codes(&rules(regression, 183)), [code], "{regression}");
    }
}

#[test]
fn a_margin_that_small_suites_cannot_show_is_warned_of() {
    let evidence = "evidence = { evaluators = [\"evaluator\"], min_cases = 182 }";
    let (_, warnings) =
        parse(&gate(&format!("{evidence}, regression = {{ margin = 0.02, confidence = 0.95 }}"))).unwrap();
    let [warning] = &warnings[..] else { panic!("{warnings:#?}") };
    assert_eq!(warning.code, "too-few-cases");
    assert!(warning.message.contains("fewer than 183 cases"), "{}", warning.message);
}

/// The differences between two gates of one environment, those that lower marked with `!`.
fn changes(from: &str, to: &str) -> Vec<String> {
    let rules = |text: &str| only(&gate(&format!("{EVIDENCE}, pass_rate = {{ at_least = 0.5 }}{text}")));
    let marks = |change: Change| format!("{}{}", change.path, if change.lowers { "!" } else { "" });
    rules(from).differences(&rules(to)).into_iter().map(marks).collect()
}

#[test]
fn a_higher_ceiling_and_a_wider_margin_lower_a_bar() {
    let at = |rest: &str| vec![format!("environments.dev.gate.{rest}")];
    let budget = |text: &str| format!(", budget = {{ {text} }}");
    for (from, to, expected) in [
        ("prompt_tokens = 8000", "prompt_tokens = 8001", "budget.prompt_tokens!"),
        ("prompt_tokens = 8000", "prompt_tokens = 7999", "budget.prompt_tokens"),
        ("prompt_tokens = 1, usd_per_run = 5", "prompt_tokens = 1", "budget.usd_per_run!"),
        ("usd_per_run = 5", "usd_per_run = 5.000001", "budget.usd_per_run!"),
        ("prompt_tokens = 1", "prompt_tokens = 1, usd_per_run = 5", "budget.usd_per_run"),
    ] {
        assert_eq!(changes(&budget(from), &budget(to)), at(expected), "{from} → {to}");
    }
    assert_eq!(changes(&budget("prompt_tokens = 1"), ""), at("budget!"));
    assert_eq!(changes("", &budget("prompt_tokens = 1")), at("budget"));
    let margin = |margin, confidence| format!(", regression = {{ margin = {margin}, confidence = {confidence} }}");
    assert_eq!(changes(&margin(0.02, 0.95), &margin(0.03, 0.95)), at("regression.margin!"));
    assert_eq!(changes(&margin(0.02, 0.95), &margin(0.01, 0.95)), at("regression.margin"));
    assert_eq!(changes(&margin(0.02, 0.95), &margin(0.02, 0.9)), at("regression.confidence!"));
    let flips = ", regression = \"no-flips\"";
    assert!(changes(flips, &margin(0.02, 0.95)).contains(&at("regression!")[0]));
    assert!(changes(&margin(0.02, 0.95), flips).contains(&at("regression!")[0]), "in doubt it lowers");
}
