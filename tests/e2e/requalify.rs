//! `requalify`: what a rollback took away comes back once people have agreed, and not before.

use chancery::{
    ledger::{Changes, Deed, Event, Lift, Promotion, Proposal, SignedAct},
    name::{Artifact, Kind, Name},
    object::{DossierId, EventId},
};
use serde_json::Value;

use crate::support::{
    Forge, Project,
    shop::{dossier, made, prompt, shop, shown},
    signer,
};

/// Proposes the heads for staging, and carries it out where the rules let ruth.
fn to_staging(project: &mut Project) -> Value {
    let proposal = made(project.as_person("tom").json(["propose", "staging", "-m", "on"]));
    project.as_person("ruth").json(["promote", &proposal])
}

/// The second reply was live in staging, and was rolled back.
fn rolled_back() -> Project {
    let mut project = shop();
    assert_eq!(to_staging(&mut project)["promoted"], true);
    project.write("prompts/reply.md", prompt(" so"));
    project.as_person("tom").run(["commit", "-m", "so"]).exits(0);
    assert_eq!(to_staging(&mut project)["promoted"], true);
    project.as_person("ruth").run(["rollback", "staging", "-m", "customers laughed"]).exits(0);
    project
}

/// What the gate says of one rule.
fn rule<'a>(document: &'a Value, rule: &str) -> &'a Value {
    let rules = document["rules"].as_array().unwrap_or_else(|| panic!("{document:#}"));
    rules.iter().find(|line| line["rule"] == rule).unwrap_or_else(|| panic!("no {rule}: {document:#}"))
}

#[test]
fn it_does_not_come_back_unasked_and_does_once_it_is_lifted() {
    let mut project = rolled_back();
    let refused = to_staging(&mut project);
    let said = rule(&refused, "quarantine");
    assert_eq!(
        (&refused["promoted"], &said["ok"], &said["code"]),
        (&false.into(), &false.into(), &"quarantined".into())
    );
    let command = said["command"].as_str().unwrap();
    assert!(command.starts_with("chancery requalify prompt/reply@"), "{command}");

    let asked = project.as_person("tom").json(["requalify", "reply", "-m", "it was the joke beside it"]);
    assert_eq!(asked["schema"], "chancery.requalify/1", "{asked:#}");
    assert_eq!(
        (&asked["changes"], &asked["tier"], &asked["lifts"]["number"]),
        (&Value::Array(vec![]), &"high".into(), &2.into())
    );
    assert_eq!(asked["lifts"]["message"], "customers laughed");
    let lift = made(asked);
    project.run(["promote", &lift]).exits(1);
    let lifted = project.as_person("ruth").json(["promote", &lift]);
    assert_eq!((&lifted["promoted"], &lifted["lifts"]["artifact"]), (&true.into(), &"reply".into()), "{lifted:#}");
    let live = project.json(["env", "staging"]);
    assert_eq!(live["environments"][0]["quarantined"], Value::Array(vec![]));
    project.run(["promote", "staging"]).exits(0);
    project.run(["verify"]).exits(0);
}

#[test]
fn it_is_shown_until_it_is_lifted() {
    let mut project = rolled_back();
    let environments = project.json(["env", "staging"]);
    let shown = environments["environments"][0]["quarantined"].clone();
    assert_eq!(shown.as_array().map(Vec::len), Some(1), "{shown:#}");
    assert_eq!(
        (&shown[0]["artifact"], &shown[0]["person"], &shown[0]["number"]),
        (&"reply".into(), &"ruth".into(), &2.into())
    );
    assert_eq!(project.json(["status"])["quarantined"], shown);
    assert_eq!(project.json(["show", "reply@v2"])["quarantined"], shown);
    assert_eq!(project.json(["show", "reply@v1"])["quarantined"], Value::Array(vec![]));
    for args in [&["env", "staging"][..], &["status"], &["show", "reply@v2"]] {
        let page = project.run(args).exits(0).stdout;
        assert!(page.contains("in quarantine"), "{page}");
        assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    }
    let lift = made(project.as_person("tom").json(["requalify", "reply", "-m", "again"]));
    let listed = project.json(["proposals", "staging"]);
    assert_eq!(listed["proposals"][0]["lifts"]["artifact"], "reply", "{listed:#}");
    for args in [&["proposals"][..], &["review", &lift], &["promote", &lift, "--dry-run"]] {
        let page = project.run(args).exits(0).stdout;
        assert!(page.contains("lets in again reply"), "{page}");
    }
    let sheet = project.json(["review", &lift]);
    assert!(sheet["lifts"]["diff"].as_str().unwrap().contains("+Thank you so."), "{sheet:#}");
}

#[test]
fn production_asks_for_the_approvals_of_high_risk_and_a_review() {
    let mut project = shop();
    for thanks in [" much", " so"] {
        project.write("prompts/reply.md", prompt(thanks));
        project.as_person("tom").run(["commit", "-m", "warmer"]).exits(0);
        assert_eq!(to_staging(&mut project)["promoted"], true);
        let proposal = made(project.as_person("tom").json(["propose", "production", "-m", "on"]));
        shown(&mut project, &proposal);
        let digest = dossier(&project, &proposal);
        for person in ["ruth", "omar"] {
            project.as_person(person).run(["approve", &proposal, "--dossier", &digest]).exits(0);
        }
        project.run(["promote", &proposal]).exits(0);
    }
    project.as_person("ruth").run(["rollback", "production", "-m", "worse"]).exits(0);
    let lift = made(project.as_person("tom").json(["requalify", "reply", "-m", "a false alarm"]));
    let weighed = project.json(["promote", &lift, "--dry-run"]);
    let unmet: Vec<&str> = weighed["rules"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["ok"] == false)
        .map(|line| line["rule"].as_str().unwrap())
        .collect();
    assert_eq!(unmet, ["approvals", "reviews"]);
    project.as_person("omar").run(["review", &lift, "--done"]).exits(0);
    let digest = dossier(&project, &lift);
    for person in ["ruth", "omar"] {
        project.as_person(person).run(["promote", &lift]).exits(1);
        project.run(["approve", &lift, "--dossier", &digest]).exits(0);
    }
    project.run(["promote", &lift]).exits(0);
    project.run(["verify"]).exits(0);
}

#[test]
fn what_is_not_in_quarantine_or_asked_for_already_is_told_so() {
    let mut project = rolled_back();
    project.as_person("tom");
    for version in ["reply@v1", "parrot", "abcdef12"] {
        assert_eq!(project.json(["requalify", version, "-m", "why"])["code"], "not-quarantined", "{version}");
    }
    let elsewhere = project.json(["requalify", "reply", "--env", "production", "-m", "why"]);
    assert_eq!(elsewhere["code"], "not-quarantined", "{elsewhere:#}");
    let version = project.json(["show", "reply@v2"])["version"].as_str().unwrap().to_owned();
    let lift = made(project.json(["requalify", &version[..12], "-m", "by its digits"]));
    let twice = project.json(["requalify", "reply@v2", "-m", "again"]);
    assert_eq!(twice["code"], "already-proposed", "{twice:#}");
    assert!(twice["next"].to_string().contains(&lift[..8]), "{twice:#}");
    let refreshed = project.json(["propose", "staging", "--refresh", &lift, "-m", "anew"]);
    assert_eq!(refreshed["code"], "nothing-to-propose", "{refreshed:#}");
}

#[test]
fn a_patched_program_that_promotes_or_lifts_past_the_gate_is_refused_by_everybody_else() {
    let mut project = rolled_back();
    let again = made(project.as_person("tom").json(["propose", "staging", "-m", "on"]));
    let lift = made(project.json(["requalify", "reply", "-m", "mine"]));
    let forge = Forge::of(&project);
    let promotion = |proposal: &str| {
        Deed::Promote(Promotion {
            proposal: proposal.parse().map(EventId).unwrap(),
            dossier: dossier(&project, proposal).parse().map(DossierId).unwrap(),
        })
    };
    let Deed::Propose(asked) = forge.newest().act.act().deed.clone() else { panic!("the newest event asks") };
    let never = asked
        .lifts
        .clone()
        .map(|lift| Lift { artifact: Artifact::new(Kind::Prompt, Name::parse("none").unwrap()), ..lift });
    for (person, deed, rule) in [
        ("ruth", promotion(&again), "gate"),
        ("tom", promotion(&lift), "not-allowed"),
        ("tom", Deed::Propose(Proposal { lifts: never, ..asked.clone() }), "not-quarantined"),
    ] {
        let act = SignedAct::sign(forge.act(person, deed), &signer(person)).unwrap();
        let event = Event { record: forge.record(&act, person), act };
        forge.append(&event, &Changes::new(), person);
        let verified = project.run(["--json", "verify"]).exits(1).document();
        assert_eq!(verified["problems"][0]["rule"], rule, "{verified:#}");
        forge.undo();
    }
    project.run(["verify"]).exits(0);
    project.as_person("ruth").run(["promote", &lift]).exits(0);
    project.run(["promote", &again]).exits(0);
}
