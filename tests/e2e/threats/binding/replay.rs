//! Threat 9: an approval is used again, elsewhere or later.

use chancery::{
    ledger::{Act, SignedAct},
    object::Digest,
};

use crate::{
    support::{
        Forge, Project,
        shop::{dossier, made},
        signer,
    },
    threats::{
        attack::{found, id, promotion, refused, refused_in_story, taken},
        crew::{approves, begun, by_tom, commits, proposes, rules, unmet},
    },
};

#[test]
fn threat_09_an_act_stands_once_in_its_own_project_and_after_what_it_has_seen() {
    refused_in_story("foreign-project", "", |forge, story| {
        let act = Act { project: Digest::of(b"elsewhere"), ..forge.act("tom", story.word()) };
        forge.place(SignedAct::sign(act, &signer("tom")).unwrap())
    });
    refused_in_story("replayed", "", |forge, _| forge.place(forge.newest().act));
    refused_in_story("unknown-past", "", |forge, story| {
        let act = Act { seen: Some(id(&"0".repeat(64))), ..forge.act("tom", story.word()) };
        forge.place(SignedAct::sign(act, &signer("tom")).unwrap())
    });
}

#[test]
fn threat_09_an_approval_of_another_project_is_none_here() {
    let (mut project, proposal) = by_tom(1);
    let mut other = begun(&rules(1).replace("\"crew\"", "\"other-crew\""));
    commits(&mut other, "tom", "Hello.\n", &[]);
    let there = proposes(&mut other, "maya");
    approves(&mut other, "omar", &there);
    let forge = Forge::of(&project);
    let event = forge.place(Forge::of(&other).newest().act);
    found(&project, "unknown-past", "", &event);
    forge.undo();
    approves(&mut project, "omar", &proposal);
    project.run(["promote", &proposal]).exits(0);
}

#[test]
fn threat_09_an_approval_is_spent_once_and_does_not_come_back_by_a_rollback() {
    let (mut project, first) = by_tom(1);
    approves(&mut project, "omar", &first);
    let given = Forge::of(&project).newest().act;
    project.run(["promote", &first]).exits(0);
    commits(&mut project, "tom", "Hello again.\n", &[]);
    let second = proposes(&mut project, "maya");
    approves(&mut project, "omar", &second);
    project.run(["promote", &second]).exits(0);
    let told = project.run(["--json", "promote", &second]).exits(1).document();
    assert_eq!(told["code"], "spent", "{told:#}");
    project.run(["rollback", "production", "-m", "as it was"]).exits(0);
    for proposal in [&first, &second] {
        assert_eq!(project.json(["promote", proposal])["code"], "spent");
        refused(&project, "spent", "omar", promotion(proposal, &dossier_of(&project)));
    }
    let forge = Forge::of(&project);
    let event = forge.place(given);
    found(&project, "replayed", "", &event);
    forge.undo();
    // The twin: the same bytes, asked for and approved anew.
    let lift = made(project.as_person("maya").json(["requalify", "greet", "-m", "it was not that"]));
    approves(&mut project, "omar", &lift);
    project.run(["promote", &lift]).exits(0);
    let again = proposes(&mut project, "maya");
    assert_eq!(unmet(&project.as_person("omar").json(["promote", &again])), ["approvals-missing"]);
    approves(&mut project, "omar", &again);
    project.run(["promote", &again]).exits(0);
    taken(&project);
}

/// Some dossier that is kept.
fn dossier_of(project: &Project) -> String {
    let shown = project.json(["why", "production", "greet"]);
    shown["approvals"][0]["dossier"].as_str().unwrap_or_else(|| panic!("{shown:#}")).to_owned()
}

#[test]
fn threat_09_an_approval_for_one_environment_is_none_for_another() {
    let both = rules(1).replace(
        "\n[environments.production]\nafter = \"dev\"",
        "\n[environments.staging]\nafter = \"dev\"\ngate = { approvals = { role = \"release\", low = 1 } }\n\n[environments.production]\nafter = \"staging\"",
    );
    let mut project = begun(&both);
    commits(&mut project, "tom", "Hello.\n", &[]);
    let staging = made(project.as_person("maya").json(["propose", "staging", "-m", "greet people"]));
    approves(&mut project, "omar", &staging);
    let shown = dossier(&project, &staging);
    project.run(["promote", &staging]).exits(0);
    let proposal = proposes(&mut project, "maya");
    assert_eq!(unmet(&project.as_person("omar").json(["promote", &proposal])), ["approvals-missing"]);
    refused(&project, "gate", "omar", promotion(&proposal, &shown));
    refused(&project, "stale-dossier", "omar", crate::threats::attack::approval(&proposal, &shown));
    approves(&mut project, "omar", &proposal);
    project.run(["promote", &proposal]).exits(0);
    taken(&project);
}

#[test]
fn threat_09_an_approval_on_another_base_is_void_though_the_bytes_are_the_same_again() {
    let (mut project, first) = by_tom(1);
    approves(&mut project, "omar", &first);
    project.run(["promote", &first]).exits(0);
    commits(&mut project, "tom", "Hello again.\n", &[]);
    let waiting = proposes(&mut project, "maya");
    approves(&mut project, "omar", &waiting);
    commits(&mut project, "tom", "Hello for once.\n", &[]);
    let other = proposes(&mut project, "maya");
    approves(&mut project, "omar", &other);
    project.run(["promote", &other]).exits(0);
    project.run(["rollback", "production", "-m", "as it was"]).exits(0);
    // What is live is what was live when it was approved, and has moved twice since.
    let void = project.run(["--json", "promote", &waiting]).exits(4).document();
    assert!(unmet(&void).contains(&"base-moved"), "{void:#}");
    refused(&project, "gate", "omar", promotion(&waiting, &dossier(&project, &waiting)));
    let again = made(project.as_person("maya").json(["propose", "production", "--refresh", &waiting, "-m", "on"]));
    approves(&mut project, "omar", &again);
    project.run(["promote", &again]).exits(0);
    taken(&project);
}
