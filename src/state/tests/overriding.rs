//! Going past rules that may be waived, and what must come after.

use super::project::{Project, env, rules, version};
use crate::{
    clock::Time,
    ledger::{Deed, Override, OverrideReview},
    object::{Digest, EventId},
    state::{State, Status},
};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Production waits a day, and calls that waivable.
const WAITING: &str = r#"
[environments.dev]
follow = "heads"
gate = "open"

[environments.staging]
after = "dev"
gate = "open"

[environments.production]
after = "staging"
soak = "1d"
waivable = ["order", "soak"]

[environments.production.gate]
approvals = { role = "release", low = 1 }
"#;

/// A prompt by tom that has just come to staging, proposed by tom and approved by ruth.
fn fresh() -> (Project, EventId) {
    let project = Project::under(WAITING);
    project.commits("tom", &[("prompt/a", "one")]);
    project.brings("staging", &["prompt/a"]);
    let proposal = project.ok("tom", Deed::Propose(project.heads("production", &["prompt/a"])));
    project.ok("ruth", project.approval(proposal));
    (project, proposal)
}

impl Project {
    fn now(&self) -> Time {
        State::new(self.view().as_ref()).newest().unwrap().unwrap().time
    }

    /// An override that expires so many seconds from the newest event.
    fn overriding(&self, proposal: EventId, words: &[&str], expires: i64) -> Override {
        Override {
            proposal,
            dossier: self.dossier(proposal),
            rules: words.iter().map(|word| (*word).to_owned()).collect(),
            reason: "refunds are down".to_owned(),
            expires: Time::from_unix(self.now().unix() + expires).unwrap(),
        }
    }

    fn looked(promotion: EventId) -> Deed {
        Deed::OverrideReview(OverrideReview { promotion, message: "it was right".to_owned() })
    }
}

#[test]
fn a_named_waivable_unmet_rule_is_gone_past_by_an_event_of_its_own_kind() {
    let (project, proposal) = fresh();
    assert_eq!(project.no("ruth", project.promotion(proposal)), "gate");
    let event = project.ok("ruth", Deed::Override(project.overriding(proposal, &["soak"], DAY)));
    assert_eq!(project.live("production", "prompt/a"), Some(version("one")));
    assert_eq!(project.record(proposal).status, Status::Promoted);
    let view = project.view();
    let state = State::new(view.as_ref());
    assert_eq!(state.movement(&env("production"), 1).unwrap().unwrap().kind, "override");
    let open = state.unreviewed(&env("production")).unwrap();
    assert_eq!((open.len(), open[0].event, open[0].person.as_str()), (1, event, "ruth"));
    assert_eq!(open[0].authors.iter().map(ToString::to_string).collect::<Vec<_>>(), ["tom"]);
}

#[test]
fn an_override_is_never_broader_than_it_must_be() {
    let (project, proposal) = fresh();
    let no = |words: &[&str]| project.no("ruth", Deed::Override(project.overriding(proposal, words, DAY)));
    assert_eq!(no(&["order", "soak"]), "nothing-to-waive", "the order holds");
    assert_eq!(no(&["approvals"]), "not-waivable");
    assert_eq!(no(&["evidence"]), "not-waivable", "governance does not call it so");
    for never in ["base", "gate", "quarantine", "override"] {
        assert_eq!(no(&[never]), "not-waivable", "{never}");
    }
    assert_eq!(no(&["soaks"]), "unknown-rule");
    assert_eq!(no(&[]), "bad-order");
    assert_eq!(no(&["soak", "order"]), "bad-order");
    assert_eq!(no(&["soak", "soak"]), "bad-order");
    project.wait(2 * DAY);
    let late = Deed::Override(project.overriding(proposal, &["soak"], 3 * DAY));
    assert_eq!(project.no("ruth", late), "nothing-to-waive", "it has soaked by now");
    project.ok("ruth", project.promotion(proposal));
}

#[test]
fn what_is_not_waived_must_hold() {
    let project = Project::under(WAITING);
    project.commits("tom", &[("prompt/a", "one")]);
    project.brings("staging", &["prompt/a"]);
    let proposal = project.ok("tom", Deed::Propose(project.heads("production", &["prompt/a"])));
    let without = project.attempt("ruth", Deed::Override(project.overriding(proposal, &["soak"], DAY))).unwrap_err();
    assert_eq!(without.rule, "gate");
    let verdict = without.verdict.unwrap();
    assert_eq!(verdict.unmet().map(|rule| rule.rule.word()).collect::<Vec<_>>(), ["approvals"]);
    assert!(verdict.rules.iter().any(|rule| rule.code == "waived"));
}

#[test]
fn an_override_says_why_and_ends_within_thirty_days() {
    let (project, proposal) = fresh();
    let with = |change: &dyn Fn(&mut Override)| {
        let mut act = project.overriding(proposal, &["soak"], DAY);
        change(&mut act);
        project.attempt("ruth", Deed::Override(act)).map_err(|refusal| refusal.rule)
    };
    assert_eq!(with(&|act| " \n".clone_into(&mut act.reason)), Err("reason-missing"));
    let at = |seconds: i64| Time::from_unix(project.now().unix() + seconds).unwrap();
    assert_eq!(with(&|act| act.expires = at(0)), Err("bad-expiry"));
    assert_eq!(with(&|act| act.expires = at(-HOUR)), Err("bad-expiry"));
    assert_eq!(with(&|act| act.expires = at(30 * DAY + 1)), Err("bad-expiry"));
    assert!(with(&|act| act.expires = at(30 * DAY)).is_ok());
}

#[test]
fn only_who_may_override_and_promote_does() {
    let narrow = format!("[roles.release]\nmay = [\"propose\", \"approve\", \"promote\"]\n{WAITING}");
    let project = Project::under(&narrow);
    project.commits("tom", &[("prompt/a", "one")]);
    project.brings("staging", &["prompt/a"]);
    let proposal = project.ok("tom", Deed::Propose(project.heads("production", &["prompt/a"])));
    project.ok("ruth", project.approval(proposal));
    let act = || Deed::Override(project.overriding(proposal, &["soak"], DAY));
    for person in ["tom", "ruth", "nina"] {
        assert_eq!(project.no(person, act()), "not-allowed", "{person}");
    }
    project.ok("maya", act());
}

#[test]
fn the_rules_themselves_and_a_quarantine_are_never_overridden() {
    let (project, proposal) = fresh();
    let other = rules(WAITING) + "\n[environments.extra]\ngate = \"open\"\n";
    let change = project.ok("maya", Deed::Propose(project.rules_change(&other)));
    assert_eq!(project.no("maya", Deed::Override(project.overriding(change, &["soak"], DAY))), "not-waivable");
    project.ok("ruth", Deed::Override(project.overriding(proposal, &["soak"], DAY)));
    project.commits("tom", &[("prompt/a", "two")]);
    project.brings("staging", &["prompt/a"]);
    let second = project.ok("tom", Deed::Propose(project.heads("production", &["prompt/a"])));
    project.ok("ruth", project.approval(second));
    project.ok("ruth", Deed::Override(project.overriding(second, &["soak"], DAY)));
    project.goes_back("production");
    let lift = project.ok("tom", Deed::Propose(project.requalification("production", "prompt/a", "two")));
    assert_eq!(project.no("ruth", Deed::Override(project.overriding(lift, &["soak"], DAY))), "not-waivable");
    let third = project.ok("tom", Deed::Propose(project.heads("production", &["prompt/a"])));
    project.ok("ruth", project.approval(third));
    let refusal = project.attempt("ruth", Deed::Override(project.overriding(third, &["soak"], DAY))).unwrap_err();
    assert_eq!(refusal.rule, "gate", "the quarantine stands whatever is waived");
}

#[test]
fn somebody_else_without_a_hand_in_it_reviews_it_once() {
    let (project, proposal) = fresh();
    let event = project.ok("ruth", Deed::Override(project.overriding(proposal, &["soak"], DAY)));
    let looked = || Project::looked(event);
    assert_eq!(project.no("ruth", looked()), "own-override");
    assert_eq!(project.no("tom", looked()), "author-reviews");
    assert_eq!(project.no("ci", looked()), "program-approves");
    assert_eq!(project.no("nina", looked()), "not-allowed");
    let blank = OverrideReview { promotion: event, message: String::new() };
    assert_eq!(project.no("omar", Deed::OverrideReview(blank)), "reason-missing");
    assert_eq!(project.no("omar", Project::looked(proposal)), "unknown-override");
    assert_eq!(project.no("omar", Project::looked(EventId(Digest::of(b"x")))), "unknown-override");
    let review = project.ok("omar", looked());
    assert_eq!(project.no("maya", looked()), "already-reviewed");
    let view = project.view();
    let state = State::new(view.as_ref());
    assert!(state.unreviewed(&env("production")).unwrap().is_empty());
    assert_eq!(state.override_of(event).unwrap().unwrap().reviewed.unwrap().event, review);
}

#[test]
fn one_that_expires_unreviewed_stops_promotions_there_and_no_rollback() {
    let (project, proposal) = fresh();
    let event = project.ok("ruth", Deed::Override(project.overriding(proposal, &["soak"], DAY)));
    project.commits("tom", &[("prompt/a", "two")]);
    project.brings("staging", &["prompt/a"]);
    let next = project.ok("tom", Deed::Propose(project.heads("production", &["prompt/a"])));
    project.ok("ruth", project.approval(next));
    project.wait(DAY);
    let refusal = project.attempt("ruth", project.promotion(next)).unwrap_err();
    let unmet: Vec<_> = refusal.verdict.unwrap().rules.into_iter().filter(|rule| !rule.ok).collect();
    assert_eq!(unmet.iter().map(|rule| rule.code.as_str()).collect::<Vec<_>>(), ["override-unreviewed"]);
    assert!(format!("{:?}", unmet[0].next).contains("omar"), "{unmet:#?}");
    // Another environment goes on, and so does what is open for going back.
    project.commits("tom", &[("prompt/b", "b")]);
    project.brings("staging", &["prompt/b"]);
    project.ok("omar", Project::looked(event));
    project.ok("ruth", project.promotion(next));
}

#[test]
fn a_rollback_works_whatever_was_not_reviewed() {
    let (project, proposal) = fresh();
    project.wait(2 * DAY);
    let first = project.ok("ruth", project.promotion(proposal));
    project.commits("tom", &[("prompt/a", "two")]);
    project.brings("staging", &["prompt/a"]);
    let next = project.ok("tom", Deed::Propose(project.heads("production", &["prompt/a"])));
    project.ok("ruth", project.approval(next));
    project.ok("ruth", Deed::Override(project.overriding(next, &["soak"], HOUR)));
    project.wait(DAY);
    let back = project.back("production", first, &[("prompt/a", Some(version("one")))]);
    project.ok("ruth", Deed::Rollback(back));
    assert_eq!(project.live("production", "prompt/a"), Some(version("one")));
}
