//! `promote --override`: past rules that governance calls waivable, never quietly, and never past people.

use chancery::{
    clock::Time,
    ledger::{Changes, Deed, Event, Override, OverrideReview, SignedAct},
    object::{DossierId, EventId},
};
use serde_json::{Value, json};

use crate::support::{
    Forge, Project,
    remote::Bare,
    shop::{dossier, made, prompt, rules},
    signer,
};

/// Production waits a day and asks one person; `order` and `soak` may be waived.
const PRODUCTION: &str = r#"[environments.production]
after = "staging"
soak = "24h"
waivable = ["order", "soak"]

[environments.production.gate]
approvals = { role = "release", low = 1 }
"#;

const PEOPLE: [&str; 5] = ["maya", "tom", "ruth", "omar", "ci"];

/// A reply that has just come to staging, proposed for production by tom and approved by ruth.
fn fresh() -> (Project, String) {
    let mut project = Project::new();
    let all = rules(&PEOPLE);
    let at = all.find("[environments.production]").unwrap();
    project.write("chancery.toml", format!("{}{PRODUCTION}", &all[..at]));
    project.as_person("maya").run(["init"]).exits(0);
    project.write("prompts/reply.md", prompt(""));
    project.write("models/parrot.toml", "provider = \"echo\"\nid = \"parrot\"\n");
    project.as_person("tom").run(["commit", "-m", "a polite reply"]).exits(0);
    let proposal = approved(&mut project);
    (project, proposal)
}

/// Brings the heads to staging, proposes them for production, and has ruth approve.
fn approved(project: &mut Project) -> String {
    let staging = made(project.as_person("tom").json(["propose", "staging", "-m", "on"]));
    project.as_person("ruth").run(["promote", &staging]).exits(0);
    let proposal = made(project.as_person("tom").json(["propose", "production", "-m", "thank people"]));
    let digest = dossier(project, &proposal);
    project.as_person("ruth").run(["approve", &proposal, "--dossier", &digest]).exits(0);
    proposal
}

fn over<'a>(proposal: &'a str, rules: &'a str, expires: &'a str) -> [&'a str; 8] {
    ["promote", proposal, "--override", rules, "-m", "refunds are down", "--expires", expires]
}

/// The override that was just recorded.
fn overridden(project: &mut Project, proposal: &str) -> String {
    let document = project.as_person("ruth").json(over(proposal, "soak", "24h"));
    assert_eq!(document["promoted"], true, "{document:#}");
    document["event"].as_str().unwrap().to_owned()
}

#[test]
fn a_waivable_rule_is_gone_past_visibly_until_somebody_else_has_looked() {
    let (mut project, proposal) = fresh();
    project.run(["promote", &proposal]).exits(1);
    let dry = project.json([&over(&proposal, "soak", "24h")[..], &["--dry-run"]].concat());
    assert_eq!((&dry["verdict"], &dry["promoted"]), (&json!("pass"), &json!(false)), "{dry:#}");
    let soak = dry["rules"].as_array().unwrap().iter().find(|line| line["rule"] == "soak").unwrap();
    assert_eq!((&soak["ok"], &soak["code"]), (&json!(true), &json!("waived")), "{soak:#}");
    assert!(soak["reason"].as_str().unwrap().contains("was not live in `staging` for 1d"), "{soak:#}");

    let event = overridden(&mut project, &proposal);
    let open = json!([{
        "event": event, "proposal": proposal, "environment": "production", "person": "ruth",
        "time": "2026-11-20T08:00:00Z", "rules": ["soak"], "reason": "refunds are down",
        "expires": "2026-11-21T08:00:00Z", "expired": false, "who": ["maya", "omar"],
    }]);
    for args in [&["status"][..], &["env", "production"], &["audit"], &["why", "production", "reply"]] {
        assert_eq!(project.json(args)["overrides"], open, "{args:?}");
        let page = project.run(args).exits(0).stdout;
        assert!(page.starts_with("OVERRIDE: ruth waived soak in production"), "{page}");
        assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    }
    assert_eq!(project.json(["env", "staging"])["overrides"], json!([]));
    let kinds = project.json(["audit", "--kind", "override"]);
    assert_eq!(kinds["events"][0]["event"], event.as_str(), "{kinds:#}");
    let why = project.json(["why", "production", "reply"]);
    assert_eq!(
        (&why["promotion"]["kind"], &why["promotion"]["waived"]["rules"]),
        (&json!("override"), &json!(["soak"]))
    );

    let looked = project.as_person("omar").json(["override", "review", &event[..10], "-m", "it was right"]);
    assert_eq!((&looked["schema"], &looked["promotion"]), (&json!("chancery.override/1"), &json!(event)), "{looked:#}");
    for args in [&["status"][..], &["env", "production"], &["audit"], &["why", "production", "reply"]] {
        assert_eq!(project.json(args)["overrides"], json!([]), "{args:?}");
    }
    let why = project.json(["why", "production", "reply"]);
    assert_eq!(why["promotion"]["waived"]["reviewed"]["person"], "omar", "{why:#}");
    project.run(["verify"]).exits(0);
}

#[test]
fn what_may_not_be_waived_is_refused_and_remembered() {
    let (mut project, proposal) = fresh();
    project.as_person("ruth");
    for (words, code) in [
        ("order,soak", "nothing-to-waive"),
        ("approvals", "not-waivable"),
        ("evidence", "not-waivable"),
        ("base", "not-waivable"),
        ("quarantine", "not-waivable"),
    ] {
        let refused = project.json(over(&proposal, words, "24h"));
        assert_eq!((&refused["code"], &refused["exit"]), (&json!(code), &json!(1)), "{words}: {refused:#}");
    }
    let tried = project.json(["audit", "--kind", "attempt"]);
    assert_eq!(tried["events"].as_array().unwrap().len(), 5, "{tried:#}");
    assert!(tried["events"][0]["summary"].as_str().unwrap().starts_with("tried to override"), "{tried:#}");
    for (expires, code) in [("31d", "bad-expiry"), ("2026-11-20T08:00:00Z", "bad-expiry"), ("0s", "bad-expiry")] {
        assert_eq!(project.json(over(&proposal, "soak", expires))["code"], code, "{expires}");
    }
    let blank = project.json(["promote", &proposal, "--override", "soak", "-m", " ", "--expires", "24h"]);
    assert_eq!(blank["code"], "reason-missing", "{blank:#}");
    for args in [
        &["promote", &proposal, "--override", "soak"][..],
        &["promote", &proposal, "-m", "why"],
        &["promote", &proposal, "--override", "soaks", "-m", "why", "--expires", "1d"],
    ] {
        project.run(args).exits(2);
    }
    assert_eq!(project.as_person("tom").json(over(&proposal, "soak", "24h"))["code"], "not-allowed");
    overridden(&mut project, &proposal);
}

#[test]
fn nobody_reviews_their_own_override_and_without_a_review_nothing_goes_on() {
    let (mut project, proposal) = fresh();
    let event = overridden(&mut project, &proposal);
    for (person, code) in [("ruth", "own-override"), ("tom", "author-reviews"), ("ci", "program-approves")] {
        let refused = project.as_person(person).json(["override", "review", &event, "-m", "fine"]);
        assert_eq!(refused["code"], code, "{person}: {refused:#}");
    }
    project.write("prompts/reply.md", prompt(" so"));
    project.as_person("tom").run(["commit", "-m", "so"]).exits(0);
    let next = approved(&mut project);
    assert_eq!(project.json(["review", &next])["overrides"][0]["event"], event.as_str());
    project.at("2026-11-22T09:00:00Z");
    let page = project.run(["status"]).exits(0).stdout;
    assert!(page.replace('\n', " ").contains("not reviewed by 2026-11-21T08:00:00Z"), "{page}");
    let refused = project.json(["promote", &next]);
    let unmet: Vec<&Value> = refused["rules"].as_array().unwrap().iter().filter(|line| line["ok"] == false).collect();
    assert_eq!(unmet.len(), 1, "{refused:#}");
    assert_eq!((&unmet[0]["rule"], &unmet[0]["code"]), (&json!("override"), &json!("override-unreviewed")));
    assert_eq!(unmet[0]["who"], json!(["maya", "omar"]));
    assert!(unmet[0]["command"].as_str().unwrap().starts_with("chancery override review"), "{refused:#}");
    let again = project.json(over(&next, "override", "24h"));
    assert_eq!(again["code"], "not-waivable", "{again:#}");
    project.as_person("omar").run(["override", "review", &event, "-m", "it was right"]).exits(0);
    assert_eq!(project.json(["override", "review", &event, "-m", "again"])["code"], "already-reviewed");
    project.as_person("ruth").run(["promote", &next]).exits(0);
    project.run(["verify"]).exits(0);
}

#[test]
fn the_rules_themselves_are_never_overridden() {
    let (mut project, _) = fresh();
    let text = String::from_utf8(project.read("chancery.toml")).unwrap();
    project.write("chancery.toml", text.replace("soak = \"24h\"", "soak = \"1h\""));
    let change = made(project.as_person("maya").json(["propose", "governance", "-m", "faster"]));
    let refused = project.json(over(&change, "soak", "24h"));
    assert_eq!(refused["code"], "not-waivable", "{refused:#}");
    project.run(["promote", &change]).exits(0);
}

#[test]
fn a_patched_program_that_overrides_or_reviews_past_the_rules_is_refused_by_everybody_else() {
    let (mut project, proposal) = fresh();
    let id = |text: &str| EventId(text.parse().unwrap());
    let forge = Forge::of(&project);
    let lawful = Override {
        proposal: id(&proposal),
        dossier: DossierId(dossier(&project, &proposal).parse().unwrap()),
        rules: vec!["soak".to_owned()],
        reason: "refunds are down".to_owned(),
        expires: Time::parse("2026-11-21T08:00:00Z").unwrap(),
    };
    let with = |change: &dyn Fn(&mut Override)| {
        let mut act = lawful.clone();
        change(&mut act);
        Deed::Override(act)
    };
    let late = Time::parse("2027-11-21T08:00:00Z").unwrap();
    let mut attacks = vec![
        ("tom", with(&|_| {}), "not-allowed"),
        ("ruth", with(&|act| act.rules = vec!["approvals".to_owned()]), "not-waivable"),
        ("ruth", with(&|act| act.rules = vec!["order".to_owned(), "soak".to_owned()]), "nothing-to-waive"),
        ("ruth", with(&|act| act.expires = late), "bad-expiry"),
        ("ruth", with(&|act| act.reason = String::new()), "reason-missing"),
    ];
    refused(&project, &forge, &attacks);
    let event = overridden(&mut project, &proposal);
    let looked = || Deed::OverrideReview(OverrideReview { promotion: id(&event), message: "fine".to_owned() });
    attacks = vec![("ruth", looked(), "own-override"), ("tom", looked(), "author-reviews")];
    refused(&project, &forge, &attacks);
    project.as_person("omar").run(["override", "review", &event, "-m", "right"]).exits(0);
    project.run(["verify"]).exits(0);
}

/// Each of these, put past the rules, is found by whoever decides the ledger again.
fn refused(project: &Project, forge: &Forge, attacks: &[(&str, Deed, &str)]) {
    for (person, deed, rule) in attacks {
        let act = SignedAct::sign(forge.act(person, deed.clone()), &signer(person)).unwrap();
        let event = Event { record: forge.record(&act, person), act };
        forge.append(&event, &Changes::new(), person);
        let verified = project.run(["--json", "verify"]).exits(1).document();
        assert_eq!(verified["problems"][0]["rule"], *rule, "{person} {rule}: {verified:#}");
        forge.undo();
    }
}

#[test]
fn it_goes_through_the_remote_and_every_clone_leads_with_it() {
    let (mut project, proposal) = fresh();
    let remote = Bare::new();
    project.as_person("maya").shared_through(&remote.url());
    let offline = project.as_person("ruth").json([&["--offline"][..], &over(&proposal, "soak", "24h")].concat());
    assert_eq!(offline["code"], "offline", "{offline:#}");
    let event = overridden(&mut project, &proposal);
    let clone = Project::cloned(&remote.url(), "omar");
    assert_eq!(clone.json(["status"])["overrides"][0]["event"], event.as_str());
    let looked = clone.json(["override", "review", &event, "-m", "it was right"]);
    assert_eq!(looked["shared"], true, "{looked:#}");
    project.run(["pull"]).exits(0);
    assert_eq!(project.json(["status"])["overrides"], json!([]));
}
