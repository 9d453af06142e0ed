//! What holds for any sequence of acts by anybody.

use proptest::prelude::*;

use super::{
    gate::ready,
    project::{Project, env, key, suite},
};
use crate::{
    adapters::memory::MemoryJournal,
    ledger::{Changes, Deed, Event, History, Journal, Seal, SignedAct},
    object::{EventId, encode, parse},
    state::{Case, Payload, State, facts, receive},
    trust::{Namespace, Signer},
};

const NAMES: [&str; 2] = ["prompt/a", "suite/a"];
const EVERYBODY: [&str; 6] = ["maya", "tom", "ruth", "omar", "ci", "nina"];

/// One thing somebody tries; indexes are taken modulo what there is.
#[derive(Debug, Clone, Copy)]
enum Try {
    Commit { name: usize, text: u8 },
    Propose { to: usize },
    Approve(usize),
    Promote(usize),
    Reject(usize),
    Run { passes: bool },
    Back,
}

fn attempts(people: usize) -> impl Strategy<Value = Vec<(usize, Try)>> {
    let try_one = prop_oneof![
        4 => (0..NAMES.len(), any::<u8>()).prop_map(|(name, text)| Try::Commit { name, text }),
        4 => (0..2_usize).prop_map(|to| Try::Propose { to }),
        3 => any::<usize>().prop_map(Try::Approve),
        4 => any::<usize>().prop_map(Try::Promote),
        1 => any::<usize>().prop_map(Try::Reject),
        3 => prop::bool::weighted(0.8).prop_map(|passes| Try::Run { passes }),
        1 => Just(Try::Back),
    ];
    prop::collection::vec((0..people, try_one), 8..30)
}

/// Tries it; whether it was allowed.
fn attempt(project: &Project, person: &str, what: Try, proposals: &mut Vec<EventId>) -> bool {
    let pick = |at: usize| proposals.get(at % proposals.len().max(1)).copied();
    let known = |environment: &str| {
        let names: Vec<&str> = NAMES.into_iter().filter(|name| project.live("dev", name).is_some()).collect();
        project.heads(environment, &names)
    };
    let deed = match what {
        Try::Commit { name, text } => {
            let name = NAMES[name];
            let text = if name == "suite/a" { suite("a", &[&format!("case{}", text % 3)]) } else { format!("t{text}") };
            Project::commit(vec![project.change(name, &text)])
        }
        Try::Propose { to } => Deed::Propose(known(["staging", "production"][to])),
        Try::Approve(at) | Try::Promote(at) | Try::Reject(at) => {
            let Some(proposal) = pick(at) else { return false };
            match what {
                Try::Approve(_) => project.approval(proposal),
                Try::Promote(_) => project.promotion(proposal),
                _ => Deed::Reject(Project::reason(proposal)),
            }
        }
        Try::Run { passes } => {
            let (Some(bundle), Some(_)) = (project.bundle("dev", "a"), project.live("dev", "suite/a")) else {
                return false;
            };
            let run = project.announcement("a", bundle, "a", 1);
            let Ok(announced) = project.attempt(person, Deed::Announce(run.clone())) else { return false };
            let outcome = if passes { crate::ledger::Outcome::Passed } else { crate::ledger::Outcome::Failed };
            Deed::Evidence(project.evidence(announced, &run, |_, _| outcome))
        }
        Try::Back => {
            let view = project.view();
            let state = State::new(view.as_ref());
            let production = env("production");
            let Some(now) = state.environment(&production).unwrap().filter(|now| now.moves > 1) else { return false };
            let last = state.movement(&production, now.moves).unwrap().unwrap();
            let before = state.movement(&production, now.moves - 1).unwrap().unwrap();
            let to: Vec<_> = last.changes.iter().map(|change| (change.artifact.to_string(), change.from)).collect();
            let to: Vec<_> = to.iter().map(|(name, version)| (name.as_str(), *version)).collect();
            Deed::Rollback(project.back("production", before.event, &to))
        }
    };
    project.wait(1);
    match project.attempt(person, deed) {
        Ok(event) => {
            if matches!(what, Try::Propose { .. }) {
                proposals.push(event);
            }
            true
        }
        Err(_) => false,
    }
}

/// Production with everything it may have: a first promotion, so that there is something to lose.
fn begun() -> (Project, Vec<EventId>) {
    let (project, proposal) = ready();
    (project, vec![proposal])
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn folding_again_through_bytes_gives_the_same_state(tries in attempts(5)) {
        let (project, mut proposals) = begun();
        let accepted = tries.iter().filter(|(who, what)| {
            // Mostly somebody who may, so that much is accepted.
            let person = match what {
                Try::Commit { .. } | Try::Propose { .. } => "tom",
                Try::Run { .. } => "ci",
                _ => EVERYBODY[2 + who % 2],
            };
            attempt(&project, person, *what, &mut proposals)
        });
        let accepted = accepted.count();
        let (one, other) = (fold_again(&project), fold_again(&project));
        prop_assert_eq!(one, other);
        prop_assume!(accepted * 10 >= tries.len() * 3);
    }

    #[test]
    fn nobody_without_the_role_moves_production(tries in attempts(3)) {
        let (project, mut proposals) = begun();
        let before = project.live("production", "prompt/a");
        for (who, what) in tries {
            // An author, a program that is one, and somebody without any role: none may approve or promote.
            attempt(&project, ["tom", "bot", "nina"][who], what, &mut proposals);
            prop_assert_eq!(project.live("production", "prompt/a"), before);
        }
    }

    #[test]
    fn more_passing_evidence_and_approvals_never_turn_a_yes_into_a_no(more in prop::collection::vec(0..4_usize, 1..8)) {
        let (project, proposals) = begun();
        let proposal = proposals[0];
        project.ok("ruth", project.approval(proposal));
        prop_assert!(promotable(&project, proposal));
        let bundle = project.bundle("staging", "a").unwrap();
        for what in more {
            project.wait(60);
            match what {
                0 => drop(project.run("a", bundle, "a", &[])),
                1 => drop(project.attempt("omar", project.approval(proposal))),
                2 => drop(project.attempt("ruth", project.approval(proposal))),
                _ => drop(project.attempt("omar", project.reviewed(proposal))),
            }
            prop_assert!(promotable(&project, proposal), "after {}", what);
        }
    }
}
