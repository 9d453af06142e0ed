//! `[[risk]]`: what is read, what is refused, what it meets, and what lowers it.

use super::*;
use crate::{
    gate::Tier,
    name::{Artifact, Kind, Name},
};

const DEV: &str = "[environments.dev]\ngate = \"open\"\n";

fn text(rules: &[(&str, &str)]) -> String {
    let rule = |(when, tier): &(&str, &str)| format!("[[risk]]\nwhen = {when}\ntier = \"{tier}\"\n");
    with(&(DEV.to_owned() + &rules.iter().map(rule).collect::<String>()))
}

fn rule(when: &str) -> RiskRule {
    let (governance, _) = parse(&text(&[(when, "high")])).unwrap_or_else(|problems| panic!("{problems:#?}"));
    governance.risk[0].clone()
}

#[test]
fn every_condition_is_read() {
    let when = "{ change = \"removed\", kind = \"policy\", artifact = \"refund*\", environment = \"d*\", bundles = 3, token_growth = 0.2 }";
    let rule = rule(when);
    assert_eq!(rule.tier, Tier::High);
    assert_eq!(
        rule.told(),
        "kind = \"policy\", artifact = \"refund*\", environment = \"d*\", change = \"removed\", bundles = 3, token_growth = 0.2"
    );
}

#[test]
fn what_raises_nothing_or_everything_is_refused() {
    for (when, tier, code) in [
        ("{}", "high", "empty-when"),
        ("{ kind = \"policy\" }", "low", "useless-rule"),
        ("{ kind = \"policy\" }", "highest", "unknown-word"),
        ("{ kind = \"polcy\" }", "high", "unknown-word"),
        ("{ kin = \"policy\" }", "high", "unknown-key"),
        ("{ artifact = \"[\" }", "high", "bad-glob"),
        ("{ artifact = \"\" }", "high", "empty-value"),
        ("{ environment = \"prod*\" }", "high", "unknown-environment"),
        ("{ change = \"edited\" }", "high", "unknown-word"),
        ("{ bundles = 0 }", "high", "out-of-range"),
        ("{ token_growth = 0 }", "high", "out-of-range"),
    ] {
        assert_eq!(codes(&text(&[(when, tier)])), [code], "{when} {tier}");
    }
    let twice = [("{ kind = \"policy\", bundles = 2 }", "high"), ("{ bundles = 2, kind = \"policy\" }", "medium")];
    assert_eq!(codes(&text(&twice)), ["rule-twice"]);
    assert_eq!(codes(&with("[[risk]]\ntier = \"high\"")), ["missing-key"]);
    assert_eq!(codes(&with("[[risk]]\nwhen = { kind = \"tool\" }")), ["missing-key"]);
}

#[test]
fn a_rule_is_met_by_a_change_that_meets_every_condition() {
    let artifact = Artifact::new(Kind::Policy, Name::parse("refunds").unwrap());
    let environment = Environment::parse("dev").unwrap();
    let change = Proposed {
        artifact: &artifact,
        environment: &environment,
        change: ChangeKind::Changed,
        bundles: 3,
        lengths: vec![(100, 100), (100, 120)],
    };
    for (when, met) in [
        ("{ kind = \"policy\" }", true),
        ("{ kind = \"tool\" }", false),
        ("{ artifact = \"refund*\" }", true),
        ("{ artifact = \"policy/refund*\" }", true),
        ("{ artifact = \"tool/refund*\" }", false),
        ("{ environment = \"*\" }", true),
        ("{ change = \"changed\" }", true),
        ("{ change = \"removed\" }", false),
        ("{ bundles = 3 }", true),
        ("{ bundles = 4 }", false),
        ("{ token_growth = 0.2 }", true),
        ("{ token_growth = 0.21 }", false),
        ("{ kind = \"policy\", bundles = 4 }", false),
        ("{ kind = \"policy\", bundles = 3, change = \"changed\" }", true),
    ] {
        assert_eq!(rule(when).meets(&change), met, "{when}");
    }
    let shrinks = Proposed { lengths: vec![(100, 90)], ..change.clone() };
    assert!(!rule("{ token_growth = 0.0001 }").meets(&shrinks));
    let new = Proposed { lengths: Vec::new(), ..change };
    assert!(!rule("{ token_growth = 0.0001 }").meets(&new), "what is not live has not grown");
}

#[test]
fn a_rule_taken_away_or_weakened_lowers_a_bar() {
    let policy = "{ kind = \"policy\" }";
    let lowered = |from: &[(&str, &str)], to: &[(&str, &str)]| -> Vec<String> {
        let differences = parse(&text(from)).unwrap().0.differences(&parse(&text(to)).unwrap().0);
        differences
            .into_iter()
            .map(|change| format!("{}{}", change.path, if change.lowers { "!" } else { "" }))
            .collect()
    };
    assert_eq!(lowered(&[(policy, "high")], &[]), ["risk.kind = \"policy\"!"]);
    assert_eq!(lowered(&[(policy, "high")], &[(policy, "medium")]), ["risk.kind = \"policy\"!"]);
    assert_eq!(lowered(&[(policy, "medium")], &[(policy, "high")]), ["risk.kind = \"policy\""]);
    assert_eq!(lowered(&[], &[(policy, "high")]), ["risk.kind = \"policy\""]);
    assert_eq!(
        lowered(&[(policy, "high")], &[("{ kind = \"policy\", bundles = 9 }", "high")]),
        ["risk.kind = \"policy\"!", "risk.kind = \"policy\", bundles = 9"]
    );
}
