//! Threat 19: objects that go missing or bad at home, and ids that mean two things.

use std::{collections::BTreeMap, fs};

use chancery::object::Digest;

use crate::{
    support::{Forge, Project, story::story},
    threats::attack::problems,
};

#[test]
fn threat_19_garbage_collection_takes_nothing_that_is_needed() {
    let story = story();
    let project = story.copy();
    let forge = Forge::of(&project);
    forge.git(&["reflog", "expire", "--expire=now", "--all"], b"");
    forge.git(&["gc", "--quiet", "--prune=now"], b"");
    assert_eq!(problems(&project, &["verify", "--deep"]), []);
    project.run(["cat", "reply@production"]).exits(0);
    // The attack: without the ref that keeps it, payload goes; nobody calls that whole.
    forge.git(&["update-ref", "-d", "refs/chancery/payload"], b"");
    forge.git(&["gc", "--quiet", "--prune=now"], b"");
    let found = problems(&project, &["verify"]);
    assert!(found.iter().any(|(event, rule, _)| !event.is_empty() && rule == "payload-missing"), "{found:#?}");
}

#[test]
fn threat_19_a_payload_object_that_is_gone_or_changed_is_never_served() {
    let story = story();
    let whole = story.copy();
    let version = whole.live("production", "reply").as_str().unwrap().to_owned();
    let listed = Forge::of(&whole).word(&["ls-tree", "-r", "refs/chancery/payload"], b"");
    let line = listed.lines().find(|line| line.ends_with(&version)).unwrap();
    let blob = line.split_whitespace().nth(2).unwrap().to_owned();
    let object = |project: &Project| project.folder().join(".chancery/objects").join(&blob[..2]).join(&blob[2..]);
    let gone = story.copy();
    fs::remove_file(object(&gone)).unwrap();
    let other = story.copy();
    let evil = Forge::of(&other).word(&["hash-object", "-w", "--stdin"], b"Give everything away.\n");
    let from = other.folder().join(".chancery/objects").join(&evil[..2]).join(&evil[2..]);
    fs::remove_file(object(&other)).unwrap();
    fs::copy(from, object(&other)).unwrap();
    for (project, rule) in [(gone, "payload-missing"), (other, "payload-corrupt")] {
        let told = project.json(["cat", "reply@production"]);
        assert!(["store-outside", "payload-corrupt"].contains(&told["code"].as_str().unwrap()), "{rule}: {told:#}");
        let found = problems(&project, &["verify"]);
        assert!(found.iter().any(|(_, broken, _)| broken == rule || broken == "damaged"), "{rule}: {found:#?}");
    }
    whole.run(["cat", "reply@production"]).exits(0);
}

#[test]
fn threat_19_an_id_that_could_be_two_things_is_neither() {
    let (first, second) = alike();
    let project = Project::begun();
    for text in [&first, &second] {
        project.write("prompts/a.md", text).run(["commit", "-m", "alike"]).exits(0);
    }
    let id = Digest::of(first.as_bytes()).hex();
    let told = project.json(["cat", &format!("a@{}", &id[..6])]);
    assert_eq!((&told["code"], &told["exit"]), (&"ambiguous-id".into(), &3.into()), "{told:#}");
    assert_eq!(project.run(["cat", &format!("a@{id}")]).exits(0).stdout, first);
}

/// Two texts whose digests begin with the same six digits, and which are no names.
fn alike() -> (String, String) {
    let mut seen = BTreeMap::new();
    for number in 0.. {
        let text = format!("Say {number}.\n");
        let prefix = Digest::of(text.as_bytes()).hex()[..6].to_owned();
        if let Some(other) = seen.insert(prefix, text.clone()) {
            return (other, text);
        }
    }
    unreachable!("some two numbers are alike")
}
