//! `chancery.toml`: who may do what.

use chancery::governance::{FILE, Governance};

use super::{
    Said, Target,
    files::{file, stand_inside},
    joined, parts,
    project::{self, RULES},
};

/// Rules, and others that could take their place.
pub(crate) const GOVERNANCE: Target = Target {
    name: "governance",
    seeds: || {
        let rules = project::rules(RULES);
        let key = project::key("maya");
        let people = format!(
            "[people.maya]\nkeys = [\"{}\"]\nroles = [\"root\", \"author\"]\n",
            chancery::trust::Signer::key(&key)
        );
        let sample = |path: &str| {
            let text = String::from_utf8(file(path)).unwrap();
            text.replace("{{ people }}", &people).replace("{{ name }}", "x").into_bytes()
        };
        let other = rules.replace("low = 1", "low = 2") + project::MORE;
        let mut seeds = vec![
            joined(&[rules.as_bytes(), other.as_bytes()]),
            joined(&[other.as_bytes(), rules.as_bytes()]),
            sample("templates/support-agent/chancery.toml"),
            sample("templates/solo/chancery.toml"),
            sample("templates/empty/chancery.toml"),
        ];
        seeds.retain(|seed| governance(seed).accepted);
        assert!(seeds.len() > 2, "the samples are good");
        seeds
    },
    words: &[
        "[project]\n",
        "name = ",
        "[governance]\n",
        "approvals = ",
        "[people.x]\n",
        "keys = ",
        "roles = ",
        "program = true\n",
        "[roles.root]\n",
        "[roles.x]\n",
        "may = ",
        "artifacts = ",
        "environments = ",
        "\"commit\"",
        "\"approve\"",
        "\"promote\"",
        "\"*\"",
        "\"prompt/*\"",
        "[environments.dev]\n",
        "[environments.dev.gate]\n",
        "follow = \"heads\"\n",
        "gate = \"open\"\n",
        "after = ",
        "soak = ",
        "\"24h\"",
        "evidence = ",
        "evaluators = ",
        "sources = ",
        "min_cases = ",
        "pass_rate = ",
        "at_least = ",
        "confidence = ",
        "per_tag = ",
        "regression = ",
        "\"no-flips\"",
        "margin = ",
        "low = ",
        "medium = ",
        "high = ",
        "authors = true",
        "max_age = ",
        "reviews = ",
        "min = ",
        "findings = ",
        "budget = ",
        "tokens = ",
        "charter = ",
        "window = ",
        "waivable = ",
        "override = ",
        "[[sources]]\n",
        "files = ",
        "kind = ",
        "template = ",
        "[[risk]]\n",
        "rollback = ",
        "roles = []",
        "ssh-ed25519 AAAA",
        "freeze = ",
        "halt = ",
        "days = ",
        "hours = ",
        "zone = ",
    ],
    run: governance,
};

fn governance(input: &[u8]) -> Said {
    let [one, two] = parts(input);
    let read = |bytes: &[u8]| {
        let reading = Governance::parse(FILE, bytes);
        let problems = match &reading {
            Ok((_, warnings)) => warnings,
            Err(problems) => {
                assert!(problems.iter().any(|problem| !problem.warning), "refused without an error");
                problems
            }
        };
        stand_inside(problems, &[(FILE, bytes)]);
        (Said::problems(reading.is_ok(), problems), reading.ok().map(|(governance, _)| governance))
    };
    let (said, first) = read(one);
    let Some(first) = first else { return said };
    laws(&first);
    let mut word = said.word;
    if let (_, Some(second)) = read(two) {
        let (there, back) = (first.differences(&second), second.differences(&first));
        assert_eq!(there.is_empty(), back.is_empty(), "what differs, differs both ways");
        assert_eq!(there.is_empty(), first == second || there.is_empty(), "rules that are equal do not differ");
        let lowering = there.iter().filter(|change| change.lowers).count();
        word = format!("{word}/{} {}", there.len().min(20), lowering.min(20));
    }
    Said::yes(word)
}

/// What holds for all rules that are read.
fn laws(rules: &Governance) {
    assert!(rules.differences(rules).is_empty(), "rules do not differ from themselves");
    assert!(rules.approvals > 0, "no approvals is no rule");
    let mut keys = std::collections::BTreeSet::new();
    for person in rules.people.people.values() {
        assert!(person.keys.iter().all(|key| keys.insert(key.clone())), "a key under two people");
    }
    for environment in &rules.environments {
        assert!(rules.environment(&environment.name).is_some());
        if let Some(approvals) = &environment.gate.approvals {
            assert!(!approvals.role.as_str().is_empty(), "approvals of nobody");
        }
    }
}
