//! Threat 7: break-glass is used quietly.

use chancery::{
    clock::Time,
    ledger::{Deed, Override},
    object::DossierId,
};
use serde_json::{Value, json};

use crate::{
    support::{Forge, Project, shop::dossier},
    threats::{
        attack::{id, refused, taken},
        crew::{approves, begun, commits, proposes, rules},
    },
};

/// Omar may let something into production that has not been in dev for a day; ana approved it.
fn glass() -> (Project, String) {
    let gate =
        "[environments.production]\nafter = \"dev\"\nsoak = \"24h\"\nwaivable = [\"order\", \"soak\", \"window\"]\n";
    let mut project = begun(&rules(1).replace("[environments.production]\nafter = \"dev\"\n", gate));
    commits(&mut project, "tom", "Hello.\n", &[]);
    let proposal = proposes(&mut project, "maya");
    assert!(approves(&mut project, "ana", &proposal)["event"].is_string());
    (project, proposal)
}

fn breaks<'a>(proposal: &'a str, rules: &'a str, why: &'a str, expires: &'a str) -> [&'a str; 8] {
    ["promote", proposal, "--override", rules, "-m", why, "--expires", expires]
}

/// An override of these rules, as an honest program would state it.
fn overriding(project: &Project, proposal: &str, rules: &[&str]) -> Override {
    Override {
        proposal: id(proposal),
        dossier: DossierId(dossier(project, proposal).parse().unwrap()),
        rules: rules.iter().map(|word| (*word).to_owned()).collect(),
        reason: "urgent".to_owned(),
        expires: Time::from_unix(Forge::of(project).newest().record.time.unix() + 86_400).unwrap(),
    }
}

/// Omar waives these rules, and is refused: to his face, and in every clone that is offered it.
#[track_caller]
fn is_not_waivable(project: &mut Project, proposal: &str, rules: &[&str]) {
    let told = project.as_person("omar").json(breaks(proposal, &rules.join(","), "urgent", "1d"));
    assert_eq!((&told["code"], &told["exit"]), (&"not-waivable".into(), &1.into()), "{rules:?}: {told:#}");
    refused(project, "not-waivable", "omar", Deed::Override(overriding(project, proposal, rules)));
}

#[test]
fn threat_07_an_override_without_reason_end_right_or_need_is_refused() {
    let (mut project, proposal) = glass();
    for (person, rules, why, expires, code) in [
        ("omar", "soak", " ", "1d", "reason-missing"),
        ("omar", "soak", "urgent", "31d", "bad-expiry"),
        ("omar", "approvals", "urgent", "1d", "not-waivable"),
        ("omar", "order,soak", "urgent", "1d", "nothing-to-waive"),
        ("ci", "soak", "urgent", "1d", "not-allowed"),
    ] {
        let told = project.as_person(person).json(breaks(&proposal, rules, why, expires));
        assert_eq!(told["code"], code, "{person} {rules}: {told:#}");
    }
    project.as_person("omar").run(["promote", &proposal, "--override", "soak", "-m", "urgent"]).exits(2);
    let lawful = overriding(&project, &proposal, &["soak"]);
    let rules = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    for (person, act, code) in [
        ("omar", Override { reason: " ".to_owned(), ..lawful.clone() }, "reason-missing"),
        ("omar", Override { rules: rules(&["approvals"]), ..lawful.clone() }, "not-waivable"),
        ("omar", Override { rules: rules(&["order", "soak"]), ..lawful.clone() }, "nothing-to-waive"),
        ("ci", lawful.clone(), "not-allowed"),
    ] {
        refused(&project, code, person, Deed::Override(act));
    }
    // The twin: with a reason, an end, the right and the need.
    project.as_person("omar").run(breaks(&proposal, "soak", "urgent", "1d")).exits(0);
    taken(&project);
}

#[test]
fn threat_07_an_override_stays_in_sight_until_somebody_else_has_looked() {
    let (mut project, proposal) = glass();
    let told = project.as_person("omar").json(breaks(&proposal, "soak", "urgent", "1d"));
    let event = told["event"].as_str().unwrap().to_owned();
    let places = [&["status"][..], &["env", "production"], &["audit"], &["why", "production", "greet"]];
    for args in places {
        let shown = project.json(args);
        let line = &shown["overrides"][0];
        assert_eq!((&line["event"], &line["reason"]), (&json!(event), &json!("urgent")), "{args:?}: {shown:#}");
    }
    assert_eq!(project.json(["audit", "--kind", "override"])["events"][0]["event"], event.as_str());
    for (person, code) in [("omar", "own-override"), ("tom", "author-reviews")] {
        let told = project.as_person(person).json(["override", "review", &event, "-m", "fine"]);
        assert_eq!(told["code"], code, "{person}: {told:#}");
    }
    commits(&mut project, "tom", "Hello again.\n", &[]);
    let next = proposes(&mut project, "maya");
    project.at("2026-11-25T09:00:00Z");
    assert!(approves(&mut project, "ana", &next)["event"].is_string());
    let told = project.as_person("omar").json(["promote", &next]);
    let unmet = |told: &Value| told["rules"].to_string().contains("override-unreviewed");
    assert!(unmet(&told) && told["promoted"] == false, "{told:#}");
    // The twin: somebody else has looked, and it goes on.
    project.as_person("ana").run(["override", "review", &event, "-m", "it was right"]).exits(0);
    for args in places {
        assert_eq!(project.json(args)["overrides"], json!([]), "{args:?}");
    }
    project.as_person("omar").run(["promote", &next]).exits(0);
    taken(&project);
}

#[test]
fn threat_07_nobody_waives_what_was_stopped_what_was_taken_back_or_what_people_sign() {
    let (mut project, proposal) = glass();
    // The rules call `window` waivable: an hour is, and what somebody stopped is not.
    for (stop, go_on) in [
        (&["freeze", "production", "-m", "an incident"][..], &["thaw", "production", "-m", "over"][..]),
        (&["halt", "-m", "an incident"], &["resume", "-m", "over"]),
    ] {
        project.as_person("ana").run(stop).exits(0);
        is_not_waivable(&mut project, &proposal, &["soak", "window"]);
        project.as_person("ana").run(go_on).exits(0);
    }
    let mut unsigned = project.copy();
    commits(&mut unsigned, "tom", "Hello again.\n", &[]);
    let next = proposes(&mut unsigned, "maya");
    is_not_waivable(&mut unsigned, &next, &["approvals", "soak"]);
    // The twin: what the rules call waivable, once nothing is stopped.
    project.as_person("omar").run(breaks(&proposal, "soak", "urgent", "1d")).exits(0);
    taken(&project);
    project.run(["rollback", "production", "-m", "it insults"]).exits(0);
    let again = proposes(&mut project, "maya");
    assert!(approves(&mut project, "ana", &again)["event"].is_string());
    is_not_waivable(&mut project, &again, &["quarantine", "soak"]);
}
