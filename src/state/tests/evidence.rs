//! Runs: announced, completed, pooled.

use super::{
    gate::ready,
    project::{Project, RULES_TEXT, suite},
};
use crate::{
    ledger::{Announcement, Deed, Evidence, Outcome},
    object::{BundleId, Digest, EventId},
};

#[track_caller]
fn refused(project: &Project, proposal: EventId) -> Vec<String> {
    let refusal = project.attempt("omar", project.promotion(proposal)).unwrap_err();
    refusal.verdict.unwrap().unmet().map(|rule| rule.code.clone()).collect()
}

fn run(project: &Project) -> Announcement {
    project.announcement("a", project.bundle("staging", "a").unwrap(), "a", 1)
}

#[test]
fn an_announced_run_is_a_no_until_it_is_completed() {
    let (project, proposal) = ready();
    project.ok("ruth", project.approval(proposal));
    let run = run(&project);
    let announced = project.ok("ci", Deed::Announce(run.clone()));
    assert!(refused(&project, proposal).contains(&"not-completed".to_owned()));
    project.ok("ci", Deed::Evidence(project.evidence(announced, &run, |_, _| Outcome::Passed)));
    project.ok("omar", project.promotion(proposal));
}

#[test]
fn a_failing_run_stays_however_many_pass_after_it() {
    let rules = RULES_TEXT.replace("at_least = 0.5", "at_least = 0.9");
    let project = Project::under(&rules);
    project.commits("tom", &[("prompt/a", "one"), ("suite/a", &suite("a", &["x", "y"]))]);
    project.brings("staging", &["prompt/a", "suite/a"]);
    let bundle = project.bundle("staging", "a").unwrap();
    project.run("a", bundle, "a", &["x"]);
    for _ in 0..3 {
        project.run("a", bundle, "a", &[]);
    }
    let proposal = project.ok("tom", Deed::Propose(project.heads("production", &["prompt/a", "suite/a"])));
    project.ok("ruth", project.approval(proposal));
    assert_eq!(refused(&project, proposal), ["pass-rate-low"]);
}

#[test]
fn a_run_is_completed_once_by_who_announced_it_with_what_was_announced() {
    let rules = RULES_TEXT.to_owned() + "\n[roles.reviewer]\nmay = [\"evaluate\"]\n";
    let project = Project::under(&rules);
    project.commits("tom", &[("prompt/a", "one"), ("suite/a", &suite("a", &["x", "y"]))]);
    project.brings("staging", &["prompt/a", "suite/a"]);
    let run = Announcement { repeat: 2, ..run(&project) };
    let announced = project.ok("ci", Deed::Announce(run.clone()));
    let whole = project.evidence(announced, &run, |_, _| Outcome::Passed);
    let no = |change: &dyn Fn(&mut Evidence)| {
        let mut evidence = whole.clone();
        change(&mut evidence);
        project.no("ci", Deed::Evidence(evidence))
    };
    assert_eq!(project.no("ruth", Deed::Evidence(whole.clone())), "run-of-another");
    assert_eq!(project.no("tom", Deed::Evidence(whole.clone())), "not-allowed");
    assert_eq!(no(&|evidence| evidence.announced = EventId(Digest::of(b"x"))), "not-announced");
    assert_eq!(no(&|evidence| drop(evidence.samples.pop())), "incomplete-run");
    assert_eq!(no(&|evidence| evidence.samples.push(evidence.samples[0].clone())), "incomplete-run");
    assert_eq!(no(&|evidence| evidence.samples.swap(0, 1)), "incomplete-run");
    assert_eq!(no(&|evidence| evidence.samples[0].case = "z".to_owned()), "incomplete-run");
    assert_eq!(no(&|evidence| evidence.samples[1].sample = 2), "incomplete-run");
    assert_eq!(no(&|evidence| evidence.samples[0].reply = None), "no-reply");
    assert_eq!(no(&|evidence| evidence.samples[0].outcome = Outcome::Errored), "no-reply");
    assert_eq!(no(&|evidence| evidence.samples[3].reply = Some(Digest::of(b"never kept"))), "payload-missing");
    project.ok("ci", Deed::Evidence(whole.clone()));
    assert_eq!(project.no("ci", Deed::Evidence(whole)), "already-attested");
}

#[test]
fn what_is_announced_makes_sense() {
    let (project, _) = ready();
    let no = |change: &dyn Fn(&mut Announcement)| {
        let mut run = run(&project);
        change(&mut run);
        project.no("ci", Deed::Announce(run))
    };
    assert_eq!(no(&|run| run.cases.clear()), "empty-run");
    assert_eq!(no(&|run| run.cases.reverse()), "empty-run");
    assert_eq!(no(&|run| run.cases.push("y".to_owned())), "empty-run");
    assert_eq!(no(&|run| run.repeat = 0), "empty-run");
    assert_eq!(no(&|run| run.repeat = u32::MAX), "empty-run");
    assert_eq!(no(&|run| run.version = super::project::version("never")), "unknown-version");
    assert_eq!(no(&|run| run.prompt = crate::name::Name::parse("b").unwrap()), "wrong-prompt");
    assert_eq!(project.no("tom", Deed::Announce(run(&project))), "not-allowed");
}

#[test]
fn an_errored_sample_is_no_pass_and_another_run_may_fill_its_place() {
    let (project, _) = ready();
    project.commits("tom", &[("prompt/a", "two")]);
    project.brings("staging", &["prompt/a"]);
    let run = run(&project);
    let announced = project.ok("ci", Deed::Announce(run.clone()));
    let broken = |case: &str, _| if case == "x" { Outcome::Errored } else { Outcome::Passed };
    project.ok("ci", Deed::Evidence(project.evidence(announced, &run, broken)));
    let proposal = project.ok("tom", Deed::Propose(project.heads("production", &["prompt/a", "suite/a"])));
    project.ok("ruth", project.approval(proposal));
    assert!(refused(&project, proposal).contains(&"errored".to_owned()));
    project.run("a", project.bundle("staging", "a").unwrap(), "a", &[]);
    project.ok("omar", project.promotion(proposal));
}

#[test]
fn a_suite_keeps_its_evidence_when_it_is_renamed() {
    let (project, _) = ready();
    let bundle = project.bundle("staging", "a").unwrap();
    let renamed = project.rename("suite/a", "suite/better", &suite("a", &["x", "y"]));
    project.ok("tom", Project::commit(vec![renamed]));
    project.run("a", bundle, "better", &[]);
}

#[test]
fn who_may_evaluate_one_prompt_says_nothing_of_another() {
    let narrow = "[roles.evaluator]\nmay = [\"evaluate\"]\nartifacts = [\"prompt/b\"]\n";
    let project = Project::under(&format!("{narrow}{RULES_TEXT}"));
    project.commits("tom", &[("prompt/a", "one"), ("suite/a", &suite("a", &["x"]))]);
    project.brings("staging", &["prompt/a", "suite/a"]);
    let bundle: BundleId = project.bundle("staging", "a").unwrap();
    let run =
        Announcement { prompt: crate::name::Name::parse("b").unwrap(), ..project.announcement("a", bundle, "a", 1) };
    let announced = project.ok("ci", Deed::Announce(run.clone()));
    project.ok("ci", Deed::Evidence(project.evidence(announced, &run, |_, _| Outcome::Passed)));
    let proposal = project.ok("tom", Deed::Propose(project.heads("production", &["prompt/a", "suite/a"])));
    project.ok("ruth", project.approval(proposal));
    assert!(refused(&project, proposal).contains(&"not-evaluated".to_owned()));
}
