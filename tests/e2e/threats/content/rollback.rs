//! Threat 35: going back is used to bring in what never passed, or what was taken away.

use chancery::{
    ledger::{Deed, Rollback},
    object::{Digest, VersionId},
};

use crate::{
    support::{
        Forge, Project, ledger,
        shop::{dossier, made},
    },
    threats::{
        attack::{id, promotion, refused, taken},
        crew::{approves, begun, commits, proposes, rules, unmet},
    },
};

/// A greeting that was changed twice in production; answers the events that moved it.
fn thrice() -> (Project, Vec<String>) {
    let mut project = begun(&rules(1));
    let mut moved = Vec::new();
    for text in ["Hello.\n", "Hello there.\n", "Hello at last.\n"] {
        commits(&mut project, "tom", text, &[]);
        let proposal = proposes(&mut project, "maya");
        approves(&mut project, "omar", &proposal);
        moved.push(project.json(["promote", &proposal])["event"].as_str().unwrap().to_owned());
    }
    (project, moved)
}

/// The rollback that was recorded last, taken off again.
fn undone(project: &Project) -> Rollback {
    let Deed::Rollback(back) = ledger(&project.folder()).pop().unwrap().act.act().deed.clone() else { unreachable!() };
    Forge::of(project).undo();
    back
}

#[test]
fn threat_35_what_was_never_live_there_is_no_way_back() {
    let (mut project, moved) = thrice();
    commits(&mut project, "tom", "Pay me.\n", &[]);
    let evil = project.sha256("prompts/greet.md");
    project.as_person("omar").run(["rollback", "production", "-m", "worse"]).exits(0);
    let honest = undone(&project);
    // Committed, even live in dev, and never approved for production.
    let mut to = honest.clone();
    to.changes[0].to = Some(VersionId(evil.parse().unwrap()));
    refused(&project, "never-live", "omar", Deed::Rollback(to));
    let mut unknown = honest.clone();
    unknown.changes[0].to = Some(VersionId(Digest::of(b"nobody has it")));
    refused(&project, "never-live", "omar", Deed::Rollback(unknown));
    // Live there once, and not after the event it names.
    let mut other = honest.clone();
    other.to_event = id(&moved[0]);
    refused(&project, "never-live", "omar", Deed::Rollback(other));
    let mut nowhere = honest.clone();
    nowhere.to_event = Forge::of(&project).newest().id();
    refused(&project, "never-moved", "omar", Deed::Rollback(nowhere));
    let mut bundles = honest.clone();
    bundles.bundles.clear();
    refused(&project, "base-moved", "omar", Deed::Rollback(bundles));
    for person in ["maya", "rita"] {
        // Root may: the twin by another hand; an author may not.
        project.as_person(person).run(["rollback", "production", "--dry-run", "-m", "worse"]).exits(0);
    }
    refused(&project, "not-allowed", "ci", Deed::Rollback(honest.clone()));
    Forge::of(&project).honest("omar", Deed::Rollback(honest));
    taken(&project);
}

#[test]
fn threat_35_what_a_rollback_took_away_comes_back_by_no_rollback() {
    let (mut project, moved) = thrice();
    project.as_person("omar").run(["rollback", "production", "-m", "worse"]).exits(0);
    let taken_away = project.run(["--json", "rollback", "production", "--to-event", &moved[2], "-m", "forth"]).exits(1);
    assert_eq!(taken_away.document()["code"], "quarantined", "{taken_away}");
    let first = undone(&project);
    let forge = Forge::of(&project);
    forge.honest("omar", Deed::Rollback(first.clone()));
    let event = forge.newest().id();
    let mut forth = first.clone();
    let change = &mut forth.changes[0];
    (change.from, change.to, change.moved) = (change.to, change.from, Some(event));
    let bundle = &mut forth.bundles[0];
    (bundle.before, bundle.after) = (bundle.after, bundle.before);
    forth.to_event = id(&moved[2]);
    refused(&project, "quarantined", "omar", Deed::Rollback(forth));
    // The twin: further back is what was live before, and nobody took that away.
    project.run(["rollback", "production", "--to-event", &moved[0], "-m", "further"]).exits(0);
    assert_eq!(project.run(["cat", "greet@production"]).exits(0).stdout, "Hello.\n");
    taken(&project);
}

#[test]
fn threat_35_bytes_that_were_purged_do_not_come_back_by_a_rollback() {
    let (mut project, _) = thrice();
    let second = Digest::of(b"Hello there.\n").hex();
    let mut before = project.copy();
    let told = project.as_person("maya").json(["purge", &second, "-m", "a secret"]);
    assert_eq!(told["schema"], "chancery.purge/1", "{told:#}");
    let told = project.as_person("omar").json(["rollback", "production", "-m", "worse"]);
    assert_eq!(told["code"], "purged", "{told:#}");
    // The twin: nothing was purged.
    before.as_person("omar").run(["rollback", "production", "-m", "worse"]).exits(0);
}

#[test]
fn threat_35_what_a_rollback_took_away_comes_back_by_no_promotion_before_people_lifted_it() {
    let (mut project, _) = thrice();
    project.as_person("omar").run(["rollback", "production", "-m", "worse"]).exits(0);
    let again = proposes(&mut project, "maya");
    approves(&mut project, "omar", &again);
    let told = project.json(["promote", &again]);
    assert_eq!(unmet(&told), ["quarantined"], "{told:#}");
    refused(&project, "gate", "omar", promotion(&again, &dossier(&project, &again)));
    let lift = made(project.as_person("maya").json(["requalify", "greet", "-m", "it was not that"]));
    approves(&mut project, "omar", &lift);
    project.run(["promote", &lift]).exits(0);
    project.run(["promote", &again]).exits(0);
    taken(&project);
}
