//! Nothing moves, opens or closes but by somebody whose role says so.

use std::collections::BTreeSet;

use super::{
    super::project::{Project, env, handle},
    begun, runner,
    tally::Tally,
    ways::{Tried, Try, look, tries},
};
use crate::{
    ledger::Deed,
    object::{Digest, EventId},
    state::{LiveRecord, QuarantineRecord, State, StateError, StopRecord},
    trust::Verb,
};

const GUARDED: [&str; 3] = ["staging", "production", "edge"];

/// All that only somebody with a role may change.
#[derive(Debug, Clone, PartialEq)]
struct Guarded {
    places: Vec<Place>,
    rules: Digest,
    closed: BTreeSet<EventId>,
    halts: Vec<StopRecord>,
}

/// One environment that heads do not move.
#[derive(Debug, Clone, PartialEq)]
struct Place {
    name: &'static str,
    live: Vec<LiveRecord>,
    quarantined: Vec<QuarantineRecord>,
    frozen: Option<StopRecord>,
}

fn guarded(project: &Project) -> Guarded {
    look(project, |state| {
        let place = |name: &'static str| -> Result<Place, StateError> {
            let environment = env(name);
            let (live, quarantined) = (state.all_live(&environment)?, state.all_quarantined(&environment)?);
            Ok(Place { name, live, quarantined, frozen: state.frozen(&environment)? })
        };
        let answered = state.findings()?.into_iter().filter(|finding| finding.answer.is_some());
        Ok(Guarded {
            places: GUARDED.into_iter().map(place).collect::<Result<_, _>>()?,
            rules: state.project()?.map(|project| project.governance).unwrap(),
            closed: answered.map(|finding| finding.id).collect(),
            halts: state.halts()?,
        })
    })
}

/// Whether one of these verbs is the person's there, by the rules in force.
fn may(project: &Project, person: &str, verbs: &[Verb], place: Option<&str>) -> bool {
    let place = place.map(env);
    let people = &project.governance().0.people;
    verbs.iter().any(|verb| people.may(&handle(person), *verb, &[], place.as_ref()))
}

/// What changed is what somebody of this role may change; `people` answers by the rules before the event.
fn is_covered(person: &str, before: &Guarded, after: &Guarded, may: impl Fn(&[Verb], Option<&str>) -> bool) {
    let mut needs: Vec<(&str, &[Verb], Option<&str>)> = Vec::new();
    for (old, new) in before.places.iter().zip(&after.places) {
        let place = Some(old.name);
        if old.live != new.live {
            needs.push(("what is live", &[Verb::Promote, Verb::Rollback, Verb::Override, Verb::Adopt], place));
        }
        if old.quarantined.iter().any(|record| !new.quarantined.contains(record)) {
            needs.push(("a quarantine", &[Verb::Promote, Verb::Rollback, Verb::Override], place));
        }
        if old.frozen != new.frozen {
            needs.push(("a freeze", &[Verb::Freeze], place));
        }
    }
    if before.rules != after.rules {
        needs.push(("the rules", &[Verb::Govern], None));
    }
    if before.closed != after.closed {
        needs.push(("a finding", &[Verb::Finding, Verb::Govern], None));
    }
    if before.halts != after.halts {
        needs.push(("a halt", &[Verb::Halt], None));
    }
    for (what, verbs, place) in needs {
        assert!(may(verbs, place), "{person} changed {what} and has none of {verbs:?} in {place:?}");
    }
}

#[test]
fn whatever_is_tried_only_people_with_the_role_move_open_or_close_anything() {
    let tally = Tally::default();
    let law = |tries: Vec<Try>| {
        let project = begun();
        for one in tries {
            let Some(Tried { name, person, deed }) = one.now(&project) else { continue };
            let before = guarded(&project);
            let rules = project.governance().0;
            project.wait(1);
            let tried = project.attempt(person, deed);
            tally.count(name, tried.as_ref().err().map(|refusal| refusal.rule));
            if tried.is_err() {
                assert_eq!(guarded(&project), before, "a refusal changes nothing");
                continue;
            }
            let may = |verbs: &[Verb], place: Option<&str>| {
                let place = place.map(env);
                verbs.iter().any(|verb| rules.people.may(&handle(person), *verb, &[], place.as_ref()))
            };
            is_covered(person, &before, &guarded(&project), may);
        }
        Ok(())
    };
    runner(24).run(&tries(25..40), law).unwrap();
    tally.is_lively();
    tally.is_of_every_kind();
}

#[test]
fn no_sequence_by_people_without_the_role_moves_an_environment_the_rules_or_a_stop() {
    const WITHOUT: [&str; 4] = ["tom", "bot", "nina", "eve"];
    let law = |(first, then): (Vec<Try>, Vec<Try>)| {
        let project = begun();
        for one in first {
            one.go(&project, None);
        }
        let before = guarded(&project);
        for one in then {
            let person = one.one_of(&WITHOUT);
            let verbs =
                [Verb::Promote, Verb::Rollback, Verb::Govern, Verb::Freeze, Verb::Halt, Verb::Override, Verb::Adopt];
            assert!(!may(&project, person, &verbs, None), "{person} has a role after all");
            project.wait(1);
            let Some(Tried { deed, .. }) = one.now(&project) else { continue };
            let closes = match &deed {
                Deed::Answer(answer) => look(&project, |state| state.finding(answer.finding)),
                _ => None,
            };
            let was = guarded(&project);
            project.attempt(person, deed).ok();
            let now = guarded(&project);
            if was.closed != now.closed {
                assert_eq!(
                    closes.unwrap().person.as_str(),
                    person,
                    "who raised a finding may take it back, nobody else"
                );
            }
            assert_eq!(Guarded { closed: before.closed.clone(), ..now }, before, "by {person}");
        }
        Ok(())
    };
    runner(16).run(&(tries(0..25), tries(10..30)), law).unwrap();
}

#[test]
fn the_people_without_the_role_could_have_moved_it_had_they_had_it() {
    // The twin: the same sequences by people with the roles do move it.
    let moved = std::cell::Cell::new(0);
    let law = |then: Vec<Try>| {
        let project = begun();
        let before = look(&project, |state| state.all_live(&env("production")));
        for one in then {
            one.go(&project, None);
        }
        let after = look(&project, |state: &State<'_>| state.all_live(&env("production")));
        moved.set(moved.get() + usize::from(before != after));
        Ok(())
    };
    runner(14).run(&tries(30..50), law).unwrap();
    assert!(moved.get() > 0, "production moved in {} sequences", moved.get());
}
