//! `approve`, `review`, `promote`: what is asked, by whom, and on what they saw.

use serde_json::Value;

use crate::support::{
    Project,
    shop::{dossier, proposed, shop, shown},
};

fn rule<'a>(document: &'a Value, name: &str) -> &'a Value {
    let rules = document["rules"].as_array().expect("a list");
    rules.iter().find(|rule| rule["rule"] == name).unwrap_or_else(|| panic!("no {name}: {document:#}"))
}

fn approves(project: &mut Project, person: &str, proposal: &str, exit: i32) -> Value {
    let shown = dossier(project, proposal);
    project.as_person(person).run(["--json", "approve", proposal, "--dossier", &shown]).exits(exit).document()
}

#[test]
fn without_a_terminal_the_dossier_must_be_named() {
    let mut project = shop();
    let proposal = proposed(&mut project);
    let document = project.as_person("ruth").run(["--json", "approve", &proposal]).exits(2).document();
    assert_eq!(document["code"], "dossier-required");
    let stale = "0".repeat(64);
    project.run(["approve", &proposal, "--dossier", &stale]).exits(4);
}

#[test]
fn two_people_who_are_no_authors_let_it_through_once() {
    let mut project = shop();
    let proposal = proposed(&mut project);
    let refused = project.as_person("ruth").run(["--json", "promote", &proposal]).exits(1).document();
    assert_eq!((&refused["verdict"], &refused["event"]), (&"refused".into(), &Value::Null));
    for name in ["evidence", "approvals", "reviews"] {
        assert_eq!(rule(&refused, name)["ok"], false, "{name}");
    }
    shown(&mut project, &proposal);
    for (person, code) in [("tom", "not-allowed"), ("ci", "not-allowed"), ("stranger", "unknown-key")] {
        assert_eq!(approves(&mut project, person, &proposal, 1)["code"], code, "{person}");
    }
    assert_eq!(approves(&mut project, "ruth", &proposal, 0)["approvals"], 1);
    assert_eq!(approves(&mut project, "ruth", &proposal, 3)["code"], "already-approved");
    project.run(["promote", &proposal]).exits(1);
    let second = approves(&mut project, "omar", &proposal, 0);
    assert_eq!((&second["approvals"], &second["needed"]), (&2.into(), &2.into()));
    assert_eq!(project.json(["promote", &proposal, "--dry-run"])["promoted"], false);
    let done = project.run(["--json", "promote", &proposal]).exits(0).document();
    assert_eq!((&done["promoted"], &done["verdict"]), (&true.into(), &"pass".into()));
    project.run(["promote", &proposal]).exits(1);
    let why = project.json(["why", "production", "reply"]);
    let people: Vec<_> =
        why["approvals"].as_array().expect("a list").iter().map(|approval| approval["person"].clone()).collect();
    assert_eq!(people, ["ruth", "omar"]);
    assert_eq!(why["authors"][0]["person"], "tom", "{why:#}");
}

#[test]
fn a_rejected_or_withdrawn_proposal_is_carried_out_no_more() {
    let mut project = shop();
    let proposal = proposed(&mut project);
    project.as_person("ruth").run(["reject", &proposal]).exits(2);
    assert_eq!(project.json(["reject", &proposal, "-m", "no"])["status"], "rejected");
    project.run(["promote", &proposal]).exits(1);
    let again = project.as_person("tom").json(["propose", "production", "-m", "again"]);
    let again = again["proposal"].as_str().expect("an id").to_owned();
    project.run(["withdraw", &again]).exits(0);
    assert_eq!(project.json(["proposals"])["proposals"], serde_json::json!([]));
}
