//! Hours, freezes and halts, at gates of every kind.

use super::*;
use crate::clock::{TimeOfDay, Weekday, Window, Zone};

fn hours(from: &str, to: &str) -> Window {
    let at = |text| TimeOfDay::parse(text).unwrap();
    Window::new(Weekday::ALL, at(from), at(to), Zone::parse("UTC").unwrap()).unwrap()
}

fn stop(stop: Stop, since: i64) -> StopFacts {
    StopFacts {
        stop,
        since: time(since),
        event: EventId(digest(&since.to_string())),
        person: handle("omar"),
        message: "\nrefunds doubled\nsince noon".to_owned(),
        who: vec![handle("omar"), handle("ruth")],
    }
}

fn frozen() -> StopFacts {
    stop(Stop::Frozen(environment("production")), -50)
}

fn halted() -> StopFacts {
    let artifact = Some(Artifact::new(Kind::Tool, name("refund")));
    stop(Stop::Halted { environment: None, artifact }, -60)
}

#[track_caller]
fn judged(gate: &Gate, window: Option<Window>, stops: Vec<StopFacts>) -> Option<RuleResult> {
    let facts = Facts { window: WindowFacts { window, stops }, ..good() };
    let verdict = weigh(gate, &facts);
    let found = verdict.rules.iter().find(|rule| rule.rule == Rule::Window).cloned();
    assert_eq!(verdict.pass, found.as_ref().is_none_or(|rule| rule.ok), "{verdict:#?}");
    found
}

// The facts are of 2027-01-15T08:00:00Z.

#[test]
fn where_nothing_is_asked_and_nothing_stopped_there_is_no_such_rule() {
    assert_eq!(judged(&strict(), None, Vec::new()), None);
}

#[test]
fn a_change_is_made_inside_its_hours_alone() {
    let inside = judged(&strict(), Some(hours("08:00", "16:00")), Vec::new()).unwrap();
    assert_eq!((inside.ok, inside.code.as_str()), (true, "inside-window"));
    let outside = judged(&strict(), Some(hours("09:00", "16:00")), Vec::new()).unwrap();
    assert_eq!((outside.ok, outside.code.as_str()), (false, "outside-window"));
    assert_eq!(outside.reason, "`production` is changed every day from 09:00 to 16:00 UTC; it is fri 08:00 there");
    assert_eq!(outside.next, Some(Next::Wait { until: Time::parse("2027-01-15T09:00:00Z").unwrap() }));
    assert!(!outside.is_stopped());
    let closed = judged(&strict(), Some(hours("16:00", "08:00")), Vec::new()).unwrap();
    assert_eq!(closed.next, Some(Next::Wait { until: Time::parse("2027-01-15T16:00:00Z").unwrap() }));
}

#[test]
fn an_open_gate_is_closed_by_a_freeze_by_a_halt_and_outside_its_hours() {
    let open = Gate { open: true, ..Gate::default() };
    for (window, stops, code) in [
        (None, vec![frozen()], "frozen"),
        (None, vec![halted()], "halted"),
        (Some(hours("09:00", "16:00")), Vec::new(), "outside-window"),
    ] {
        assert_eq!(judged(&open, window, stops).unwrap().code, code);
    }
}

#[test]
fn who_stopped_it_comes_before_the_hours_and_cannot_be_waived() {
    let other = stop(Stop::Halted { environment: Some(environment("production")), artifact: None }, -10);
    let mut stops = vec![halted(), other, frozen(), halted()];
    let found = judged(&strict(), Some(hours("09:00", "16:00")), stops.clone()).unwrap();
    assert!(found.is_stopped());
    assert_eq!(found.reason, "`production` is frozen, by `omar` at 2027-01-15T07:59:10Z: refunds doubled (and 3 more)");
    let who = vec![handle("omar"), handle("ruth")];
    assert_eq!(found.next, Some(Next::Thaw { environment: environment("production"), who: who.clone() }));
    stops.reverse();
    assert_eq!(judged(&strict(), Some(hours("09:00", "16:00")), stops), Some(found));
    let artifact = Some(Artifact::new(Kind::Tool, name("refund")));
    let found = judged(&strict(), Some(hours("08:00", "16:00")), vec![halted()]).unwrap();
    assert!(found.is_stopped() && found.reason.starts_with("`tool/refund` is halted, by `omar`"), "{found:?}");
    assert_eq!(found.next, Some(Next::Resume { environment: None, artifact, who }));
}
