//! What holds for any sequence of acts by anybody.

mod authority;
mod clones;
#[expect(clippy::redundant_closure_for_method_calls, reason = "a method named by its path is not general enough")]
mod deeds;
mod tally;
#[expect(clippy::redundant_closure_for_method_calls, reason = "a method named by its path is not general enough")]
mod useful;
mod ways;

use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use super::{
    gate::ready_under,
    project::{Project, key},
};
use crate::{
    adapters::memory::MemoryJournal,
    ledger::{Changes, Event, History, Journal, LiveChange, Seal, SignedAct},
    object::{EventId, encode, parse},
    state::{Case, Payload, ProposalRecord, State, Status, facts, receive},
    trust::{Namespace, Signer},
};
use deeds::in_force;
use tally::Tally;
use ways::{Try, look, tries};

/// So many sequences, the same every time; `CHANCERY_LAWS=20` tries twenty times as many that nobody has seen.
fn runner(cases: u32) -> TestRunner {
    let config = |cases| Config { cases, failure_persistence: None, ..Config::default() };
    match std::env::var("CHANCERY_LAWS").ok().and_then(|times| times.parse::<u32>().ok()) {
        Some(times) => TestRunner::new(config(cases * times)),
        None => TestRunner::new_with_rng(config(cases), TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    }
}

/// A prompt and its suite, live everywhere, so that there is something to lose.
fn begun() -> Project {
    let (project, proposal) = ready_under(&in_force());
    project.ok("ruth", project.approval(proposal));
    project.ok("omar", project.promotion(proposal));
    project
}

/// Folds the whole ledger again into a journal of its own, through bytes and the rules.
fn fold_again(project: &Project) -> Vec<Changes> {
    let again = MemoryJournal::new();
    let payload = Payload::new(&project.store);
    let mut all = Vec::new();
    for seq in 1..=project.seq() {
        let (event, seal) = project.journal.read(seq).unwrap();
        let act = SignedAct::read(event.act.bytes(), event.act.signature().as_str()).unwrap();
        let event = Event { record: parse(&encode(&event.record)).unwrap().record, act };
        let seal = Seal { signed: seal.signed, signature: seal.signature };
        let view = again.state(seq - 1).unwrap();
        let changes = receive(view.as_ref(), &event, &seal, &payload).unwrap();
        drop(view);
        assert!(project.journal.follows(seq, &changes).unwrap(), "the state after event {seq}");
        let recorder = event.record.recorder.as_str().to_owned();
        let seal = |bytes: &[u8]| key(&recorder).sign(Namespace::Git, bytes);
        again.append(again.tip().unwrap().as_ref(), &event, &changes, &seal).unwrap();
        all.push(changes);
    }
    all
}

/// Whether the gate would let it through now.
fn promotable(project: &Project, proposal: EventId) -> bool {
    let view = project.view();
    let state = State::new(view.as_ref());
    let (governance, rules) = project.governance();
    let record = project.record(proposal);
    let case = Case::new(&state, &governance, rules, &record).unwrap();
    let now = state.newest().unwrap().unwrap().time;
    let gate = &case.environment.unwrap().gate;
    crate::gate::weigh(gate, &facts(&state, &case, now).unwrap()).pass
}

#[test]
fn folding_again_through_bytes_gives_the_same_state() {
    let tally = Tally::default();
    let law = |tries: Vec<Try>| {
        let project = begun();
        for one in tries {
            one.go(&project, Some(&tally));
        }
        prop_assert_eq!(fold_again(&project), fold_again(&project));
        Ok(())
    };
    runner(10).run(&tries(15..40), law).unwrap();
    tally.is_lively();
}

/// Open proposals for production that the gate would let through now.
fn promotables(project: &Project) -> Vec<ProposalRecord> {
    let mut open = look(project, |state| state.open("production"));
    open.retain(|record| record.status == Status::Open && stands(project, record) && promotable(project, record.id));
    open
}

/// Whether nothing that a proposal replaces has moved since.
fn stands(project: &Project, record: &ProposalRecord) -> bool {
    let is_base = |change: &LiveChange| {
        let place = super::project::env(&record.proposal.environment);
        let live = look(project, |state| state.live(&place, &change.artifact));
        change.stands_on(live.map(|live| (live.version, live.event)))
    };
    record.proposal.changes.iter().all(is_base)
}

#[test]
fn more_passing_evidence_and_approvals_never_turn_a_yes_into_a_no() {
    let found = std::cell::Cell::new(0);
    let law = |(first, more): (Vec<Try>, Vec<usize>)| {
        let (project, proposal) = ready_under(&in_force());
        project.ok("ruth", project.approval(proposal));
        for (one, what) in first.into_iter().zip(more) {
            one.go(&project, None);
            for record in promotables(&project) {
                found.set(found.get() + 1);
                project.wait(60);
                adds(&project, &record, what);
                prop_assert!(promotable(&project, record.id), "after {}", what);
            }
        }
        Ok(())
    };
    runner(24).run(&(tries(8..24), prop::collection::vec(0..6_usize, 24)), law).unwrap();
    assert!(found.get() > 10, "{} proposals could have been carried out", found.get());
}

/// A passing run of a bundle that would be live, an approval, or a review.
fn adds(project: &Project, record: &ProposalRecord, what: usize) {
    match what {
        0..3 => {
            for change in &record.proposal.bundles {
                let suite = look(project, |state| state.head(&super::project::artifact("suite/a")));
                let known = change.prompt.as_str() == "a" && suite.is_some_and(|head| head.version.is_some());
                if let Some(bundle) = change.after.filter(|_| known) {
                    project.run("a", bundle, "a", &[]);
                }
            }
        }
        3 => drop(project.attempt("omar", project.approval(record.id))),
        4 => drop(project.attempt("ruth", project.approval(record.id))),
        _ => drop(project.attempt("omar", project.reviewed(record.id))),
    }
}
