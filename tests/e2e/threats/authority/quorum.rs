//! Threat 2: one person is counted twice.

use chancery::{
    ledger::SignedAct,
    trust::{Namespace, Signer as _},
};

use crate::{
    support::{
        Forge, Project,
        shop::{dossier, proposed, shop, shown},
        signer,
    },
    threats::{
        attack::{approval, found, refused, taken},
        crew::{approves, begun, by_tom, commits, proposes, rules, unmet},
    },
};

#[test]
fn threat_02_a_second_approval_of_one_person_is_refused_whichever_key_signs() {
    let (mut project, proposal) = by_tom(2);
    assert_eq!(approves(&mut project, "omar", &proposal)["approvals"], 1);
    for key in ["omar", "omar-2"] {
        let again = approves(&mut project, key, &proposal);
        assert_eq!((&again["code"], &again["exit"]), (&"already-approved".into(), &3.into()), "{key}: {again:#}");
        let (forge, shown) = (Forge::of(&project), dossier(&project, &proposal));
        let act = SignedAct::sign(forge.act("omar", approval(&proposal, &shown)), &signer(key)).unwrap();
        let event = forge.place(act);
        found(&project, "already-approved", "omar", &event);
        forge.undo();
    }
    assert_eq!(unmet(&project.json(["promote", &proposal])), ["approvals-missing"]);
    // The twin: another person is a second one.
    assert_eq!(approves(&mut project, "ana", &proposal)["approvals"], 2);
    project.run(["promote", &proposal]).exits(0);
    taken(&project);
}

#[test]
fn threat_02_one_act_in_two_spellings_is_one_act() {
    let (mut project, proposal) = by_tom(2);
    approves(&mut project, "omar", &proposal);
    let forge = Forge::of(&project);
    let given = forge.newest().act;
    // Signed once more: the same statement has the same id, and stands in the ledger already.
    let again = SignedAct::sign(given.act().clone(), &signer("omar")).unwrap();
    assert_eq!(again.id(), given.id());
    let event = forge.place(again);
    found(&project, "replayed", "", &event);
    forge.undo();
    // Its signature in another armor is none.
    let folded = given.signature().as_str().replacen('\n', "\n\n", 2);
    let bytes = given.bytes().to_vec();
    let tip = forge.tip();
    let event = forge.rebuild(|parts| parts.say(&bytes, &folded));
    found(&project, "event-damaged", "not an SSH signature", &event);
    forge.back_to(&tip);
    let honest = signer("omar").sign(Namespace::Act, &bytes).unwrap();
    forge.rebuild(|parts| parts.say(&bytes, honest.as_str()));
    taken(&project);
}

#[test]
fn threat_02_approving_again_what_has_gained_evidence_is_no_second_person() {
    let mut project = shop();
    let proposal = proposed(&mut project);
    let yes = |project: &mut Project, person: &str| approves(project, person, &proposal);
    assert_eq!(yes(&mut project, "ruth")["approvals"], 1);
    shown(&mut project, &proposal);
    assert_eq!(yes(&mut project, "ruth")["approvals"], 1, "the dossier is another, the person is not");
    let refused = project.run(["--json", "promote", &proposal]).exits(1).document();
    assert_eq!(unmet(&refused), ["approvals-missing"]);
    refused_promotion(&project, &proposal);
    assert_eq!(yes(&mut project, "omar")["approvals"], 2);
    project.run(["promote", &proposal]).exits(0);
    taken(&project);
}

/// A patched program promotes all the same, and nobody takes it.
#[track_caller]
fn refused_promotion(project: &Project, proposal: &str) {
    let shown = dossier(project, proposal);
    refused(project, "gate", "ruth", crate::threats::attack::promotion(proposal, &shown));
}

#[test]
fn threat_02_one_key_is_one_person_however_it_is_written() {
    let key = Project::public_key("omar");
    let spaced = key.replace(' ', "   ") + " somebody@else";
    let other = Project::public_key("mallory");
    for (handle, key, code) in
        [("mallory", &key, "key-shared"), ("mallory", &spaced, "key-shared"), ("OMAR", &other, "handle-taken")]
    {
        let more = format!("\n[people.{handle}]\nkeys = [\"{key}\"]\nroles = [\"release\"]\n");
        let mut project = Project::new();
        project.write("chancery.toml", rules(2) + &more);
        let refused = project.as_person("maya").run(["--json", "init"]).exits(3).document();
        assert_eq!(refused["problems"][0]["code"], code, "{refused:#}");
    }
    // The twin: two people with a key each.
    let key = Project::public_key("mallory");
    let mut project = begun(&(rules(2) + &format!("\n[people.mallory]\nkeys = [\"{key}\"]\nroles = [\"release\"]\n")));
    commits(&mut project, "tom", "Hello.\n", &[]);
    let proposal = proposes(&mut project, "maya");
    approves(&mut project, "mallory", &proposal);
    assert_eq!(approves(&mut project, "omar", &proposal)["approvals"], 2);
}
