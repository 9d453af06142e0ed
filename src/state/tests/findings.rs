//! Objections with proof: who may raise and close them, what they hold up, and what an approver is shown of them.

use super::project::{Project, RULES_TEXT, artifact, handle, rules, suite, version};
use crate::{
    ledger::{Answer, Approval, Closing, Deed, Finding},
    object::{Digest, DossierId, EventId, Store, VersionId},
    state::{Dossier, FindingStatus, State},
};

/// Production asks that no finding is open.
fn rules_text() -> String {
    RULES_TEXT.to_owned() + "reviews = { role = \"reviewer\" }\nfindings = \"none-open\"\n"
}

/// A prompt by tom, proposed for production by tom, with passing evidence.
fn proposed(text: &str) -> (Project, EventId) {
    let project = Project::under(&rules_text());
    let proposal = brought(&project, text);
    (project, proposal)
}

/// Tom commits this text and brings it as far as a proposal for production.
fn brought(project: &Project, text: &str) -> EventId {
    project.commits("tom", &[("prompt/a", text), ("suite/a", &suite("a", &["x"]))]);
    project.brings("staging", &["prompt/a", "suite/a"]);
    project.run("a", project.bundle("staging", "a").unwrap(), "a", &[]);
    project.ok("tom", Deed::Propose(project.heads("production", &["prompt/a", "suite/a"])))
}

/// An objection to the first line of the prompt.
fn objection(proposal: EventId, text: &str, quote: &str) -> Finding {
    Finding {
        proposal,
        artifact: Some(artifact("prompt/a")),
        version: version(text).0,
        path: "prompts/a.md".to_owned(),
        line: 1,
        quote: quote.to_owned(),
        message: "it is rude".to_owned(),
    }
}

fn answer(finding: EventId, closing: Closing, fixed: Option<&str>) -> Deed {
    Deed::Answer(Answer { finding, closing, version: fixed.map(version), message: "because".to_owned() })
}

/// What the gate lacks, by the codes of its rules; nothing where it lets it through.
fn lacks(project: &Project, proposal: EventId) -> Vec<String> {
    match project.attempt("ruth", project.promotion(proposal)) {
        Ok(_) => Vec::new(),
        Err(refusal) => {
            let verdict = refusal.verdict.clone().unwrap_or_else(|| panic!("{refusal}"));
            verdict.unmet().map(|rule| rule.code.clone()).collect()
        }
    }
}

#[test]
fn a_finding_quotes_what_stands_there_or_is_refused() {
    let text = "go away\nand stay\n";
    let (project, proposal) = proposed(text);
    let with = |change: &dyn Fn(&mut Finding)| {
        let mut finding = objection(proposal, text, "go away");
        change(&mut finding);
        project.no("omar", Deed::Finding(finding))
    };
    assert_eq!(with(&|f| f.quote = "Go away".to_owned()), "quote-not-there");
    assert_eq!(with(&|f| f.line = 2), "quote-not-there");
    assert_eq!(with(&|f| f.line = 0), "quote-not-there");
    assert_eq!(with(&|f| f.line = 99), "quote-not-there");
    assert_eq!(with(&|f| f.quote = "away\r\nand".to_owned()), "quote-not-there");
    assert_eq!(with(&|f| f.quote = "  ".to_owned()), "empty-quote");
    assert_eq!(with(&|f| f.quote = "x".repeat(4097)), "quote-too-long");
    assert_eq!(with(&|f| f.message = "\n".to_owned()), "no-reason");
    assert_eq!(with(&|f| f.path = "prompts/b.md".to_owned()), "not-proposed");
    assert_eq!(with(&|f| f.artifact = Some(artifact("prompt/b"))), "not-proposed");
    assert_eq!(with(&|f| f.artifact = None), "not-proposed", "it does not change the rules");
    assert_eq!(with(&|f| f.version = Digest::of(b"other")), "not-proposed");
    assert_eq!(with(&|f| f.proposal = EventId(Digest::of(b"x"))), "unknown-proposal");
    project.commits("tom", &[("prompt/a", "go away, later")]);
    assert_eq!(with(&|f| f.version = version("go away, later").0), "not-proposed", "it is committed, not proposed");
    let over_lines = Finding { quote: "away\nand".to_owned(), ..objection(proposal, text, "") };
    project.ok("omar", Deed::Finding(over_lines));
}

#[test]
fn only_who_may_objects_and_only_while_it_is_open() {
    let (project, proposal) = proposed("go away");
    let deed = || Deed::Finding(objection(proposal, "go away", "go away"));
    for person in ["ci", "nina"] {
        let expected = if person == "ci" { None } else { Some("not-allowed") };
        // `ci` is a program of role `release`: programs may object.
        assert_eq!(project.attempt(person, deed()).err().map(|no| no.rule), expected, "{person}");
    }
    project.ok("ruth", Deed::Reject(Project::reason(proposal)));
    assert_eq!(project.no("omar", deed()), "closed");
}

#[test]
fn roles_narrowed_to_other_artifacts_or_environments_do_not_object_here() {
    for (narrow, refused) in [("artifacts = [\"prompt/b\"]", true), ("environments = [\"staging\"]", true), ("", false)]
    {
        let narrowed = format!("[roles.reviewer]\nmay = [\"review\", \"finding\"]\n{narrow}\n");
        let text = narrowed + "[roles.release]\nmay = [\"propose\", \"approve\", \"promote\"]\n" + &rules_text();
        let project = Project::under(&text);
        let proposal = brought(&project, "go away");
        let tried = project.attempt("omar", Deed::Finding(objection(proposal, "go away", "go")));
        assert_eq!(tried.err().map(|no| no.rule), refused.then_some("not-allowed"), "{narrow}");
    }
}

#[test]
fn an_open_finding_holds_up_the_gate_until_it_is_closed() {
    for (closing, fixed) in
        [(Closing::Withdrawn, None), (Closing::Justified, None), (Closing::Fixed, Some("please go"))]
    {
        let (project, proposal) = proposed("go away");
        let finding = project.ok("omar", Deed::Finding(objection(proposal, "go away", "go away")));
        project.ok("omar", project.reviewed(proposal));
        project.ok("ruth", project.approval(proposal));
        assert_eq!(lacks(&project, proposal), ["finding-open"]);
        project.commits("maya", &[("prompt/a", "please go")]);
        project.ok("omar", answer(finding, closing, fixed));
        // What fixes it is another version: the one objected to does not go live.
        let expected: &[&str] = if closing == Closing::Fixed { &["finding-back"] } else { &[] };
        assert_eq!(lacks(&project, proposal), expected, "{closing}");
    }
}

#[test]
fn a_finding_is_closed_by_its_raiser_or_by_who_would_judge_the_change() {
    let (project, proposal) = proposed("go away");
    let finding = project.ok("omar", Deed::Finding(objection(proposal, "go away", "go away")));
    let justify = || answer(finding, Closing::Justified, None);
    assert_eq!(project.no("nina", justify()), "not-allowed");
    assert_eq!(project.no("tom", justify()), "not-in-role", "an author");
    assert_eq!(project.no("maya", justify()), "not-in-role", "a root");
    assert_eq!(project.no("ci", justify()), "program-closes");
    assert_eq!(project.no("ruth", answer(finding, Closing::Withdrawn, None)), "not-raiser");
    let silent = Answer { finding, closing: Closing::Justified, version: None, message: " ".to_owned() };
    assert_eq!(project.no("ruth", Deed::Answer(silent)), "no-reason");
    assert_eq!(project.no("ruth", answer(EventId(Digest::of(b"x")), Closing::Justified, None)), "unknown-finding");
    project.ok("ruth", justify());
    assert_eq!(project.no("omar", answer(finding, Closing::Withdrawn, None)), "finding-closed");
}

#[test]
fn whoever_has_a_hand_in_it_closes_nobody_elses_finding() {
    let text = rules(&rules_text()).replacen("roles = [\"author\"]", "roles = [\"author\", \"reviewer\"]", 1);
    let project = Project::empty();
    let governance = project.keep(&text);
    project.ok("maya", Deed::Init { governance });
    let proposal = brought(&project, "go away");
    let finding = project.ok("omar", Deed::Finding(objection(proposal, "go away", "go away")));
    assert_eq!(project.no("tom", answer(finding, Closing::Justified, None)), "author-closes");
    // Another's proposal of the same artifact: tom made the version, ruth proposes it, and neither judges it.
    project.ok("ruth", Deed::Reject(Project::reason(proposal)));
    project.commits("maya", &[("prompt/a", "please go")]);
    let next = project.ok("ruth", Deed::Propose(project.heads("production", &["prompt/a"])));
    assert_eq!(project.no("ruth", answer(finding, Closing::Fixed, Some("please go"))), "author-closes");
    assert_eq!(project.no("tom", answer(finding, Closing::Fixed, Some("please go"))), "author-closes");
    assert!(lacks(&project, next).contains(&"finding-open".to_owned()), "it stays with the artifact");
    project.ok("omar", answer(finding, Closing::Fixed, Some("please go")));
    assert!(!lacks(&project, next).contains(&"finding-open".to_owned()));
}

#[test]
fn a_fix_names_another_version_of_the_same_artifact() {
    let (project, proposal) = proposed("go away");
    let finding = project.ok("omar", Deed::Finding(objection(proposal, "go away", "go away")));
    project.commits("maya", &[("prompt/b", "something else")]);
    assert_eq!(project.no("omar", answer(finding, Closing::Fixed, None)), "no-version");
    assert_eq!(project.no("omar", answer(finding, Closing::Justified, Some("go away"))), "no-version");
    assert_eq!(project.no("omar", answer(finding, Closing::Fixed, Some("go away"))), "same-version");
    assert_eq!(project.no("omar", answer(finding, Closing::Fixed, Some("something else"))), "unknown-version");
    let text = project.rename("prompt/a", "prompt/c", "please go");
    project.ok("maya", Project::commit(vec![text]));
    project.ok("omar", answer(finding, Closing::Fixed, Some("please go")));
}

#[test]
fn a_renamed_artifact_takes_its_findings_along() {
    let (project, proposal) = proposed("go away");
    project.ok("omar", Deed::Finding(objection(proposal, "go away", "go away")));
    project.ok("ruth", Deed::Reject(Project::reason(proposal)));
    project.ok("tom", Project::commit(vec![project.rename("prompt/a", "prompt/c", "go away")]));
    let next = project.ok("tom", Deed::Propose(project.heads("production", &["prompt/c"])));
    assert!(lacks(&project, next).contains(&"finding-open".to_owned()));
    project.commits("tom", &[("prompt/d", "go away")]);
    let other = project.ok("tom", Deed::Propose(project.heads("production", &["prompt/d"])));
    assert!(!lacks(&project, other).contains(&"finding-open".to_owned()));
}

#[test]
fn the_same_objection_is_not_raised_twice_by_the_same_person() {
    let (project, proposal) = proposed("go away");
    let deed = || Deed::Finding(objection(proposal, "go away", "go away"));
    let finding = project.ok("omar", deed());
    assert_eq!(project.no("omar", deed()), "known-finding");
    project.ok("ruth", deed());
    project.ok("omar", answer(finding, Closing::Withdrawn, None));
    let again = project.ok("omar", deed());
    project.ok("ruth", answer(again, Closing::Justified, None));
    assert_eq!(project.no("omar", deed()), "known-finding", "it was answered");
}

#[test]
fn an_approval_falls_with_a_new_finding_and_survives_a_closed_one() {
    let (project, proposal) = proposed("go away");
    project.ok("omar", project.reviewed(proposal));
    project.ok("ruth", project.approval(proposal));
    let finding = project.ok("omar", Deed::Finding(objection(proposal, "go away", "go away")));
    assert_eq!(lacks(&project, proposal), ["approvals-missing", "reviews-missing", "finding-open"]);
    project.ok("ruth", project.approval(proposal));
    project.ok("omar", project.reviewed(proposal));
    assert_eq!(lacks(&project, proposal), ["finding-open"]);
    project.ok("omar", answer(finding, Closing::Withdrawn, None));
    assert!(lacks(&project, proposal).is_empty());
    let view = project.view();
    assert_eq!(State::new(view.as_ref()).finding(finding).unwrap().unwrap().status(), FindingStatus::Withdrawn);
}

#[test]
fn a_dossier_tells_findings_as_they_are_and_hides_none_that_is_open() {
    let (project, proposal) = proposed("go away");
    let early = project.draft_dossier(proposal);
    let finding = project.ok("omar", Deed::Finding(objection(proposal, "go away", "go away")));
    let approves = |dossier: &Dossier| {
        let dossier = DossierId(project.store.put(&[&dossier.encode()]).unwrap().remove(0));
        Deed::Approve(Approval { proposal, dossier, message: String::new() })
    };
    assert_eq!(project.no("ruth", approves(&early)), "stale-dossier");
    let with = |change: &dyn Fn(&mut Dossier)| {
        let mut dossier = project.draft_dossier(proposal);
        change(&mut dossier);
        project.no("ruth", approves(&dossier))
    };
    assert_eq!(with(&|d| d.findings[0].message = "it is fine".to_owned()), "bad-dossier");
    assert_eq!(with(&|d| d.findings[0].quote = "away".to_owned()), "bad-dossier");
    assert_eq!(with(&|d| d.findings[0].status = FindingStatus::Justified), "bad-dossier");
    assert_eq!(with(&|d| d.findings[0].stands = false), "bad-dossier");
    assert_eq!(with(&|d| d.findings[0].person = handle("tom")), "bad-dossier");
    assert_eq!(with(&|d| d.findings[0].finding = proposal), "bad-dossier");
    let open = project.draft_dossier(proposal);
    project.ok("omar", answer(finding, Closing::Withdrawn, None));
    assert_eq!(with(&|d| d.findings[0].answer = None), "bad-dossier", "half told");
    // Read while it was open, given after it was closed: that is what was so when it was read.
    project.ok("ruth", approves(&open));
    project.ok("omar", approves(&project.draft_dossier(proposal)));
}

#[test]
fn roots_object_to_rules_and_no_finding_locks_them() {
    let other = rules(&rules_text()).replacen("low = 1", "low = 2", 1);
    let project = Project::under(&rules_text());
    let change = project.ok("maya", Deed::Propose(project.rules_change(&other)));
    let line = 1 + other.lines().position(|line| line.contains("low = 2")).unwrap() as u64;
    let objection = |proposal, text: &str| {
        Deed::Finding(Finding {
            proposal,
            artifact: None,
            version: Digest::of(text.as_bytes()),
            path: "chancery.toml".to_owned(),
            line,
            quote: "low = 2".to_owned(),
            message: "too many".to_owned(),
        })
    };
    assert_eq!(project.no("ruth", objection(change, &other)), "not-allowed");
    assert_eq!(project.no("maya", objection(change, "else")), "not-proposed");
    let finding = project.ok("maya", objection(change, &other));
    let refused = project.attempt("maya", project.promotion(change)).unwrap_err();
    assert_eq!(refused.verdict.unwrap().unmet().map(|rule| rule.code.clone()).collect::<Vec<_>>(), ["finding-open"]);
    assert_eq!(project.no("ruth", answer(finding, Closing::Justified, None)), "not-allowed");
    let unknown = Answer {
        finding,
        closing: Closing::Fixed,
        version: Some(VersionId(Digest::of(b"x"))),
        message: "because".to_owned(),
    };
    assert_eq!(project.no("maya", Deed::Answer(unknown)), "unknown-version");
    project.ok("maya", answer(finding, Closing::Justified, None));
    project.ok("maya", project.promotion(change));
}
