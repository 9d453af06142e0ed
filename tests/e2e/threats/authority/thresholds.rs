//! Threat 6: what is zero, empty, unknown, missing or unreadable is never a yes.

use std::fs;

use chancery::ledger::{Deed, Move, Proposal};

use crate::{
    governance::with_person,
    support::{
        Forge, Project, ledger,
        shop::{self, dossier, made},
    },
    threats::{
        attack::{promotion, refused, taken},
        crew::{approves, begun, by_tom, commits, proposes, rules, unmet},
    },
};

/// The rules of the shop, with this in the place of that.
fn instead(of: &str, text: &str) -> String {
    let all = shop::rules(&crate::governance::ALL);
    assert!(all.contains(of), "no {of}");
    all.replacen(of, text, 1)
}

/// Rules that say nothing where they should say something, each with the word for why they are refused.
fn nothing_said() -> Vec<(String, &'static str)> {
    let approvals = "approvals = { role = \"release\", low = 2, medium = 2, high = 2 }";
    let role = |text: &str| shop::rules(&crate::governance::ALL) + "\n[roles.nobody]\n" + text;
    vec![
        (instead("low = 2", "low = 0"), "out-of-range"),
        (instead("high = 2", "high = 1"), "tiers-fall"),
        (instead("min = 1", "min = 0"), "out-of-range"),
        (instead("low = 2", "low = -1"), "out-of-range"),
        (instead("at_least = 1.0", "at_least = nan"), "not-finite"),
        (instead("at_least = 1.0", "at_least = -1.0"), "out-of-range"),
        (instead("evaluators = [\"evaluator\"]", "evaluators = []"), "empty-list"),
        (instead("sources = [\"live\"]", "sources = []"), "empty-list"),
        (instead(approvals, &approvals.replace("release", "relaese")), "unknown-role"),
        (instead("after = \"staging\"", "after = \"stagign\""), "unknown-environment"),
        (
            instead(
                "[environments.staging]\nafter = \"dev\"\ngate = \"open\"",
                "[environments.staging]\nafter = \"dev\"",
            ),
            "missing-key",
        ),
        (instead("gate = \"open\"", "gate = {}"), "empty-gate"),
        (instead("gate = \"open\"", "gate = \"none\""), "unknown-word"),
        (instead("[project]", "[governance]\napprovals = 0\n\n[project]"), "out-of-range"),
        (role("may = []\n"), "empty-role"),
        (role("may = [\"approve\"]\nartifacts = []\n"), "empty-role"),
        (role("may = [\"approve\"]\nenvironments = []\n"), "empty-role"),
        (role("may = [\"approve\"]\nenvironments = [\"nowhere\"]\n"), "unknown-environment"),
        (instead("\"root\", ", ""), "no-root"),
        (String::new(), "missing-key"),
    ]
}

#[test]
fn threat_06_rules_that_ask_for_nothing_are_no_rules() {
    for (text, code) in nothing_said() {
        let mut project = Project::new();
        project.write("chancery.toml", &text);
        let told = project.as_person("maya").run(["--json", "init"]).exits(3).document();
        let codes: Vec<_> = told["problems"].as_array().unwrap().iter().map(|one| one["code"].clone()).collect();
        assert!(codes.contains(&code.into()), "no {code} in {told:#}\n{text}");
    }
    shop::shop();
}

#[test]
fn threat_06_such_rules_are_refused_in_a_ledger_too() {
    let project = begun(&rules(1));
    project.write("chancery.toml", rules(2));
    let asked = made(project.json(["propose", "governance", "-m", "two"]));
    let Deed::Propose(honest) = ledger(&project.folder()).pop().unwrap().act.act().deed.clone() else { unreachable!() };
    let forge = Forge::of(&project);
    forge.undo();
    let change = honest.governance.clone().unwrap();
    for text in [rules(0), rules(1).replace("\"release\", low", "\"nobody\", low"), String::new(), "\u{0}".to_owned()] {
        let to = forge.keep(text.as_bytes());
        let proposal = Proposal { governance: Some(Move { to, ..change.clone() }), ..honest.clone() };
        refused(&project, "bad-governance", "maya", Deed::Propose(proposal));
    }
    let nowhere = Proposal { governance: Some(Move { to: asked.parse().unwrap(), ..change }), ..honest.clone() };
    refused(&project, "payload-missing", "maya", Deed::Propose(nowhere));
    forge.honest("maya", Deed::Propose(honest));
    taken(&project);
}

#[test]
fn threat_06_a_role_that_nobody_has_lets_nothing_through() {
    let role = "\n[roles.council]\nmay = [\"approve\"]\n";
    let text = rules(1).replace("\"release\", low", "\"council\", low") + role;
    let mut project = begun(&text);
    commits(&mut project, "tom", "Hello.\n", &[]);
    let proposal = proposes(&mut project, "maya");
    assert_eq!(unmet(&project.as_person("omar").json(["promote", &proposal])), ["approvals-missing"]);
    refused(&project, "gate", "omar", promotion(&proposal, &dossier(&project, &proposal)));
    let told = project.json(["check"]);
    assert!(told["problems"].to_string().contains("too-few-people"), "{told:#}");
    let mut project = begun(&with_person(&text, "kim", &["kim"], &["council"]));
    commits(&mut project, "tom", "Hello.\n", &[]);
    let proposal = proposes(&mut project, "maya");
    approves(&mut project, "kim", &proposal);
    project.as_person("omar").run(["promote", &proposal]).exits(0);
}

#[test]
fn threat_06_an_environment_that_is_not_declared_is_none() {
    let (mut project, proposal) = by_tom(1);
    let told = project.as_person("maya").json(["propose", "prodution", "-m", "greet people"]);
    assert_eq!((&told["code"], &told["exit"]), (&"unknown-environment".into(), &3.into()), "{told:#}");
    let Deed::Propose(honest) = ledger(&project.folder()).pop().unwrap().act.act().deed.clone() else { unreachable!() };
    for environment in ["prodution", "Production", "", "governance"] {
        let elsewhere = Proposal { environment: environment.to_owned(), ..honest.clone() };
        let code = if environment == "governance" { "empty-proposal" } else { "unknown-environment" };
        refused(&project, code, "maya", Deed::Propose(elsewhere));
    }
    approves(&mut project, "omar", &proposal);
    project.run(["promote", &proposal]).exits(0);
}

#[test]
fn threat_06_without_the_rules_nothing_is_decided() {
    let (mut project, proposal) = by_tom(1);
    approves(&mut project, "omar", &proposal);
    let whole = project.copy();
    let digest = project.sha256("chancery.toml");
    let object = git_object(&project, &digest);
    fs::remove_file(&object).unwrap();
    for args in [&["promote", &proposal][..], &["approve", &proposal, "--dossier", &digest], &["commit", "-m", "x"]] {
        let told = project.json(args);
        assert!(["payload-missing", "store-outside"].contains(&told["code"].as_str().unwrap()), "{args:?}: {told:#}");
    }
    whole.run(["promote", &proposal]).exits(0);
}

/// Where git keeps the payload with this digest.
fn git_object(project: &Project, digest: &str) -> std::path::PathBuf {
    let forge = Forge::of(project);
    let listed = forge.word(&["ls-tree", "-r", "refs/chancery/payload"], b"");
    let line = listed.lines().find(|line| line.ends_with(digest)).unwrap();
    let oid = line.split_whitespace().nth(2).unwrap();
    project.folder().join(".chancery/objects").join(&oid[..2]).join(&oid[2..])
}
