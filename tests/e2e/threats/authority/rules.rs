//! Threats 4 and 5: the rules are lowered by what they should judge, or by their own past.

use chancery::ledger::{Deed, Move, Proposal};

use crate::{
    governance::{approve, enact, propose},
    support::{
        Forge, Project, ledger,
        shop::{dossier, made},
    },
    threats::{
        attack::{found, promotion, refused, taken},
        crew::{approves, begun, by_tom, commits, rules, unmet},
    },
};

/// The crew's rules, which two roots must agree to change.
fn of_two() -> String {
    rules(2).replace("\n[people.maya]", "\n[governance]\napprovals = 2\n\n[people.maya]")
}

/// What a proposal of rules is told to change, where that lowers a bar.
fn lowered(project: &Project, proposal: &str) -> Vec<String> {
    let sheet = project.json(["review", proposal]);
    let all = sheet["differences"].as_array().unwrap_or_else(|| panic!("{sheet:#}")).iter();
    all.filter(|change| change["lowers"] == true).map(|change| change["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn threat_04_an_edited_file_judges_nothing() {
    let (mut project, proposal) = by_tom(2);
    approves(&mut project, "omar", &proposal);
    project.write("chancery.toml", rules(1));
    let refused_here = project.json(["promote", &proposal]);
    assert_eq!(unmet(&refused_here), ["approvals-missing"]);
    refused(&project, "gate", "omar", promotion(&proposal, &dossier(&project, &proposal)));
    // The twin: the same rules, once they have passed the gate that stands before them.
    enact(&mut project, "maya", &rules(1));
    approves(&mut project, "omar", &proposal);
    project.run(["promote", &proposal]).exits(0);
    taken(&project);
}

#[test]
fn threat_04_fewer_roots_are_not_decided_by_fewer_roots() {
    let mut project = begun(&of_two());
    let asked = propose(&mut project, "maya", &of_two().replace("approvals = 2\n\n", "approvals = 1\n\n"));
    assert_eq!(lowered(&project, &asked), ["governance.approvals"]);
    assert_eq!(unmet(&project.json(["promote", &asked])), ["approvals-missing"]);
    refused(&project, "gate", "maya", promotion(&asked, &dossier(&project, &asked)));
    approve(&mut project, "rita", &asked);
    project.run(["promote", &asked]).exits(0);
    taken(&project);
}

#[test]
fn threat_04_a_newcomer_does_not_approve_the_rules_that_list_them() {
    let mut project = begun(&of_two());
    let key = Project::public_key("eve");
    let asked =
        propose(&mut project, "maya", &format!("{}\n[people.eve]\nkeys = [\"{key}\"]\nroles = [\"root\"]\n", of_two()));
    let shown = dossier(&project, &asked);
    let told = project.as_person("eve").json(["approve", &asked, "--dossier", &shown]);
    assert_eq!(told["code"], "unknown-key", "{told:#}");
    let forge = Forge::of(&project);
    let act = forge.act("eve", crate::threats::attack::approval(&asked, &shown));
    let act = chancery::ledger::SignedAct::sign(act, &crate::support::signer("eve")).unwrap();
    let record = forge.record(&act, "maya");
    let event = forge.append(&chancery::ledger::Event { record, act }, &chancery::ledger::Changes::new(), "maya");
    found(&project, "unknown-key", "", &event);
    forge.undo();
    approve(&mut project, "rita", &asked);
    project.run(["promote", &asked]).exits(0);
    taken(&project);
}

/// What was proposed last.
fn proposed_last(project: &Project) -> Proposal {
    let mut deeds = ledger(&project.folder()).into_iter().rev().map(|event| event.act.act().deed.clone());
    deeds.find_map(|deed| if let Deed::Propose(proposal) = deed { Some(proposal) } else { None }).unwrap()
}

#[test]
fn threat_04_a_change_does_not_bring_its_own_rules_along() {
    let (mut project, _) = by_tom(2);
    let change = proposed_last(&project);
    let asked = propose(&mut project, "maya", &rules(1));
    let lower = proposed_last(&project);
    let forge = Forge::of(&project);
    forge.undo();
    for mixed in [
        Proposal { governance: lower.governance.clone(), ..change.clone() },
        Proposal { changes: change.changes.clone(), bundles: change.bundles.clone(), ..lower.clone() },
    ] {
        refused(&project, "mixed-proposal", "maya", Deed::Propose(mixed));
    }
    // The twin: each for itself is a proposal.
    for alone in [change, lower] {
        forge.honest("maya", Deed::Propose(alone));
    }
    drop(asked);
    taken(&project);
}

#[test]
fn threat_04_another_order_of_environments_counts_once_it_is_in_force() {
    let staged = |before: &str| {
        let rules = rules(1).replace("\n[environments.production]\nafter = \"dev\"", "\n[environments.staging]\nafter = \"dev\"\ngate = \"open\"\n\n[environments.production]\nafter = \"BEFORE\"");
        rules.replace("BEFORE", before)
    };
    let mut project = begun(&staged("staging"));
    commits(&mut project, "tom", "Hello.\n", &[]);
    let asked = propose(&mut project, "maya", &staged("dev"));
    let skipping = project.json(["propose", "production", "greet", "-m", "greet people"]);
    let proposal = made(skipping);
    approves(&mut project, "omar", &proposal);
    assert_eq!(unmet(&project.json(["promote", &proposal])), ["not-live-before"]);
    refused(&project, "gate", "omar", promotion(&proposal, &dossier(&project, &proposal)));
    project.as_person("maya").run(["promote", &asked]).exits(0);
    let told = project.json(["proposals"]);
    assert_eq!(told["proposals"][0]["status"], "open", "{told:#}");
    approves(&mut project, "omar", &proposal);
    project.run(["promote", &proposal]).exits(0);
    taken(&project);
}

#[test]
fn threat_05_rules_are_not_rolled_back() {
    let mut project = begun(&of_two());
    let one = of_two().replace("approvals = 2\n\n", "approvals = 1\n\n");
    let first = propose(&mut project, "maya", &of_two().replace("low = 2", "low = 3"));
    let older = propose(&mut project, "maya", &one);
    approve(&mut project, "rita", &older);
    approve(&mut project, "rita", &first);
    project.run(["promote", &first]).exits(0);
    let in_force = ledger(&project.folder()).pop().unwrap();

    let refused_here = project.json(["rollback", "governance", "-m", "as it was"]);
    assert_eq!(refused_here["code"], "unknown-environment", "{refused_here:#}");
    // Approved under the rules before, and void since: it was a change of those.
    let void = project.run(["--json", "promote", &older]).exits(4).document();
    assert!(unmet(&void).contains(&"base-moved"), "{void:#}");
    refused(&project, "gate", "maya", promotion(&older, &dossier(&project, &older)));
    // What put rules in force once does not do so again.
    let forge = Forge::of(&project);
    let event = forge.place(in_force.act);
    found(&project, "replayed", "", &event);
    forge.undo();
    // The twin: back to the old rules by the way that all rules come.
    let back = propose(&mut project, "maya", &of_two());
    assert!(lowered(&project, &back).contains(&"environments.production.gate.approvals.low".to_owned()));
    assert_eq!(unmet(&project.json(["promote", &back])), ["approvals-missing"]);
    approve(&mut project, "rita", &back);
    project.run(["promote", &back]).exits(0);
    taken(&project);
}

#[test]
fn threat_05_a_rule_that_is_deleted_is_a_rule_that_is_lowered() {
    let mut project = begun(&of_two());
    let gate = "gate = { approvals = { role = \"release\", low = 2 } }";
    for (less, path) in [
        ("gate = \"open\"", "environments.production.gate"),
        ("gate = { approvals = { role = \"release\" } }", "environments.production.gate.approvals.low"),
    ] {
        let asked = propose(&mut project, "maya", &of_two().replace(gate, less));
        let told = lowered(&project, &asked);
        assert!(told.iter().any(|told| told.starts_with(path)), "{less}: {told:?}");
        assert_eq!(unmet(&project.json(["promote", &asked])), ["approvals-missing"]);
        refused(&project, "gate", "maya", promotion(&asked, &dossier(&project, &asked)));
        project.run(["withdraw", &asked]).exits(0);
    }
    // The twin: more is asked, and nothing is lowered.
    let asked = propose(&mut project, "maya", &of_two().replace("low = 2", "low = 3"));
    assert_eq!(lowered(&project, &asked), Vec::<String>::new());
}

#[test]
fn threat_05_a_proposal_names_the_rules_it_was_made_under() {
    let mut project = begun(&rules(2));
    enact(&mut project, "maya", &rules(3));
    let asked = propose(&mut project, "maya", &rules(1));
    let now = proposed_last(&project);
    Forge::of(&project).undo();
    drop(asked);
    let first = ledger(&project.folder()).into_iter().find_map(|event| match &event.act.act().deed {
        Deed::Init { governance } => Some(*governance),
        _ => None,
    });
    let change = now.governance.clone().map(|change| Move { from: first.unwrap(), ..change });
    refused(&project, "base-moved", "maya", Deed::Propose(Proposal { governance: change, ..now.clone() }));
    Forge::of(&project).honest("maya", Deed::Propose(now));
    taken(&project);
}
