//! What one clone purges goes from every clone, and from the remote.

use std::fs;

use serde_json::Value;

use crate::{
    purge::{SECRET, is_anywhere, leaked},
    support::{
        Project,
        killed::{End, kill_at},
        remote::Bare,
        shop::prompt,
    },
};

/// The shared shop whose secret is replaced everywhere, its clone with the root's key, and a clone of tom's.
struct Leak {
    bare: Bare,
    root: Project,
    tom: Project,
    version: String,
}

impl Leak {
    fn new() -> Self {
        let (bare, (mut root, version)) = (Bare::new(), leaked());
        root.as_person("maya").shared_through(&bare.url());
        let tom = Project::cloned(&bare.url(), "tom");
        Self { bare, root, tom, version }
    }

    /// Purges the version, and all evidence that may quote it.
    fn purge(&self) {
        let purged = self.root.json(["purge", &self.version[..10], "-m", "it held a password"]);
        assert_eq!(purged["schema"], "chancery.purge/1", "{purged}");
        for evidence in purged["may_quote"].as_array().unwrap() {
            self.root.run(["purge", evidence.as_str().unwrap(), "-m", "it quotes the password"]).exits(0);
        }
    }

    /// Whether the remote would give the secret to anybody.
    fn offers_it(&self) -> bool {
        let reachable = self.bare.git(&["rev-list", "--objects", "--all"]);
        let blobs = reachable.lines().filter_map(|line| line.split_once(' ').map(|(id, _)| id));
        blobs.into_iter().any(|id| {
            self.bare.git(&["cat-file", "-t", id]) == "blob" && self.bare.git(&["cat-file", "-p", id]).contains(SECRET)
        })
    }
}

fn is_sound(clone: &Project) {
    let verified = clone.json(["verify", "--deep"]);
    assert_eq!((&verified["ok"], &verified["still_here"]), (&true.into(), &Value::Array(Vec::new())), "{verified}");
}

#[test]
fn what_is_purged_in_one_clone_goes_from_the_remote_and_from_every_other_clone() {
    let leak = Leak::new();
    assert!(leak.offers_it() && is_anywhere(&leak.tom, SECRET));
    // Work of tom's own, not shared yet, is not in the way.
    leak.tom.write("prompts/other.md", "Say hello.\n").run(["commit", "-m", "other"]).exits(0);
    leak.purge();
    assert!(!leak.offers_it() && !is_anywhere(&leak.root, SECRET));
    let pulled = leak.tom.json(["pull"]);
    assert!(pulled["payload_purged"].as_u64() > Some(0), "{pulled}");
    assert!(!is_anywhere(&leak.tom, SECRET));
    assert_eq!(leak.tom.json(["cat", &format!("reply@{}", &leak.version[..8])])["code"], "purged");
    leak.tom.run(["push"]).exits(0);
    leak.root.run(["pull"]).exits(0);
    assert_eq!(leak.root.run(["cat", "other"]).exits(0).stdout, "Say hello.\n");
    let newcomer = Project::cloned(&leak.bare.url(), "ruth");
    assert!(!is_anywhere(&newcomer, SECRET));
    for clone in [&leak.root, &leak.tom, &newcomer] {
        assert_eq!(clone.tip(), leak.bare.target("refs/chancery/ledger"));
        is_sound(clone);
    }
}

#[test]
fn what_was_purged_does_not_come_back_with_a_remotes_old_payload() {
    let leak = Leak::new();
    let old = leak.bare.target("refs/chancery/payload");
    leak.purge();
    leak.tom.run(["pull"]).exits(0);
    leak.bare.git(&["update-ref", "refs/chancery/payload", &old]);
    assert!(leak.offers_it());
    leak.tom.run(["pull"]).exits(0);
    assert!(!is_anywhere(&leak.tom, SECRET));
    is_sound(&leak.tom);
    leak.tom.run(["push"]).exits(0);
    assert!(!leak.offers_it() && !is_anywhere(&leak.tom, SECRET));
    is_sound(&Project::cloned(&leak.bare.url(), "ruth"));
}

#[test]
fn bytes_that_were_never_shared_do_not_leave_with_the_purge_that_takes_them_away() {
    let leak = Leak::new();
    leak.purge();
    leak.root.write("prompts/reply.md", prompt(" hunter3")).run(["commit", "-m", "again"]).exits(0);
    let version = leak.root.sha256("prompts/reply.md");
    leak.root.write("prompts/reply.md", prompt("")).run(["commit", "-m", "mend"]).exits(0);
    leak.root.run(["purge", &version, "-m", "again"]).exits(0);
    assert!(!is_anywhere(&leak.root, "hunter3"));
    let ever = leak.bare.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)"]);
    for id in ever.lines().filter_map(|line| line.strip_suffix(" blob")) {
        assert!(!leak.bare.git(&["cat-file", "-p", id]).contains("hunter3"), "{id} got there");
    }
    leak.tom.run(["pull"]).exits(0);
    is_sound(&leak.tom);
}

#[test]
fn nothing_is_purged_while_the_remote_cannot_be_asked() {
    let leak = Leak::new();
    let away = leak.bare.path().with_extension("away");
    fs::rename(leak.bare.path(), &away).unwrap();
    for (args, code) in [(&["--offline"][..], "offline"), (&[], "remote")] {
        let words = [args, &["purge", &leak.version[..10], "-m", "away"]].concat();
        assert_eq!(leak.root.json(words)["code"], code);
        assert!(is_anywhere(&leak.root, SECRET));
        is_sound(&leak.root);
    }
    fs::rename(away, leak.bare.path()).unwrap();
    leak.purge();
    assert!(!is_anywhere(&leak.root, SECRET));
}

#[test]
fn a_pull_that_is_killed_leaves_word_of_what_must_still_go() {
    let leak = Leak::new();
    leak.purge();
    let stride = if std::env::var_os("CHANCERY_LONG").is_some() { 1 } else { 7 };
    let mut step = 1;
    loop {
        let copy = leak.tom.copy();
        let End::Killed = kill_at(&copy, step, &["pull"]) else { break };
        assert_eq!(copy.json(["verify"])["ok"], true, "killed at step {step}");
        copy.run([if step.is_multiple_of(2) { "pull" } else { "push" }]).exits(0);
        assert!(!is_anywhere(&copy, SECRET), "killed at step {step}");
        is_sound(&copy);
        step += stride;
    }
    assert!(step > 1, "nothing was killed");
}

#[test]
fn a_newcomer_keeps_nothing_that_was_purged_and_that_the_remote_still_has() {
    let leak = Leak::new();
    let old = leak.bare.target("refs/chancery/payload");
    leak.purge();
    leak.bare.git(&["update-ref", "refs/chancery/payload", &old]);
    let newcomer = Project::cloned(&leak.bare.url(), "ruth");
    assert!(!is_anywhere(&newcomer, SECRET));
    is_sound(&newcomer);
}

#[test]
fn a_remote_restored_from_before_the_purge_brings_nothing_back() {
    let leak = Leak::new();
    let refs = ["refs/chancery/ledger", "refs/chancery/payload"];
    let old = refs.map(|name| leak.bare.target(name));
    leak.purge();
    leak.tom.run(["pull"]).exits(0);
    for (name, old) in refs.iter().zip(&old) {
        leak.bare.git(&["update-ref", name, old]);
    }
    assert_eq!(leak.root.json(["pull"])["code"], "cut-short");
    assert!(!is_anywhere(&leak.root, SECRET), "a pull that is refused brought it back");
    leak.tom.run(["push", "--restore"]).exits(0);
    assert!(!is_anywhere(&leak.tom, SECRET) && !leak.offers_it());
    leak.root.run(["pull"]).exits(0);
    for clone in [&leak.tom, &leak.root] {
        is_sound(clone);
    }
}
