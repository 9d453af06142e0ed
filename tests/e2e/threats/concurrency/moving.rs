//! Threats 22 and 23: the environment moves under a promotion; two promote at once.

use std::{
    fs::{self, File},
    process::Stdio,
    thread,
    time::Duration,
};

use chancery::ledger::Event;
use serde_json::Value;

use crate::{
    support::{
        Forge, Project,
        shop::{dossier, made},
    },
    threats::{
        attack::{found, promotion, refused, taken},
        crew::{approves, begun, by_tom, commits, proposes, rules},
    },
};

/// A project with two approved changes of one artifact: either can go live, not both.
fn two() -> (Project, [String; 2]) {
    let mut project = begun(&rules(1));
    let wishes = ["Hello.\n", "Hello there.\n"].map(|text| {
        commits(&mut project, "tom", text, &[]);
        let proposal = proposes(&mut project, "maya");
        approves(&mut project, "omar", &proposal);
        proposal
    });
    (project, wishes)
}

/// Runs a promotion until it has weighed the gate and waits to write; meanwhile somebody else's is recorded, where one
/// is named. Answers what the first says in the end.
fn overtaken(project: &Project, slow: &str, fast: Option<&str>) -> Value {
    let forge = Forge::of(project);
    let tip = || forge.word(&["rev-parse", "refs/chancery/ledger"], b"");
    let before = tip();
    fast.map(|fast| project.run(["promote", fast]).exits(0));
    let after = tip();
    forge.git(&["update-ref", "refs/chancery/ledger", &before], b"");
    let lock = File::open(project.folder().join(".chancery/lock")).unwrap();
    lock.lock().unwrap();
    let mut command = project.command(&["--json", "promote", slow]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    waits_for_a_lock(child.id());
    forge.git(&["update-ref", "refs/chancery/ledger", &after], b"");
    lock.unlock().unwrap();
    serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap()
}

/// Returns once a process stands still before a lock that somebody else holds.
fn waits_for_a_lock(process: u32) {
    let waiting = format!(" {process} ");
    let is_waiting = |line: &str| line.contains("->") && line.contains(&waiting);
    for _ in 0..3000 {
        if fs::read_to_string("/proc/locks").unwrap().lines().any(is_waiting) {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("it never came to the lock");
}

#[test]
fn threat_22_what_was_weighed_before_the_environment_moved_is_weighed_again() {
    let (project, [first, second]) = two();
    let weighed = dossier(&project, &second);
    let told = overtaken(&project, &second, Some(&first));
    assert_eq!((&told["code"], &told["exit"]), (&"moved".into(), &4.into()), "{told:#}");
    assert_eq!(project.run(["cat", "greet@production"]).exits(0).stdout, "Hello.\n");
    refused(&project, "gate", "omar", promotion(&second, &weighed));
    taken(&project);
    // The twin: it waits as long, and nothing moves.
    let (project, [_, second]) = two();
    let told = overtaken(&project, &second, None);
    assert_eq!(told["promoted"], true, "{told:#}");
    taken(&project);
}

#[test]
fn threat_22_a_promotion_brought_to_where_the_environment_has_moved_is_refused() {
    let (project, [first, second]) = two();
    let apart = project.copy();
    // Carried out in a copy, and brought over as it was signed.
    apart.run(["promote", &second]).exits(0);
    let act = Forge::of(&apart).newest().act;
    project.run(["promote", &first]).exits(0);
    let forge = Forge::of(&project);
    let event = forge.place(act.clone());
    found(&project, "gate", "moved", &event);
    // The twin: at the place for which it was signed it is lawful.
    forge.undo();
    forge.undo();
    let record = forge.record(&act, "omar");
    let event = Event { record, act };
    forge.append(&event, &forge.lawful(&event), "omar");
    taken(&project);
}

#[test]
fn threat_23_of_two_promotions_at_once_one_wins_and_the_other_is_told_who_and_why() {
    let (played, wishes) = two();
    for _ in 0..2 {
        let project = played.copy();
        let ended = thread::scope(|scope| {
            let runs = wishes.each_ref().map(|wish| scope.spawn(|| project.run(["--json", "promote", wish])));
            runs.map(|run| run.join().unwrap())
        });
        let mut exits = ended.each_ref().map(|run| run.exit);
        exits.sort_unstable();
        assert_eq!(exits, [0, 4], "{}{}", ended[0], ended[1]);
        let winner = ended.iter().find(|run| run.exit == 0).unwrap().document();
        assert_eq!(project.live("production", "greet"), winner["changes"][0]["to"]);
        taken(&project);
    }
    let told = overtaken(&played, &wishes[1], Some(&wishes[0]));
    assert_eq!((&told["code"], &told["exit"]), (&"moved".into(), &4.into()), "{told:#}");
    let because = told["because"].as_str().unwrap();
    assert!(because.contains("`omar` moved it") && because.contains("with event"), "{because}");
    assert!(told["next"].to_string().contains("--refresh"), "{told:#}");
}

#[test]
fn threat_23_twin_two_promotions_that_do_not_touch_each_other_both_go_live() {
    let (mut project, one) = by_tom(1);
    approves(&mut project, "omar", &one);
    project.write("prompts/other.md", "Hm.\n");
    project.as_person("tom").run(["commit", "-m", "another"]).exits(0);
    let other = made(project.as_person("maya").json(["propose", "production", "other", "-m", "another"]));
    approves(&mut project, "omar", &other);
    let ended = thread::scope(|scope| {
        let runs = [&one, &other].map(|wish| scope.spawn(|| project.run(["--json", "promote", wish]).exit));
        runs.map(|run| run.join().unwrap())
    });
    assert_eq!(ended, [0, 0]);
    taken(&project);
}
