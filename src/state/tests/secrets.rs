//! No secret gets into the ledger, and what somebody answers for does.

use super::{
    gate::ready,
    project::{Project, env},
};
use crate::{
    eval::Reply,
    ledger::{Deed, Exception, Freeze, Outcome, Reason},
    object::{Digest, Store},
    scan::scan,
    state::State,
};

/// A token of a known shape; nobody's.
fn token() -> String {
    ["ghp_", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6"].concat()
}

fn fingerprint(project: &Project, text: &str) -> Digest {
    let id = State::new(project.view().as_ref()).project().unwrap().unwrap().project;
    scan(text)[0].fingerprint(&id, text)
}

fn except(fingerprint: Digest) -> Deed {
    Deed::Except(Exception { fingerprint, reason: "shown in the vendor's documentation".to_owned() })
}

#[test]
fn a_version_with_a_secret_is_refused_until_somebody_answers_for_it() {
    let project = Project::new();
    let text = format!("Use {} to log in.\n", token());
    let commit = || Project::commit(vec![project.change("policy/access", &text)]);
    assert_eq!(project.no("tom", commit()), "secret");
    project.commits("tom", &[("policy/access", "Use the token of the vault to log in.\n")]);
    project.ok("maya", except(fingerprint(&project, &text)));
    project.ok("tom", commit());
    let other = text.replace("aB3", "aB4");
    assert_eq!(project.no("tom", Project::commit(vec![project.change("policy/access", &other)])), "secret");
}

#[test]
fn words_with_a_secret_are_refused_whatever_is_done() {
    let project = Project::new();
    let mut commit = Project::commit(vec![project.change("policy/access", "be kind\n")]);
    let proposal = project.ok("tom", commit.clone());
    if let Deed::Commit(commit) = &mut commit {
        commit.message = format!("with {}", token());
    }
    assert_eq!(project.no("tom", commit), "secret");
    let message = format!("it is {}", token());
    assert_eq!(project.no("ruth", Deed::Reject(Reason { proposal, message: message.clone() })), "secret");
    assert_eq!(project.no("ruth", Deed::Freeze(Freeze { environment: env("production"), message })), "secret");
    let reason = format!("{} is none", token());
    let deed = Deed::Except(Exception { fingerprint: Digest::of(b"x"), reason });
    assert_eq!(project.no("maya", deed), "secret");
}

#[test]
fn an_exception_is_said_once_by_a_person_who_may_and_says_why() {
    let project = Project::new();
    let one = Digest::of(b"one");
    assert_eq!(project.no("tom", except(one)), "not-allowed");
    assert_eq!(project.no("ci", except(one)), "not-allowed");
    let silent = Deed::Except(Exception { fingerprint: one, reason: " \n".to_owned() });
    assert_eq!(project.no("maya", silent), "no-reason");
    let event = project.ok("maya", except(one));
    assert_eq!(project.no("maya", except(one)), "already-excepted");
    let view = project.view();
    let state = State::new(view.as_ref());
    let record = state.exception(&one).unwrap().unwrap();
    assert_eq!((record.event, record.person.as_str()), (event, "maya"));
    assert_eq!(state.exceptions().unwrap(), [record]);
    assert_eq!(state.exception(&Digest::of(b"two")).unwrap(), None);
}

#[test]
fn a_role_may_be_given_exceptions_and_a_program_never_makes_one() {
    let roles = "\n[roles.evaluator]\nmay = [\"evaluate\", \"except\"]\n";
    let project = Project::under(&format!("{roles}{}", super::project::RULES_TEXT));
    assert_eq!(project.no("ci", except(Digest::of(b"one"))), "program-excepts");
    let roles = "\n[roles.reviewer]\nmay = [\"except\"]\n";
    let project = Project::under(&format!("{roles}{}", super::project::RULES_TEXT));
    project.ok("ruth", except(Digest::of(b"one")));
}

#[test]
fn evidence_with_a_secret_in_a_reply_is_refused_and_with_a_mark_it_is_not() {
    let (project, _) = ready();
    let run = project.announcement("a", project.bundle("staging", "a").unwrap(), "a", 1);
    let announced = project.ok("ci", Deed::Announce(run.clone()));
    let with_reply = |text: String| {
        let mut evidence = project.evidence(announced, &run, |_, _| Outcome::Passed);
        evidence.samples[0].reply = Some(project.store.put(&[&Reply::text(text).to_bytes()]).unwrap().remove(0));
        Deed::Evidence(evidence)
    };
    assert_eq!(project.no("ci", with_reply(format!("here: {}", token()))), "secret");
    project.ok("ci", with_reply("here: [secret: github-token]".to_owned()));
}
