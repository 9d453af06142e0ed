//! Every reason with what is just below it.

use super::*;
use crate::{name::Kind, object::Digest};

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn artifact(kind: Kind, text: &str) -> Artifact {
    Artifact::new(kind, name(text))
}

fn tier(facts: &RiskFacts) -> Tier {
    let risk = assess(facts);
    let word = format!("({})", risk.tier.word());
    assert!(risk.reasons.iter().all(|reason| reason.ends_with(')')), "{risk:?}");
    assert_eq!(risk.reasons.first().is_some_and(|first| first.ends_with(&word)), risk.tier > Tier::Low);
    risk.tier
}

#[test]
fn a_changed_model_or_a_weakened_guard_is_high() {
    let model = |text: &str, bytes: &[u8]| Some((name(text), VersionId(Digest::of(bytes))));
    let with = |before, after| RiskFacts {
        models: vec![ModelFacts { prompt: name("triage"), before, after }],
        ..RiskFacts::default()
    };
    assert_eq!(assess(&RiskFacts::default()), Risk { tier: Tier::Low, reasons: Vec::new() });
    assert_eq!(tier(&with(model("fast", b"1"), model("fast", b"1"))), Tier::Low);
    for after in [model("fast", b"2"), model("slow", b"1"), None] {
        assert_eq!(tier(&with(model("fast", b"1"), after)), Tier::High);
    }
    for kind in [CaseChangeKind::Removed, CaseChangeKind::Loosened, CaseChangeKind::Quarantined] {
        let change = CaseChange { suite: name("refunds"), case: "a".to_owned(), kind };
        let risk = assess(&RiskFacts { cases: vec![change.clone(), change], ..RiskFacts::default() });
        assert_eq!((risk.tier, risk.reasons.len()), (Tier::High, 1), "the same reason is told once");
    }
    for (before, after, expected) in [(3, 2, Tier::High), (2, 3, Tier::Low), (1, 1, Tier::Low)] {
        let repeats = vec![RepeatFacts { suite: name("refunds"), before, after }];
        assert_eq!(tier(&RiskFacts { repeats, ..RiskFacts::default() }), expected);
    }
}

/// A text with nothing in it.
fn text() -> TextFacts {
    let artifact = artifact(Kind::Prompt, "triage");
    TextFacts { artifact, invisible: Vec::new(), look_alikes: 0, longest_line: (0, 0), secrets: 0 }
}

#[test]
fn what_is_overlooked_is_medium() {
    for (look_alikes, longest_line, expected) in [
        (0, (2_000, 80), Tier::Low),
        (0, (2_001, 80), Tier::Medium),
        (0, (9_000, 2_001), Tier::Low),
        (1, (80, 80), Tier::Medium),
    ] {
        let facts =
            RiskFacts { texts: vec![TextFacts { look_alikes, longest_line, ..text() }], ..RiskFacts::default() };
        assert_eq!(tier(&facts), expected, "{look_alikes} {longest_line:?}");
    }
}

#[test]
fn what_eyes_cannot_see_raises_the_tier() {
    for (invisible, secrets, expected) in [
        (&[][..], 0, Tier::Low),
        (&['\u{200b}'], 0, Tier::Medium),
        (&['\u{1b}'], 0, Tier::Medium),
        (&['\u{202e}'], 0, Tier::High),
        (&['\u{200b}', '\u{e0041}'], 0, Tier::High),
        (&[], 1, Tier::High),
    ] {
        let text = TextFacts { invisible: invisible.to_vec(), secrets, ..text() };
        let facts = RiskFacts { texts: vec![text], ..RiskFacts::default() };
        assert_eq!(tier(&facts), expected, "{invisible:?}");
    }
}

#[test]
fn growth_counts_by_share_and_not_for_a_few_tokens() {
    for (before, after, expected) in [
        (100, 150, Tier::Low),
        (1_000, 1_200, Tier::Low),
        (1_000, 1_201, Tier::Medium),
        (100, 151, Tier::Medium),
        (100, 200, Tier::Medium),
        (100, 201, Tier::High),
        (0, 51, Tier::High),
        (0, 50, Tier::Low),
        (1_000, 10, Tier::Low),
    ] {
        let lengths = vec![LengthFacts { prompt: name("triage"), before, after }];
        assert_eq!(tier(&RiskFacts { lengths, ..RiskFacts::default() }), expected, "{before} to {after}");
    }
}

#[test]
fn what_many_share_is_medium_and_rules_raise_further() {
    let shared = |bundles| vec![SharedFacts { artifact: artifact(Kind::Policy, "refunds"), bundles }];
    assert_eq!(tier(&RiskFacts { shared: shared(9), ..RiskFacts::default() }), Tier::Low);
    assert_eq!(tier(&RiskFacts { shared: shared(10), ..RiskFacts::default() }), Tier::Medium);
    let artifacts = vec![artifact(Kind::Policy, "refunds"), artifact(Kind::Policy, "access")];
    let raised = vec![Raised { tier: Tier::High, rule: "kind = \"policy\"".to_owned(), artifacts }];
    let risk = assess(&RiskFacts { shared: shared(10), raised, ..RiskFacts::default() });
    assert_eq!(
        risk.reasons,
        [
            "`policy/access` and 1 more falls under the rule `kind = \"policy\"` (high)",
            "`policy/refunds` is shared by 10 bundles (medium)"
        ]
    );
}

#[test]
fn a_lowered_bar_is_high_and_named() {
    let lowered = vec!["`gate.approvals.high` 2 → 1".to_owned()];
    let risk = assess(&RiskFacts { lowered, ..RiskFacts::default() });
    assert_eq!(risk.reasons, ["the rules would lower a bar: `gate.approvals.high` 2 → 1 (high)"]);
}
