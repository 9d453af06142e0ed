//! A project whose production asks for evidence, and of whose evidence something is wrong.

use std::{fmt::Write as _, fs, os::unix::fs::PermissionsExt};

use chancery::ledger::{Announcement, Deed, Evidence};

use crate::support::{
    Project, ledger,
    shop::{made, prompt},
};

/// What production asks for besides evidence that passes.
const GATE: &str = "pass_rate = { at_least = 1.0 }\nregression = \"no-flips\"\n";

/// Two polite answers are asked for.
pub(super) const SUITE: &str = r#"prompt = "reply"
[[case]]
id = "calm"
vars = { message = "You fools!" }
expect = [{ contains = "Thank you" }]
[[case]]
id = "polite"
vars = { message = "Where is my kettle?" }
expect = [{ contains = "Thank you" }]
"#;

/// The model that says what it hears.
pub(super) const PARROT: &str = "provider = \"echo\"\nid = \"parrot\"\n";

/// Rules by which replies of these sources count, and by which more may be asked.
pub(super) fn rules(sources: &str, more: &str) -> String {
    let mut text = "[project]\nname = \"lab\"\n".to_owned();
    for (person, roles) in [
        ("maya", "\"root\", \"author\""),
        ("tom", "\"author\""),
        ("ruth", "\"release\""),
        ("omar", "\"release\""),
        ("ci", "\"evaluator\""),
        ("eve", "\"evaluator\""),
    ] {
        let key = Project::public_key(person);
        let _ = write!(text, "\n[people.{person}]\nkeys = [\"{key}\"]\nroles = [{roles}]\n");
    }
    let evidence = format!("evidence = {{ evaluators = [\"evaluator\"], sources = [{sources}] }}\n");
    text + "\n[environments.dev]\nfollow = \"heads\"\ngate = \"open\"\n\n[environments.production]\nafter = \"dev\"\n\n[environments.production.gate]\n"
        + &evidence
        + GATE
        + more
}

/// A polite reply by tom under these rules, on this model.
pub(super) fn lab(rules: &str, model: &str) -> Project {
    let mut project = Project::new();
    project.write("chancery.toml", rules);
    project.as_person("maya").run(["init"]).exits(0);
    project.write("prompts/reply.md", prompt("")).write("models/parrot.toml", model).write("evals/reply.toml", SUITE);
    project.as_person("tom").run(["commit", "-m", "a polite reply"]).exits(0);
    project
}

/// The same under rules that take live replies of a parrot.
pub(super) fn parrots() -> Project {
    lab(&rules("\"live\"", ""), PARROT)
}

/// Proposes for production what is ahead.
pub(super) fn asked(project: &mut Project) -> String {
    made(project.as_person("tom").json(["propose", "production", "-m", "be polite"]))
}

/// Has somebody run what the proposal needs, and sign what came of it.
pub(super) fn measured(project: &mut Project, person: &str, proposal: &str, more: &[&str], exit: i32) {
    let args = [["eval", "--proposal", proposal, "--attest"].as_slice(), more].concat();
    project.as_person(person).run(args).exits(exit);
}

/// The newest announcement in the ledger.
pub(super) fn announced(project: &Project) -> Announcement {
    let mut deeds = ledger(&project.folder()).into_iter().rev().map(|event| event.act.act().deed.clone());
    deeds.find_map(|deed| if let Deed::Announce(run) = deed { Some(run) } else { None }).unwrap()
}

/// The newest evidence in the ledger.
pub(super) fn attested(project: &Project) -> Evidence {
    let mut deeds = ledger(&project.folder()).into_iter().rev().map(|event| event.act.act().deed.clone());
    deeds.find_map(|deed| if let Deed::Evidence(run) = deed { Some(run) } else { None }).unwrap()
}

/// A model that is a program: lines of shell that see each request as `$line`, and its id as `$id`.
pub(super) fn program(project: &Project, lines: &str) -> String {
    let id = "id=$(printf '%s' \"$line\" | sed 's/^{\"id\":\"\\([^\"]*\\)\".*/\\1/')";
    project.write("agent.sh", format!("#!/bin/sh\nwhile read -r line; do\n{id}\n{lines}\ndone\n"));
    let file = project.folder().join("agent.sh");
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
    "provider = \"exec\"\ncommand = [\"./agent.sh\"]\n".to_owned()
}
