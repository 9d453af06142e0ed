//! `rollback`: back to what was live whole, and never forth again without the gate.

use serde_json::Value;

use crate::support::{
    Project,
    shop::{made, prompt, shop},
};

/// Brings the heads to staging, which is open.
fn to_staging(project: &mut Project) -> String {
    let proposal = made(project.as_person("tom").json(["propose", "staging", "-m", "on"]));
    made_event(&project.as_person("ruth").json(["promote", &proposal]))
}

fn made_event(document: &Value) -> String {
    document["event"].as_str().unwrap_or_else(|| panic!("no event: {document}")).to_owned()
}

/// A second thank-you committed and brought to staging; answers the two events that moved it.
fn twice(project: &mut Project) -> [String; 2] {
    let first = to_staging(project);
    project.write("prompts/reply.md", prompt(" so"));
    project.as_person("tom").run(["commit", "-m", "so"]).exits(0);
    [first, to_staging(project)]
}

fn live(project: &Project) -> Value {
    let document = project.json(["env", "staging"]);
    let artifacts = document["environments"][0]["artifacts"].as_array().expect("a list").clone();
    artifacts.into_iter().find(|one| one["artifact"] == "reply").expect("the prompt")["number"].clone()
}

#[test]
fn a_dry_run_says_the_same_and_moves_nothing() {
    let mut project = shop();
    twice(&mut project);
    let dry = project.json(["rollback", "staging", "--dry-run", "-m", "worse"]);
    assert_eq!((&dry["schema"], &dry["event"]), (&"chancery.rollback/1".into(), &Value::Null));
    assert_eq!(live(&project), 2);
    let done = project.json(["rollback", "staging", "-m", "worse"]);
    assert_eq!(done["changes"], dry["changes"]);
    assert_eq!(live(&project), 1);
    project.run(["verify"]).exits(0);
}

#[test]
fn a_second_rollback_does_not_bring_back_what_the_first_took_away() {
    let mut project = shop();
    let [_, second] = twice(&mut project);
    project.run(["rollback", "staging", "-m", "worse"]).exits(0);
    let refused = project.run(["--json", "rollback", "staging", "--to-event", &second, "-m", "forth"]).exits(1);
    assert_eq!(refused.document()["code"], "quarantined", "{refused}");
    assert!(refused.document()["next"].to_string().contains("chancery requalify reply@"), "{refused}");
    assert_eq!(live(&project), 1);
}

#[test]
fn an_author_does_not_roll_back() {
    let mut project = shop();
    twice(&mut project);
    let refused = project.as_person("tom").run(["--json", "rollback", "staging", "-m", "mine"]).exits(1);
    assert_eq!(refused.document()["code"], "not-allowed", "{refused}");
}
