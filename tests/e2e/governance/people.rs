//! People come and go by proposal; what they did while they were listed stands.

use super::{ALL, approve, enact, propose, unmet, with_person};
use crate::support::shop::{dossier, made, rules, shop};

/// The shop without a person, but with somebody else who may release.
fn without(person: &str) -> String {
    let left: Vec<&str> = ALL.into_iter().filter(|handle| *handle != person).collect();
    with_person(&rules(&left), "rita", &["rita"], &["release", "reviewer"])
}

#[test]
fn once_two_roots_are_asked_one_alone_changes_nothing() {
    let mut project = shop();
    let two = with_person(&rules(&ALL), "dana", &["dana"], &["root"]);
    let two = two.replace("\n[people.maya]", "\n[governance]\napprovals = 2\n\n[people.maya]");
    enact(&mut project, "maya", &two);
    let open =
        propose(&mut project, "maya", &two.replace("pass_rate = { at_least = 1.0 }", "pass_rate = { at_least = 0.5 }"));
    let refused = project.run(["--json", "promote", &open]).exits(1).document();
    assert_eq!(unmet(&refused), ["approvals-missing"]);
    assert_eq!(project.json(["approve", &open, "--dossier", &dossier(&project, &open)])["approvals"], 1, "maya again");
    project.as_person("tom");
    let told = project.json(["approve", &open, "--dossier", &dossier(&project, &open)]);
    assert_eq!(told["code"], "not-allowed", "who is no root has no say: {told:#}");
    approve(&mut project, "dana", &open);
    project.run(["promote", &open]).exits(0);
    project.run(["verify"]).exits(0);
}

#[test]
fn what_a_removed_person_did_stands_and_nothing_more_is_taken_from_them() {
    let mut project = shop();
    enact(&mut project, "maya", &without("tom"));
    project.write("prompts/late.md", "late\n");
    let refused = project.as_person("tom").run(["--json", "commit", "-m", "late"]).exits(1).document();
    assert_eq!(refused["code"], "unknown-key");
    project.as_person("maya").run(["commit", "-m", "in tom's place"]).exits(0);
    assert_eq!(project.json(["log", "reply"])["versions"][0]["person"], "tom");
    let listed = |document: serde_json::Value| {
        let people = document["people"].as_array().expect("people").clone();
        people.iter().any(|person| person["person"] == "tom")
    };
    assert!(!listed(project.json(["people"])));
    project.at("2026-11-21T08:00:00Z");
    assert!(!listed(project.json(["people", "--at", "2026-11-20T08:00:00Z"])), "the newest of that moment");
    assert!(project.run(["people", "--allowed-signers"]).stdout.contains("tom namespaces="));
    project.run(["verify"]).exits(0);
}

#[test]
fn a_removed_persons_proposal_waits_for_somebody_who_stands_by_it() {
    let mut project = shop();
    let open = made(project.as_person("tom").json(["propose", "staging", "-m", "try it"]));
    enact(&mut project, "maya", &without("tom"));
    let refused = project.as_person("ruth").run(["--json", "promote", &open]).exits(4).document();
    assert_eq!(unmet(&refused), ["proposer-left"], "{refused:#}");
    assert_eq!(project.json(["proposals"])["proposals"][0]["status"], "void");
    let again = made(project.as_person("maya").json(["propose", "staging", "--refresh", &open, "-m", "still good"]));
    project.as_person("ruth").run(["promote", &again]).exits(0);
    project.run(["verify"]).exits(0);
}

#[test]
fn a_removed_persons_proposal_is_not_carried_out_by_a_patched_program_either() {
    use crate::support::Forge;
    use chancery::{
        ledger::{Deed, Promotion, SignedAct},
        object::DossierId,
    };
    let mut project = shop();
    let open = made(project.as_person("tom").json(["propose", "staging", "-m", "try it"]));
    let shown = dossier(&project, &open);
    enact(&mut project, "maya", &without("tom"));
    let forge = Forge::of(&project);
    let promotion = Promotion {
        proposal: chancery::object::EventId(open.parse().expect("an id")),
        dossier: DossierId(shown.parse().expect("a digest")),
    };
    let act = forge.act("ruth", Deed::Promote(promotion));
    let event = forge.place(SignedAct::sign(act, &crate::support::signer("ruth")).expect("signed"));
    let told = project.run(["--json", "verify"]).exits(1).document();
    assert_eq!(
        (&told["problems"][0]["event"], &told["problems"][0]["rule"]),
        (&event.into(), &"gate".into()),
        "{told:#}"
    );
}
