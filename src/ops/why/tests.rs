//! Asking why, told as stories.

use super::*;
use crate::{
    adapters::memory::MemoryTree,
    object::Digest,
    ops::{env, rollback, story, testing::TestProject},
};

const SUITE: &str = "prompt = \"hello\"\n[[case]]\nid = \"a\"\nexpect = [{ contains = \"x\" }]\n";

/// `hello` written by tom, run by ci, approved by ruth, promoted by omar.
fn project() -> TestProject {
    let mut project = TestProject::under(story::RULES);
    story::commit(&project.of("tom"), &[("prompt/hello", "one"), ("suite/hello", SUITE)]);
    story::attest(&project.of("ci"), "dev", "hello", "suite/hello");
    promote(&project, &["prompt/hello", "suite/hello"]);
    project.at("2026-11-20T12:00:00Z");
    project
}

fn promote(project: &TestProject, words: &[&str]) -> EventId {
    let proposal = story::propose(&project.of("tom"), "production", words);
    story::approve(&project.of("ruth"), proposal);
    story::promote(&project.of("omar"), proposal).event
}

fn live(environment: &str) -> Subject {
    let environment = Environment::parse(environment).unwrap();
    Subject::Live { environment, artifact: "hello".parse().unwrap(), at: None }
}

fn stamp(project: &TestProject) -> Stamp {
    let request = env::Request { environment: Environment::parse("production").ok(), at: None };
    let outcome = env::run(&project.of("tom"), &request).unwrap();
    outcome.environments[0].bundles[0].stamp.as_deref().unwrap().parse().unwrap()
}

fn ask(project: &TestProject, subject: &Subject) -> Result<Outcome, Failure> {
    run(&project.of("tom"), subject, None)
}

fn rolled_back(project: &TestProject) {
    let request = rollback::Request {
        environment: Environment::parse("production").unwrap(),
        artifacts: Vec::new(),
        to_event: None,
        mode: rollback::Mode::Do,
        message: "it went wrong".to_owned(),
    };
    rollback::run(&project.of("ruth"), &request).unwrap();
}

#[test]
fn everybody_responsible_is_named_with_what_they_were_shown() {
    let project = project();
    let outcome = ask(&project, &live("production")).unwrap();
    assert!(outcome.live && outcome.until.is_none() && outcome.returned.is_none());
    let [author] = outcome.authors.as_slice() else { panic!("{outcome:#?}") };
    assert_eq!((author.person.as_str(), author.artifact.as_str()), ("tom", "hello"));
    assert_eq!(outcome.proposer.unwrap().person.as_str(), "tom");
    let [run] = outcome.evidence.as_slice() else { panic!("{:#?}", outcome.evidence) };
    assert_eq!((run.evaluator.as_str(), run.cases, run.passed, run.weighed), ("ci", 1, 1, true));
    assert_eq!(run.sources, [ReplySource::Unsigned]);
    let [approval] = outcome.approvals.as_slice() else { panic!("{:#?}", outcome.approvals) };
    assert_eq!((approval.person.as_str(), approval.dossier), ("ruth", outcome.promotion.dossier));
    assert_eq!((outcome.promotion.person.as_str(), outcome.promotion.kind.as_str()), ("omar", "promote"));
}

#[test]
fn a_stamp_a_bundle_and_a_place_lead_to_the_same_answer() {
    let project = project();
    let stamp = stamp(&project);
    let by_place = ask(&project, &live("production")).unwrap();
    assert_eq!(ask(&project, &Subject::Stamp(stamp.clone())).unwrap(), by_place);
    assert_eq!(ask(&project, &Subject::Bundle(stamp.bundle)).unwrap(), by_place);
}

#[test]
fn a_stamp_still_answers_after_a_rollback_and_says_since_when_it_is_no_longer_live() {
    let project = project();
    let first = stamp(&project);
    story::commit(&project.of("tom"), &[("prompt/hello", "two")]);
    let second_event = promote(&project, &["prompt/hello"]);
    let second = stamp(&project);
    let outcome = ask(&project, &Subject::Stamp(first.clone())).unwrap();
    assert_eq!((outcome.live, outcome.until.map(|step| step.event)), (false, Some(second_event)));
    rolled_back(&project);
    let outcome = ask(&project, &Subject::Stamp(second)).unwrap();
    assert_eq!((outcome.number, outcome.until.map(|step| step.kind).as_deref()), (2, Some("rollback")));
    // What is live again was put back by the rollback, and let through by the first promotion.
    let outcome = ask(&project, &live("production")).unwrap();
    assert_eq!(outcome.returned.map(|step| step.kind).as_deref(), Some("rollback"));
    assert_eq!((outcome.number, outcome.approvals.len()), (1, 1));
    assert!(first.event.matches(&outcome.promotion.event.0));
}

#[test]
fn where_heads_are_followed_the_commit_is_what_made_it_live() {
    let outcome = ask(&project(), &live("dev")).unwrap();
    assert_eq!(outcome.promotion.kind, "commit");
    assert_eq!(outcome.promotion.event, outcome.authors[0].event);
    assert!(outcome.proposer.is_none() && outcome.approvals.is_empty());
    assert_eq!(outcome.evidence.len(), 1);
}

#[test]
fn what_was_never_served_is_not_explained() {
    let project = project();
    let stamp = stamp(&project);
    let code = |subject: &Subject| ask(&project, subject).unwrap_err().code;
    let foreign = Stamp { project: "other".to_owned(), ..stamp.clone() };
    assert_eq!(code(&Subject::Stamp(foreign)), "foreign-stamp");
    let unknown = Stamp { bundle: Prefix::parse("000000").unwrap(), ..stamp };
    assert_eq!(code(&Subject::Stamp(unknown)), "unknown-stamp");
    assert_eq!(code(&Subject::Bundle(Prefix::parse("000000").unwrap())), "unknown-bundle");
    assert_eq!(code(&live("staging")), "not-live");
}

#[test]
fn a_proof_names_every_act_by_its_digest_and_needs_an_empty_folder() {
    let project = project();
    let folder = MemoryTree::new();
    let outcome = run(&project.of("tom"), &live("production"), Some(&folder)).unwrap();
    let files = outcome.packed.unwrap();
    let acts: Vec<Digest> = (files.iter())
        .filter(|path| {
            path.starts_with("acts/") && std::path::Path::new(path).extension().is_some_and(|end| end == "json")
        })
        .map(|path| Digest::of(&folder.read(path).unwrap().unwrap()))
        .collect();
    for event in [outcome.promotion.event, outcome.approvals[0].event, outcome.evidence[0].event] {
        assert!(acts.contains(&event.0), "{files:?}");
    }
    let bundle = folder.read("bundle.json").unwrap().unwrap();
    assert_eq!(Some(BundleId(Digest::of(&bundle))), outcome.bundle);
    let version = folder.read("versions/prompt/hello/hello.md").unwrap().unwrap();
    assert_eq!(VersionId(Digest::of(&version)), outcome.version);
    let again = run(&project.of("tom"), &live("production"), Some(&folder)).unwrap_err();
    assert_eq!(again.code, "pack-not-empty");
}
