//! A project of five people that asks for everything a gate can ask for.

use std::fmt::Write as _;

use serde_json::Value;

use super::Project;

/// The people, each with their roles.
const PEOPLE: [(&str, &str); 5] = [
    ("maya", "\"root\", \"author\""),
    ("tom", "\"author\""),
    ("ruth", "\"release\", \"reviewer\""),
    ("omar", "\"release\", \"reviewer\""),
    ("ci", "\"evaluator\""),
];

const ENVIRONMENTS: &str = r#"
[environments.dev]
follow = "heads"
gate = "open"

[environments.staging]
after = "dev"
gate = "open"

[environments.production]
after = "staging"

[environments.production.gate]
evidence = { evaluators = ["evaluator"], sources = ["live"] }
pass_rate = { at_least = 1.0 }
regression = "no-flips"
approvals = { role = "release", low = 2, medium = 2, high = 2 }
reviews = { role = "reviewer", min = 1 }
"#;

const PROMPT: &str = r#"+++
model = "parrot"
[inputs.message]
type = "string"
+++
{{ role("user") }}
Thank you. {{ message }}
"#;

const SUITE: &str = r#"prompt = "reply"
[[case]]
id = "polite"
vars = { message = "Where is my kettle?" }
expect = [{ contains = "Thank you" }, { contains = "kettle" }]
"#;

/// The rules with these people in them.
pub(crate) fn rules(people: &[&str]) -> String {
    let mut text = "[project]\nname = \"shop\"\n".to_owned();
    for (person, roles) in PEOPLE.iter().filter(|(person, _)| people.contains(person)) {
        let program = if *person == "ci" { "program = true\n" } else { "" };
        let key = Project::public_key(person);
        let _ = write!(text, "\n[people.{person}]\nkeys = [\"{key}\"]\nroles = [{roles}]\n{program}");
    }
    text + ENVIRONMENTS
}

/// The project begun by maya, with a first commit by tom: a prompt, its model and a suite.
pub(crate) fn shop() -> Project {
    shop_under(&everybodys())
}

/// The rules with everybody in them.
pub(crate) fn everybodys() -> String {
    rules(&PEOPLE.map(|(person, _)| person))
}

/// The same project under other rules.
pub(crate) fn shop_under(rules: &str) -> Project {
    let mut project = Project::new();
    project.write("chancery.toml", rules);
    project.as_person("maya").run(["init"]).exits(0);
    project.write("prompts/reply.md", PROMPT);
    project.write("models/parrot.toml", "provider = \"echo\"\nid = \"parrot\"\n");
    project.write("evals/reply.toml", SUITE);
    project.as_person("tom").run(["commit", "-m", "a polite reply"]).exits(0);
    project
}

/// The text of the prompt with another thank-you.
pub(crate) fn prompt(thanks: &str) -> String {
    PROMPT.replace("Thank you.", &format!("Thank you{thanks}."))
}

/// Has these people approve what they are shown, and carries the proposal out; answers what promoting answered.
pub(crate) fn carried(project: &mut Project, proposal: &str, people: &[&str]) -> Value {
    let digest = dossier(project, proposal);
    for person in people {
        project.as_person(person).run(["approve", proposal, "--dossier", &digest]).exits(0);
    }
    project.as_person("ruth").json(["promote", proposal])
}

/// What one rule says in an answer.
pub(crate) fn rule<'a>(document: &'a Value, name: &str) -> &'a Value {
    let mut rules = document["rules"].as_array().into_iter().flatten();
    rules.find(|rule| rule["rule"] == name).unwrap_or_else(|| panic!("no {name}: {document:#}"))
}

/// Brings the heads to staging, and proposes them for production; answers the proposal.
pub(crate) fn proposed(project: &mut Project) -> String {
    let staging = made(project.as_person("tom").json(["propose", "staging", "-m", "try it"]));
    project.as_person("ruth").run(["promote", &staging]).exits(0);
    made(project.as_person("tom").json(["propose", "production", "-m", "thank people"]))
}

/// The id of a proposal that was just made.
#[expect(clippy::needless_pass_by_value, reason = "reads as one step where it is asked for")]
pub(crate) fn made(document: Value) -> String {
    document["proposal"].as_str().unwrap_or_else(|| panic!("no proposal: {document}")).to_owned()
}

/// The digest of what an approver of the proposal is shown.
pub(crate) fn dossier(project: &Project, proposal: &str) -> String {
    let document = project.json(["review", proposal]);
    document["dossier"].as_str().unwrap_or_else(|| panic!("no dossier: {document}")).to_owned()
}

/// Evidence by ci and a review by omar: what the gate asks for besides approvals.
pub(crate) fn shown(project: &mut Project, proposal: &str) {
    project.as_person("ci").run(["eval", "--proposal", proposal, "--attest"]).exits(0);
    project.as_person("omar").run(["review", proposal, "--done"]);
}
