//! An attack that got into a ledger: every honest reader says no, and names the event and the rule.

use std::{
    collections::BTreeSet,
    fs,
    sync::{Mutex, PoisonError},
    thread,
};

use chancery::{
    ledger::{Approval, Deed, Promotion},
    object::{Digest, DossierId, EventId},
};
use serde_json::Value;

use crate::support::{
    Forge, Project,
    remote::Bare,
    story::{Story, story},
};

/// What `verify` says is wrong: the event, the rule, and the message.
pub(super) fn problems(project: &Project, args: &[&str]) -> Vec<(String, String, String)> {
    let document = project.json(args);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let problems = document["problems"].as_array().unwrap_or_else(|| panic!("{document}"));
    assert_eq!(document["ok"], problems.is_empty(), "{document}");
    problems.iter().map(|one| (text(&one["event"]), text(&one["rule"]), text(&one["message"]))).collect()
}

/// `verify` names the event, the rule and these words; whoever is offered this ledger takes nothing of it.
#[track_caller]
pub(super) fn found(project: &Project, rule: &str, words: &str, event: &str) {
    let found = problems(project, &["verify"]);
    let told = |(named, broken, message): &(String, String, String)| {
        named == event && broken == rule && message.contains(words)
    };
    assert!(found.iter().any(told), "no `{rule}` … {words} … of {event} in {found:#?}");
    if is_new(rule) {
        refused_elsewhere(project, rule);
    }
}

/// Whether this test has not asked for this rule before: what a rule says to one newcomer it says to the next.
fn is_new(rule: &str) -> bool {
    static ASKED: Mutex<BTreeSet<(String, String)>> = Mutex::new(BTreeSet::new());
    let test = thread::current().name().unwrap_or_default().to_owned();
    ASKED.lock().unwrap_or_else(PoisonError::into_inner).insert((test, rule.to_owned()))
}

/// What `clone` says of what `verify` calls this.
fn called(rule: &str) -> &str {
    match rule {
        "event-damaged" => "ledger-damaged",
        "damaged" => "not-a-ledger",
        rule => rule,
    }
}

/// A remote that has this ledger is refused by a newcomer, with the same rule and without a trace.
#[track_caller]
fn refused_elsewhere(project: &Project, rule: &str) {
    let bare = Bare::new();
    Forge::of(project).push(&bare.path());
    let mut newcomer = Project::new();
    // No event is from the future here, whatever time it is in the story.
    newcomer.at("2030-01-01T00:00:00Z");
    let document = newcomer.json(["clone", &bare.url(), "shop"]);
    assert_eq!(document["code"], called(rule), "{document:#}");
    assert!(!newcomer.folder().join("shop").exists(), "{document:#}");
}

/// Everybody takes the ledger of this project.
#[track_caller]
pub(super) fn taken(project: &Project) {
    assert_eq!(problems(project, &["verify"]), []);
    let bare = Bare::new();
    Forge::of(project).push(&bare.path());
    let mut newcomer = Project::new();
    newcomer.at("2030-01-01T00:00:00Z").run(["clone", &bare.url(), "shop"]).exits(0);
    fs::remove_dir_all(newcomer.folder().join("shop")).unwrap();
}

/// A patched program has this person say it in the ledger: refused; then it is as if nothing had been said.
#[track_caller]
pub(super) fn refused(project: &Project, rule: &str, person: &str, deed: Deed) {
    let forge = Forge::of(project);
    let event = forge.says(person, deed);
    found(project, rule, "", &event);
    forge.undo();
}

/// The same in a copy of the shop's story.
#[track_caller]
pub(super) fn refused_in_story(rule: &str, words: &str, attack: impl FnOnce(&Forge, &Story) -> String) {
    let story = story();
    let project = story.copy();
    let event = attack(&Forge::of(&project), &story);
    found(&project, rule, words, &event);
}

/// The payload with this digest.
pub(super) fn payload(forge: &Forge, id: &Digest) -> Vec<u8> {
    let listed = forge.word(&["ls-tree", "-r", "refs/chancery/payload"], b"");
    let line = listed.lines().find(|line| line.ends_with(&id.hex())).unwrap();
    forge.git(&["cat-file", "blob", line.split_whitespace().nth(2).unwrap()], b"")
}

/// An event's id from its text.
pub(super) fn id(text: &str) -> EventId {
    EventId(text.parse().unwrap())
}

/// An approval, as an honest program would state it.
pub(super) fn approval(proposal: &str, dossier: &str) -> Deed {
    Deed::Approve(Approval {
        proposal: id(proposal),
        dossier: DossierId(dossier.parse().unwrap()),
        message: String::new(),
    })
}

/// A promotion, as an honest program would state it.
pub(super) fn promotion(proposal: &str, dossier: &str) -> Deed {
    Deed::Promote(Promotion { proposal: id(proposal), dossier: DossierId(dossier.parse().unwrap()) })
}
