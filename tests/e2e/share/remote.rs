//! `remote`: where the ledger is shared.

use crate::support::{
    Project,
    remote::{Bare, git},
    shop::{prompt, shop},
};

#[test]
fn the_ledger_may_stand_on_a_branch() {
    let (bare, mut shop) = (Bare::new(), shop());
    shop.run(["remote", &bare.url(), "--branch", "chancery"]).exits(0);
    shop.run(["push"]).exits(0);
    let names = bare.git(&["for-each-ref", "--format=%(refname)"]);
    assert_eq!(names, "refs/heads/chancery\nrefs/heads/chancery-payload");
    let mut clone = Project::new();
    clone.as_person("tom").run(["clone", &bare.url(), ".", "--branch", "chancery"]).exits(0);
    clone.write("prompts/reply.md", prompt(" so"));
    clone.run(["commit", "-m", "so"]).exits(0);
    clone.run(["push"]).exits(0);
    let pulled = shop.as_person("maya").json(["pull"]);
    assert_eq!((&pulled["events_in"], shop.tip()), (&1.into(), clone.tip()), "{pulled}");
    assert_eq!(bare.target("refs/heads/chancery"), clone.tip());
    let document = clone.json(["remote"]);
    assert_eq!((&document["branch"], &document["unshared"]), (&"chancery".into(), &0.into()), "{document}");
}

#[test]
fn the_way_to_it_may_be_ssh() {
    let (bare, mut shop) = (Bare::new(), shop());
    // Stands for ssh and the host it leads to: runs the command it is given for `example.org`, and nothing else.
    let ssh = shop.folder().join("../ssh");
    std::fs::write(&ssh, "#!/bin/sh\n[ \"$1\" = git@example.org ] && exec sh -c \"$2\"\n").unwrap();
    std::fs::set_permissions(&ssh, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let url = format!("git@example.org:{}", bare.url());
    let mut clone = Project::new();
    for project in [shop.as_person("maya"), clone.as_person("tom")] {
        project.with_variable("GIT_SSH", ssh.to_str().unwrap()).with_variable("GIT_SSH_VARIANT", "simple");
    }
    shop.shared_through(&url);
    clone.run(["clone", &url, "."]).exits(0);
    clone.write("prompts/reply.md", prompt(" so")).run(["commit", "-m", "so"]).exits(0);
    clone.run(["push"]).exits(0);
    assert_eq!(shop.json(["pull"])["events_in"], 1);
    assert_eq!(shop.tip(), clone.tip());
}

#[test]
fn another_remote_gets_everything_and_the_first_keeps_what_it_has() {
    let (first, second, shop) = (Bare::new(), Bare::new(), shop());
    shop.shared_through(&first.url());
    shop.shared_through(&second.url());
    assert_eq!(first.target("refs/chancery/ledger"), second.target("refs/chancery/ledger"));
    assert_eq!(Project::cloned(&second.url(), "tom").events(), shop.events());
}

#[test]
fn a_project_without_a_remote_has_nothing_to_pull() {
    let shop = shop();
    assert_eq!(shop.json(["remote"])["url"], serde_json::Value::Null);
    for verb in ["pull", "push"] {
        assert_eq!(shop.run(["--json", verb]).exits(3).document()["code"], "no-remote");
    }
    assert_eq!(shop.json(["status"])["unshared"], serde_json::Value::Null);
}

#[test]
fn only_our_refs_are_touched_there() {
    let (bare, shop) = (Bare::new(), shop());
    git(&shop.folder(), &["init", "--quiet", "-b", "main"]);
    git(&shop.folder(), &["commit", "--quiet", "--allow-empty", "-m", "code"]);
    git(&shop.folder(), &["push", "--quiet", &bare.url(), "main"]);
    shop.shared_through(&bare.url());
    let names = bare.git(&["for-each-ref", "--format=%(refname)"]);
    assert_eq!(names, "refs/chancery/ledger\nrefs/chancery/payload\nrefs/heads/main");
}

#[test]
fn work_that_is_shared_never_rewrites_what_is_there_and_ends_alike_everywhere() {
    let (bare, mut maya) = (Bare::new(), shop());
    bare.git(&["config", "receive.denyNonFastForwards", "true"]);
    bare.git(&["config", "receive.denyDeletes", "true"]);
    maya.as_person("maya").shared_through(&bare.url());
    let clones = [Project::cloned(&bare.url(), "tom"), Project::cloned(&bare.url(), "maya"), maya];
    for round in 0..3 {
        for (who, clone) in clones.iter().enumerate() {
            clone.write(&format!("policies/of-{who}.md"), format!("Rule {round}.\n"));
            clone.run(["commit", "-m", "a rule"]).exits(0);
        }
        for clone in &clones {
            clone.run(["push"]).exits(0);
        }
    }
    let refs = ["refs/chancery/ledger", "refs/chancery/payload"];
    let there = refs.map(|name| bare.target(name));
    for clone in &clones {
        clone.run(["pull"]).exits(0);
        let store = clone.folder().join(".chancery");
        assert_eq!(refs.map(|name| git(&store, &["for-each-ref", "--format=%(objectname)", name])), there);
        clone.run(["push"]).exits(0);
    }
    assert_eq!(refs.map(|name| bare.target(name)), there, "nothing was new");
}

/// A host that protects the branches, and two clones that share through it.
fn protected() -> (Bare, Project, Project) {
    let (bare, mut maya) = (Bare::new(), shop());
    bare.git(&["config", "receive.denyNonFastForwards", "true"]);
    maya.as_person("maya").run(["remote", &bare.url(), "--branch", "chancery"]).exits(0);
    maya.run(["push"]).exits(0);
    let mut tom = Project::new();
    tom.as_person("tom").run(["clone", &bare.url(), ".", "--branch", "chancery"]).exits(0);
    (bare, maya, tom)
}

/// Commits a prompt of its own, and shares it.
fn add(project: &Project, name: &str) {
    project.write(&format!("prompts/{name}.md"), format!("Say {name}.\n")).run(["commit", "-m", name]).exits(0);
    project.run(["push"]).exits(0);
}

#[test]
fn a_purge_asks_once_for_a_forced_push_and_nobody_does_after_it() {
    let (bare, maya, tom) = protected();
    add(&maya, "secret");
    tom.run(["pull"]).exits(0);
    tom.write("prompts/own.md", "Mine.\n").run(["commit", "-m", "own"]).exits(0);
    maya.write("prompts/secret.md", "Say it.\n").run(["commit", "-m", "without"]).exits(0);
    let refused = maya.json(["purge", "secret@v1", "-m", "it leaked"]);
    assert_eq!((&refused["code"], &refused["exit"]), (&"remote".into(), &5.into()), "{refused}");
    let text = refused.to_string();
    for word in ["refs/heads/chancery-payload", "non-fast-forward", "forced push", "nothing is purged"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert_eq!(maya.json(["verify"])["ok"], true);
    bare.git(&["config", "receive.denyNonFastForwards", "false"]);
    maya.run(["purge", "secret@v1", "-m", "it leaked"]).exits(0);
    bare.git(&["config", "receive.denyNonFastForwards", "true"]);
    tom.run(["push"]).exits(0);
    add(&maya, "later");
    add(&tom, "last");
    for clone in [&maya, &tom] {
        let verified = clone.json(["verify"]);
        assert_eq!((&verified["ok"], &verified["still_here"]), (&true.into(), &serde_json::json!([])), "{verified}");
    }
}
