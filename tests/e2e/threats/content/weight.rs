//! Threat 31: what is offered is too deep, too large, twice there, or not listed.

use chancery::{
    ledger::{Commit, Deed, HeadChange},
    name::{Artifact, Kind, Name},
    object::{Digest, VersionId},
};

use crate::{
    support::{Forge, Project, ledger},
    threats::attack::{approval, payload, refused, taken},
};

/// What tom committed last, as a commit of one artifact.
fn committed(project: &Project) -> Commit {
    let Deed::Commit(commit) = ledger(&project.folder()).pop().unwrap().act.act().deed.clone() else { unreachable!() };
    commit
}

#[test]
fn threat_31_artifacts_that_no_parser_takes_are_no_versions() {
    let project = Project::begun();
    project.write(
        "tools/pay.json",
        "{\"name\":\"pay\",\"description\":\"Pays.\",\"inputSchema\":{\"type\":\"object\"}}\n",
    );
    project.run(["commit", "-m", "a tool"]).exits(0);
    let honest = committed(&project);
    let forge = Forge::of(&project);
    forge.undo();
    for text in [
        "[".repeat(200_000),
        "{\"a\":".repeat(200_000),
        "{\"name\":\"pay\",\"name\":\"steal\",\"description\":\"\",\"inputSchema\":{}}".to_owned(),
        "\u{0}".to_owned(),
        String::new(),
    ] {
        let mut commit = honest.clone();
        commit.changes[0].version = Some(VersionId(forge.keep(text.as_bytes())));
        refused(&project, "invalid-artifact", "maintainer", Deed::Commit(commit));
    }
    let mut nothing = honest.clone();
    nothing.changes[0].version = Some(VersionId(Digest::of(b"nobody has it")));
    refused(&project, "payload-missing", "maintainer", Deed::Commit(nothing));
    forge.honest("maintainer", Deed::Commit(honest));
    taken(&project);
}

#[test]
fn threat_31_a_listing_names_every_file_once_and_nothing_outside() {
    let project = Project::begun();
    project.write("policies/access/policy.cedar", "permit(principal, action, resource);\n");
    project.write("policies/access/schema.cedarschema", "entity User;\n");
    project.run(["commit", "-m", "a policy"]).exits(0);
    let honest = committed(&project);
    assert!(honest.changes[0].listed, "{honest:?}");
    let forge = Forge::of(&project);
    let listed = honest.changes[0].version.unwrap();
    let bytes = payload(&forge, &listed.0);
    let text = String::from_utf8(bytes).unwrap();
    forge.undo();
    let line = text.lines().next().unwrap();
    for listing in [
        format!("{text}{line}\n"),
        text.lines().rev().collect::<Vec<_>>().join("\n") + "\n",
        text.replace("schema", "../schema"),
        text.replace("  schema", "  /schema"),
        text.replace(&line[..64], &"0".repeat(64)),
        text.replace("policy.cedar", "other.cedar"),
        "x".repeat(1000),
    ] {
        assert_ne!(listing, text);
        let mut commit = honest.clone();
        commit.changes[0].version = Some(VersionId(forge.keep(listing.as_bytes())));
        let rule = if listing.contains(&"0".repeat(64)) { "payload-missing" } else { "bad-listing" };
        refused(&project, rule, "maintainer", Deed::Commit(commit));
    }
    forge.honest("maintainer", Deed::Commit(honest));
    taken(&project);
}

#[test]
fn threat_31_a_commit_lists_each_artifact_once_and_in_order() {
    let project = Project::begun();
    project.write("prompts/a.md", "a\n").write("prompts/b.md", "b\n").run(["commit", "-m", "two"]).exits(0);
    let honest = committed(&project);
    Forge::of(&project).undo();
    let change = |commit: &Commit, at: usize| -> HeadChange { commit.changes[at].clone() };
    let other = Artifact::new(Kind::Prompt, Name::parse("A").unwrap());
    for changes in [
        vec![change(&honest, 0), change(&honest, 0)],
        vec![change(&honest, 1), change(&honest, 0)],
        vec![HeadChange { artifact: other, ..change(&honest, 0) }, change(&honest, 0)],
        Vec::new(),
    ] {
        refused(&project, "bad-order", "maintainer", Deed::Commit(Commit { changes, ..honest.clone() }));
    }
    Forge::of(&project).honest("maintainer", Deed::Commit(honest));
    taken(&project);
}

#[test]
fn threat_31_a_dossier_that_is_a_bomb_is_none() {
    let story = crate::support::story::story();
    let project = story.copy();
    let forge = Forge::of(&project);
    for text in ["{\"basis\":".repeat(100_000), "[".repeat(1_000_000), "null".to_owned(), String::new()] {
        let bomb = forge.keep(text.as_bytes()).to_string();
        refused(&project, "bad-dossier", "ruth", approval(&story.open, &bomb));
    }
    taken(&project);
}

#[test]
fn threat_31_an_act_that_is_a_bomb_is_none() {
    use chancery::trust::{Namespace, Signer as _};
    let story = crate::support::story::story();
    let project = story.copy();
    let forge = Forge::of(&project);
    let tip = forge.tip();
    for text in ["[".repeat(500_000), format!("{{\"format\":1,\"deed\":{}", "{\"kind\":".repeat(100_000))] {
        let signature = crate::support::signer("tom").sign(Namespace::Act, text.as_bytes()).unwrap();
        let event = forge.rebuild(|parts| parts.say(text.as_bytes(), signature.as_str()));
        crate::threats::attack::found(&project, "event-damaged", "", &event);
        forge.back_to(&tip);
    }
    taken(&project);
}
