//! A project whose people wear several hats, so that only what they did tells who may say yes.

use std::fmt::Write as _;

use serde_json::Value;

use super::attack;
use crate::support::{
    Project,
    shop::{dossier, made},
};

/// Who there is: handle, keys, roles.
const PEOPLE: [(&str, &[&str], &str); 6] = [
    ("maya", &["maya"], "\"root\", \"author\""),
    ("tom", &["tom", "tom-2"], "\"author\", \"release\""),
    ("ana", &["ana"], "\"author\", \"release\""),
    ("omar", &["omar", "omar-2"], "\"release\""),
    ("rita", &["rita"], "\"root\""),
    ("ci", &["ci"], "\"author\", \"evaluator\""),
];

/// Rules by which so many of `release` let a change into production.
pub(super) fn rules(approvals: u32) -> String {
    let mut text = "[project]\nname = \"crew\"\n".to_owned();
    for (person, keys, roles) in PEOPLE {
        let keys: Vec<String> = keys.iter().map(|key| Project::public_key(key)).collect();
        let program = if person == "ci" { "program = true\n" } else { "" };
        let _ = write!(text, "\n[people.{person}]\nkeys = {keys:?}\nroles = [{roles}]\n{program}");
    }
    let gate = format!("{{ approvals = {{ role = \"release\", low = {approvals} }} }}");
    text + "\n[environments.dev]\nfollow = \"heads\"\ngate = \"open\"\n\n[environments.production]\nafter = \"dev\"\ngate = "
        + &gate
        + "\n"
}

/// A project begun by maya under these rules.
pub(super) fn begun(rules: &str) -> Project {
    let mut project = Project::new();
    project.write("chancery.toml", rules);
    project.as_person("maya").run(["init"]).exits(0);
    project
}

/// Commits the greeting as somebody.
pub(super) fn commits(project: &mut Project, person: &str, text: &str, more: &[&str]) {
    project.write("prompts/greet.md", text);
    let args = [["commit", "-m", text.trim()].as_slice(), more].concat();
    project.as_person(person).run(args).exits(0);
}

/// Proposes what is ahead of production as somebody; answers the proposal.
pub(super) fn proposes(project: &mut Project, person: &str) -> String {
    made(project.as_person(person).json(["propose", "production", "-m", "greet people"]))
}

/// A greeting by tom, proposed by maya.
pub(super) fn by_tom(approvals: u32) -> (Project, String) {
    let mut project = begun(&rules(approvals));
    commits(&mut project, "tom", "Hello.\n", &[]);
    let proposal = proposes(&mut project, "maya");
    (project, proposal)
}

/// Approves as somebody, with this key, what is shown now; answers what the program says.
pub(super) fn approves(project: &mut Project, key: &str, proposal: &str) -> Value {
    let shown = dossier(project, proposal);
    project.as_person(key).json(["approve", proposal, "--dossier", &shown])
}

/// This person's approval is refused, to their face and in every clone that is offered it.
#[track_caller]
pub(super) fn is_barred(project: &mut Project, person: &str, proposal: &str, code: &str) {
    let told = approves(project, person, proposal);
    assert_eq!((&told["code"], &told["exit"]), (&code.into(), &1.into()), "{told:#}");
    let shown = dossier(project, proposal);
    attack::refused(project, code, person, attack::approval(proposal, &shown));
}

/// The accepted twin: with this person's approval it goes live, and everybody takes that.
#[track_caller]
pub(super) fn lets_through(project: &mut Project, person: &str, proposal: &str) {
    let told = approves(project, person, proposal);
    assert!(told["event"].is_string(), "{told:#}");
    project.as_person("omar").run(["promote", proposal]).exits(0);
    attack::taken(project);
}

/// The codes of the rules that are not met, in a verdict.
pub(super) fn unmet(verdict: &Value) -> Vec<&str> {
    let rules = verdict["rules"].as_array().unwrap_or_else(|| panic!("no rules: {verdict:#}"));
    rules.iter().filter(|rule| rule["ok"] == false).map(|rule| rule["code"].as_str().unwrap()).collect()
}
