//! `adopt`: what already runs is recorded once, by root, and shown as what it is.

use chancery::{
    ledger::{Adoption, Changes, Deed, Event, LiveChange, SignedAct},
    name::{Artifact, Environment, Kind, Name},
    object::VersionId,
};
use serde_json::{Value, json};

use crate::support::{
    Forge, Project,
    remote::Bare,
    shop::{made, prompt, shop},
    signer,
};

/// The shop, with what runs in production in a list.
fn running() -> Project {
    let mut project = shop();
    project.write("running.txt", "# live since May\nreply@v1   # the prompt\nparrot@head\n\nsuite/reply@v1\n");
    project.as_person("maya");
    project
}

fn adopt(project: &Project) -> Value {
    project.json(["adopt", "production", "running.txt", "-m", "live since May"])
}

#[test]
fn what_runs_is_live_past_the_gate_and_shown_as_adopted() {
    let project = running();
    let adopted = adopt(&project);
    assert_eq!(adopted["schema"], "chancery.adopt/1", "{adopted:#}");
    assert_eq!(adopted["changes"].as_array().unwrap().len(), 3, "{adopted:#}");
    assert!(adopted["bundles"][0]["stamp"].as_str().unwrap().starts_with("shop/production/reply@"), "{adopted:#}");
    let live = project.json(["env", "production"]);
    let artifacts = live["environments"][0]["artifacts"].as_array().unwrap();
    assert!(artifacts.iter().all(|one| one["adopted"] == true && one["event"] == adopted["event"]), "{live:#}");
    let why = project.json(["why", "production", "reply"]);
    assert_eq!((&why["promotion"]["kind"], &why["approvals"]), (&json!("adopt"), &json!([])), "{why:#}");
    let shown = project.json(["show", "reply@v1"]);
    let stay = shown["journey"].as_array().unwrap().iter().find(|stay| stay["environment"] == "production").unwrap();
    assert_eq!(stay["adopted"], true, "{shown:#}");
    assert_eq!(project.json(["audit", "--kind", "adopt"])["events"][0]["event"], adopted["event"]);
    for args in [&["env", "production"][..], &["why", "production", "reply"], &["show", "reply@v1"], &["audit"]] {
        let page = project.run(args).exits(0).stdout;
        assert!(page.contains("adopted"), "{page}");
    }
    project.run(["verify"]).exits(0);
}

#[test]
fn the_next_change_is_compared_with_what_was_adopted() {
    let mut project = running();
    adopt(&project);
    project.write("prompts/reply.md", prompt("").replace("Thank you", "Go away"));
    project.as_person("tom").run(["commit", "-m", "ruder"]).exits(0);
    let staging = made(project.json(["propose", "staging", "-m", "on"]));
    project.as_person("ruth").run(["promote", &staging]).exits(0);
    let proposal = made(project.as_person("tom").json(["propose", "production", "reply", "-m", "on"]));
    project.as_person("ci").run(["eval", "--proposal", &proposal, "--attest"]);
    let weighed = project.json(["promote", &proposal, "--dry-run"]);
    let regression = weighed["rules"].as_array().unwrap().iter().find(|line| line["rule"] == "regression").unwrap();
    assert_eq!((&regression["ok"], &regression["code"]), (&json!(false), &json!("flipped")), "{regression:#}");
}

#[test]
fn it_is_done_once_and_before_anything_else() {
    let mut project = running();
    project.as_person("ruth").run(["freeze", "production", "-m", "an incident"]).exits(0);
    let frozen = adopt(project.as_person("maya"));
    assert_eq!((&frozen["code"], &frozen["exit"]), (&json!("frozen"), &json!(1)), "{frozen:#}");
    project.as_person("ruth").run(["thaw", "production", "-m", "it is over"]).exits(0);
    project.as_person("maya").run(["adopt", "production", "running.txt", "-m", "live since May"]).exits(0);
    let again = adopt(&project);
    assert_eq!((&again["code"], &again["exit"]), (&json!("already-moved"), &json!(1)), "{again:#}");
    let dev = project.json(["adopt", "dev", "running.txt", "-m", "x"]);
    assert_eq!(dev["code"], "follows-heads", "{dev:#}");
    // Going back ends where it begins.
    let back = project.as_person("ruth").json(["rollback", "production", "-m", "before that"]);
    assert_eq!(back["code"], "nothing-to-undo", "{back:#}");
}

#[test]
fn only_root_adopts() {
    let mut project = running();
    for person in ["tom", "ruth", "ci"] {
        let refused = project.as_person(person).json(["adopt", "production", "running.txt", "-m", "mine"]);
        assert_eq!((&refused["code"], &refused["exit"]), (&json!("not-allowed"), &json!(1)), "{person}: {refused:#}");
    }
    project.as_person("maya").run(["adopt", "production", "running.txt", "-m", "live since May"]).exits(0);
}

#[test]
fn a_file_that_cannot_be_meant_is_told_so() {
    let project = running();
    for (text, code) in [
        ("reply@v1\n", "bundle-incomplete"),
        ("reply@v7\n", "unknown-version"),
        ("replay@v1\n", "unknown-artifact"),
        ("reply\n", "invalid-files"),
        ("reply@v1\nreply@head\nparrot@v1\n", "duplicate"),
        ("# nothing\n", "nothing-changed"),
        ("{\"environments\": 1}", "bad-json"),
    ] {
        project.write("running.txt", text);
        let refused = adopt(&project);
        assert_eq!((&refused["code"], &refused["exit"]), (&json!(code), &json!(3)), "{text}: {refused:#}");
    }
    assert_eq!(project.json(["adopt", "production", "nowhere.txt", "-m", "x"])["code"], "no-such-file");
}

#[test]
fn what_env_prints_can_be_adopted() {
    let project = running();
    let dev = project.run(["--json", "env", "dev"]).exits(0).stdout;
    project.write("running.json", dev);
    let adopted = project.json(["adopt", "production", "running.json", "-m", "as in dev"]);
    assert_eq!(adopted["changes"].as_array().map(Vec::len), Some(3), "{adopted:#}");
    let all = project.run(["--json", "env"]).exits(0).stdout;
    project.write("running.json", all.replace("\"production\"", "\"elsewhere\""));
    let refused = project.json(["adopt", "staging", "running.json", "-m", "x"]);
    assert_eq!(refused["code"], "nothing-changed", "nothing is live in staging: {refused:#}");
}

#[test]
fn a_patched_program_that_adopts_past_the_rules_is_refused_by_everybody_else() {
    let project = running();
    let forge = Forge::of(&project);
    let version = |name: &str| VersionId(project.sha256(name).parse().unwrap());
    let change = |kind, name: &str, file: &str| LiveChange {
        artifact: Artifact::new(kind, Name::parse(name).unwrap()),
        from: None,
        to: Some(version(file)),
        moved: None,
    };
    let model = change(Kind::Model, "parrot", "models/parrot.toml");
    let lawful = Adoption {
        environment: Environment::parse("production").unwrap(),
        message: "live since May".to_owned(),
        changes: vec![model.clone()],
        bundles: Vec::new(),
    };
    let unknown = LiveChange { to: Some(version("running.txt")), ..model };
    let prompt = change(Kind::Prompt, "reply", "prompts/reply.md");
    let attack = |person: &str, adoption: Adoption, rule: &str| {
        let act = SignedAct::sign(forge.act(person, Deed::Adopt(adoption)), &signer(person)).unwrap();
        let event = Event { record: forge.record(&act, person), act };
        forge.append(&event, &Changes::new(), person);
        let verified = project.run(["--json", "verify"]).exits(1).document();
        assert_eq!(verified["problems"][0]["rule"], rule, "{verified:#}");
        forge.undo();
    };
    attack("tom", lawful.clone(), "not-allowed");
    attack("maya", Adoption { changes: vec![unknown], ..lawful.clone() }, "unknown-version");
    attack("maya", Adoption { changes: vec![prompt], ..lawful.clone() }, "bundle-incomplete");
    forge.honest("maya", Deed::Adopt(lawful.clone()));
    attack("maya", lawful, "already-moved");
    project.run(["verify"]).exits(0);
}

#[test]
fn with_a_remote_it_is_live_once_the_remote_has_it() {
    let project = running();
    let remote = Bare::new();
    project.shared_through(&remote.url());
    let offline = project.json(["--offline", "adopt", "production", "running.txt", "-m", "live since May"]);
    assert_eq!(offline["code"], "offline", "{offline:#}");
    assert_eq!(adopt(&project)["shared"], true);
    let clone = Project::cloned(&remote.url(), "tom");
    assert_eq!(clone.live("production", "reply"), project.live("production", "reply"));
    clone.run(["verify"]).exits(0);
}
