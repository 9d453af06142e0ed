//! Freezes, halts and hours: who may say so, what they hold back, and what they leave alone.

use super::project::{Project, RULES_TEXT, artifact, env, version};
use crate::{
    ledger::{Deed, Freeze, Halt},
    object::EventId,
    state::State,
};

fn freeze(environment: &str) -> Freeze {
    Freeze { environment: env(environment), message: "incident 12".to_owned() }
}

/// `production`, `prompt/a`, both, or `""` for neither.
fn halt(environment: &str, what: &str) -> Halt {
    Halt {
        environment: (!environment.is_empty()).then(|| env(environment)),
        artifact: (!what.is_empty()).then(|| artifact(what)),
        message: "refunds doubled".to_owned(),
    }
}

/// Two prompts that share a policy, in staging; the gate of staging is open.
fn shared() -> Project {
    let project = Project::new();
    let uses = "+++\npolicies = [\"calm\"]\n+++\n";
    project.commits("tom", &[("policy/calm", "calm"), ("prompt/a", uses), ("prompt/b", "alone")]);
    project.brings("staging", &["policy/calm", "prompt/a", "prompt/b"]);
    project
}

/// Another version of an artifact, proposed for staging.
fn again(project: &Project, name: &str, text: &str) -> EventId {
    project.commits("tom", &[(name, text)]);
    project.ok("tom", Deed::Propose(project.heads("staging", &[name])))
}

/// The codes of the rules that refuse a promotion; none where it is carried out.
#[track_caller]
fn promotes(project: &Project, proposal: EventId) -> Vec<String> {
    match project.attempt("omar", project.promotion(proposal)) {
        Ok(_) => Vec::new(),
        Err(refusal) => {
            let verdict = refusal.verdict.unwrap_or_else(|| panic!("{}: {}", refusal.rule, refusal.message));
            verdict.unmet().map(|rule| format!("{}/{}", rule.rule, rule.code)).collect()
        }
    }
}

#[test]
fn a_freeze_holds_until_it_is_thawed_even_at_an_open_gate() {
    let project = shared();
    let proposal = again(&project, "prompt/b", "again");
    let frozen = project.ok("ruth", Deed::Freeze(freeze("staging")));
    assert_eq!(promotes(&project, proposal), ["window/frozen"]);
    assert_eq!(project.no("omar", Deed::Freeze(freeze("staging"))), "already-frozen");
    {
        let view = project.view();
        let record = State::new(view.as_ref()).frozen(&env("staging")).unwrap().unwrap();
        assert_eq!((record.event, record.person.as_str(), record.message.as_str()), (frozen, "ruth", "incident 12"));
        assert!(State::new(view.as_ref()).frozen(&env("production")).unwrap().is_none());
    }
    project.ok("omar", Deed::Thaw(freeze("staging")));
    assert_eq!(project.no("omar", Deed::Thaw(freeze("staging"))), "not-frozen");
    assert!(promotes(&project, proposal).is_empty());
}

#[test]
fn a_freeze_of_one_environment_leaves_the_others_and_the_rules_alone() {
    let project = shared();
    project.ok("ruth", Deed::Freeze(freeze("production")));
    assert!(promotes(&project, again(&project, "prompt/b", "again")).is_empty());
    let rules = super::project::rules(&RULES_TEXT.replace("low = 1", "low = 2"));
    let proposal = project.ok("maya", Deed::Propose(project.rules_change(&rules)));
    project.ok("maya", project.promotion(proposal));
}

#[test]
fn who_may_not_freeze_or_halt_does_not() {
    let project = shared();
    for person in ["tom", "nina", "bot"] {
        assert_eq!(project.no(person, Deed::Freeze(freeze("staging"))), "not-allowed");
        assert_eq!(project.no(person, Deed::Halt(halt("staging", "prompt/a"))), "not-allowed");
        assert_eq!(project.no(person, Deed::Halt(halt("", ""))), "not-allowed");
    }
    project.ok("ruth", Deed::Freeze(freeze("staging")));
    project.ok("ruth", Deed::Halt(halt("", "")));
    for person in ["tom", "nina", "bot"] {
        assert_eq!(project.no(person, Deed::Thaw(freeze("staging"))), "not-allowed");
        assert_eq!(project.no(person, Deed::Resume(halt("", ""))), "not-allowed");
    }
}

#[test]
fn a_narrow_role_stops_only_what_it_reaches() {
    let narrow = "[roles.author]\nmay = [\"commit\", \"propose\"]\n[roles.keeper]\nmay = [\"freeze\", \"halt\"]\n\
                  artifacts = [\"prompt/*\"]\nenvironments = [\"staging\"]\n[roles.guard]\nmay = [\"freeze\", \"halt\"]\n\
                  environments = [\"staging\"]\n";
    let project = Project::under(&format!("{narrow}{RULES_TEXT}"));
    let listed = |roles: &str| {
        let rules = super::project::rules(&format!("{narrow}{RULES_TEXT}"));
        let tom = rules.split("[people.tom]").nth(1).unwrap().split("[people.").next().unwrap().to_owned();
        rules.replace(&tom, &tom.replace("\"author\"", roles))
    };
    let enact = |roles: &str| {
        let proposal = project.ok("maya", Deed::Propose(project.rules_change(&listed(roles))));
        project.ok("maya", project.promotion(proposal));
    };
    project.commits("tom", &[("policy/calm", "calm"), ("prompt/a", "one")]);
    enact("\"author\", \"keeper\"");
    project.ok("tom", Deed::Halt(halt("staging", "prompt/a")));
    for wide in
        [halt("staging", "policy/calm"), halt("production", "prompt/a"), halt("", "prompt/a"), halt("staging", "")]
    {
        assert_eq!(project.no("tom", Deed::Halt(wide.clone())), "not-allowed", "{wide:?}");
    }
    assert_eq!(project.no("tom", Deed::Freeze(freeze("staging"))), "not-allowed", "it would stop policies too");
    enact("\"author\", \"guard\"");
    project.ok("tom", Deed::Freeze(freeze("staging")));
    project.ok("tom", Deed::Halt(halt("staging", "")));
    assert_eq!(project.no("tom", Deed::Halt(halt("", ""))), "not-allowed");
    assert_eq!(project.no("tom", Deed::Freeze(freeze("production"))), "not-allowed");
    project.ok("tom", Deed::Resume(halt("staging", "prompt/a")));
}

#[test]
fn what_is_not_there_is_not_stopped() {
    let project = shared();
    assert_eq!(project.no("ruth", Deed::Freeze(freeze("prod"))), "unknown-environment");
    assert_eq!(project.no("ruth", Deed::Thaw(freeze("prod"))), "unknown-environment");
    assert_eq!(project.no("ruth", Deed::Thaw(freeze("staging"))), "not-frozen");
    assert_eq!(project.no("ruth", Deed::Freeze(freeze("dev"))), "follows-heads");
    assert_eq!(project.no("ruth", Deed::Halt(halt("prod", ""))), "unknown-environment");
    assert_eq!(project.no("ruth", Deed::Halt(halt("", "prompt/z"))), "unknown-artifact");
    assert_eq!(project.no("ruth", Deed::Resume(halt("staging", ""))), "not-halted");
    assert_eq!(project.no("ruth", Deed::Resume(halt("", "prompt/z"))), "not-halted");
    let silent = |message: &str| Freeze { message: message.to_owned(), ..freeze("staging") };
    assert_eq!(project.no("ruth", Deed::Freeze(silent(" \n"))), "no-reason");
    assert_eq!(project.no("ruth", Deed::Halt(Halt { message: String::new(), ..halt("", "") })), "no-reason");
}

#[test]
fn each_halt_is_one_and_is_taken_back_by_itself() {
    let project = shared();
    let all = [halt("", ""), halt("staging", ""), halt("", "prompt/a"), halt("staging", "prompt/a")];
    for one in &all {
        project.ok("ruth", Deed::Halt(one.clone()));
        assert_eq!(project.no("omar", Deed::Halt(one.clone())), "already-halted");
    }
    assert_eq!(project.no("ruth", Deed::Halt(halt("staging", "prompt/A"))), "already-halted");
    let count = || State::new(project.view().as_ref()).halts().unwrap().len();
    assert_eq!(count(), 4);
    for (one, left) in all.iter().zip([3, 2, 1, 0]) {
        project.ok("omar", Deed::Resume(one.clone()));
        assert_eq!(count(), left);
        assert_eq!(project.no("omar", Deed::Resume(one.clone())), "not-halted");
    }
}

#[test]
fn nothing_of_what_is_halted_is_promoted() {
    for (stopped, holds) in [
        (halt("", ""), true),
        (halt("staging", ""), true),
        (halt("production", ""), false),
        (halt("", "prompt/a"), true),
        (halt("staging", "prompt/a"), true),
        (halt("production", "prompt/a"), false),
        (halt("", "policy/calm"), true),
        (halt("", "prompt/b"), false),
    ] {
        let project = shared();
        let proposal = again(&project, "prompt/a", "+++\npolicies = [\"calm\"]\n+++\nagain");
        project.ok("ruth", Deed::Halt(stopped.clone()));
        let expected = if holds { vec!["window/halted".to_owned()] } else { Vec::new() };
        assert_eq!(promotes(&project, proposal), expected, "{stopped:?}");
        if holds {
            project.ok("ruth", Deed::Resume(stopped));
            assert!(promotes(&project, proposal).is_empty());
        }
    }
}

#[test]
fn a_rollback_works_while_everything_is_stopped() {
    let rules = RULES_TEXT.replace(
        "after = \"dev\"",
        "after = \"dev\"\nwindow = { days = [\"sun\"], from = \"00:00\", to = \"00:01\", zone = \"UTC\" }",
    );
    let project = Project::under(&rules);
    project.wait(2 * 86_400 - 8 * 3_600); // Sunday, 2026-11-22T00:00:00Z.
    project.commits("tom", &[("prompt/a", "one")]);
    let first = project.brings("staging", &["prompt/a"]);
    project.commits("tom", &[("prompt/a", "two")]);
    project.brings("staging", &["prompt/a"]);
    project.wait(3_600);
    project.ok("ruth", Deed::Freeze(freeze("staging")));
    project.ok("ruth", Deed::Halt(halt("", "")));
    project.ok("ruth", Deed::Rollback(project.back("staging", first, &[("prompt/a", Some(version("one")))])));
    assert_eq!(project.live("staging", "prompt/a"), Some(version("one")));
    let proposal = again(&project, "prompt/a", "three");
    assert_eq!(promotes(&project, proposal), ["window/frozen"]);
}

#[test]
fn an_environment_is_changed_inside_its_hours_alone() {
    let hours =
        "after = \"dev\"\nwindow = { days = [\"mon\"], from = \"08:00\", to = \"16:00\", zone = \"Europe/Berlin\" }";
    let project = Project::under(&RULES_TEXT.replace("after = \"dev\"", hours));
    project.commits("tom", &[("prompt/a", "one")]);
    let proposal = project.ok("tom", Deed::Propose(project.heads("staging", &["prompt/a"])));
    assert_eq!(promotes(&project, proposal), ["window/outside-window"]);
    project.wait(2 * 86_400 + 23 * 3_600 - 1); // Monday, a second before eight in Berlin.
    assert_eq!(promotes(&project, proposal), ["window/outside-window"]);
    project.wait(1);
    assert!(promotes(&project, proposal).is_empty());
}

#[test]
fn a_halt_follows_what_is_renamed() {
    let project = shared();
    project.ok("ruth", Deed::Halt(halt("staging", "prompt/b")));
    project.ok("tom", Project::commit(vec![project.rename("prompt/b", "prompt/c", "alone")]));
    let proposal = project.ok("tom", Deed::Propose(project.heads("staging", &["prompt/c"])));
    assert_eq!(promotes(&project, proposal), ["window/halted"]);
    project.ok("ruth", Deed::Resume(halt("staging", "prompt/c")));
    assert!(promotes(&project, proposal).is_empty());
}

#[test]
fn a_frozen_environment_that_comes_to_follow_heads_does_not_move() {
    let project = shared();
    project.ok("ruth", Deed::Freeze(freeze("staging")));
    let follows = RULES_TEXT.replace("after = \"dev\"", "follow = \"heads\"");
    let proposal = project.ok("maya", Deed::Propose(project.rules_change(&super::project::rules(&follows))));
    project.ok("maya", project.promotion(proposal));
    project.commits("tom", &[("prompt/b", "two")]);
    assert_eq!(project.live("staging", "prompt/b"), Some(version("alone")));
    assert_eq!(project.live("dev", "prompt/b"), Some(version("two")));
    project.ok("ruth", Deed::Thaw(freeze("staging")));
    project.commits("tom", &[("prompt/b", "three")]);
    assert_eq!(project.live("staging", "prompt/b"), Some(version("three")));
}
