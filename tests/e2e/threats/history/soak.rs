//! Threat 20: time that something was live is faked.

use chancery::{
    clock::Time,
    ledger::{Act, Changes, Event, EventRecord, SignedAct},
};

use crate::{
    support::{
        Forge, Project,
        shop::{dossier, made},
        signer,
    },
    threats::{
        attack::{found, promotion, taken},
        crew::{approves, begun, commits, proposes, rules, unmet},
    },
};

/// A project in which a greeting must be live in staging for a day.
fn soaking() -> Project {
    let staged = "\n[environments.staging]\nafter = \"dev\"\ngate = \"open\"\n\n[environments.production]\nafter = \"staging\"\nsoak = \"24h\"";
    let mut project = begun(&rules(1).replace("\n[environments.production]\nafter = \"dev\"", staged));
    commits(&mut project, "tom", "Hello.\n", &[]);
    project
}

#[test]
fn threat_20_what_a_person_says_of_the_time_does_not_shorten_a_soak() {
    let mut project = soaking();
    let staging = made(project.as_person("maya").json(["propose", "staging", "-m", "try it"]));
    // The promotion claims to be three days old; it is recorded now.
    let forge = Forge::of(&project);
    let claim = Time::parse("2026-11-17T08:00:00Z").unwrap();
    project.as_person("omar").run(["promote", &staging]).exits(0);
    let honest = forge.newest().act.act().clone();
    forge.undo();
    let act = SignedAct::sign(Act { time: claim, ..honest }, &signer("omar")).unwrap();
    let event = Event { record: forge.record(&act, "omar"), act };
    forge.append(&event, &forge.lawful(&event), "omar");
    let proposal = proposes(&mut project, "maya");
    approves(&mut project, "omar", &proposal);
    let told = project.at("2026-11-21T07:59:59Z").json(["promote", &proposal]);
    assert_eq!(unmet(&told), ["too-fresh"], "{told:#}");
    let early = recorded(&project, &proposal, "2026-11-21T07:59:59Z");
    found(&project, "gate", "soak", &early);
    forge.undo();
    project.at("2026-11-21T08:00:00Z").run(["promote", &proposal]).exits(0);
    taken(&project);
}

#[test]
fn threat_20_an_event_that_says_it_is_older_than_the_one_before_is_refused() {
    let mut project = soaking();
    project.at("2026-11-20T20:00:00Z");
    commits(&mut project, "tom", "Hello again.\n", &[]);
    let staging = made(project.as_person("maya").json(["propose", "staging", "-m", "try it"]));
    let event = recorded(&project, &staging, "2026-11-19T08:00:00Z");
    found(&project, "time-goes-back", "", &event);
    Forge::of(&project).undo();
    // A clock that is set back states no earlier time than the event before.
    project.as_person("omar").at("2020-01-01T00:00:00Z").run(["promote", &staging]).exits(0);
    let since = project.json(["env", "staging"])["environments"][0]["artifacts"][0]["since"].clone();
    assert_eq!(since, "2026-11-20T20:00:00Z");
    taken(&project);
}

/// A patched program has omar promote at this time.
fn recorded(project: &Project, proposal: &str, time: &str) -> String {
    let forge = Forge::of(project);
    let act = forge.act("omar", promotion(proposal, &dossier(project, proposal)));
    let act = SignedAct::sign(act, &signer("omar")).unwrap();
    let time = Time::parse(time).unwrap();
    let event = Event { record: EventRecord { time, ..forge.record(&act, "omar") }, act };
    forge.append(&event, &Changes::new(), "omar")
}
