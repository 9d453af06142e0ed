//! Threat 14: the lucky run is kept, the flags are flipped, the bar is no number.

use std::{collections::BTreeSet, path::Path};

use chancery::ledger::{Deed, Event, Outcome, SignedAct};
use serde_json::Value;

use crate::{
    support::{Forge, Project, shop::dossier, signer, story::story},
    threats::{
        attack::{problems, promotion, refused, taken},
        crew::unmet,
        lab::{PARROT, announced, asked, lab, measured, parrots, program, rules},
    },
};

/// A project whose model says what stands in a file.
fn moody(mood: &str) -> (Project, String) {
    let mut project = lab(&rules("\"live\"", ""), PARROT);
    let model = program(&project, "printf '{\"id\":\"%s\",\"content\":\"%s\"}\\n' \"$id\" \"$(cat mood)\"");
    project.write("mood", mood).write("models/parrot.toml", model);
    project.as_person("tom").run(["commit", "-m", "a program"]).exits(0);
    let proposal = asked(&mut project);
    (project, proposal)
}

#[test]
fn threat_14_the_unlucky_run_counts_along_with_the_lucky_one() {
    let (mut project, proposal) = moody("Go away");
    measured(&mut project, "ci", &proposal, &[], 1);
    project.write("mood", "Thank you");
    for person in ["ci", "eve"] {
        measured(&mut project, person, &proposal, &["--repeat", "1"], 0);
    }
    let told = project.as_person("ruth").run(["--json", "promote", &proposal]).exits(1).document();
    assert_eq!(unmet(&told), ["pass-rate-low"], "{told:#}");
    refused(&project, "gate", "ruth", promotion(&proposal, &dossier(&project, &proposal)));
    // The twin: both runs are good.
    let (mut project, proposal) = moody("Thank you");
    for person in ["ci", "eve"] {
        measured(&mut project, person, &proposal, &["--repeat", "1"], 0);
    }
    project.as_person("ruth").run(["promote", &proposal]).exits(0);
    taken(&project);
}

#[test]
fn threat_14_a_run_that_was_announced_and_never_told_of_is_a_no() {
    let mut project = parrots();
    let proposal = asked(&mut project);
    measured(&mut project, "eve", &proposal, &[], 0);
    let run = announced(&project);
    Forge::of(&project).honest("ci", Deed::Announce(run));
    let told = project.as_person("ruth").run(["--json", "promote", &proposal]).exits(1).document();
    assert_eq!(unmet(&told), ["not-completed"], "{told:#}");
    refused(&project, "gate", "ruth", promotion(&proposal, &dossier(&project, &proposal)));
    // The twin: whoever announced it completes it.
    measured(&mut project, "ci", &proposal, &[], 0);
    project.as_person("ruth").run(["promote", &proposal]).exits(0);
    taken(&project);
}

#[test]
fn threat_14_flags_that_the_evaluator_flipped_are_contradicted_by_the_replies() {
    let story = story();
    let mut project = story.copy();
    project.as_person("ci").run(["eval", "--proposal", &story.open, "--attest"]).exits(1);
    let forge = Forge::of(&project);
    let Deed::Evidence(mut evidence) = forge.newest().act.act().deed.clone() else { panic!("no evidence") };
    forge.undo();
    for sample in &mut evidence.samples {
        assert_eq!(sample.outcome, Outcome::Failed);
        sample.outcome = Outcome::Passed;
    }
    let act = SignedAct::sign(forge.act("ci", Deed::Evidence(evidence)), &signer("ci")).unwrap();
    let event = Event { record: forge.record(&act, "ci"), act };
    let lie = forge.append(&event, &forge.lawful(&event), "ci");
    assert_eq!(problems(&project, &["verify"]), [], "signatures and order of a lie are in order");
    let found = problems(&project, &["verify", "--deep"]);
    let found: Vec<_> = found.iter().map(|(event, rule, _)| (event, rule.as_str())).collect();
    assert_eq!(found, [(&lie, "evidence-contradicted")]);

    project.as_person("omar").run(["review", &story.open, "--done"]).exits(0);
    let digest = dossier(&project, &story.open);
    for person in ["ruth", "omar"] {
        project.as_person(person).run(["approve", &story.open, "--dossier", &digest]).exits(0);
    }
    let document = project.as_person("ruth").json(["promote", &story.open]);
    assert_eq!((&document["promoted"], &document["verdict"]), (&false.into(), &"refused".into()), "{document}");
    let unmet: Vec<&Value> = document["rules"].as_array().unwrap().iter().filter(|rule| rule["ok"] == false).collect();
    let named = |rule: &&&Value| rule["code"] == "rescored-differently" && rule["rule"] == "evidence";
    let reason = unmet.iter().find(named).unwrap_or_else(|| panic!("{document:#}"))["reason"].as_str().unwrap();
    assert!(reason.contains(&lie[..8]), "{reason}");
    project.run(["promote", &story.open]).exits(1);
    // The twin: what was live before says what its replies say.
    assert_eq!(problems(&story.copy(), &["verify", "--deep"]), []);
}

#[test]
fn threat_14_a_bar_that_is_no_number_is_no_bar() {
    let text = |bar: &str| rules("\"live\"", "").replace("{ at_least = 1.0 }", bar);
    for bar in [
        "{ at_least = nan }",
        "{ at_least = inf }",
        "{ at_least = -nan }",
        "{ at_least = 0.9, confidence = nan }",
        "{ at_least = 0.9, confidence = 1.0 }",
        "{ at_least = 0.9, confidence = -1.0 }",
    ] {
        let mut project = Project::new();
        project.write("chancery.toml", text(bar));
        let told = project.as_person("maya").run(["--json", "init"]).exits(3).document();
        let code = told["problems"][0]["code"].as_str().unwrap();
        assert!(["not-finite", "out-of-range"].contains(&code), "{bar}: {told:#}");
    }
    lab(&text("{ at_least = 0.9, confidence = 0.95 }"), PARROT);
}

#[test]
fn threat_14_a_program_under_test_is_told_the_request_and_nothing_else() {
    let mut project = lab(&rules("\"live\"", ""), PARROT);
    let model = program(
        &project,
        "printf '%s\\n' \"$line\" >> heard; env > seen; ls -A \"$HOME\" > home\nprintf '{\"id\":\"%s\",\"content\":\"Thank you\"}\\n' \"$id\"",
    );
    project.write("models/parrot.toml", model);
    project.as_person("tom").run(["commit", "-m", "a program"]).exits(0);
    project.with_variable("ANTHROPIC_API_KEY", "sk-ant-0").with_variable("SSH_AUTH_SOCK", "/tmp/agent");
    let proposal = asked(&mut project);
    measured(&mut project, "ci", &proposal, &[], 0);
    let [heard, seen, home] = ["heard", "seen", "home"].map(|name| String::from_utf8(project.read(name)).unwrap());
    assert_eq!(heard.lines().count(), 2, "{heard}");
    for line in heard.lines() {
        let asked: Value = serde_json::from_str(line).unwrap();
        let keys: BTreeSet<&str> = asked.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, BTreeSet::from(["id", "messages", "params", "tools"]), "{line}");
        let words = ["expect", "contains", "calm", "polite", "bundle", "production"];
        assert!(!words.iter().any(|word| line.contains(word)), "{line}");
    }
    for told in ["CHANCERY", "ed25519", "sk-ant", "SSH_AUTH_SOCK"] {
        assert!(!seen.contains(told), "{told} in {seen}");
    }
    assert_eq!(home, "", "its home is empty");
    let own = seen.lines().find_map(|line| line.strip_prefix("HOME=")).unwrap();
    assert!(own.contains("chancery-home-") && !Path::new(own).exists(), "{own} is of this run alone");
    // The twin: what it needs to run it has.
    assert!(seen.contains("PATH="), "{seen}");
    project.as_person("ruth").run(["promote", &proposal]).exits(0);
}
