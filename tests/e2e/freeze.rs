//! `freeze` and `thaw`, and the hours of an environment: when nothing is promoted.

use serde_json::{Value, json};

use crate::support::{
    Project,
    remote::Bare,
    shop::{made, prompt, rules, shop},
    story::story,
};

/// The rule `window` of a verdict; null where it is not asked.
fn window(document: &Value) -> Value {
    let rules = document["rules"].as_array().unwrap_or_else(|| panic!("no rules: {document:#}"));
    rules.iter().find(|rule| rule["rule"] == "window").cloned().unwrap_or_default()
}

/// The shop with its heads proposed for staging, whose gate is open.
fn waiting() -> (Project, String) {
    let mut project = shop();
    let proposal = made(project.as_person("tom").json(["propose", "staging", "-m", "on"]));
    project.as_person("ruth");
    (project, proposal)
}

#[test]
fn a_frozen_environment_promotes_nothing_until_it_is_thawed() {
    let (project, proposal) = waiting();
    assert_eq!(window(&project.json(["promote", &proposal, "--dry-run"])), Value::Null);
    let frozen = project.json(["freeze", "staging", "-m", "incident 12"]);
    assert_eq!(
        (&frozen["schema"], &frozen["environment"], &frozen["waiting"]),
        (&json!("chancery.freeze/1"), &json!("staging"), &json!([proposal]))
    );
    let refused = project.run(["--json", "promote", &proposal]).exits(1).document();
    assert_eq!((&refused["promoted"], &refused["verdict"]), (&json!(false), &json!("refused")));
    let rule = window(&refused);
    assert_eq!((&rule["ok"], &rule["code"]), (&json!(false), &json!("frozen")));
    assert_eq!(rule["reason"], "`staging` is frozen, by `ruth` at 2026-11-20T08:00:00Z: incident 12");
    assert_eq!(rule["who"], json!(["maya", "omar", "ruth"]));
    assert_eq!(rule["command"], "chancery thaw staging -m \"…\"");
    let thawed = project.json(["thaw", "staging", "-m", "it is over"]);
    assert_eq!((&thawed["schema"], &thawed["was"]["event"]), (&json!("chancery.thaw/1"), &frozen["event"]));
    project.run(["promote", &proposal]).exits(0);
    assert_eq!(project.json(["verify"])["ok"], true);
}

#[test]
fn what_is_frozen_stands_before_everything_else() {
    let story = story();
    let (mut project, open) = (story.copy(), &story.open);
    project.as_person("omar").run(["freeze", "production", "-m", "incident 12\nand more"]).exits(0);
    let said = "FROZEN: production, by omar at 2026-11-20T08:00:00Z: incident 12";
    let on_one_line = |page: &str| page.split_whitespace().collect::<Vec<_>>().join(" ");
    for args in [&["status"][..], &["review", open]] {
        let page = project.run(args).exits(0).stdout;
        assert!(on_one_line(&page).starts_with(said), "{page}");
        assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    }
    let page = project.run(["env", "production"]).exits(0).stdout;
    assert!(on_one_line(&page).starts_with(&format!("production {said}")), "{page}");
    let markdown = project.run(["review", open, "--markdown", "dossier.md"]).exits(0);
    let written = String::from_utf8(project.read("dossier.md")).unwrap();
    assert!(written.contains("**FROZEN**: `production` by `omar`"), "{markdown}{written}");
    let status = project.json(["status"]);
    let stop = &status["stops"][0];
    assert_eq!(
        (&stop["stop"], &stop["environment"], &stop["person"], &stop["message"]),
        (&json!("freeze"), &json!("production"), &json!("omar"), &json!("incident 12\nand more"))
    );
    assert_eq!(project.json(["review", open])["stops"], status["stops"]);
    let stages = project.json(["env"])["environments"].clone();
    let frozen: Vec<&Value> = stages.as_array().unwrap().iter().map(|stage| &stage["frozen"]).collect();
    assert_eq!(frozen, [false, false, true]);
    assert_eq!((&stages[2]["stops"], &stages[2]["halted"]), (&status["stops"], &json!(false)));
    let told = project.json(["audit", "--kind", "freeze", "--env", "production"]);
    assert!(told["events"][0]["summary"].as_str().unwrap().ends_with("production: incident 12"), "{told:#}");
}

#[test]
fn a_freeze_that_cannot_be_says_why() {
    let (mut project, _) = waiting();
    for (person, args, exit, code) in [
        ("tom", &["freeze", "staging", "-m", "no"][..], 1, "not-allowed"),
        ("ci", &["freeze", "staging", "-m", "no"], 1, "not-allowed"),
        ("stranger", &["freeze", "staging", "-m", "no"], 1, "unknown-key"),
        ("ruth", &["freeze", "stagin", "-m", "no"], 3, "unknown-environment"),
        ("ruth", &["freeze", "dev", "-m", "no"], 3, "follows-heads"),
        ("ruth", &["freeze", "staging", "-m", " "], 2, "usage"),
        ("ruth", &["thaw", "staging", "-m", "no"], 3, "not-frozen"),
        ("ruth", &["thaw", "stagin", "-m", "no"], 3, "unknown-environment"),
    ] {
        let before = project.events();
        let failed = project.as_person(person).run([&["--json"], args].concat()).exits(exit).document();
        assert_eq!(failed["code"], code, "{failed:#}");
        assert_eq!(project.events(), before, "{code}");
    }
    let hint = project.json(["freeze", "dev", "-m", "no"])["next"].to_string();
    assert!(hint.contains("chancery halt --env dev"), "{hint}");
    project.as_person("omar").run(["freeze", "staging", "-m", "now"]).exits(0);
    let again = project.as_person("ruth").run(["--json", "freeze", "staging", "-m", "me too"]).exits(3).document();
    assert_eq!(again["code"], "already-frozen");
    assert!(again["message"].as_str().unwrap().contains("`omar`"), "{again:#}");
    assert_eq!(
        project.as_person("tom").run(["--json", "thaw", "staging", "-m", "x"]).exits(1).document()["code"],
        "not-allowed"
    );
}

#[test]
fn a_rollback_works_while_it_is_frozen() {
    let (mut project, first) = waiting();
    project.run(["promote", &first]).exits(0);
    project.write("prompts/reply.md", prompt(" so"));
    project.as_person("tom").run(["commit", "-m", "so"]).exits(0);
    let second = made(project.json(["propose", "staging", "-m", "on"]));
    project.as_person("ruth").run(["promote", &second]).exits(0);
    let now = project.live("staging", "reply");
    project.run(["freeze", "staging", "-m", "incident 12"]).exits(0);
    project.run(["rollback", "staging", "-m", "worse"]).exits(0);
    assert_ne!(project.live("staging", "reply"), now);
    assert_eq!(project.json(["env", "staging"])["environments"][0]["frozen"], true);
    assert_eq!(project.json(["verify"])["ok"], true);
}

#[test]
fn ship_stops_at_a_freeze_and_goes_on_after_it() {
    let mut project = shop();
    project.as_person("ruth").run(["freeze", "staging", "-m", "incident 12"]).exits(0);
    let shipped = project.run(["--json", "ship", "staging", "-m", "on"]).exits(1).document();
    assert_eq!((&shipped["step"], &shipped["needs"][0]["code"]), (&json!("promote"), &json!("frozen")), "{shipped:#}");
    project.run(["thaw", "staging", "-m", "over"]).exits(0);
    project.run(["ship", "staging", "-m", "on"]).exits(0);
}

/// The shop, with hours for staging, and its heads proposed for it.
fn with_hours(hours: &str) -> (Project, String) {
    let mut project = Project::new();
    let people = ["maya", "tom", "ruth", "omar", "ci"];
    let text = rules(&people).replace("after = \"dev\"", &format!("after = \"dev\"\nwindow = {{ {hours} }}"));
    project.write("chancery.toml", text);
    project.as_person("maya").run(["init"]).exits(0);
    project.write("prompts/reply.md", "thanks\n");
    project.as_person("tom").run(["commit", "-m", "thanks"]).exits(0);
    let proposal = made(project.json(["propose", "staging", "-m", "on"]));
    project.as_person("ruth");
    (project, proposal)
}

#[test]
fn outside_its_hours_an_environment_waits_for_the_next_opening() {
    let hours = "days = [\"mon\", \"tue\"], from = \"08:00\", to = \"16:00\", zone = \"Europe/Berlin\"";
    let (mut project, proposal) = with_hours(hours);
    let refused = project.run(["--json", "promote", &proposal]).exits(1).document();
    let rule = window(&refused);
    assert_eq!(rule["code"], "outside-window");
    assert_eq!(
        rule["reason"],
        "`staging` is changed mon, tue from 08:00 to 16:00 Europe/Berlin; it is fri 09:00 there"
    );
    assert_eq!(rule["next"], "wait until 2026-11-23T07:00:00Z");
    project.at("2026-11-23T06:59:59Z").run(["promote", &proposal]).exits(1);
    project.at("2026-11-23T07:00:00Z").run(["promote", &proposal]).exits(0);
    assert_eq!(project.json(["verify"])["ok"], true);
}

#[test]
fn hours_that_would_never_come_are_refused() {
    for (hours, code) in [
        ("days = [], from = \"08:00\", to = \"16:00\", zone = \"UTC\"", "empty-list"),
        ("days = [\"mon\"], from = \"08:00\", to = \"08:00\", zone = \"UTC\"", "never-open"),
        ("days = [\"mon\"], from = \"08:00\", to = \"16:00\", zone = \"Europe/Berlim\"", "unknown-zone"),
    ] {
        let mut project = Project::new();
        let text = rules(&["maya"]).replace("after = \"dev\"", &format!("after = \"dev\"\nwindow = {{ {hours} }}"));
        project.write("chancery.toml", text);
        let failed = project.as_person("maya").run(["--json", "init"]).exits(3).document();
        let codes: Vec<&Value> = failed["problems"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
        assert!(codes.contains(&&json!(code)), "{failed:#}");
    }
}

#[test]
fn wider_hours_are_named_as_a_lower_bar() {
    let hours = "days = [\"mon\"], from = \"08:00\", to = \"16:00\", zone = \"UTC\"";
    let (mut project, _) = with_hours(hours);
    let text = String::from_utf8(project.read("chancery.toml")).unwrap();
    project.write("chancery.toml", text.replace("16:00", "18:00"));
    let proposal = made(project.as_person("maya").json(["propose", "governance", "-m", "longer"]));
    let sheet = project.json(["review", &proposal]);
    let expected =
        json!([{ "path": "environments.staging.window.to", "from": "16:00", "to": "18:00", "lowers": true }]);
    assert_eq!(sheet["differences"], expected);
}

#[test]
fn a_freeze_goes_through_the_remote_and_may_be_given_without_it_a_thaw_not() {
    let (bare, mut shop) = (Bare::new(), shop());
    shop.as_person("tom").shared_through(&bare.url());
    let [ruth, omar] = ["ruth", "omar"].map(|person| Project::cloned(&bare.url(), person));
    let frozen = ruth.json(["freeze", "staging", "-m", "incident 12"]);
    assert_eq!(frozen["shared"], true);
    assert_eq!(bare.target("refs/chancery/ledger"), ruth.tip());
    let late = omar.run(["--json", "freeze", "staging", "-m", "me too"]).exits(3).document();
    assert_eq!(late["code"], "already-frozen", "it pulls first: {late:#}");
    let refused = omar.run(["--json", "--offline", "thaw", "staging", "-m", "over"]).exits(3).document();
    assert_eq!(refused["code"], "offline");
    omar.run(["thaw", "staging", "-m", "over"]).exits(0);
    let offline = ruth.run(["--offline", "freeze", "production", "-m", "again"]).exits(0);
    assert!(format!("{offline}").contains("NOT SHARED"), "{offline}");
    assert_eq!(omar.json(["env", "production"])["environments"][0]["frozen"], false);
    ruth.run(["push"]).exits(0);
    omar.run(["pull"]).exits(0);
    assert_eq!(omar.json(["env", "production"])["environments"][0]["frozen"], true);
    assert_eq!(omar.json(["env", "staging"])["environments"][0]["frozen"], false);
}
