//! Writers who race lose nothing.

use std::{collections::BTreeSet, env, thread};

use chancery::object::Digest;
use serde_json::Value;

use crate::support::{Project, ledger, shop::shop};

/// Commits of each writer: 60, or 200 where `CHANCERY_LONG` asks for the whole of it.
fn commits() -> usize {
    if env::var_os("CHANCERY_LONG").is_some() { 200 } else { 60 }
}

/// Commits new files one by one, each in its own process, and answers every event and version it was told.
fn write(project: &Project, writer: &str) -> Vec<(String, String, String)> {
    let told = (0..commits()).map(|number| {
        let (name, text) = (format!("{writer}/{number}"), format!("{writer} says {number}\n"));
        let path = format!("prompts/{name}.md");
        project.write(&path, &text);
        let document = project.json(["commit", &path, "-m", "one more"]);
        let event = document["event"].as_str().unwrap_or_else(|| panic!("{document}")).to_owned();
        assert_eq!(document["versions"][0]["version"], Digest::of(text.as_bytes()).hex());
        (event, name, Digest::of(text.as_bytes()).hex())
    });
    told.collect()
}

#[test]
fn two_writers_who_race_lose_nothing() {
    let mut project = shop();
    let before = events(&project).len();
    project.as_person("tom");
    let told = thread::scope(|scope| {
        let writers = ["left", "right"].map(|writer| scope.spawn(|| write(&project, writer)));
        writers.map(|writer| writer.join().unwrap()).concat()
    });

    let ledger = events(&project);
    assert_eq!(ledger.len(), before + 2 * commits());
    assert!(told.iter().all(|(event, ..)| ledger.contains(event)), "every event that was told is there");
    for (_, name, version) in &told {
        assert_eq!(project.json(["show", name])["version"], version.as_str(), "{name}");
    }
    nothing_is_left(&project);
    let verified = project.json(["verify"]);
    assert_eq!((&verified["ok"], &verified["events"]), (&Value::Bool(true), &ledger.len().into()));
}

#[test]
fn one_file_changed_by_nobody_else_is_committed_once_by_two_who_race_for_everything() {
    let mut project = shop();
    project.as_person("tom");
    for round in 0..6 {
        for number in 0..5 {
            project.write(&format!("prompts/{round}/{number}.md"), format!("{round} {number}\n"));
        }
        let exits = thread::scope(|scope| {
            let writers = [(); 2].map(|()| scope.spawn(|| project.run(["commit", "-m", "everything"])));
            writers.map(|writer| writer.join().unwrap())
        });
        for outcome in &exits {
            assert!([0, 4].contains(&outcome.exit), "{outcome}");
        }
        assert!(exits.iter().any(|outcome| outcome.exit == 0), "one of them is first");
        nothing_is_left(&project);
    }
    project.run(["verify"]).exits(0);
}

/// Every file is known to be what its head is.
fn nothing_is_left(project: &Project) {
    let document = project.json(["commit", "-m", "nothing"]);
    assert_eq!((&document["schema"], &document["event"]), (&"chancery.commit/1".into(), &Value::Null), "{document}");
}

/// The ids of all events.
fn events(project: &Project) -> BTreeSet<String> {
    ledger(&project.folder()).iter().map(|event| event.id().to_string()).collect()
}
