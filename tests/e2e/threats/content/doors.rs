//! Threat 34: side doors. Every command is on this list, and none records for who may not.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    governance::{ALL, with_person},
    support::{
        Project,
        shop::{dossier, made, rules},
        story::story,
    },
};

/// What a command does to what is recorded.
enum Does {
    /// Nothing, whoever asks.
    Reads,
    /// Files, settings or caches of one's own clone, which nobody else believes.
    Tidies,
    /// It exchanges events, each of which is decided anew where it arrives.
    Shares,
    /// It records an act; with these arguments it would.
    Records(Vec<Vec<String>>),
}

/// Every command there is. One that is missing here has not been looked at.
fn commands(open: &str, shown: &str, version: &str) -> BTreeMap<&'static str, Does> {
    use Does::{Reads, Records, Shares, Tidies};
    let act = |args: &[&str]| args.iter().map(|&arg| arg.to_owned()).collect::<Vec<String>>();
    let mut all = BTreeMap::new();
    for reads in [
        "audit",
        "cat",
        "check",
        "completions",
        "findings",
        "env",
        "impact",
        "keys",
        "log",
        "people",
        "proposals",
        "render",
        "show",
        "status",
        "verify",
        "why",
    ] {
        all.insert(reads, Reads);
    }
    for tidies in ["bisect", "demo", "diff", "governance", "maintenance", "merge", "restore"] {
        all.insert(tidies, Tidies);
    }
    for shares in ["attach", "clone", "pull", "push", "remote"] {
        all.insert(shares, Shares);
    }
    for (name, args) in [
        ("approve", vec![act(&["approve", open, "--dossier", shown])]),
        ("commit", vec![act(&["commit", "-m", "mine"])]),
        ("eval", vec![act(&["eval", "--proposal", open, "--attest"])]),
        ("init", vec![act(&["init"])]),
        ("mv", vec![act(&["mv", "reply", "answer"])]),
        ("promote", vec![act(&["promote", open])]),
        ("adopt", vec![act(&["adopt", "production", "chancery.toml", "-m", "mine"])]),
        ("override", vec![act(&["override", "review", open, "-m", "mine"])]),
        ("propose", vec![act(&["propose", "staging", "-m", "mine"]), act(&["propose", "governance", "-m", "mine"])]),
        ("purge", vec![act(&["purge", version, "-m", "mine"])]),
        (
            "finding",
            vec![act(&["finding", "open", open, "--at", "prompts/reply.md:7", "--quote", "Go away.", "-m", "mine"])],
        ),
        ("freeze", vec![act(&["freeze", "staging", "-m", "mine"])]),
        ("halt", vec![act(&["halt", "-m", "mine"])]),
        ("reject", vec![act(&["reject", open, "-m", "mine"])]),
        ("review", vec![act(&["review", open, "--done"])]),
        ("rm", vec![act(&["rm", "reply"])]),
        ("rollback", vec![act(&["rollback", "staging", "-m", "mine"])]),
        ("requalify", vec![act(&["requalify", "reply", "-m", "mine"])]),
        ("resume", vec![act(&["resume", "-m", "mine"])]),
        ("secrets", vec![act(&["secrets", "allow", version, "-m", "mine"])]),
        ("ship", vec![act(&["ship", "production", "-m", "mine"])]),
        ("thaw", vec![act(&["thaw", "staging", "-m", "mine"])]),
        ("withdraw", vec![act(&["withdraw", open])]),
    ] {
        all.insert(name, Records(args));
    }
    all
}

/// The names of all commands, as the program lists them.
fn listed(project: &Project) -> BTreeSet<String> {
    let help = project.run(["-h"]).exits(0).stdout;
    let groups = help.split("\nOptions:\n").next().unwrap();
    groups.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn threat_34_no_command_records_for_a_stranger_or_for_who_has_no_role() {
    let story = story();
    let mut project = story.copy();
    project.write("chancery.toml", with_person(&rules(&ALL), "idle", &["idle"], &[]));
    let asked = made(project.as_person("maya").json(["propose", "governance", "-m", "somebody new"]));
    project.run(["promote", &asked]).exits(0);
    project.write("chancery.toml", rules(&ALL)).write("prompts/mine.md", "mine\n");
    let (shown, version) = (dossier(&project, &story.open), project.sha256("evals/reply.toml"));
    let commands = commands(&story.open, &shown, &version);
    let names: BTreeSet<String> = commands.keys().map(|&name| name.to_owned()).collect();
    assert_eq!(names, listed(&project), "every command says here what it does to what is recorded");
    let before = project.events();
    for person in ["mallory", "idle"] {
        let mut clone = project.copy();
        clone.as_person(person);
        for (name, does) in &commands {
            let Does::Records(all) = does else { continue };
            for args in all {
                let args: Vec<&str> = args.iter().map(String::as_str).collect();
                let told = clone.json(&args);
                let refused = told["schema"] == "chancery.failure/1" || told["promoted"] == false;
                assert!(refused, "{name} by {person}: {told:#}");
            }
        }
        // An attempt by somebody listed may be remembered; nothing else is.
        let after = clone.json(["audit"]);
        let more = &after["events"].as_array().unwrap()[before.len()..];
        assert!(more.iter().all(|event| event["kind"] == "attempt"), "{person}: {more:#?}");
    }
    // The twin: the same words by who may say them are recorded.
    for (person, name) in [("ruth", "approve"), ("tom", "commit"), ("ci", "eval"), ("ruth", "reject")] {
        let Does::Records(all) = &commands[name] else { unreachable!() };
        let args: Vec<&str> = all[0].iter().map(String::as_str).collect();
        let mut clone = project.copy();
        clone.as_person(person).run(&args);
        assert!(clone.events().len() > before.len(), "{name} by {person}");
    }
}
