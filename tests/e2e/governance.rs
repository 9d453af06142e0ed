//! `init`, `propose governance`, `people`: the rules stand before what they judge.

mod file;
mod keys;
mod people;

use serde_json::Value;

use crate::support::{
    Project,
    shop::{dossier, made, rules, shop},
};

pub(crate) const ALL: [&str; 5] = ["maya", "tom", "ruth", "omar", "ci"];

/// The shop's rules with a table more for somebody.
pub(crate) fn with_person(rules: &str, handle: &str, keys: &[&str], roles: &[&str]) -> String {
    let keys: Vec<String> = keys.iter().map(|key| Project::public_key(key)).collect();
    format!("{rules}\n[people.{handle}]\nkeys = {keys:?}\nroles = {roles:?}\n")
}

/// Proposes these rules; answers the proposal.
pub(crate) fn propose(project: &mut Project, person: &str, rules: &str) -> String {
    project.write("chancery.toml", rules);
    made(project.as_person(person).json(["propose", "governance", "-m", "other rules"]))
}

/// Brings these rules into force where one root is enough.
pub(crate) fn enact(project: &mut Project, person: &str, rules: &str) {
    let proposal = propose(project, person, rules);
    project.run(["promote", &proposal]).exits(0);
}

/// Approves as a person what the person is shown.
pub(crate) fn approve(project: &mut Project, person: &str, proposal: &str) {
    let shown = dossier(project, proposal);
    project.as_person(person).run(["approve", proposal, "--dossier", &shown]).exits(0);
}

/// The code of a rule that is not met, in a verdict.
pub(crate) fn unmet(verdict: &Value) -> Vec<&str> {
    let rules = verdict["rules"].as_array().expect("rules");
    rules.iter().filter(|rule| rule["ok"] == false).map(|rule| rule["code"].as_str().expect("code")).collect()
}

#[test]
fn a_rule_that_is_not_enforced_is_refused_by_name() {
    let (at, text) =
        ("reviews = { role = \"reviewer\", min = 1 }", "[environments.production.triggers]\nrollback = \"x > 1\"");
    let mut project = Project::new();
    project.write("chancery.toml", rules(&ALL).replace(at, &format!("{at}\n{text}")));
    let document = project.as_person("maya").run(["--json", "init"]).exits(3).document();
    let told = document["problems"][0]["message"].as_str().expect("text");
    assert!(told.contains("triggers") && told.contains("not enforced"), "{document:#}");
}

#[test]
fn only_a_root_begins_a_project() {
    let mut project = Project::new();
    project.write("chancery.toml", rules(&ALL));
    for (person, code) in [("tom", "not-allowed"), ("stranger", "unknown-key")] {
        let document = project.as_person(person).run(["--json", "init"]).exits(1).document();
        assert_eq!(document["code"], code, "{document:#}");
    }
    project.as_person("maya").run(["init"]).exits(0);
    assert_eq!(project.json(["init"])["code"], "already-begun");
}

#[test]
fn a_person_acts_once_the_rules_that_list_them_are_in_force() {
    let mut project = shop();
    let key = Project::public_key("ana");
    let more = format!("[people.ana]\nkeys = [\"{key}\"]\nroles = [\"author\"]\n\n[environments.dev]");
    project.write("chancery.toml", rules(&ALL).replace("[environments.dev]", &more));
    project.write("prompts/new.md", "new\n");
    assert_eq!(project.as_person("ana").json(["commit", "-m", "early"])["code"], "unknown-key");
    assert_eq!(project.as_person("tom").json(["propose", "governance", "-m", "ana"])["code"], "not-allowed");
    let proposal = made(project.as_person("maya").json(["propose", "governance", "-m", "ana"]));
    project.run(["promote", &proposal]).exits(0);
    project.as_person("ana").run(["commit", "-m", "in time"]).exits(0);
    project.run(["verify"]).exits(0);
}

#[test]
fn rules_that_ask_for_two_roots_are_not_changed_by_one() {
    let mut project = Project::new();
    let two = rules(&ALL).replace("\n[people.maya]", "\n[governance]\napprovals = 2\n\n[people.maya]");
    let two = two.replace("roles = [\"author\"]", "roles = [\"author\", \"root\"]");
    project.write("chancery.toml", &two);
    project.as_person("maya").run(["init"]).exits(0);
    project.write("chancery.toml", two.replace("approvals = 2", "approvals = 1"));
    let proposal = made(project.json(["propose", "governance", "-m", "fewer"]));
    let refused = project.run(["--json", "promote", &proposal]).exits(1).document();
    assert_eq!(refused["promoted"], false);
    let shown = dossier(&project, &proposal);
    project.as_person("tom").run(["approve", &proposal, "--dossier", &shown]).exits(0);
    project.run(["promote", &proposal]).exits(0);
}

#[test]
fn one_person_walks_alone_from_init_to_production() {
    let mut project = Project::new();
    project.as_person("ana").run(["init", "--solo", "--handle", "ana"]).exits(0);
    project.write("prompts/greet.md", "Hello.\n").run(["commit", "-m", "a greeting"]).exits(0);
    let document = project.run(["--json", "ship", "production", "-m", "first"]).exits(0).document();
    assert_eq!((&document["schema"], &document["promoted"]), (&"chancery.ship/1".into(), &true.into()));
}
