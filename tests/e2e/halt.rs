//! `halt` and `resume`: what is not served, and everything that goes on meanwhile.

use std::fs;

use serde_json::{Value, json};

use crate::support::{
    Project,
    remote::Bare,
    shop::{made, prompt},
    story::story,
};

/// The story, with ruth at the keyboard.
fn live() -> Project {
    let mut project = story().copy();
    project.as_person("ruth");
    project
}

const RENDER: [&str; 6] = ["render", "reply", "--env", "production", "--var", "message=hi"];

/// Whether `reply` is served in production.
#[track_caller]
fn is_served(project: &Project) -> bool {
    let outcome = project.run([&["--json"][..], &RENDER].concat());
    let document = outcome.document();
    match outcome.exit {
        0 => true,
        1 if document["code"] == "halted" => false,
        _ => panic!("{document:#}"),
    }
}

#[test]
fn a_halted_member_stops_its_bundle_and_says_who_and_why() {
    let mut project = live();
    assert!(is_served(&project));
    let halted = project.json(["halt", "--env", "production", "--artifact", "parrot", "-m", "repeats secrets"]);
    assert_eq!(
        (&halted["schema"], &halted["artifact"], &halted["bundles"]),
        (&json!("chancery.halt/1"), &json!("parrot"), &json!([{ "environment": "production", "prompt": "reply" }]))
    );
    let refused = project.as_person("tom").run([&["--json"][..], &RENDER].concat()).exits(1).document();
    assert_eq!((&refused["schema"], &refused["code"]), (&json!("chancery.failure/1"), &json!("halted")));
    assert_eq!(refused["message"], "`reply` is not served in `production`");
    assert_eq!(
        refused["because"],
        "`model/parrot` is halted in `production`, by `ruth` at 2026-11-20T08:00:00Z: repeats secrets"
    );
    let next = refused["next"].to_string();
    assert!(next.contains("chancery resume --env production --artifact model/parrot"), "{next}");
    assert!(next.contains("`omar` or `ruth` can resume it"), "{next}");
    for spec in ["reply@production", "reply@production~0"] {
        let again = project.run(["--json", "render", spec, "--var", "message=hi"]).exits(1).document();
        assert_eq!(again["code"], "halted", "{spec}: {again:#}");
    }
    let old = project.run(["--json", "render", "reply@v1", "--env", "production", "--var", "message=hi"]).exits(1);
    assert_eq!(old.document()["code"], "halted");
    let resumed =
        project.as_person("omar").json(["resume", "--env", "production", "--artifact", "parrot", "-m", "fixed"]);
    assert_eq!(
        (&resumed["schema"], &resumed["was"]["event"], &resumed["bundles"], &resumed["still_halted"]),
        (&json!("chancery.resume/1"), &halted["event"], &halted["bundles"], &json!([]))
    );
    assert!(is_served(&project));
    assert_eq!(project.json(["verify"])["ok"], true);
}

#[test]
fn every_width_of_a_halt_stops_what_it_covers_and_nothing_else() {
    for (flags, stops) in [
        (&[][..], true),
        (&["--env", "production"], true),
        (&["--artifact", "reply"], true),
        (&["--artifact", "prompt/reply", "--env", "production"], true),
        (&["--artifact", "model/parrot"], true),
        (&["--env", "staging"], false),
        (&["--artifact", "reply", "--env", "staging"], false),
        (&["--artifact", "suite/reply"], false),
    ] {
        let project = live();
        project.run([&["halt", "-m", "stop"], flags].concat()).exits(0);
        assert_eq!(is_served(&project), !stops, "{flags:?}");
        project.run([&["resume", "-m", "on"], flags].concat()).exits(0);
        assert!(is_served(&project), "{flags:?}");
    }
}

#[test]
fn looking_and_measuring_go_on_while_everything_is_halted() {
    let project = live();
    project.run(["halt", "-m", "keys are out"]).exits(0);
    for args in [
        &["show", "reply@production"][..],
        &["cat", "reply@production"],
        &["env", "production"],
        &["log", "reply"],
        &["eval", "--env", "production"],
        &["render", "reply", "--var", "message=hi"],
        &["render", "reply@head", "--var", "message=hi"],
        &["why", "production", "reply"],
        &["verify"],
    ] {
        project.run(args).exits(0);
    }
    assert!(!is_served(&project));
}

#[test]
fn what_is_halted_stands_before_everything_else() {
    let mut project = live();
    project.run(["halt", "--artifact", "reply", "--env", "production", "-m", "rude"]).exits(0);
    project.as_person("omar").run(["halt", "-m", "keys are out"]).exits(0);
    let status = project.run(["status"]).exits(0).stdout;
    let lines: Vec<&str> = status.lines().take(2).collect();
    assert_eq!(
        lines,
        [
            "HALTED: everything, by omar at 2026-11-20T08:00:00Z: keys are out",
            "HALTED: reply in production, by ruth at 2026-11-20T08:00:00Z: rude"
        ]
    );
    let environments = project.json(["env"])["environments"].clone();
    for stage in environments.as_array().unwrap() {
        assert_eq!((&stage["halted"], &stage["frozen"]), (&json!(true), &json!(false)));
        assert_eq!(stage["bundles"][0]["halted"], true);
    }
    assert_eq!(environments[2]["stops"].as_array().unwrap().len(), 2);
    let resumed = project.json(["resume", "-m", "replaced"]);
    let held = json!([{ "environment": "production", "prompt": "reply" }]);
    assert_eq!(resumed["still_halted"], held, "{resumed:#}");
    let stages = project.json(["env"])["environments"].clone();
    let halted: Vec<[&Value; 2]> =
        stages.as_array().unwrap().iter().map(|stage| [&stage["halted"], &stage["bundles"][0]["halted"]]).collect();
    assert_eq!(halted, [[false, false], [false, false], [false, true]]);
    let told = project.json(["audit", "--kind", "halt", "--artifact", "reply"]);
    assert_eq!(told["events"][0]["summary"], "halted prompt/reply in production: rude");
}

#[test]
fn a_halt_that_cannot_be_says_why() {
    let mut project = live();
    for (person, args, exit, code) in [
        ("tom", &["halt", "-m", "no"][..], 1, "not-allowed"),
        ("tom", &["halt", "--artifact", "reply", "-m", "no"], 1, "not-allowed"),
        ("stranger", &["halt", "-m", "no"], 1, "unknown-key"),
        ("ruth", &["halt", "--env", "prod", "-m", "no"], 3, "unknown-environment"),
        ("ruth", &["halt", "--artifact", "replay", "-m", "no"], 3, "unknown-artifact"),
        ("ruth", &["halt", "-m", ""], 2, "usage"),
        ("ruth", &["resume", "-m", "no"], 3, "not-halted"),
        ("ruth", &["resume", "--env", "production", "-m", "no"], 3, "not-halted"),
    ] {
        let before = project.events();
        let failed = project.as_person(person).run([&["--json"], args].concat()).exits(exit).document();
        assert_eq!(failed["code"], code, "{failed:#}");
        assert_eq!(project.events(), before, "{code}");
    }
    project.run(["halt", "--artifact", "reply", "-m", "rude"]).exits(0);
    let again = project.run(["--json", "halt", "--artifact", "reply", "-m", "rude"]).exits(3).document();
    assert_eq!(again["code"], "already-halted");
    let other = project.run(["--json", "resume", "-m", "all"]).exits(3).document();
    assert!(other["next"].to_string().contains("chancery resume --artifact prompt/reply"), "{other:#}");
    let refused = project.as_person("tom").run(["--json", "resume", "--artifact", "reply", "-m", "x"]).exits(1);
    assert_eq!(refused.document()["code"], "not-allowed");
    assert!(!is_served(&project));
}

#[test]
fn nothing_of_what_is_halted_is_promoted_and_a_rollback_works() {
    let mut project = live();
    project.write("prompts/reply.md", prompt(" so"));
    project.as_person("tom").run(["commit", "-m", "so"]).exits(0);
    let proposal = made(project.json(["propose", "staging", "-m", "so"]));
    let before = project.live("staging", "reply");
    project.as_person("ruth").run(["halt", "--artifact", "reply", "-m", "rude"]).exits(0);
    let refused = project.run(["--json", "promote", &proposal]).exits(1).document();
    let rule = refused["rules"].as_array().unwrap().iter().find(|rule| rule["rule"] == "window").unwrap();
    assert_eq!((&rule["code"], &rule["who"]), (&json!("halted"), &json!(["maya", "omar", "ruth"])));
    assert_eq!(rule["command"], "chancery resume --artifact prompt/reply -m \"…\"");
    project.run(["rollback", "staging", "-m", "as it was"]).exits(0);
    assert_ne!(project.live("staging", "reply"), before);
    assert_eq!(project.json(["verify"])["ok"], true);
}

#[test]
fn a_halt_in_one_clone_stops_serving_in_the_other_once_it_is_pulled() {
    let (bare, mut story) = (Bare::new(), live());
    story.as_person("tom").shared_through(&bare.url());
    let [ruth, omar] = ["ruth", "omar"].map(|person| Project::cloned(&bare.url(), person));
    assert_eq!(ruth.json(["halt", "--artifact", "reply", "-m", "rude"])["shared"], true);
    assert!(!is_served(&ruth) && is_served(&omar));
    omar.run(["pull"]).exits(0);
    assert!(!is_served(&omar));
    let refused = omar.run(["--json", "--offline", "resume", "--artifact", "reply", "-m", "fine"]).exits(3).document();
    assert_eq!(refused["code"], "offline");
    omar.run(["resume", "--artifact", "reply", "-m", "fine"]).exits(0);
    ruth.run(["pull"]).exits(0);
    assert!(is_served(&ruth) && is_served(&omar));
}

#[test]
fn without_the_remote_a_halt_stops_here_at_once_and_everywhere_once_shared() {
    let (bare, mut story) = (Bare::new(), live());
    story.as_person("tom").shared_through(&bare.url());
    let [ruth, omar] = ["ruth", "omar"].map(|person| Project::cloned(&bare.url(), person));
    let gone = bare.path().with_extension("gone");
    fs::rename(bare.path(), &gone).unwrap();
    let failed = ruth.run(["--json", "halt", "-m", "keys are out"]).exits(5).document();
    assert!(failed["next"].to_string().contains("--offline"), "{failed:#}");
    assert!(is_served(&ruth), "nothing was recorded");
    let offline = ruth.run(["--offline", "halt", "-m", "keys are out"]).exits(0);
    assert!(format!("{offline}").contains("NOT SHARED"), "{offline}");
    assert!(!is_served(&ruth));
    fs::rename(gone, bare.path()).unwrap();
    ruth.run(["push"]).exits(0);
    omar.run(["pull"]).exits(0);
    assert!(!is_served(&omar));
    for clone in [&ruth, &omar] {
        assert_eq!(clone.json(["verify"])["ok"], true);
    }
}
