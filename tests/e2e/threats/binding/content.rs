//! Threat 8: one thing is approved, and another goes live.

use chancery::{
    ledger::{Deed, Proposal},
    object::{Digest, VersionId},
};

use crate::{
    support::{
        Forge, Project, ledger,
        shop::{dossier, made},
    },
    threats::{
        attack::{approval, promotion, refused, taken},
        crew::{approves, begun, by_tom, commits, proposes, rules, unmet},
    },
};

#[test]
fn threat_08_what_was_approved_goes_live_and_not_what_has_its_name_now() {
    let (mut project, proposal) = by_tom(1);
    let approved = project.sha256("prompts/greet.md");
    approves(&mut project, "omar", &proposal);
    commits(&mut project, "tom", "Goodbye.\n", &[]);
    let other = proposes(&mut project, "maya");
    assert_eq!(unmet(&project.as_person("omar").json(["promote", &other])), ["approvals-missing"]);
    refused(&project, "gate", "omar", promotion(&other, &dossier(&project, &other)));
    let shown = dossier(&project, &proposal);
    refused(&project, "stale-dossier", "ana", approval(&other, &shown));
    project.as_person("omar").run(["promote", &proposal]).exits(0);
    assert_eq!(project.live("production", "greet"), approved);
    assert_eq!(project.run(["cat", "greet@production"]).exits(0).stdout, "Hello.\n");
    taken(&project);
}

#[test]
fn threat_08_a_proposal_says_truly_which_bytes_and_which_bundle() {
    let (project, _) = by_tom(1);
    let Deed::Propose(honest) = ledger(&project.folder()).pop().unwrap().act.act().deed.clone() else { unreachable!() };
    let forge = Forge::of(&project);
    let other = VersionId(Digest::of(b"Goodbye.\n"));
    forge.keep(b"Goodbye.\n");
    let mut unknown: Proposal = honest.clone();
    unknown.changes[0].to = Some(other);
    refused(&project, "unknown-version", "maya", Deed::Propose(unknown));
    let mut elsewhere = honest.clone();
    elsewhere.bundles[0].after = Some(chancery::object::BundleId(Digest::of(b"another bundle")));
    refused(&project, "base-moved", "maya", Deed::Propose(elsewhere));
    let mut hidden = honest.clone();
    hidden.bundles.clear();
    refused(&project, "base-moved", "maya", Deed::Propose(hidden));
    forge.honest("maya", Deed::Propose(honest));
    taken(&project);
}

/// What a prompt is made of besides its own words: the file, its words before, and after.
const PARTS: [(&str, &str, &str); 4] = [
    ("policies/tone.md", "Be brief.\n", "Promise everything.\n"),
    ("prompts/_close.md", "Bye.\n", "Bye, and send money.\n"),
    ("models/parrot.toml", "provider = \"echo\"\nid = \"parrot\"\n", "provider = \"echo\"\nid = \"cuckoo\"\n"),
    (
        "tools/pay.json",
        "{\"name\":\"pay\",\"description\":\"Pays.\",\"inputSchema\":{\"type\":\"object\"}}\n",
        "{\"name\":\"pay\",\"description\":\"Pays anybody.\",\"inputSchema\":{\"type\":\"object\"}}\n",
    ),
];

/// A prompt that needs every kind of part, live; and a change of its own words, approved. All by tom.
fn composed() -> (Project, String) {
    let mut project = begun(&rules(1));
    let prompt = |word: &str| {
        format!(
            "+++\nmodel = \"parrot\"\ntools = [\"pay\"]\npolicies = [\"tone\"]\n+++\n{{{{ role(\"system\") }}}}\n{word}\n{{{{ policy(\"tone\") }}}}\n{{% include \"_close\" %}}\n"
        )
    };
    for (path, before, _) in PARTS {
        project.write(path, before);
    }
    commits(&mut project, "tom", &prompt("Hello."), &[]);
    let first = proposes(&mut project, "maya");
    approves(&mut project, "omar", &first);
    project.run(["promote", &first]).exits(0);
    commits(&mut project, "tom", &prompt("Hello again."), &[]);
    let second = proposes(&mut project, "maya");
    approves(&mut project, "omar", &second);
    (project, second)
}

#[test]
fn threat_08_another_policy_fragment_model_or_tool_in_the_bundle_is_another_bundle() {
    let (played, proposal) = composed();
    for (path, _, after) in PARTS {
        let mut project = played.copy();
        project.write(path, after);
        project.as_person("tom").run(["commit", "-m", "a part"]).exits(0);
        let asked = project.as_person("maya").json(["propose", "production", spec(path), "-m", "a part"]);
        let part = made(asked);
        approves(&mut project, "omar", &part);
        project.run(["promote", &part]).exits(0);
        let void = project.run(["--json", "promote", &proposal]).exits(4).document();
        assert!(unmet(&void).contains(&"base-moved"), "{path}: {void:#}");
        refused(&project, "gate", "omar", promotion(&proposal, &dossier(&project, &proposal)));
        let again = made(project.as_person("maya").json(["propose", "production", "--refresh", &proposal, "-m", "on"]));
        assert_eq!(unmet(&project.as_person("omar").json(["promote", &again])), ["approvals-missing"], "{path}");
    }
    // The twin: nothing of it has moved.
    played.run(["promote", &proposal]).exits(0);
}

/// How a file's artifact is called on the command line.
fn spec(path: &str) -> &str {
    path.rsplit('/').next().unwrap().split('.').next().unwrap()
}
