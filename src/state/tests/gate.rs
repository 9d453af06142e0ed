//! From a proposal to a move: who may say what, when, and once.

use super::project::{Project, RULES_TEXT, artifact, env, handle, prompt, rules, suite, version};
use crate::{
    ledger::{Approval, Attempt, BundleChange, Commit, Deed, Promotion, Proposal},
    object::{BundleId, Digest, DossierId, EventId, Store},
    state::{Dossier, State, Status},
};

/// Prompt and suite by tom, live in staging, proposed for production by tom, with passing evidence.
pub(super) fn ready() -> (Project, EventId) {
    ready_under(RULES_TEXT)
}

/// The same under rules of one's own.
pub(super) fn ready_under(rules: &str) -> (Project, EventId) {
    let project = Project::under(rules);
    project.commits("tom", &[("prompt/a", "one"), ("suite/a", &suite("a", &["x", "y"]))]);
    project.brings("staging", &["prompt/a", "suite/a"]);
    project.run("a", project.bundle("staging", "a").unwrap(), "a", &[]);
    let proposal = project.ok("tom", Deed::Propose(project.heads("production", &["prompt/a", "suite/a"])));
    (project, proposal)
}

/// The same, carried out after ruth approved it.
pub(super) fn live() -> (Project, EventId) {
    let (project, proposal) = ready();
    project.ok("ruth", project.approval(proposal));
    let promotion = project.ok("omar", project.promotion(proposal));
    (project, promotion)
}

/// What the gate lacks, by the words of its rules.
#[track_caller]
fn lacks(project: &Project, proposal: EventId) -> Vec<String> {
    let refusal = project.attempt("omar", project.promotion(proposal)).unwrap_err();
    assert_eq!(refusal.rule, "gate", "{refusal}");
    refusal.verdict.unwrap().unmet().map(|rule| format!("{}/{}", rule.rule, rule.code)).collect()
}

#[test]
fn what_is_approved_and_proven_goes_live_once() {
    let (project, proposal) = ready();
    assert_eq!(lacks(&project, proposal), ["approvals/approvals-missing"]);
    let approval = project.approval(proposal);
    project.ok("ruth", approval.clone());
    let promotion = project.promotion(proposal);
    project.ok("ci", promotion.clone());
    assert_eq!(project.live("production", "prompt/a"), Some(version("one")));
    assert_eq!(project.record(proposal).status, Status::Promoted);
    assert_eq!(project.no("omar", promotion), "spent");
    assert_eq!(project.no("omar", approval), "spent");
    assert_eq!(project.no("tom", Deed::Withdraw(Project::reason(proposal))), "spent");
    let view = project.view();
    assert!(State::new(view.as_ref()).open("production").unwrap().is_empty());
}

#[test]
fn nobody_approves_their_own_change() {
    let rules = RULES_TEXT.replace("role = \"release\"", "role = \"author\"");
    let rules = format!("[roles.author]\nmay = [\"commit\", \"propose\", \"approve\"]\n{rules}");
    let project = Project::under(&rules);
    let suite = suite("a", &["x"]);
    project.commits("tom", &[("prompt/a", "one"), ("suite/a", &suite)]);
    project.commits("tom", &[("prompt/a", "two")]);
    let declared = Project::commit(vec![project.change("prompt/b", "b")]);
    let Deed::Commit(declared) = declared else { panic!() };
    project.ok("tom", Deed::Commit(Commit { authors: vec![handle("maya")], ..declared }));
    project.brings("staging", &["prompt/a", "prompt/b", "suite/a"]);
    let propose = |names: &[&str]| project.ok("ruth", Deed::Propose(project.heads("production", names)));
    let committed = propose(&["prompt/a"]);
    assert_eq!(project.no("tom", project.approval(committed)), "author-approves");
    project.ok("maya", project.approval(committed));
    let declared = propose(&["prompt/b"]);
    assert_eq!(project.no("maya", project.approval(declared)), "author-approves");
    assert_eq!(project.no("tom", project.approval(declared)), "author-approves");
    let proposed = project.ok("maya", Deed::Propose(project.heads("production", &["suite/a"])));
    assert_eq!(project.no("maya", project.approval(proposed)), "author-approves");
    project.commits("maya", &[("prompt/a", "three")]);
    project.commits("maya", &[("prompt/a", "two")]);
    let same_bytes = project.ok("ruth", Deed::Propose(project.heads("production", &["prompt/a"])));
    assert_eq!(project.no("tom", project.approval(same_bytes)), "author-approves");
    assert_eq!(project.no("maya", project.approval(same_bytes)), "author-approves");
}

#[test]
fn a_proposal_cannot_claim_a_past_that_is_not_live() {
    let (project, _) = ready();
    project.commits("maya", &[("prompt/a", "two")]);
    project.brings("staging", &["prompt/a"]);
    let mut lie = project.heads("production", &["prompt/a"]);
    lie.changes[0].from = Some(version("one"));
    assert_eq!(project.no("maya", Deed::Propose(lie.clone())), "base-moved", "from without an event");
    lie.changes[0].from = None;
    lie.changes[0].moved = Some(EventId(Digest::of(b"x")));
    assert_eq!(project.no("maya", Deed::Propose(lie)), "base-moved", "an event without from");
}

#[test]
fn who_may_not_approve_is_told_so() {
    let (project, proposal) = ready();
    assert_eq!(project.no("ci", project.approval(proposal)), "program-approves");
    assert_eq!(project.no("nina", project.approval(proposal)), "not-allowed");
    assert_eq!(project.no("maya", project.approval(proposal)), "not-in-role");
    assert_eq!(project.no("nina", project.promotion(proposal)), "not-allowed");
    assert_eq!(project.no("nina", Deed::Reject(Project::reason(proposal))), "not-allowed");
    assert_eq!(project.no("nina", Deed::Withdraw(Project::reason(proposal))), "not-allowed");
    assert_eq!(project.no("tom", project.reviewed(proposal)), "not-allowed");
    let unknown = EventId(Digest::of(b"x"));
    assert_eq!(project.no("ruth", Deed::Reject(Project::reason(unknown))), "unknown-proposal");
}

#[test]
fn one_person_is_one_approval_however_often_they_approve() {
    let rules = RULES_TEXT.replace("low = 1", "low = 2");
    let project = Project::under(&rules);
    project.commits("tom", &[("prompt/a", "one"), ("suite/a", &suite("a", &["x"]))]);
    project.brings("staging", &["prompt/a", "suite/a"]);
    let bundle = project.bundle("staging", "a").unwrap();
    project.run("a", bundle, "a", &[]);
    let proposal = project.ok("tom", Deed::Propose(project.heads("production", &["prompt/a", "suite/a"])));
    project.ok("ruth", project.approval(proposal));
    assert_eq!(project.no("ruth", project.approval(proposal)), "already-approved");
    project.run("a", bundle, "a", &[]);
    project.ok("ruth", project.approval(proposal));
    assert_eq!(lacks(&project, proposal), ["approvals/approvals-missing"]);
    project.ok("omar", project.approval(proposal));
    project.ok("omar", project.promotion(proposal));
}

#[test]
fn an_approval_falls_when_its_giver_loses_the_role() {
    let (project, proposal) = ready();
    project.ok("ruth", project.approval(proposal));
    let without = rules(RULES_TEXT).replacen("roles = [\"release\", \"reviewer\"]", "roles = [\"reviewer\"]", 1);
    let change = project.ok("maya", Deed::Propose(project.rules_change(&without)));
    project.ok("maya", project.promotion(change));
    assert_eq!(lacks(&project, proposal), ["approvals/approvals-missing"]);
    assert_eq!(project.no("ruth", project.approval(proposal)), "not-allowed");
    project.ok("omar", project.approval(proposal));
    project.ok("omar", project.promotion(proposal));
}

#[test]
fn an_approval_is_given_for_the_rules_that_were_shown() {
    let (project, proposal) = ready();
    let approval = project.approval(proposal);
    project.ok("ruth", approval);
    let late = project.approval(proposal);
    let other = rules(RULES_TEXT) + "\n[environments.extra]\ngate = \"open\"\n";
    let change = project.ok("maya", Deed::Propose(project.rules_change(&other)));
    project.ok("maya", project.promotion(change));
    assert_eq!(lacks(&project, proposal), ["approvals/approvals-missing"]);
    assert_eq!(project.no("omar", late), "stale-dossier");
    project.ok("ruth", project.approval(proposal));
    project.ok("omar", project.promotion(proposal));
}

#[test]
fn failing_evidence_that_came_later_takes_the_approval_with_it() {
    let (project, proposal) = ready();
    project.ok("ruth", project.approval(proposal));
    project.run("a", project.bundle("staging", "a").unwrap(), "a", &["x"]);
    assert_eq!(lacks(&project, proposal), ["approvals/approvals-missing"]);
    project.ok("ruth", project.approval(proposal));
    project.ok("omar", project.promotion(proposal));
}

#[test]
fn a_dossier_tells_the_truth_or_is_refused() {
    let (project, proposal) = ready();
    let with = |change: &dyn Fn(&mut Dossier)| {
        let mut dossier = project.draft_dossier(proposal);
        change(&mut dossier);
        let dossier = DossierId(project.store.put(&[&dossier.encode()]).unwrap().remove(0));
        project.no("ruth", Deed::Approve(Approval { proposal, dossier, message: String::new() }))
    };
    assert_eq!(with(&|dossier| dossier.format = 2), "bad-dossier");
    assert_eq!(with(&|dossier| dossier.evidence[0].failing = vec!["x".to_owned()]), "bad-dossier");
    assert_eq!(with(&|dossier| dossier.message = "harmless".to_owned()), "stale-dossier");
    assert_eq!(with(&|dossier| dossier.authors = vec![handle("maya")]), "stale-dossier");
    assert_eq!(with(&|dossier| dossier.basis.rules = Digest::of(b"x")), "stale-dossier");
    assert_eq!(with(&|dossier| dossier.basis.suites.clear()), "stale-dossier");
    let deed = |bytes: &[u8]| {
        let dossier = DossierId(project.store.put(&[bytes]).unwrap().remove(0));
        project.no("ruth", Deed::Approve(Approval { proposal, dossier, message: String::new() }))
    };
    assert_eq!(deed(b"{}"), "bad-dossier");
    let spaced = String::from_utf8(project.draft_dossier(proposal).encode()).unwrap().replacen(':', ": ", 1);
    assert_eq!(deed(spaced.as_bytes()), "bad-dossier");
    let nowhere = DossierId(Digest::of(b"never kept"));
    let deed = Deed::Promote(Promotion { proposal, dossier: nowhere });
    project.ok("omar", project.approval(proposal));
    assert_eq!(project.no("omar", deed), "payload-missing");
}

#[test]
fn a_dossier_that_hides_a_failing_run_gives_an_approval_that_does_not_count() {
    let (project, proposal) = ready();
    project.run("a", project.bundle("staging", "a").unwrap(), "a", &["x"]);
    let mut dossier = project.draft_dossier(proposal);
    dossier.evidence.retain(|line| line.failing.is_empty());
    let dossier = DossierId(project.store.put(&[&dossier.encode()]).unwrap().remove(0));
    project.ok("ruth", Deed::Approve(Approval { proposal, dossier, message: String::new() }));
    assert_eq!(lacks(&project, proposal), ["approvals/approvals-missing"]);
}

#[test]
fn a_proposal_is_void_once_its_base_moves() {
    let (project, _) = live();
    project.commits("tom", &[("prompt/a", "two")]);
    project.brings("staging", &["prompt/a"]);
    project.run("a", project.bundle("staging", "a").unwrap(), "a", &[]);
    let propose = || project.ok("tom", Deed::Propose(project.heads("production", &["prompt/a"])));
    let (first, second) = (propose(), propose());
    for proposal in [first, second] {
        project.ok("ruth", project.approval(proposal));
    }
    let promotion = project.promotion(second);
    project.ok("omar", project.promotion(first));
    let refusal = project.attempt("omar", promotion).unwrap_err();
    assert!(refusal.verdict.unwrap().unmet().any(|rule| rule.code == "base-moved"));
    assert_eq!(project.no("tom", Deed::Propose(project.heads("production", &["prompt/a"]))), "nothing-changed");
}

#[test]
fn a_proposal_says_truly_what_would_be() {
    let (project, _) = ready();
    let honest = project.heads("production", &["prompt/a", "suite/a"]);
    let no = |change: &dyn Fn(&mut Proposal)| {
        let mut proposal = honest.clone();
        change(&mut proposal);
        project.no("tom", Deed::Propose(proposal))
    };
    let bundle = |after| BundleChange { prompt: crate::name::Name::parse("z").unwrap(), before: None, after };
    assert_eq!(no(&|proposal| proposal.bundles.clear()), "base-moved");
    assert_eq!(no(&|proposal| proposal.bundles.push(bundle(None))), "base-moved");
    assert_eq!(no(&|proposal| proposal.bundles[0].after = Some(BundleId(Digest::of(b"x")))), "base-moved");
    assert_eq!(no(&|proposal| proposal.changes.reverse()), "empty-proposal");
    assert_eq!(no(&|proposal| proposal.changes.clear()), "empty-proposal");
    assert_eq!(no(&|proposal| proposal.changes.insert(0, proposal.changes[0].clone())), "empty-proposal");
    let recased = |proposal: &mut Proposal| {
        let twin = crate::ledger::LiveChange { artifact: artifact("prompt/A"), ..proposal.changes[0].clone() };
        proposal.changes.insert(0, twin);
    };
    assert_eq!(no(&recased), "empty-proposal");
    assert_eq!(no(&|proposal| proposal.changes[0].to = Some(version("never"))), "unknown-version");
    assert_eq!(no(&|proposal| proposal.environment = "moon".to_owned()), "unknown-environment");
    assert_eq!(no(&|proposal| proposal.environment = "../x".to_owned()), "unknown-environment");
    let both = project.rules_change("x").governance;
    assert_eq!(no(&|proposal| proposal.governance.clone_from(&both)), "mixed-proposal");
}

#[test]
fn an_incomplete_bundle_is_not_proposed() {
    let project = Project::new();
    project.commits("tom", &[("policy/p", "p"), ("prompt/a", &prompt(&["policy/p"], "a"))]);
    assert_eq!(project.no("tom", Deed::Propose(project.heads("staging", &["prompt/a"]))), "bundle-incomplete");
    project.brings("staging", &["policy/p", "prompt/a"]);
    let away = project.proposal("staging", &[("policy/p", None)]);
    assert_eq!(project.no("tom", Deed::Propose(away)), "bundle-incomplete");
}

#[test]
fn closed_is_closed() {
    let (project, proposal) = ready();
    let approval = project.approval(proposal);
    let promotion = project.promotion(proposal);
    project.ok("ruth", Deed::Reject(Project::reason(proposal)));
    for (person, deed) in [("ruth", approval), ("omar", promotion), ("tom", Deed::Withdraw(Project::reason(proposal)))]
    {
        assert_eq!(project.no(person, deed), "closed");
    }
    let (project, proposal) = ready();
    project.ok("tom", Deed::Withdraw(Project::reason(proposal)));
    assert_eq!(project.no("ruth", Deed::Reject(Project::reason(proposal))), "closed");
    let (project, proposal) = ready();
    project.ok("maya", Deed::Withdraw(Project::reason(proposal)));
    assert_eq!(project.record(proposal).status, Status::Withdrawn);
}

#[test]
fn a_review_is_by_somebody_without_a_hand_in_it() {
    let (project, _) = ready();
    let own = project.ok("ruth", Deed::Propose(project.heads("production", &["suite/a"])));
    assert_eq!(project.no("ruth", project.reviewed(own)), "author-reviews");
    project.ok("omar", project.reviewed(own));
    assert_eq!(project.record(own).reviews.len(), 1);
}

#[test]
fn rules_change_by_the_roots_the_rules_ask_for() {
    let project = Project::under(&format!("[governance]\napprovals = 2\n{RULES_TEXT}"));
    let text = rules(RULES_TEXT);
    assert_eq!(project.no("tom", Deed::Propose(project.rules_change(&text))), "not-allowed");
    assert_eq!(project.no("maya", Deed::Propose(project.rules_change("nonsense"))), "bad-governance");
    let proposal = project.ok("maya", Deed::Propose(project.rules_change(&text)));
    let refusal = project.attempt("maya", project.promotion(proposal)).unwrap_err();
    assert_eq!(refusal.rule, "gate");
    project.ok("maya", project.approval(proposal));
    let refusal = project.attempt("maya", project.promotion(proposal)).unwrap_err();
    assert_eq!(refusal.rule, "gate", "the proposer's own approval adds nobody");
    assert_eq!(project.no("ruth", project.approval(proposal)), "not-allowed");
}

#[test]
fn a_refusal_is_remembered_once() {
    let (project, proposal) = ready();
    let attempt = |verdict: &[u8]| {
        Deed::Attempt(Attempt {
            verb: "promote".to_owned(),
            proposal,
            weighed: project.record(proposal).time,
            refused: vec!["approvals".to_owned()],
            verdict: Digest::of(verdict),
        })
    };
    project.ok("ruth", attempt(b"one"));
    assert_eq!(project.no("ruth", attempt(b"one")), "known-attempt");
    project.ok("ruth", attempt(b"two"));
    project.ok("omar", attempt(b"one"));
}

#[test]
fn a_rollback_goes_to_what_was_live_whole_and_nowhere_else() {
    let (project, first) = live();
    project.commits("tom", &[("prompt/a", "two")]);
    project.brings("staging", &["prompt/a"]);
    project.run("a", project.bundle("staging", "a").unwrap(), "a", &[]);
    let proposal = project.ok("tom", Deed::Propose(project.heads("production", &["prompt/a"])));
    project.ok("ruth", project.approval(proposal));
    let second = project.ok("omar", project.promotion(proposal));
    let back = |event, to: &[_]| Deed::Rollback(project.back("production", event, to));
    let one = Some(version("one"));
    assert_eq!(project.no("tom", back(first, &[("prompt/a", one)])), "not-allowed");
    assert_eq!(project.no("ruth", back(second, &[("prompt/a", one)])), "never-live");
    assert_eq!(project.no("ruth", back(proposal, &[("prompt/a", one)])), "never-moved");
    assert_eq!(project.no("ruth", back(first, &[])), "nothing-changed");
    project.commits("tom", &[("prompt/a", "three")]);
    assert_eq!(project.no("ruth", back(first, &[("prompt/a", Some(version("three")))])), "never-live");
    let mut lie = project.back("production", first, &[("prompt/a", one)]);
    lie.bundles.clear();
    assert_eq!(project.no("ruth", Deed::Rollback(lie)), "base-moved");
    let twice = back(first, &[("prompt/a", one)]);
    project.ok("ruth", twice.clone());
    assert_eq!(project.live("production", "prompt/a"), one);
    assert_eq!(project.no("ruth", twice), "base-moved");
    // What a rollback took away no other rollback brings back.
    assert_eq!(project.no("ruth", back(second, &[("prompt/a", Some(version("two")))])), "quarantined");
    let view = project.view();
    let moved = State::new(view.as_ref()).environment(&env("production")).unwrap().unwrap();
    assert_eq!(moved.moves, 3);
}
