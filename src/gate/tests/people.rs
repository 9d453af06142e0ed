//! Approvals and reviews: whose count, and when.

use super::*;

#[test]
fn approvals_are_of_distinct_people_who_may_give_them() {
    let no = ["approvals:approvals-missing"];
    assert_eq!(after(|f| f.approvals.clear()), no);
    for spoil in [
        (|a: &mut AssentFacts| a.author = true) as fn(&mut AssentFacts),
        |a| a.program = true,
        |a| a.roles_now.clear(),
        |a| a.roles_then.clear(),
        |a| a.valid = Err("dossier-moved".to_owned()),
    ] {
        assert_eq!(after(|f| spoil(&mut f.approvals[0])), no);
    }
    let risky = |f: &mut Facts| {
        let kind = CaseChangeKind::Removed;
        f.risk.cases.push(CaseChange { suite: name("refunds"), case: "c".to_owned(), kind });
    };
    assert_eq!(after(|f| (risky(f), f.approvals.push(assent("rita"))).1), no, "twice the same person is one");
    assert!(after(|f| (risky(f), f.approvals.push(assent("rob"))).1).is_empty());
    let mut facts = good();
    facts.approvals[0].author = true;
    let who = vec![handle("rita"), handle("rob")];
    let step = Next::Approve { role: role("release"), missing: 1, who };
    assert_eq!(next(&strict(), &facts, Rule::Approvals), Some(step));
}

#[test]
fn an_authors_approval_counts_only_where_the_rule_says_so_and_shows() {
    let mut gate = strict();
    gate.approvals.as_mut().unwrap().authors = true;
    let mut facts = good();
    facts.approvals[0].author = true;
    let verdict = weigh(&gate, &facts);
    assert!(verdict.pass);
    assert!(verdict.rules.iter().any(|rule| rule.rule == Rule::Approvals && rule.code == "solo"));
}

#[test]
fn a_review_is_not_by_an_author_and_may_be_by_a_program() {
    let no = ["reviews:reviews-missing"];
    assert_eq!(after(|f| f.reviews.clear()), no);
    assert_eq!(after(|f| f.reviews[0].author = true), no);
    assert_eq!(after(|f| f.reviews[0].valid = Err("other-dossier".to_owned())), no);
    assert!(after(|f| f.reviews[0].program = true).is_empty());
}

#[test]
fn a_finding_that_stands_is_a_no_and_says_who_can_end_it() {
    let open = |id: &str, at: &str| FindingFacts {
        finding: EventId(digest(id)),
        place: at.to_owned(),
        person: handle("rob"),
        fixed: None,
        who: vec![handle("rita"), handle("rob")],
    };
    assert_eq!(after(|f| f.findings.push(open("f", "a.md:3"))), ["findings:finding-open"]);
    let mut facts = good();
    facts.findings = vec![open("f", "a.md:3"), open("g", "b.md:1")];
    let verdict = weigh(&strict(), &facts);
    let rule = verdict.unmet().next().unwrap();
    assert!(rule.reason.ends_with("(and 1 more)"), "{}", rule.reason);
    facts.findings.reverse();
    assert_eq!(weigh(&strict(), &facts), verdict);
    facts.findings.truncate(1);
    let known = facts.findings[0].clone();
    let step = Next::CloseFinding { finding: known.finding, raiser: handle("rob"), who: known.who };
    assert_eq!(next(&strict(), &facts, Rule::Findings), Some(step));
    let fixed = VersionId(digest("better"));
    facts.findings[0].fixed = Some(fixed);
    assert_eq!(weigh(&strict(), &facts).unmet().next().unwrap().code, "finding-back");
    let step = Next::ProposeFixed { finding: known.finding, fixed };
    assert_eq!(next(&strict(), &facts, Rule::Findings), Some(step));
    let without = Gate { findings: None, ..strict() };
    assert!(weigh(&without, &facts).pass, "where no rule asks, findings are for people to weigh");
}
