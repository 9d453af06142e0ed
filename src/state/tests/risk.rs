//! How much a change can break, as every clone computes it.

use super::project::{Project, RULES_TEXT, prompt, suite};
use crate::{
    gate::{Risk, Tier},
    ledger::Deed,
    state::{Case, State},
};

/// A project in which these files are live in production, under these rules in addition.
fn live(rules: &str, files: &[(&str, &str)]) -> Project {
    let project = Project::under(&format!("{}{rules}", open_gate()));
    project.commits("tom", files);
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    project.brings("staging", &names);
    project.brings("production", &names);
    project
}

/// The usual rules with a gate for production that is open: what is weighed here is risk alone.
fn open_gate() -> String {
    let (before, _) = RULES_TEXT.split_once("[environments.production.gate]").unwrap();
    format!("{before}gate = \"open\"\n")
}

/// The risk of a proposal that brings these files to production.
fn risk(project: &Project, files: &[(&str, &str)]) -> Risk {
    project.commits("tom", files);
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    of(project, &names)
}

fn of(project: &Project, names: &[&str]) -> Risk {
    let proposal = project.ok("tom", Deed::Propose(project.heads("production", names)));
    let view = project.view();
    let state = State::new(view.as_ref());
    let (governance, digest) = project.governance();
    let record = project.record(proposal);
    Case::new(&state, &governance, digest, &record).unwrap().risk(&state).unwrap()
}

#[track_caller]
fn is(risk: &Risk, tier: Tier, reason: &str) {
    assert_eq!(risk.tier, tier, "{risk:?}");
    assert!(risk.reasons.iter().any(|text| text.contains(reason)), "{risk:?}");
}

#[track_caller]
fn is_low(risk: &Risk) {
    assert_eq!(*risk, Risk { tier: Tier::Low, reasons: Vec::new() });
}

const CASE: &str =
    "\n[[case]]\nid = \"x\"\ntags = [\"t\"]\nvars = { a = 1 }\nexpect = [{ contains = \"x\" }, { max_tokens = 50 }]\n";

fn suite_with(head: &str, cases: &str) -> String {
    format!("prompt = \"a\"\n{head}{cases}")
}

#[test]
fn golden_cases_that_go_or_loosen_are_high_and_tighter_ones_are_not() {
    let before = suite_with("repeat = 3\n", CASE);
    let start = || live("", &[("prompt/a", "one"), ("suite/a", &before)]);
    let more = format!("{before}\n[[case]]\nid = \"y\"\nexpect = [{{ contains = \"y\" }}]\n");
    for tighter in [
        more.as_str(),
        &before.replace("max_tokens = 50", "max_tokens = 40"),
        &before.replace("{ contains = \"x\" }", "{ contains = \"x\" }, { json = true }"),
        &before.replace("tags = [\"t\"]\n", ""),
        &before.replace("repeat = 3", "repeat = 4"),
    ] {
        is_low(&risk(&start(), &[("suite/a", tighter)]));
    }
    let loosened = "the golden case `x` of `a` is loosened (high)";
    for looser in [
        before.replace("max_tokens = 50", "max_tokens = 60"),
        before.replace("{ contains = \"x\" }, ", ""),
        before.replace("{ contains = \"x\" }", "{ not_contains = \"x\" }"),
        before.replace("{ contains = \"x\" }", "{ contains_any = [\"x\", \"z\"] }"),
        before.replace("a = 1", "a = 2"),
    ] {
        is(&risk(&start(), &[("suite/a", &looser)]), Tier::High, loosened);
    }
    let quarantined = |until: &str| {
        let quarantine = format!("expect = [\nquarantine = {{ reason = \"flaky\", until = {until} }}\n");
        let (key, rest) = quarantine.split_once('\n').unwrap();
        before.replace(key, &format!("{rest}{key}"))
    };
    let borne =
        "the golden case `x` of `a` is loosened: a failure of it would not count while it is in quarantine (high)";
    is(&risk(&start(), &[("suite/a", &quarantined("2026-12-01"))]), Tier::High, borne);
    let bearing = || live("", &[("prompt/a", "one"), ("suite/a", &quarantined("2026-12-01"))]);
    is(&risk(&bearing(), &[("suite/a", &quarantined("2026-12-02"))]), Tier::High, borne);
    is_low(&risk(&bearing(), &[("suite/a", &quarantined("2026-11-30"))]));
    is_low(&risk(&bearing(), &[("suite/a", &before)]));
    let repeat = before.replace("repeat = 3", "repeat = 2");
    is(&risk(&start(), &[("suite/a", &repeat)]), Tier::High, "`a` takes 2 samples a case in place of 3 (high)");
    let removed = "the golden case `x` of `a` is removed (high)";
    let other = before.replace("id = \"x\"", "id = \"z\"");
    is(&risk(&start(), &[("suite/a", &other)]), Tier::High, removed);
}

#[test]
fn a_suite_that_goes_or_tests_another_prompt_takes_all_its_cases_along() {
    let before = suite("a", &["x"]);
    let removed = "the golden case `x` of `a` is removed (high)";
    let project = live("", &[("prompt/a", "one"), ("prompt/b", "b"), ("suite/a", &before)]);
    is(&risk(&project, &[("suite/a", &suite("b", &["x"]))]), Tier::High, removed);
    let project = live("", &[("prompt/a", "one"), ("suite/a", &before)]);
    project.ok("tom", Project::commit(vec![project.removal("suite/a")]));
    is(&of(&project, &["suite/a"]), Tier::High, removed);
}

#[test]
fn another_version_of_the_model_is_high() {
    let model = |heat: &str| format!("provider = \"echo\"\nparams = {{ temperature = {heat} }}\n");
    let text = "+++\nmodel = \"m\"\n+++\nhello\n";
    let project = live("", &[("prompt/a", text), ("model/m", &model("0"))]);
    is(&risk(&project, &[("model/m", &model("1"))]), Tier::High, "the model of `a` changes from `m`");
}

#[test]
fn invisible_characters_that_live_does_not_have_raise_the_tier() {
    let project = live("", &[("prompt/a", "zero\u{200b}width")]);
    is_low(&risk(&project, &[("prompt/a", "zero\u{200b}width!")]));
    let reason = "`prompt/a` gains characters that nobody sees: U+200B (medium)";
    is(&risk(&project, &[("prompt/a", "zero\u{200b}wi\u{200b}dth")]), Tier::Medium, reason);
    is(&risk(&project, &[("prompt/a", "right\u{202e}to left")]), Tier::High, "U+202E (high)");
    is(&risk(&project, &[("prompt/b", "hi\u{e0041}\u{e0042}")]), Tier::High, "U+E0041, U+E0042 (high)");
    is(&risk(&project, &[("policy/p", "esc\u{1b}[2J")]), Tier::Medium, "`policy/p` gains");
}

#[test]
fn a_text_that_grows_through_anything_it_includes_raises_the_tier() {
    let long = |words: usize| "word\n".repeat(words);
    let files = |policy: &str| [("policy/p".to_owned(), policy.to_owned())];
    let start = || live("", &[("prompt/a", &prompt(&["policy/p"], "body")), ("policy/p", &long(200))]);
    for (words, tier) in [(200 + 30, Tier::Low), (200 + 70, Tier::Medium), (500, Tier::High)] {
        let project = start();
        let [(name, text)] = files(&long(words));
        let found = risk(&project, &[(&name, &text)]);
        assert_eq!(found.tier, tier, "{words}: {found:?}");
        assert!(found.reasons.iter().all(|reason| reason.starts_with("the text of `a` grows from about")), "{found:?}");
    }
}

#[test]
fn what_ten_bundles_share_is_medium() {
    let names: Vec<String> = (0..10).map(|number| format!("prompt/p{number}")).collect();
    let body = prompt(&["policy/p"], "body");
    let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), body.as_str())).collect();
    files.push(("policy/p", "old"));
    let project = live("", &files);
    is(&risk(&project, &[("policy/p", "new")]), Tier::Medium, "`policy/p` is shared by 10 bundles (medium)");
    let project = live("", &files[1..]);
    is_low(&risk(&project, &[("policy/p", "new")]));
}

#[test]
fn rules_of_the_project_raise_and_never_lower() {
    let rules = "[[risk]]\nwhen = { kind = \"policy\", change = \"changed\" }\ntier = \"medium\"\n\
                 [[risk]]\nwhen = { artifact = \"prompt/pay*\", environment = \"prod*\" }\ntier = \"high\"\n";
    let project = live(rules, &[("prompt/a", "one"), ("policy/p", "old")]);
    is_low(&risk(&project, &[("prompt/a", "two")]));
    is_low(&risk(&project, &[("policy/q", "added")]));
    let reason = "`policy/p` falls under the rule `kind = \"policy\", change = \"changed\"` (medium)";
    is(&risk(&project, &[("policy/p", "new")]), Tier::Medium, reason);
    is(&risk(&project, &[("prompt/payouts", "hi")]), Tier::High, "`prompt/payouts` falls under the rule");
    // A medium rule leaves what is high by itself as it is.
    is(&risk(&project, &[("policy/p", "x\u{202e}y")]), Tier::High, "U+202E (high)");
}

#[test]
fn a_change_of_rules_that_lowers_a_bar_is_high() {
    let project = Project::new();
    let of = |text: &str| {
        let proposal = project.ok("maya", Deed::Propose(project.rules_change(&super::project::rules(text))));
        let view = project.view();
        let state = State::new(view.as_ref());
        let (governance, digest) = project.governance();
        let record = project.record(proposal);
        Case::new(&state, &governance, digest, &record).unwrap().risk(&state).unwrap()
    };
    is_low(&of(&RULES_TEXT.replace("high = 2", "high = 3")));
    let lower = of(&RULES_TEXT.replace("high = 2", "high = 1"));
    is(&lower, Tier::High, "`environments.production.gate.approvals.high` 2 → 1 (high)");
}
