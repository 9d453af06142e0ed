//! What was leaked can go: bytes, and nothing else.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use chancery::{
    adapters::git::GitStore,
    ledger::{Changes, Deed, Event, Key, Purge, SignedAct},
    object::{Digest, Upkeep as _},
};
use serde_json::Value;

use crate::support::{
    Forge, Project,
    killed::{End, kill_at},
    shop::{dossier, made, prompt, shop},
    signer,
};

pub(crate) const SECRET: &str = "hunter2-correct-horse";

/// Whether these bytes stand in any file of the store, or in any object of it, reachable or not.
pub(crate) fn is_anywhere(project: &Project, text: &str) -> bool {
    let store = project.folder().join(".chancery");
    let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    let output = Command::new("git")
        .arg("--git-dir")
        .arg(&store)
        .args(["cat-file", "--batch-all-objects", "--batch", "--unordered"])
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    holds(&output.stdout) || files(&store).iter().any(|file| holds(&fs::read(file).unwrap()))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// A shop in which a secret was committed, went live in staging, was evaluated, and was proposed for production; now
/// it is replaced everywhere. Answers with its version.
pub(crate) fn leaked() -> (Project, String) {
    let mut project = shop();
    project.write("prompts/reply.md", prompt(&format!(", {SECRET}")));
    project.as_person("tom").run(["commit", "-m", "hurry"]).exits(0);
    let version = project.sha256("prompts/reply.md");
    let staging = made(project.json(["propose", "staging", "-m", "try it"]));
    project.as_person("ruth").run(["promote", &staging]).exits(0);
    let production = made(project.as_person("tom").json(["propose", "production", "-m", "go"]));
    project.as_person("ci").run(["eval", "--proposal", &production, "--attest"]).exits(0);
    project.as_person("omar").run(["review", &production, "--done"]).exits(0);
    let shown = dossier(&project, &production);
    project.as_person("ruth").run(["approve", &production, "--dossier", &shown]).exits(0);
    project.run(["reject", &production, "-m", "it holds a password"]).exits(0);
    project.write("prompts/reply.md", prompt(""));
    project.as_person("tom").run(["commit", "-m", "without the password"]).exits(0);
    let staging = made(project.json(["propose", "staging", "-m", "mend"]));
    project.as_person("ruth").run(["promote", &staging]).exits(0);
    (project, version)
}

fn texts(value: &Value) -> Vec<String> {
    let all = value.as_array().unwrap_or_else(|| panic!("{value}"));
    all.iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_leaked_secret_is_nowhere_afterwards_and_the_record_still_holds() {
    let (mut project, version) = leaked();
    assert!(is_anywhere(&project, SECRET));
    let before = project.json(["log", "reply"]);
    let purged = project.as_person("maya").json(["purge", &version[..10], "-m", "it held a password"]);
    assert_eq!((&purged["schema"], &purged["version"]), (&"chancery.purge/1".into(), &version.as_str().into()));
    assert_eq!(purged["dossiers"].as_array().unwrap().len(), 3, "{purged}");
    // The model only repeats what it is told.
    assert!(is_anywhere(&project, SECRET), "replies quote it");
    for evidence in texts(&purged["may_quote"]) {
        assert_eq!(project.json(["purge", &evidence, "-m", "it quotes the password"])["evidence"], evidence.as_str());
    }
    assert!(!is_anywhere(&project, SECRET));
    let verified = project.json(["verify", "--deep"]);
    assert_eq!((&verified["ok"], &verified["still_here"]), (&true.into(), &Value::Array(Vec::new())), "{verified}");
    assert!(verified["checked"]["purged"].as_u64().unwrap() >= 5, "{verified}");
    assert_eq!(project.json(["log", "reply"]), before, "who committed what stays");
    project.write("prompts/reply.md", prompt(" kindly"));
    project.as_person("tom").run(["commit", "-m", "it goes on"]).exits(0);
    project.run(["propose", "staging", "-m", "it goes on"]).exits(0);
    project.run(["verify"]).exits(0);
}

#[test]
fn whoever_asks_for_purged_bytes_is_told_who_purged_them_when_and_why() {
    let (mut project, version) = leaked();
    let spec = format!("reply@{}", &version[..8]);
    project.as_person("maya").run(["purge", &spec, "-m", "it held a password"]).exits(0);
    let words = format!("`{}` was purged by `maya` on 2026-11-20: it held a password", &version[..8]);
    let head = "reply@head";
    for args in [
        vec!["cat", &spec],
        vec!["show", &spec],
        vec!["diff", &spec, head],
        vec!["restore", &spec],
        vec!["render", &spec, "--var", "message=x"],
        vec!["eval", &spec],
        vec!["propose", "staging", &spec, "-m", "back"],
        vec!["purge", &spec, "-m", "again"],
    ] {
        let document = project.json(&args[..]);
        assert_eq!((&document["code"], &document["exit"]), (&"purged".into(), &3.into()), "{args:?}: {document}");
        assert_eq!(document["message"], words.as_str(), "{args:?}");
    }
    let log = project.json(["log", "reply", "-p"]);
    let told: Vec<_> =
        log["versions"].as_array().unwrap().iter().filter(|one| one["purged"] == words.as_str()).collect();
    assert_eq!(told.len(), 2, "the version, and the one that replaced it: {log}");
    project.run(["why", "staging", "reply"]).exits(0);
    project.write("prompts/reply.md", prompt(&format!(", {SECRET}")));
    let back = project.as_person("tom").json(["commit", "-m", "back"]);
    assert_eq!((&back["code"], &back["exit"]), (&"purged".into(), &3.into()), "{back}");
    assert_eq!(project.json(["verify"])["still_here"], Value::Array(Vec::new()));
}

#[test]
fn only_root_purges_and_only_what_nobody_needs() {
    let (mut project, version) = leaked();
    let code = |project: &Project, what: &str| {
        let document = project.json(["purge", what, "-m", "away"]);
        (document["code"].as_str().unwrap_or_default().to_owned(), document["exit"].as_i64().unwrap_or_default())
    };
    project.as_person("tom");
    assert_eq!(code(&project, &version), ("not-allowed".to_owned(), 1));
    project.as_person("maya");
    assert_eq!(code(&project, "reply"), ("still-head".to_owned(), 3));
    assert_eq!(code(&project, "reply@v99"), ("unknown-version".to_owned(), 3));
    assert_eq!(code(&project, "0123456789"), ("unknown-payload".to_owned(), 3));
    assert_eq!(project.json(["purge", &version, "-m", " "])["code"], "usage");
    assert_eq!(project.json(["verify"])["checked"]["purged"], 0);
    assert!(is_anywhere(&project, SECRET));
}

/// Where the store keeps the bytes of a digest: removes them past every rule.
fn lose(project: &Project, digests: &[&str]) {
    let store = GitStore::open(&project.folder().join(".chancery")).unwrap();
    let ids: BTreeSet<Digest> = digests.iter().map(|digest| digest.parse().unwrap()).collect();
    store.discard(&ids).unwrap();
}

/// The rules that `verify` finds broken.
fn broken(project: &Project) -> Vec<String> {
    project.run(["verify"]).exits(1);
    let verified = project.json(["verify"]);
    verified["problems"].as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_same_bytes_missing_without_a_purge_are_missing() {
    let (project, version) = leaked();
    lose(&project, &[&version]);
    assert_eq!(broken(&project)[0], "payload-missing");
    let document = project.json(["cat", &format!("reply@{}", &version[..8])]);
    assert_eq!(document["code"], "payload-missing");
}

/// A purge that says what it must say, by this person, placed past every rule.
fn forged(project: &Project, version: &str, person: &str, said: Digest) {
    let forge = Forge::of(project);
    let payload: Digest = version.parse().unwrap();
    let deed = Deed::Purge(Purge { payload: vec![payload], said, reason: "away".to_owned() });
    let act = SignedAct::sign(forge.act(person, deed), &signer(person)).unwrap();
    let event = Event { record: forge.record(&act, "ruth"), act };
    let time = event.record.time;
    let placed = format!(r#"{{"event":"{}","seq":{},"time":"{time}"}}"#, event.id(), event.record.seq);
    let record = format!(
        r#"{{"event":"{}","payload":"{payload}","person":"{person}","reason":"away","time":"{time}"}}"#,
        event.id()
    );
    let changes: Changes = [
        (Key::new("purged", version), record),
        (Key::new("acts", event.id().to_string()), placed.clone()),
        (Key::new("newest", "newest"), placed),
    ]
    .map(|(key, text)| (key, Some(text.into_bytes())))
    .into();
    forge.append(&event, &changes, "ruth");
}

#[test]
fn a_forged_purge_hides_nothing() {
    let (mut project, version) = leaked();
    let before = project.copy();
    let told = project.as_person("maya").json(["purge", &version, "-m", "away"]);
    let said = crate::support::ledger(&project.folder()).iter().find_map(|event| match &event.act.act().deed {
        Deed::Purge(purge) => Some((purge.said, purge.payload.clone())),
        _ => None,
    });
    assert!(said.is_some_and(|(_, payload)| payload.len() == told["payload"].as_array().unwrap().len()));
    let (_, stranger) = ("maya", Digest::of(b"anything"));
    for (person, rule) in [("tom", "not-allowed"), ("maya", "stale-purge")] {
        let project = before.copy();
        forged(&project, &version, person, stranger);
        lose(&project, &[&version]);
        assert_eq!(broken(&project)[0], rule, "{person}");
    }
}

#[test]
fn a_purge_killed_at_any_write_is_completed_by_the_next_command() {
    let (mut project, version) = leaked();
    project.as_person("maya");
    let stride = if std::env::var_os("CHANCERY_LONG").is_some() { 1 } else { 23 };
    let (mut step, mut recorded) = (1, 0);
    loop {
        let copy = project.copy();
        let End::Killed = kill_at(&copy, step, &["purge", &version, "-m", "away"]) else { break };
        let when = format!("killed at step {step}");
        let verified = copy.json(["verify"]);
        assert_eq!(verified["ok"], true, "{when}: {verified}");
        let spec = format!("reply@{}", &version[..8]);
        if verified["checked"]["purged"].as_u64() > Some(0) || verified["still_here"] != Value::Array(Vec::new()) {
            recorded += 1;
            assert_eq!(copy.json(["cat", &spec])["code"], "purged", "{when}");
        }
        match step % 3 {
            // Whoever writes next completes it, whether the event stands or not.
            0 => drop(copy.write("prompts/other.md", "x\n").run(["commit", "-m", "next"]).exits(0)),
            1 => drop(copy.run(["maintenance"]).exits(0)),
            _ => drop(copy.run(["purge", &version, "-m", "away"])),
        }
        let is_purged = copy.json(["cat", &spec])["code"] == "purged";
        let verified = copy.json(["verify"]);
        assert_eq!(verified["ok"], true, "{when}: {verified}");
        assert_eq!(verified["still_here"], Value::Array(Vec::new()), "{when}: {verified}");
        if is_purged {
            let wanted = version.parse().unwrap();
            let store = GitStore::open(&copy.folder().join(".chancery")).unwrap();
            assert_eq!(store.kept(&[wanted].into()).unwrap(), BTreeSet::new(), "{when}");
        }
        step += stride;
    }
    assert!(recorded > 0, "no kill came after the event");
}

#[test]
fn maintenance_keeps_everything_and_may_be_killed_anywhere() {
    let (mut project, _) = leaked();
    project.as_person("tom");
    let before = (project.json(["audit"]), project.json(["log"]), project.json(["env"]));
    let stride = if std::env::var_os("CHANCERY_LONG").is_some() { 1 } else { 29 };
    let mut step = 1;
    loop {
        let copy = project.copy();
        let End::Killed = kill_at(&copy, step, &["maintenance"]) else { break };
        assert_eq!(copy.json(["verify"])["ok"], true, "killed at step {step}");
        copy.run(["maintenance"]).exits(0);
        assert_eq!(copy.json(["verify"])["ok"], true, "killed at step {step}");
        step += stride;
    }
    let document = project.json(["maintenance"]);
    assert_eq!(document["schema"], "chancery.maintenance/1");
    assert_eq!(document["after"]["files"], 2, "one pack and its index: {document}");
    assert!(document["after"]["bytes"].as_u64() < document["before"]["bytes"].as_u64(), "{document}");
    assert_eq!((project.json(["audit"]), project.json(["log"]), project.json(["env"])), before);
    project.run(["verify", "--deep"]).exits(0);
    project.write("prompts/other.md", "x\n").run(["commit", "-m", "next"]).exits(0);
    project.run(["maintenance"]).exits(0);
    project.run(["verify"]).exits(0);
}
