//! Charters: who answers for an agent, in writing, before it goes live.

use serde_json::Value;

use crate::support::{
    Project,
    shop::{made, rules},
};

const WHOLE: &str = r#"workflow_owner = "maya"
technical_owner = "tom"
writes_to = "the ticket"
metric = { name = "handling time", target = "4 min", by = 2027-03-31 }
when_wrong = "a person answers"
review_by = 2027-01-31
status = "pilot"
"#;

const ASKED: &str = "charter = { fields = [\"workflow_owner\", \"technical_owner\", \"metric\", \"writes_to\", \
                     \"when_wrong\", \"review_by\"], status = \"pilot\" }";

/// A project whose production asks for a charter and nothing else, with two prompts committed.
fn begun(asked: &str) -> Project {
    let mut project = Project::new();
    let rules = rules(&["maya", "tom", "ruth"]);
    let (kept, _) = rules.split_once("[environments.staging]").unwrap();
    let production = format!("[environments.production]\nafter = \"dev\"\n[environments.production.gate]\n{asked}\n");
    project.write("chancery.toml", format!("{kept}{production}"));
    project.as_person("maya").run(["init"]).exits(0);
    project.write("prompts/support/triage.md", "Sort it.\n");
    project.write("prompts/other.md", "Other.\n");
    commit(&mut project);
    project
}

fn commit(project: &mut Project) {
    project.as_person("tom").run(["commit", "-m", "as it should be"]).exits(0);
}

/// Proposes these for production, and tries to carry it out.
fn tried(project: &mut Project, specs: &[&str]) -> Value {
    let mut args = vec!["propose", "production", "-m", "go"];
    args.extend(specs);
    let proposal = made(project.as_person("tom").json(args.as_slice()));
    let answer = project.as_person("ruth").json(["promote", proposal.as_str()]);
    if answer["promoted"] != true {
        project.as_person("tom").run(["withdraw", proposal.as_str(), "-m", "not yet"]).exits(0);
    }
    answer
}

/// The code of the charter rule.
fn code(answer: &Value) -> &str {
    let rules = answer["rules"].as_array().unwrap_or_else(|| panic!("{answer:#}"));
    let rule = rules.iter().find(|rule| rule["rule"] == "charter").unwrap_or_else(|| panic!("{answer:#}"));
    assert_eq!(rule["ok"], answer["promoted"], "{answer:#}");
    rule["code"].as_str().unwrap()
}

#[test]
fn nothing_goes_live_for_which_nobody_stands() {
    let mut project = begun(ASKED);
    let answer = tried(&mut project, &["support/triage"]);
    assert_eq!(code(&answer), "no-charter");
    let rule = answer["rules"].as_array().unwrap().iter().find(|rule| rule["rule"] == "charter").unwrap();
    assert_eq!(rule["who"], serde_json::json!(["maya", "tom"]));
    assert!(rule["next"].as_str().unwrap().contains("charters/support/triage.toml"), "{rule:#}");

    for (text, wanted) in [
        (WHOLE.replace("\"a person answers\"", "\"  \""), "charter-blank"),
        (WHOLE.replace("2027-01-31", "2026-11-19"), "charter-past-review"),
        (WHOLE.replace("\"tom\"", "\"zoe\""), "owner-not-listed"),
        (WHOLE.replace("\"pilot\"", "\"research\""), "charter-status"),
        // It comes along without being named.
        (WHOLE.to_owned(), "chartered"),
    ] {
        project.write("charters/support.toml", text);
        commit(&mut project);
        assert_eq!(code(&tried(&mut project, &["support/triage"])), wanted);
    }
    assert_eq!(code(&tried(&mut project, &["other"])), "no-charter", "another folder's charter covers nothing here");
    project.run(["verify"]).exits(0);
}

#[test]
fn what_the_nearer_charter_leaves_out_is_inherited() {
    let mut project = begun(ASKED);
    project.write("charters/support.toml", WHOLE.replace("technical_owner = \"tom\"\n", ""));
    project.write("charters/support/triage.toml", "technical_owner = \"tom\"\nwhen_wrong = \"the team lead calls\"\n");
    commit(&mut project);
    let shown = project.json(["show", "charter/support/triage"]);
    let line = |field: &str| {
        let all = shown["charter"]["fields"].as_array().unwrap();
        all.iter().find(|line| line["field"] == field).unwrap_or_else(|| panic!("{shown:#}")).clone()
    };
    assert_eq!(
        (&line("when_wrong")["text"], &line("when_wrong")["inherited"]),
        (&"the team lead calls".into(), &false.into())
    );
    assert_eq!((&line("metric")["from"], &line("metric")["inherited"]), (&"support".into(), &true.into()));
    assert!(shown["charter"]["blank"].as_array().unwrap().contains(&"sponsor".into()));
    let page = project.run(["show", "charter/support/triage"]).exits(0).stdout.clone();
    assert!(page.contains("from charter/support"), "{page}");
    assert_eq!(code(&tried(&mut project, &["support/triage"])), "chartered");
}

#[test]
fn a_charter_cannot_be_taken_from_under_what_is_live() {
    let mut project = begun(ASKED);
    project.write("charters/support/triage.toml", WHOLE);
    commit(&mut project);
    assert_eq!(code(&tried(&mut project, &["support/triage"])), "chartered");
    // Emptied, or deleted: no bundle is touched, and still the prompt would stand there without anybody.
    project.write("charters/support/triage.toml", "status = \"pilot\"\n");
    commit(&mut project);
    assert_eq!(code(&tried(&mut project, &["charter/support/triage"])), "charter-blank");
    project.as_person("tom").run(["rm", "charter/support/triage", "-m", "who needs it"]).exits(0);
    assert_eq!(code(&tried(&mut project, &["charter/support/triage"])), "no-charter");
    // With one above it that says as much, it may go.
    project.write("charters/support.toml", WHOLE);
    commit(&mut project);
    assert_eq!(code(&tried(&mut project, &["charter/support/triage", "charter/support"])), "chartered");
}

#[test]
fn a_charter_is_past_its_review_by_the_time_of_the_event() {
    let mut project = begun(ASKED);
    project.write("charters/support.toml", WHOLE.replace("2027-01-31", "2026-11-20"));
    commit(&mut project);
    let proposal = made(project.as_person("tom").json(["propose", "production", "support/triage", "-m", "go"]));
    project.at("2026-11-21T00:00:00Z");
    assert_eq!(code(&project.as_person("ruth").json(["promote", proposal.as_str()])), "charter-past-review");
    project.at("2026-11-21T00:00:01Z");
    project.write("charters/support.toml", WHOLE);
    commit(&mut project);
    project.as_person("tom").run(["withdraw", proposal.as_str(), "-m", "anew"]).exits(0);
    assert_eq!(code(&tried(&mut project, &["support/triage"])), "chartered");
    // Years later it verifies still: what was good then was good then.
    project.at("2031-01-01T00:00:00Z").run(["verify"]).exits(0);
}

#[test]
fn check_lists_what_is_blank_past_due_or_orphaned() {
    let project = begun(ASKED);
    let text = WHOLE
        .replace("\"maya\"", "\"mayo\"")
        .replace("2027-03-31", "2026-10-01")
        .replace("2027-01-31", "2026-11-01")
        .replace("\"the ticket\"", "\"\"");
    project.write("charters/support.toml", format!("{text}turnover_test = 2026-01-01\n"));
    let checked = project.json(["check"]);
    assert_eq!(checked["ok"], true, "they are warnings: {checked:#}");
    let told: Vec<(String, u64, &str)> = checked["problems"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|problem| problem["code"].as_str().unwrap().contains("charter"))
        .map(|problem| {
            let word = |key: &str| problem[key].as_str().unwrap();
            (word("path").to_owned(), problem["line"].as_u64().unwrap(), word("code"))
        })
        .collect();
    let at = |line, code| ("charters/support.toml".to_owned(), line, code);
    assert_eq!(
        told,
        [
            at(1, "charter-incomplete"),
            at(1, "charter-orphaned"),
            at(3, "charter-blank"),
            at(4, "charter-past-due"),
            at(6, "charter-past-due"),
            at(8, "charter-past-due"),
            ("prompts/other.md".to_owned(), 1, "no-charter"),
        ],
        "{checked:#}"
    );
    project.write("charters/support.toml", WHOLE.replace("writes_to", "write_to"));
    let wrong = project.run(["check", "charters"]).exits(1).stdout.clone();
    assert!(wrong.contains("did you mean `writes_to`?"), "{wrong}");
}

#[test]
fn asking_for_less_of_a_charter_lowers_a_bar() {
    let project = begun(ASKED);
    let text = String::from_utf8(project.read("chancery.toml")).unwrap();
    project.write("chancery.toml", text.replace("\"metric\", ", "").replace("\"pilot\"", "\"research\""));
    let diff = project.json(["governance", "diff"]);
    let lowered: Vec<&str> = diff["differences"]
        .as_array()
        .unwrap_or_else(|| panic!("{diff:#}"))
        .iter()
        .filter(|change| change["lowers"] == true)
        .map(|change| change["path"].as_str().unwrap())
        .collect();
    let rule = "environments.production.gate.charter";
    assert_eq!(lowered, [format!("{rule}.fields.metric"), format!("{rule}.status")]);
    project.write("chancery.toml", text.replace("\"metric\"", "\"metrics\""));
    let told = project.run(["check", "chancery.toml"]).exits(1).stdout.clone();
    assert!(told.contains("did you mean `metric`?"), "{told}");
}
