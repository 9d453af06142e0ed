//! Threat 20: clocks that are set back or ahead.

use chancery::{
    clock::Time,
    ledger::{Event, EventRecord, SignedAct},
};

use crate::support::{Project, signer};
use crate::threats::scene::{Scene, sound};

/// Puts a lawful word of tom's on the remote, recorded so many seconds after the event before it.
fn recorded_later(scene: &Scene, seconds: i64) {
    let forge = scene.forge();
    let act = SignedAct::sign(forge.act("tom", scene.word()), &signer("tom")).unwrap();
    let record = forge.record(&act, "tom");
    let time = Time::from_unix(record.time.unix() + seconds).unwrap();
    let event = Event { record: EventRecord { time, ..record }, act };
    let changes = forge.changes_of(&event);
    forge.append(&event, &changes, "tom");
    scene.offer();
}

#[test]
fn threat_20_an_event_from_the_future_is_refused_until_it_is_not() {
    const DAY: i64 = 24 * 60 * 60;
    let mut scene = Scene::new();
    recorded_later(&scene, 30 * DAY);
    for document in [scene.refused("from-the-future", 1), scene.refused_to_newcomers("from-the-future", 1)] {
        let words = document.to_string();
        assert!(words.contains("recorded by `tom` at") && words.contains("one of two clocks is wrong"), "{words}");
    }
    // What is ahead by a few minutes is a clock that nobody set: it is taken.
    let near = Scene::new();
    recorded_later(&near, 5 * 60);
    near.accepted();
    // A month later it is no longer the future.
    scene.honest.at("2026-12-28T08:00:00Z").run(["pull"]).exits(0);
    sound(&scene.honest);
}

#[test]
fn threat_20_an_event_before_the_one_it_follows_is_refused() {
    let scene = Scene::new();
    recorded_later(&scene, -1);
    scene.refused("time-goes-back", 1);
    scene.refused_to_newcomers("time-goes-back", 1);
}

#[test]
fn threat_20_twin_a_clock_that_is_behind_states_no_earlier_time_than_what_it_follows() {
    let scene = Scene::new();
    let mut late = Project::new();
    late.as_person("tom").run(["clone", &scene.url(), "."]).exits(0);
    late.at("2020-01-01T00:00:00Z").write("policies/late.md", "Never late.\n").run(["commit", "-m", "late"]).exits(0);
    late.run(["push"]).exits(0);
    scene.accepted();
}
