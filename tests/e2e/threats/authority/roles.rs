//! Threat 3: an approver who is not in the role, there and then and now.

use crate::{
    governance::{ALL, approve, enact, unmet, with_person},
    support::shop::{dossier, proposed, rules, shop, shown},
    threats::{
        attack::{approval, refused},
        crew::{self, approves, begun, commits, is_barred, lets_through, proposes},
    },
};

/// Rules by which a keeper of production lets a change in, and a keeper of another environment is there too.
fn kept() -> String {
    let rules = crew::rules(1).replace("role = \"release\", low", "role = \"keeper\", low");
    let role = |name: &str, place: &str| {
        format!("\n[roles.{name}]\nmay = [\"approve\", \"promote\"]\nenvironments = [\"{place}\"]\n")
    };
    let people = with_person(&rules, "sid", &["sid"], &["dev-keeper"]);
    let people = with_person(&people, "kim", &["kim"], &["keeper"]);
    people + &role("keeper", "production") + &role("dev-keeper", "dev")
}

#[test]
fn threat_03_a_role_in_another_environment_or_another_role_does_not_approve_here() {
    let mut project = begun(&kept());
    commits(&mut project, "tom", "Hello.\n", &[]);
    let proposal = proposes(&mut project, "maya");
    is_barred(&mut project, "sid", &proposal, "not-allowed");
    // Root may approve anything, and is not whom this gate asks.
    is_barred(&mut project, "rita", &proposal, "not-in-role");
    is_barred(&mut project, "omar", &proposal, "not-in-role");
    lets_through(&mut project, "kim", &proposal);
}

#[test]
fn threat_03_a_program_does_not_approve_whatever_its_role() {
    let mut project = begun(&crew::rules(1).replace("[\"author\", \"evaluator\"]", "[\"author\", \"release\"]"));
    commits(&mut project, "tom", "Hello.\n", &[]);
    let proposal = proposes(&mut project, "maya");
    is_barred(&mut project, "ci", &proposal, "program-approves");
    lets_through(&mut project, "omar", &proposal);
}

#[test]
fn threat_03_an_approval_from_before_the_role_is_refused_at_its_place_for_ever() {
    let (mut project, proposal) = crew::by_tom(2);
    approves(&mut project, "omar", &proposal);
    let early = approval(&proposal, &dossier(&project, &proposal));
    refused(&project, "not-in-role", "rita", early.clone());
    enact(&mut project, "rita", &crew::rules(2).replace("[\"root\"]", "[\"root\", \"release\"]"));
    // What she was shown then was judged by other rules.
    refused(&project, "stale-dossier", "rita", early);
    approves(&mut project, "omar", &proposal);
    lets_through(&mut project, "rita", &proposal);
}

/// The shop without ruth, but with somebody else who may release.
fn rita_for_ruth() -> String {
    let left: Vec<&str> = ALL.into_iter().filter(|handle| *handle != "ruth").collect();
    with_person(&rules(&left), "rita", &["rita"], &["release", "reviewer"])
}

#[test]
fn threat_03_an_approver_removed_after_approving_no_longer_counts() {
    let mut project = shop();
    let open = proposed(&mut project);
    shown(&mut project, &open);
    for person in ["ruth", "omar"] {
        approve(&mut project, person, &open);
    }
    project.as_person("ruth").run(["promote", &open, "--dry-run"]).exits(0);
    enact(&mut project, "maya", &rita_for_ruth());
    let refused = project.as_person("omar").run(["--json", "promote", &open]).exits(1).document();
    assert_eq!(unmet(&refused), ["approvals-missing", "reviews-missing"], "{refused:#}");
    let reason = refused["rules"].as_array().expect("rules").iter().find(|rule| rule["rule"] == "approvals");
    let reason = reason.and_then(|rule| rule["reason"].as_str()).expect("a reason");
    assert!(reason.contains("`ruth` does not count: is no longer `release`"), "{reason}");
    assert!(reason.contains("`omar` does not count: was shown what is not proposed any more"), "{reason}");
    for person in ["omar", "rita"] {
        approve(&mut project, person, &open);
    }
    project.as_person("omar").run(["review", &open, "--done"]).exits(0);
    project.run(["promote", &open]).exits(0);
    project.run(["verify"]).exits(0);
}

#[test]
fn threat_03_a_role_joined_after_approving_does_not_count_backwards() {
    let mut project = shop();
    let open = proposed(&mut project);
    shown(&mut project, &open);
    let shown = dossier(&project, &open);
    let early = project.as_person("tom").run(["--json", "approve", &open, "--dossier", &shown]).exits(1).document();
    assert_eq!(early["code"], "not-allowed");
    enact(&mut project, "maya", &with_person(&rules(&ALL), "rita", &["rita"], &["release"]));
    let before = project.as_person("rita").json(["approve", &open, "--dossier", &shown]);
    assert_eq!(before["code"], "stale-dossier", "what was shown before the rules changed: {before:#}");
    approve(&mut project, "rita", &open);
    assert_eq!(unmet(&project.json(["review", &open])), ["approvals-missing", "reviews-missing"]);
}
