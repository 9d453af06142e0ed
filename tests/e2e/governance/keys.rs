//! Keys are changed and lost, and the project goes on.

use serde_json::Value;

use super::{ALL, approve, enact, propose, unmet, with_person};
use crate::support::{
    Project,
    shop::{rules, shop},
};

/// The rules with another key for somebody.
fn rekeyed(rules: &str, old: &str, new: &str) -> String {
    let text = rules.replace(&Project::public_key(old), &Project::public_key(new));
    assert_ne!(text, rules);
    text
}

/// The shop in which maya and dana are roots, and more if there are more; that many must agree.
fn roots(more: &[&str], approvals: u32) -> String {
    let all = more.iter().fold(rules(&ALL), |text, root| with_person(&text, root, &[root], &["root"]));
    all.replace("\n[people.maya]", &format!("\n[governance]\napprovals = {approvals}\n\n[people.maya]"))
}

/// The codes of what `check` says of the rules.
fn doubts(project: &Project) -> Vec<String> {
    let checked = project.json(["check"]);
    let all = checked["problems"].as_array().expect("problems").iter();
    all.filter(|problem| problem["path"] == "chancery.toml")
        .map(|problem| problem["code"].as_str().expect("code").to_owned())
        .collect()
}

#[test]
fn a_rotated_key_signs_from_then_on_and_the_old_one_no_longer() {
    let mut project = shop();
    enact(project.at("2026-11-21T08:00:00Z"), "maya", &rekeyed(&rules(&ALL), "tom", "tom-new"));
    project.write("prompts/more.md", "more\n");
    let refused = project.as_person("tom").run(["--json", "commit", "-m", "by the old key"]).exits(1).document();
    assert_eq!(refused["code"], "unknown-key");
    project.as_person("tom-new").run(["commit", "-m", "by the new key"]).exits(0);
    for artifact in ["reply", "more"] {
        assert_eq!(project.json(["log", artifact])["versions"][0]["person"], "tom", "one person with two keys");
    }
    let key = |document: Value| {
        let people = document["people"].as_array().expect("people").clone();
        people.iter().find(|person| person["person"] == "tom").expect("tom")["keys"][0]["key"].clone()
    };
    assert_eq!(key(project.json(["people", "--at", "2026-11-20T12:00:00Z"])), Project::public_key("tom"));
    assert_eq!(key(project.json(["people"])), Project::public_key("tom-new"));
    let former = project.json(["people"])["former"].clone();
    assert_eq!((&former[0]["person"], &former[0]["key"]), (&"tom".into(), &Project::public_key("tom").into()));
    assert_eq!(former.as_array().map(Vec::len), Some(1));
    let signers = project.run(["people", "--allowed-signers"]).exits(0).stdout;
    for key in ["tom", "tom-new"] {
        let line = format!("tom namespaces=\"git,chancery-act-v1\" {}", Project::public_key(key));
        assert!(signers.lines().any(|listed| listed == line), "{signers}");
    }
    project.run(["verify"]).exits(0);
}

#[test]
fn a_key_that_comes_back_after_it_was_taken_away_is_named() {
    let mut project = shop();
    let before = rules(&ALL);
    enact(&mut project, "maya", &rekeyed(&before, "tom", "tom-new"));
    let again = with_person(&rekeyed(&before, "tom", "tom-new"), "ana", &["tom"], &["author"]);
    let asked = propose(&mut project, "maya", &again);
    let sheet = project.json(["review", &asked]);
    let told = sheet["warnings"][0].as_str().expect("a warning");
    assert!(told.starts_with("`ana` gets key SHA256:") && told.ends_with(" took away from `tom`"), "{told}");
    let fresh = with_person(&rekeyed(&before, "tom", "tom-new"), "ana", &["ana"], &["author"]);
    let fresh = propose(&mut project, "maya", &fresh);
    assert_eq!(project.json(["review", &fresh])["warnings"], Value::Array(Vec::new()), "a key nobody ever had");
}

#[test]
fn of_three_roots_the_other_two_replace_a_lost_key() {
    let mut project = shop();
    let three = roots(&["dana", "erik"], 2);
    enact(&mut project, "maya", &three);
    let asked = propose(&mut project, "dana", &rekeyed(&three, "maya", "maya-new"));
    let refused = project.run(["--json", "promote", &asked]).exits(1).document();
    assert_eq!(unmet(&refused), ["approvals-missing"]);
    approve(&mut project, "erik", &asked);
    project.run(["promote", &asked]).exits(0);
    assert_eq!(project.as_person("maya-new").json(["keys"])["person"], "maya");
    assert_eq!(project.as_person("maya").json(["keys"])["person"], Value::Null);
    project.run(["verify"]).exits(0);
}

#[test]
fn of_two_roots_where_one_is_asked_the_other_replaces_a_lost_key() {
    let mut project = shop();
    let two = roots(&["dana"], 1);
    enact(&mut project, "maya", &two);
    enact(&mut project, "dana", &rekeyed(&two, "maya", "maya-new"));
    assert_eq!(project.as_person("maya-new").json(["keys"])["person"], "maya");
}

#[test]
fn a_single_root_is_replaced_by_nobody() {
    let mut project = shop();
    project.write("chancery.toml", rekeyed(&rules(&ALL), "maya", "maya-new"));
    for (person, code) in [("maya-new", "unknown-key"), ("tom", "not-allowed"), ("ruth", "not-allowed")] {
        let refused = project.as_person(person).run(["--json", "propose", "governance", "-m", "lost"]).exits(1);
        assert_eq!(refused.document()["code"], code, "{person}");
    }
}

#[test]
fn check_warns_before_one_lost_key_can_lock_the_rules() {
    let second = |text: &str| {
        let keys = format!("{}\", \"{}", Project::public_key("maya"), Project::public_key("maya-2"));
        text.replace(&Project::public_key("maya"), &keys)
    };
    for (rules, expected) in [
        (roots(&[], 1), Some("one-root-key")),
        (second(&roots(&[], 1)), None),
        (roots(&["dana"], 1), None),
        (roots(&["dana"], 2), Some("one-root-key")),
        (second(&roots(&["dana"], 2)), Some("one-root-key")),
        (roots(&["dana", "erik"], 2), None),
        (roots(&["dana", "erik"], 3), Some("one-root-key")),
        (roots(&["dana"], 3), Some("too-few-people")),
    ] {
        let project = shop();
        project.write("chancery.toml", &rules);
        assert_eq!(doubts(&project), expected.into_iter().collect::<Vec<_>>(), "{rules}");
    }
}

#[test]
fn rules_that_nobody_could_ever_change_are_not_proposed() {
    let mut project = shop();
    project.write("chancery.toml", roots(&["dana"], 3));
    let refused = project.as_person("maya").run(["--json", "propose", "governance", "-m", "three of two"]).exits(3);
    assert_eq!(refused.document()["code"], "rules-locked");
    enact(&mut project, "maya", &roots(&["dana", "erik"], 3));
}

#[test]
fn a_proposal_says_that_it_would_leave_the_rules_one_key_from_a_lock() {
    let mut project = shop();
    enact(&mut project, "maya", &roots(&["dana"], 1));
    let asked = propose(&mut project, "maya", &roots(&["dana"], 2));
    let told = project.json(["review", &asked])["warnings"].to_string();
    assert!(told.contains("if `dana` or `maya` loses the key, nobody can ever change these rules again"), "{told}");
}
