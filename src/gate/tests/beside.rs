//! Beside the ordinary way: quarantine, lifts and overrides.

use super::*;

fn quarantined(asked: Option<&str>) -> QuarantinedFacts {
    QuarantinedFacts {
        artifact: Artifact::new(Kind::Prompt, name("triage")),
        version: VersionId(digest("new")),
        rollback: EventId(digest("rollback")),
        person: handle("rita"),
        asked: asked.map(|text| EventId(digest(text))),
    }
}

fn waiting(event: &str, expires: i64) -> OverrideFacts {
    let who = vec![handle("rob")];
    OverrideFacts { expires: time(expires), event: EventId(digest(event)), person: handle("rita"), who }
}

#[test]
fn what_was_rolled_back_is_a_no_even_where_the_gate_is_open() {
    let mut facts = good();
    facts.beside.quarantined = vec![quarantined(None)];
    assert_eq!(codes(&strict(), &facts), ["quarantine:quarantined"]);
    assert_eq!(codes(&Gate { open: true, ..strict() }, &facts), ["quarantine:quarantined"]);
    let Some(Next::Requalify { asked: None, .. }) = next(&strict(), &facts, Rule::Quarantine) else { panic!() };
    facts.beside.quarantined = vec![quarantined(Some("lift"))];
    let Some(Next::Requalify { asked: Some(_), .. }) = next(&strict(), &facts, Rule::Quarantine) else { panic!() };
}

#[test]
fn a_lift_is_judged_by_people_as_of_high_risk_and_by_nothing_else() {
    let mut facts = good();
    facts.beside.lifts = true;
    (facts.versions, facts.bundles, facts.bundles_before) = (Vec::new(), Vec::new(), Vec::new());
    assert_eq!(codes(&strict(), &facts), ["approvals:approvals-missing"], "one is enough for low risk, not for high");
    facts.approvals.push(assent("rob"));
    assert!(codes(&strict(), &facts).is_empty());
    facts.reviews.clear();
    assert_eq!(codes(&strict(), &facts), ["reviews:reviews-missing"]);
    let measured = Gate { approvals: None, reviews: None, ..strict() };
    assert!(codes(&measured, &facts).is_empty(), "nobody is asked");
    assert!(codes(&Gate { open: true, ..Gate::default() }, &facts).is_empty());
    assert_eq!(codes(&Gate::default(), &facts), ["gate:no-rule"]);
    facts.base_moved.push(Artifact::new(Kind::Prompt, name("triage")));
    assert_eq!(codes(&measured, &facts), ["base:lifted-already"]);
}

#[test]
fn an_override_that_nobody_reviewed_in_time_stops_what_comes_next() {
    let mut facts = good();
    facts.beside.overrides = vec![waiting("one", 1)];
    assert!(codes(&strict(), &facts).is_empty());
    facts.beside.overrides.push(waiting("two", 0));
    assert_eq!(codes(&strict(), &facts), ["override:override-unreviewed"]);
    assert_eq!(codes(&Gate { open: true, ..Gate::default() }, &facts), ["override:override-unreviewed"]);
    let promotion = EventId(digest("two"));
    let who = vec![handle("rob")];
    assert_eq!(next(&strict(), &facts, Rule::Override), Some(Next::ReviewOverride { promotion, who }));
}

#[test]
fn only_what_is_waivable_named_and_unmet_is_waived() {
    let mut facts = good();
    facts.versions[0].stay = Some(Stay { since: time(-100), until: None });
    let verdict = weigh(&strict(), &facts);
    let waivable = [Rule::Order, Rule::Soak];
    let waived = waive(&verdict, &waivable, &[Rule::Soak]).unwrap();
    assert!(waived.pass);
    let soak = waived.rules.iter().find(|rule| rule.rule == Rule::Soak).unwrap();
    assert_eq!((soak.ok, soak.code.as_str()), (true, "waived"));
    assert!(soak.reason.contains("was not live in `staging` for 1d"), "{}", soak.reason);
    assert_eq!(waive(&verdict, &waivable, &[Rule::Order]), Err(NotWaived::Met(Rule::Order)));
    assert_eq!(waive(&verdict, &waivable, &[Rule::Window]).map(|_| ()), not(Rule::Window), "not in the rules");
    assert_eq!(waive(&verdict, &[Rule::Window], &[Rule::Window]), Err(NotWaived::Met(Rule::Window)), "not judged");
    facts.approvals.clear();
    let still = waive(&weigh(&strict(), &facts), &waivable, &[Rule::Soak]).unwrap();
    assert_eq!(still.unmet().map(|rule| rule.rule).collect::<Vec<_>>(), [Rule::Approvals]);
}

/// That a rule is not waivable, whatever the reason given.
fn not(rule: Rule) -> Result<(), NotWaived> {
    Err(NotWaived::NotWaivable { rule, why: "the rules in force do not call it waivable there".to_owned() })
}

#[test]
fn signatures_binding_and_quarantine_are_never_waived_whatever_governance_says() {
    let mut facts = good();
    facts.beside.quarantined = vec![quarantined(None)];
    facts.beside.overrides = vec![waiting("late", -1)];
    facts.approvals.clear();
    facts.base_moved.push(Artifact::new(Kind::Tool, name("refund")));
    let verdict = weigh(&strict(), &facts);
    for rule in [Rule::Base, Rule::Gate, Rule::Approvals, Rule::Quarantine, Rule::Override] {
        let answer = waive(&verdict, &Rule::ALL, &[rule]);
        assert!(matches!(answer, Err(NotWaived::NotWaivable { rule: named, .. }) if named == rule), "{answer:?}");
    }
}

#[test]
fn a_freeze_or_a_halt_is_lifted_and_never_waived() {
    for (code, allowed) in [("frozen", false), ("halted", false), ("outside-window", true)] {
        let mut verdict = weigh(&strict(), &good());
        let no = RuleResult { ok: false, code: code.to_owned(), ..RuleResult::met(Rule::Window, "", "not now") };
        verdict.rules.push(no);
        let answer = waive(&verdict, &[Rule::Window], &[Rule::Window]);
        assert_eq!(answer.is_ok_and(|waived| waived.pass), allowed, "{code}");
    }
}
