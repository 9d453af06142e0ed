//! What a rollback took away, and how it comes back.

use super::{
    gate::live,
    project::{Project, RULES_TEXT, artifact, env, version},
};
use crate::{
    gate::Rule,
    ledger::{Deed, Lift, LiveChange, Proposal},
    object::{Digest, EventId},
    state::State,
};

impl Project {
    /// A proposal to let a version in again, as it should be.
    pub(super) fn requalification(&self, environment: &str, name: &str, text: &str) -> Proposal {
        let view = self.view();
        let found = State::new(view.as_ref()).quarantined(&env(environment), &artifact(name), version(text)).unwrap();
        let rollback = found.map_or(EventId(Digest::of(b"none")), |record| record.rollback);
        let lifts = Some(Lift { artifact: artifact(name), version: version(text), rollback });
        Proposal { lifts, ..self.proposal(environment, &[]) }
    }

    /// Undoes the newest move of an environment.
    #[track_caller]
    pub(super) fn goes_back(&self, environment: &str) -> EventId {
        let view = self.view();
        let state = State::new(view.as_ref());
        let moves = state.environment(&env(environment)).unwrap().unwrap().moves;
        let last = state.movement(&env(environment), moves).unwrap().unwrap();
        let before = state.movement(&env(environment), moves - 1).unwrap().unwrap();
        let to: Vec<_> = last.changes.iter().map(|change| (change.artifact.to_string(), change.from)).collect();
        let to: Vec<_> = to.iter().map(|(name, version)| (name.as_str(), *version)).collect();
        self.ok("ruth", Deed::Rollback(self.back(environment, before.event, &to)))
    }
}

/// `two` was live in staging and was rolled back to `one`.
fn rolled_back() -> Project {
    let project = Project::new();
    project.commits("tom", &[("prompt/a", "one")]);
    project.brings("staging", &["prompt/a"]);
    project.commits("tom", &[("prompt/a", "two")]);
    project.brings("staging", &["prompt/a"]);
    project.goes_back("staging");
    assert_eq!(project.live("staging", "prompt/a"), Some(version("one")));
    project
}

/// The rules that refuse a promotion.
fn unmet(project: &Project, person: &str, proposal: EventId) -> Vec<Rule> {
    let refusal = project.attempt(person, project.promotion(proposal)).unwrap_err();
    assert_eq!(refusal.rule, "gate", "{refusal}");
    refusal.verdict.unwrap().unmet().map(|rule| rule.rule).collect()
}

#[test]
fn what_was_rolled_back_is_let_in_again_before_it_goes_live() {
    let project = rolled_back();
    let again = project.ok("tom", Deed::Propose(project.heads("staging", &["prompt/a"])));
    assert_eq!(unmet(&project, "ruth", again), [Rule::Quarantine], "the gate is open, and this asked all the same");
    let lift = project.ok("tom", Deed::Propose(project.requalification("staging", "prompt/a", "two")));
    assert_eq!(unmet(&project, "ruth", again), [Rule::Quarantine], "asking is not enough");
    assert_eq!(project.no("tom", project.promotion(lift)), "not-allowed");
    project.ok("ruth", project.promotion(lift));
    assert_eq!(project.live("staging", "prompt/a"), Some(version("one")), "nothing moves by it");
    project.ok("ruth", project.promotion(again));
    assert_eq!(project.live("staging", "prompt/a"), Some(version("two")));
    assert_eq!(project.no("ruth", project.promotion(lift)), "spent");
}

#[test]
fn a_lift_takes_the_approvals_of_high_risk_and_no_evidence() {
    let (project, _) = live();
    project.commits("tom", &[("prompt/a", "two")]);
    project.brings("staging", &["prompt/a"]);
    project.run("a", project.bundle("staging", "a").unwrap(), "a", &[]);
    let second = project.ok("tom", Deed::Propose(project.heads("production", &["prompt/a"])));
    project.ok("ruth", project.approval(second));
    project.ok("omar", project.promotion(second));
    project.goes_back("production");
    let lift = project.ok("ruth", Deed::Propose(project.requalification("production", "prompt/a", "two")));
    assert_eq!(project.no("ruth", project.approval(lift)), "author-approves", "who asks does not agree as well");
    project.ok("omar", project.approval(lift));
    assert_eq!(unmet(&project, "omar", lift), [Rule::Approvals], "two are asked where much can break");
    assert_eq!(project.no("tom", project.approval(lift)), "not-allowed", "nor does who wrote it");
}

#[test]
fn a_lift_names_a_quarantine_that_stands_and_changes_nothing_else() {
    let project = rolled_back();
    let good = project.requalification("staging", "prompt/a", "two");
    let no = |change: &dyn Fn(&mut Proposal)| {
        let mut proposal = good.clone();
        change(&mut proposal);
        project.no("tom", Deed::Propose(proposal))
    };
    let lift = good.lifts.clone().unwrap();
    let with = |other: Lift| move |proposal: &mut Proposal| proposal.lifts = Some(other.clone());
    assert_eq!(no(&with(Lift { version: version("one"), ..lift.clone() })), "not-quarantined");
    assert_eq!(no(&with(Lift { rollback: EventId(Digest::of(b"x")), ..lift.clone() })), "not-quarantined");
    assert_eq!(no(&with(Lift { artifact: artifact("prompt/b"), ..lift })), "not-quarantined");
    assert_eq!(no(&|proposal| "production".clone_into(&mut proposal.environment)), "not-quarantined");
    assert_eq!(no(&|proposal| "dev".clone_into(&mut proposal.environment)), "follows-heads");
    assert_eq!(no(&|proposal| "nowhere".clone_into(&mut proposal.environment)), "unknown-environment");
    assert_eq!(no(&|proposal| proposal.only = true), "mixed-proposal");
    let change = LiveChange { artifact: artifact("prompt/a"), from: None, to: None, moved: None };
    assert_eq!(no(&|proposal| proposal.changes = vec![change.clone()]), "mixed-proposal");
    assert_eq!(project.no("nina", Deed::Propose(good.clone())), "not-allowed");
    let rules = Proposal { lifts: good.lifts.clone(), ..project.rules_change("x") };
    assert_eq!(project.no("maya", Deed::Propose(rules)), "mixed-proposal");
    project.ok("tom", Deed::Propose(good));
}

#[test]
fn a_lift_is_of_one_rollback_and_not_of_the_next() {
    let project = rolled_back();
    let first = project.ok("tom", Deed::Propose(project.requalification("staging", "prompt/a", "two")));
    let other = project.ok("maya", Deed::Propose(project.requalification("staging", "prompt/a", "two")));
    project.ok("ruth", project.promotion(first));
    assert_eq!(unmet(&project, "ruth", other), [Rule::Base], "it is lifted already");
    project.brings("staging", &["prompt/a"]);
    project.goes_back("staging");
    assert_eq!(unmet(&project, "ruth", other), [Rule::Base], "it was rolled back again since");
    let again = project.ok("tom", Deed::Propose(project.heads("staging", &["prompt/a"])));
    assert_eq!(unmet(&project, "ruth", again), [Rule::Quarantine]);
}

#[test]
fn where_heads_are_followed_committing_it_again_lets_it_in() {
    let rules =
        RULES_TEXT.replace("[environments.staging]", "[environments.extra]\ngate = \"open\"\n\n[environments.staging]");
    let project = Project::under(&rules);
    let one = project.commits("tom", &[("prompt/a", "one")]);
    project.commits("tom", &[("prompt/a", "two")]);
    project.goes_back("dev");
    assert_eq!(project.live("dev", "prompt/a"), Some(version("one")));
    let view = project.view();
    let state = State::new(view.as_ref());
    assert_eq!(state.all_quarantined(&env("dev")).unwrap().len(), 1);
    assert!(state.all_quarantined(&env("staging")).unwrap().is_empty(), "each environment by itself");
    drop(view);
    project.commits("tom", &[("prompt/a", "three")]);
    project.commits("tom", &[("prompt/a", "two")]);
    assert_eq!(project.live("dev", "prompt/a"), Some(version("two")));
    let view = project.view();
    assert!(State::new(view.as_ref()).all_quarantined(&env("dev")).unwrap().is_empty());
    drop(view);
    project.ok("ruth", Deed::Rollback(project.back("dev", one, &[("prompt/a", Some(version("one")))])));
}
