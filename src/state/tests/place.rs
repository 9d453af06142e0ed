//! Where an act stands, and who may say so.

use super::project::{Project, handle, key, refusal, rules};
use crate::{
    clock::Time,
    ledger::{Act, Deed, Event, History, Seal, SignedAct},
    object::{Digest, EventId},
    state::{Payload, receive},
    trust::{Namespace, Signature, Signer},
};

/// A commit of tom's, and the event it would be.
fn next(project: &Project) -> Event {
    let deed = Project::commit(vec![project.change("prompt/a", "one")]);
    project.event(signed(&project.act("tom", deed), "tom"), "tom")
}

fn signed(act: &Act, with: &str) -> SignedAct {
    SignedAct::sign(act.clone(), &key(with)).unwrap()
}

#[track_caller]
fn refused(project: &Project, event: &Event) -> &'static str {
    project.decide(event).map_or_else(|refusal| refusal.rule, |_| panic!("allowed"))
}

/// The next event after its record was meddled with.
#[track_caller]
fn meddled(change: impl Fn(&mut Event)) -> &'static str {
    let project = Project::new();
    let mut event = next(&project);
    project.decide(&event).unwrap();
    change(&mut event);
    refused(&project, &event)
}

/// The next event after its act was meddled with and signed again.
#[track_caller]
fn restated(with: &str, change: impl Fn(&mut Act)) -> &'static str {
    let project = Project::new();
    let mut act = next(&project).act.act().clone();
    change(&mut act);
    refused(&project, &project.event(signed(&act, with), "tom"))
}

#[test]
fn an_event_stands_where_it_says() {
    assert_eq!(meddled(|event| event.record.seq += 1), "wrong-place");
    assert_eq!(meddled(|event| event.record.seq -= 1), "wrong-place");
    assert_eq!(meddled(|event| event.record.act = EventId(Digest::of(b"x"))), "wrong-act");
    assert_eq!(meddled(|event| event.record.signature = Digest::of(b"x")), "wrong-act");
    let earlier = Time::parse("2026-11-20T07:59:59Z").unwrap();
    assert_eq!(meddled(|event| event.record.time = earlier), "time-goes-back");
}

#[test]
fn what_was_decided_by_unknown_rules_asks_for_an_upgrade() {
    assert_eq!(meddled(|event| event.record.rules += 1), "upgrade");
    assert_eq!(meddled(|event| event.record.rules = 0), "upgrade");
    assert_eq!(meddled(|event| event.record.format = 2), "upgrade");
    let project = Project::new();
    let act = Act { format: 2, ..next(&project).act.act().clone() };
    let act = signed(&act, "tom");
    let error = SignedAct::read(act.bytes(), act.signature().as_str()).unwrap_err();
    assert!(error.to_string().ends_with("upgrade"), "{error}");
}

#[test]
fn an_act_belongs_to_its_project_and_its_past() {
    assert_eq!(restated("tom", |act| act.project = Digest::of(b"x")), "foreign-project");
    assert_eq!(restated("tom", |act| act.seen = Some(EventId(Digest::of(b"x")))), "unknown-past");
    assert_eq!(restated("tom", |act| act.seen = None), "unknown-past");
}

#[test]
fn an_act_is_placed_once() {
    let project = Project::new();
    let event = next(&project);
    project.place(event.act.clone(), "tom").unwrap();
    assert_eq!(project.place(event.act, "tom").unwrap_err().rule, "replayed");
}

#[test]
fn a_key_speaks_for_its_owner_and_for_nobody_else() {
    assert_eq!(restated("maya", |_| ()), "key-of-another");
    assert_eq!(restated("tom", |act| act.person = handle("maya")), "key-of-another");
    assert_eq!(restated("eve", |act| act.person = handle("eve")), "unknown-key");
    assert_eq!(restated("eve", |_| ()), "unknown-key");
}

#[test]
fn the_recorder_is_a_listed_person() {
    assert_eq!(meddled(|event| event.record.recorder = handle("eve")), "unknown-recorder");
    let project = Project::new();
    let event = next(&project);
    project.place(event.act, "nina").expect("anybody listed may place what another signed");
}

#[test]
fn the_seal_is_the_recorders() {
    let project = Project::new();
    let event = next(&project);
    let seal = |person: &str, namespace: Namespace, bytes: &[u8]| {
        let signature: Signature = key(person).sign(namespace, bytes).unwrap();
        Seal { signed: b"the commit".to_vec(), signature }
    };
    let view = project.view();
    let payload = Payload::new(&project.store);
    let rule = |seal: &Seal| refusal(receive(view.as_ref(), &event, seal, &payload)).map_err(|refusal| refusal.rule);
    assert_eq!(rule(&seal("maya", Namespace::Git, b"the commit")), Err("bad-seal"));
    assert_eq!(rule(&seal("eve", Namespace::Git, b"the commit")), Err("unknown-recorder"));
    assert_eq!(rule(&seal("tom", Namespace::Act, b"the commit")), Err("bad-seal"));
    assert_eq!(rule(&seal("tom", Namespace::Git, b"another commit")), Err("bad-seal"));
    assert!(rule(&seal("tom", Namespace::Git, b"the commit")).is_ok());
}

#[test]
fn an_act_signed_for_another_purpose_is_no_act() {
    let project = Project::new();
    let event = next(&project);
    let signature = key("tom").sign(Namespace::Git, event.act.bytes()).unwrap();
    let error = SignedAct::read(event.act.bytes(), signature.as_str()).unwrap_err();
    assert!(error.to_string().contains("signed for `git`"), "{error}");
}

#[test]
fn a_project_begins_once_by_a_root_of_its_first_rules() {
    let project = Project::empty();
    let governance = project.keep(&rules(""));
    assert_eq!(project.no("tom", Deed::Init { governance }), "not-allowed");
    assert_eq!(project.no("maya", Deed::Init { governance: Digest::of(b"never kept") }), "payload-missing");
    assert_eq!(project.no("maya", Deed::Init { governance: project.keep("nonsense") }), "bad-governance");
    assert_eq!(project.no("maya", Deed::Withdraw(Project::reason(EventId(governance)))), "not-begun");
    let foreign = Act { project: Digest::of(b"x"), ..project.act("maya", Deed::Init { governance }) };
    assert_eq!(project.place(signed(&foreign, "maya"), "maya").unwrap_err().rule, "foreign-project");
    let init = signed(&project.act("maya", Deed::Init { governance }), "maya");
    assert_eq!(project.place(init.clone(), "tom").unwrap_err().rule, "unknown-recorder");
    project.place(init, "maya").unwrap();
    assert_eq!(project.no("maya", Deed::Init { governance }), "already-begun");
    assert_eq!(project.journal.tip().unwrap().unwrap().seq, 1);
}
