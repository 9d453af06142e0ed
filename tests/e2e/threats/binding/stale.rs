//! Threat 10: what was approved is no longer what is asked about, or was measured too long ago.

use serde_json::Value;

use crate::{
    governance::enact,
    support::{
        Project,
        shop::{dossier, made, rules, shown},
        story::story,
    },
    threats::{
        attack::{promotion, refused, taken},
        crew::{self, approves, by_tom, unmet},
    },
};

/// Why approvals do not count, in a verdict.
fn approvals(verdict: &Value) -> String {
    let rules = verdict["rules"].as_array().unwrap().iter();
    let rule = rules.clone().find(|rule| rule["rule"] == "approvals").unwrap_or_else(|| panic!("{verdict:#}"));
    rule["reason"].as_str().unwrap().to_owned()
}

#[test]
fn threat_10_other_rules_since_void_an_approval() {
    let (mut project, proposal) = by_tom(1);
    approves(&mut project, "omar", &proposal);
    enact(&mut project, "maya", &(crew::rules(1) + "\n# a remark\n"));
    let told = project.as_person("omar").run(["--json", "promote", &proposal]).exits(1).document();
    assert!(approvals(&told).contains("`omar` does not count: was shown what is not proposed any more"), "{told:#}");
    refused(&project, "gate", "omar", promotion(&proposal, &dossier(&project, &proposal)));
    approves(&mut project, "omar", &proposal);
    project.run(["promote", &proposal]).exits(0);
    taken(&project);
}

#[test]
fn threat_10_failing_evidence_since_voids_an_approval_and_passing_does_not() {
    let story = story();
    let mut project = story.copy();
    for person in ["ruth", "omar"] {
        approves(&mut project, person, &story.open);
    }
    assert!(approvals(&project.json(["promote", &story.open])).starts_with("2 of 2"));
    project.as_person("ci").run(["eval", "--proposal", &story.open, "--attest"]).exits(1);
    let told = project.as_person("ruth").json(["promote", &story.open]);
    assert!(approvals(&told).contains("`ruth` does not count: failing evidence has come since"), "{told:#}");
    refused(&project, "gate", "ruth", promotion(&story.open, &dossier(&project, &story.open)));
    // The twin: what passes takes nothing away.
    let mut project = story.copy();
    project.write("prompts/reply.md", crate::support::shop::prompt(" kindly"));
    project.as_person("tom").run(["commit", "-m", "kinder"]).exits(0);
    let kinder = crate::support::shop::proposed(&mut project);
    for person in ["ruth", "omar"] {
        approves(&mut project, person, &kinder);
    }
    shown(&mut project, &kinder);
    project.as_person("ruth").run(["promote", &kinder]).exits(0);
    taken(&project);
}

#[test]
fn threat_10_golden_cases_that_have_changed_since_void_an_approval() {
    let story = story();
    let mut project = story.copy();
    project.write("prompts/reply.md", crate::support::shop::prompt(" kindly"));
    project.as_person("tom").run(["commit", "-m", "kinder"]).exits(0);
    let kinder = crate::support::shop::proposed(&mut project);
    shown(&mut project, &kinder);
    for person in ["ruth", "omar"] {
        approves(&mut project, person, &kinder);
    }
    let ready = project.copy();
    let suite = String::from_utf8(project.read("evals/reply.toml")).unwrap();
    let more =
        "\n[[case]]\nid = \"calm\"\nvars = { message = \"You fools!\" }\nexpect = [{ contains = \"Thank you\" }]\n";
    project.write("evals/reply.toml", suite + more);
    project.as_person("tom").run(["commit", "-m", "one more case"]).exits(0);
    let staging = made(project.json(["propose", "staging", "suite/reply", "-m", "one more case"]));
    project.as_person("ruth").run(["promote", &staging]).exits(0);
    let cases = made(project.as_person("tom").json(["propose", "production", "suite/reply", "-m", "one more case"]));
    shown(&mut project, &cases);
    for person in ["ruth", "omar"] {
        approves(&mut project, person, &cases);
    }
    project.run(["promote", &cases]).exits(0);
    let told = project.as_person("ruth").json(["promote", &kinder]);
    assert!(approvals(&told).starts_with("0 of 2"), "{told:#}");
    assert!(approvals(&told).contains("was shown what is not proposed any more"), "{told:#}");
    refused(&project, "gate", "ruth", promotion(&kinder, &dossier(&project, &kinder)));
    ready.run(["promote", &kinder]).exits(0);
}

#[test]
fn threat_10_evidence_that_is_older_than_the_rules_allow_counts_no_more() {
    let mut project = Project::new();
    let all = rules(&crate::governance::ALL).replace("sources = [\"live\"]", "sources = [\"live\"], max_age = \"7d\"");
    project.write("chancery.toml", all);
    project.as_person("maya").run(["init"]).exits(0);
    project.write("prompts/reply.md", crate::support::shop::prompt(""));
    project.write("models/parrot.toml", "provider = \"echo\"\nid = \"parrot\"\n");
    let case = "[[case]]\nid = \"polite\"\nvars = { message = \"Hm?\" }\nexpect = [{ contains = \"Thank you\" }]\n";
    project.write("evals/reply.toml", format!("prompt = \"reply\"\n{case}"));
    project.as_person("tom").run(["commit", "-m", "a polite reply"]).exits(0);
    let proposal = crate::support::shop::proposed(&mut project);
    shown(&mut project, &proposal);
    for person in ["ruth", "omar"] {
        approves(&mut project, person, &proposal);
    }
    let mut late = project.copy();
    late.at("2026-11-27T08:00:01Z");
    assert_eq!(unmet(&late.json(["promote", &proposal])), ["too-old"]);
    refused_late(&late, &proposal);
    project.at("2026-11-27T08:00:00Z").run(["promote", &proposal]).exits(0);
    taken(&project);
}

/// A patched program does not get past it by a promotion recorded at that time.
fn refused_late(project: &Project, proposal: &str) {
    use chancery::{
        clock::Time,
        ledger::{Changes, Event, EventRecord, SignedAct},
    };
    let forge = crate::support::Forge::of(project);
    let act = forge.act("omar", promotion(proposal, &dossier(project, proposal)));
    let act = SignedAct::sign(act, &crate::support::signer("omar")).unwrap();
    let time = Time::parse("2026-11-27T08:00:01Z").unwrap();
    let event = Event { record: EventRecord { time, ..forge.record(&act, "omar") }, act };
    let event = forge.append(&event, &Changes::new(), "omar");
    crate::threats::attack::found(project, "gate", "no run that is young enough", &event);
    forge.undo();
}
