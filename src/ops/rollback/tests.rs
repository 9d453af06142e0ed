//! Rolling back, told as stories.

use super::*;
use crate::ops::{Exit, env, story, testing::TestProject};

const HELLO: &str = "+++\npolicies = [\"refunds\"]\n+++\n{{ policy(\"refunds\") }}";

/// `hello` and `other` share a policy; both are live in staging in version 1.
fn project() -> TestProject {
    let project = TestProject::under(story::RULES);
    story::commit(&project.of("tom"), &[("prompt/hello", HELLO), ("prompt/other", HELLO), ("policy/refunds", "1\n")]);
    let first = ["prompt/hello", "prompt/other", "policy/refunds"];
    promote(&project, &first);
    project
}

fn promote(project: &TestProject, words: &[&str]) -> EventId {
    let proposal = story::propose(&project.of("tom"), "staging", words);
    story::promote(&project.of("ruth"), proposal).event
}

/// Commits `text` for an artifact and promotes it.
fn change(project: &TestProject, word: &str, text: &str) -> EventId {
    story::commit(&project.of("tom"), &[(word, text)]);
    promote(project, &[word])
}

fn back(artifacts: &[&str]) -> Request {
    Request {
        environment: Environment::parse("staging").unwrap(),
        artifacts: artifacts.iter().map(|word| word.parse().unwrap()).collect(),
        to_event: None,
        mode: Mode::Do,
        message: "it went wrong".to_owned(),
    }
}

/// What is live in staging, as `name number`.
fn live(project: &TestProject) -> Vec<String> {
    let request = env::Request { environment: Environment::parse("staging").ok(), at: None };
    let outcome = env::run(&project.of("tom"), &request).unwrap();
    outcome.environments[0].artifacts.iter().map(|live| format!("{} {}", live.artifact, live.number)).collect()
}

#[test]
fn rolling_back_again_and_again_goes_ever_further_back_and_never_forth() {
    let project = project();
    change(&project, "prompt/hello", &format!("{HELLO} two"));
    let second = change(&project, "prompt/hello", &format!("{HELLO} three"));
    let ruth = project.of("ruth");
    assert_eq!(run(&ruth, &back(&[])).unwrap().undone, Some(second));
    assert_eq!(live(&project), ["refunds 1", "hello 2", "other 1"]);
    run(&ruth, &back(&[])).unwrap();
    assert_eq!(live(&project), ["refunds 1", "hello 1", "other 1"]);
    run(&ruth, &back(&[])).unwrap();
    assert_eq!(live(&project), Vec::<String>::new());
    let failure = run(&ruth, &back(&[])).unwrap_err();
    assert_eq!((failure.code, failure.exit), ("nothing-to-undo", Exit::CannotBeDone));
}

#[test]
fn what_a_shared_policy_touches_besides_is_listed() {
    let project = project();
    change(&project, "policy/refunds", "2\n");
    let outcome = run(&project.of("ruth"), &back(&["refunds"])).unwrap();
    assert_eq!(outcome.changes.len(), 1);
    let touched: Vec<(&str, bool)> = outcome.bundles.iter().map(|b| (b.prompt.as_str(), b.shared)).collect();
    assert_eq!(touched, [("hello", true), ("other", true)]);
    assert_eq!(live(&project), ["refunds 1", "hello 1", "other 1"]);
}

#[test]
fn a_dry_run_says_the_same_and_records_nothing() {
    let project = project();
    change(&project, "prompt/hello", &format!("{HELLO} two"));
    let shown = run(&project.of("tom"), &Request { mode: Mode::DryRun, ..back(&[]) }).unwrap();
    assert_eq!(shown.event, None);
    assert_eq!(live(&project), ["refunds 1", "hello 2", "other 1"]);
    let done = run(&project.of("ruth"), &back(&[])).unwrap();
    assert_eq!(Outcome { event: None, ..done }, shown);
}

#[test]
fn bundles_that_were_never_live_whole_are_refused_dry_or_not() {
    let project = project();
    change(&project, "policy/refunds", "2\n");
    change(&project, "prompt/hello", &format!("{HELLO} two"));
    // The first hello with the second policy was live; the second hello with the first policy never was.
    for mode in [Mode::DryRun, Mode::Do] {
        let failure = run(&project.of("ruth"), &Request { mode, ..back(&["refunds"]) }).unwrap_err();
        assert_eq!((failure.code, failure.exit), ("never-live", Exit::No));
    }
    run(&project.of("ruth"), &back(&["refunds", "hello"])).unwrap_err();
}

#[test]
fn an_event_to_go_back_to_must_have_moved_the_environment() {
    let project = project();
    let first = {
        let request = env::Request { environment: Environment::parse("staging").ok(), at: None };
        env::run(&project.of("tom"), &request).unwrap().environments[0].event.unwrap()
    };
    change(&project, "prompt/hello", &format!("{HELLO} two"));
    let elsewhere = story::commit(&project.of("tom"), &[("prompt/hello", &format!("{HELLO} three"))]).event;
    let to = |event: EventId| Request { to_event: Prefix::parse(&event.0.hex()[..12]), ..back(&[]) };
    assert_eq!(run(&project.of("ruth"), &to(elsewhere)).unwrap_err().code, "never-moved");
    assert_eq!(run(&project.of("ruth"), &to(first)).unwrap().undone, None);
    assert_eq!(live(&project), ["refunds 1", "hello 1", "other 1"]);
    assert_eq!(run(&project.of("ruth"), &to(first)).unwrap_err().code, "nothing-changed");
}

#[test]
fn only_who_may_roll_back_does() {
    let project = project();
    let failure = run(&project.of("tom"), &back(&[])).unwrap_err();
    assert_eq!((failure.code, failure.exit), ("not-allowed", Exit::No));
}
