//! `pull`: files that were in step follow their heads; whatever somebody edited stays.

use serde_json::Value;

use crate::support::{
    Project,
    remote::{Bare, git},
    shop::{made, prompt, rules, shop},
};

/// Maya's project and Tom's clone of it.
fn two() -> (Bare, Project, Project) {
    let (bare, mut maya) = (Bare::new(), shop());
    maya.as_person("maya");
    for (path, text) in [("policies/tone.md", "Be brief.\n"), ("policies/style.md", "Be plain.\n")] {
        maya.write(path, text);
    }
    maya.run(["commit", "-m", "policies"]).exits(0);
    maya.shared_through(&bare.url());
    let tom = Project::cloned(&bare.url(), "tom");
    (bare, maya, tom)
}

fn share(project: &Project, message: &str) -> String {
    let document = project.json(["commit", "-m", message]);
    let event = document["event"].as_str().unwrap_or_else(|| panic!("{document}")).to_owned();
    project.run(["push"]).exits(0);
    event
}

fn list(document: &Value, name: &str) -> Vec<String> {
    document[name].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

#[test]
fn files_that_were_clean_follow_and_edited_ones_stay() {
    let (_bare, maya, tom) = two();
    maya.write("prompts/reply.md", prompt(" so"));
    maya.write("policies/tone.md", "Be very brief.\n");
    maya.run(["rm", "style"]).exits(0);
    share(&maya, "both");
    tom.write("policies/tone.md", "Be long.\n");
    let pulled = tom.json(["pull"]);
    assert_eq!(list(&pulled, "files"), ["policies/style.md", "prompts/reply.md"], "{pulled}");
    assert_eq!(tom.read("prompts/reply.md"), prompt(" so").into_bytes());
    assert_eq!(tom.read("policies/tone.md"), b"Be long.\n");
    assert!(!tom.folder().join("policies/style.md").exists());
    let states = ["reply", "tone", "style"].map(|artifact| tom.state(artifact));
    assert_eq!(states[..2], ["clean", "diverged"]);
    tom.run(["--json", "commit", "-m", "mine"]).exits(4);
    assert_eq!(tom.json(["pull"])["events_in"], 0);
}

#[test]
fn a_file_follows_where_it_was_renamed_to() {
    let (_bare, maya, tom) = two();
    maya.run(["mv", "tone", "voice"]).exits(0);
    maya.run(["push"]).exits(0);
    tom.run(["pull"]).exits(0);
    assert!(!tom.folder().join("policies/tone.md").exists());
    assert_eq!((tom.read("policies/voice.md"), tom.state("voice")), (b"Be brief.\n".to_vec(), "clean".to_owned()));
    assert!(tom.json(["commit", "-m", "nothing"])["event"].is_null());
}

#[test]
fn an_older_file_that_somebody_wants_stays() {
    let (_bare, maya, tom) = two();
    maya.write("policies/tone.md", "Be very brief.\n");
    share(&maya, "tone");
    tom.run(["pull"]).exits(0);
    tom.run(["restore", "tone@v1"]).exits(0);
    maya.write("policies/tone.md", "Be brief, please.\n");
    share(&maya, "tone");
    tom.run(["pull"]).exits(0);
    assert_eq!(tom.read("policies/tone.md"), b"Be brief.\n");
}

#[test]
fn new_rules_reach_the_file_that_was_in_force_and_no_other() {
    let (_bare, maya, tom) = two();
    let mut omar = tom.copy();
    omar.as_person("omar").write("chancery.toml", [tom.read("chancery.toml"), b"\n# mine\n".to_vec()].concat());
    let fewer = rules(&["maya", "tom", "ruth", "omar"]);
    maya.write("chancery.toml", &fewer);
    let proposal = made(maya.json(["propose", "governance", "-m", "without ci"]));
    maya.run(["promote", &proposal]).exits(0);
    let pulled = tom.json(["pull"]);
    assert_eq!((list(&pulled, "files"), tom.read("chancery.toml")), (vec!["chancery.toml".to_owned()], fewer.into()));
    omar.run(["pull"]).exits(0);
    assert!(omar.read("chancery.toml").ends_with(b"# mine\n"));
}

#[test]
fn commits_that_nobody_has_seen_get_new_places_and_keep_their_ids() {
    let (_bare, maya, tom) = two();
    tom.write("prompts/a.md", "a\n").run(["commit", "-m", "a"]).exits(0);
    tom.write("prompts/b.md", "b\n").run(["commit", "-m", "b"]).exits(0);
    let own = tom.events().split_off(3);
    assert_eq!(own.len(), 2);
    maya.write("prompts/c.md", "c\n");
    let theirs = share(&maya, "c");
    let status = tom.run(["status"]).exits(0);
    assert!(status.stdout.starts_with("NOT SHARED: 2 events"), "{status}");
    let pulled = tom.json(["pull"]);
    let told = (&pulled["events_in"], &pulled["relinked"], &pulled["unshared"], &pulled["dropped"]);
    assert_eq!(told, (&1.into(), &2.into(), &2.into(), &Value::Array(Vec::new())));
    assert_eq!(tom.events()[3..], [vec![theirs], own].concat()[..]);
    assert_eq!(tom.json(["push"])["events_out"], 2);
    maya.run(["pull"]).exits(0);
    assert_eq!((maya.tip(), maya.events()), (tom.tip(), tom.events()));
    for clone in [&maya, &tom] {
        clone.run(["verify"]).exits(0);
    }
}

#[test]
fn a_commit_that_lost_its_head_is_told_and_kept_and_what_was_committed_after_it_stays() {
    let (_bare, maya, tom) = two();
    tom.write("policies/tone.md", "Be long.\n").run(["commit", "-m", "long"]).exits(0);
    tom.write("prompts/mine.md", "mine\n").run(["commit", "-m", "mine"]).exits(0);
    let own = tom.events().split_off(3);
    maya.write("policies/tone.md", "Be very brief.\n");
    share(&maya, "very brief");
    let pulled = tom.json(["pull"]);
    let dropped = pulled["dropped"].as_array().unwrap();
    assert_eq!((dropped.len(), &pulled["relinked"]), (1, &1.into()), "{pulled}");
    assert_eq!((&dropped[0]["event"], &dropped[0]["rule"]), (&own[0].as_str().into(), &"head-moved".into()));
    assert!(dropped[0]["message"].as_str().is_some_and(|message| !message.is_empty()));
    assert_eq!((tom.read("policies/tone.md"), tom.state("tone")), (b"Be long.\n".to_vec(), "diverged".to_owned()));
    assert_eq!(tom.events().last(), own.last());
    let kept = String::from_utf8(tom.read(".chancery/clone/dropped")).unwrap();
    assert!(kept.contains("SSH SIGNATURE") && kept.lines().count() == 1, "{kept}");
    tom.run(["push"]).exits(0);
    tom.run(["commit", "--onto-head", "-m", "long after all"]).exits(0);
    tom.run(["verify"]).exits(0);
}

#[test]
fn a_pull_with_a_strangers_key_loses_nothing() {
    let (_bare, maya, mut tom) = two();
    tom.write("prompts/a.md", "a\n").run(["commit", "-m", "a"]).exits(0);
    let before = tom.events();
    maya.write("prompts/c.md", "c\n");
    share(&maya, "c");
    let stranger = tom.as_person("stranger").run(["--json", "pull"]);
    assert_ne!(stranger.exit, 0, "its own events cannot be sealed by a stranger: {stranger}");
    assert_eq!(tom.events(), before);
    tom.run(["verify"]).exits(0);
    let pulled = tom.as_person("tom").json(["pull"]);
    assert_eq!((&pulled["events_in"], &pulled["relinked"]), (&1.into(), &1.into()), "{pulled}");
    tom.run(["verify"]).exits(0);
}

#[test]
fn a_remote_that_is_asked_while_it_takes_a_push_is_asked_again() {
    let (bare, maya, mut tom) = two();
    let before = bare.target("refs/chancery/payload");
    maya.write("prompts/c.md", "c\n");
    let theirs = share(&maya, "c");
    let after = bare.target("refs/chancery/payload");
    // The ledger has moved, and the payload is about to.
    bare.git(&["update-ref", "refs/chancery/payload", &before]);
    let moves = format!("git --git-dir='{}' update-ref refs/chancery/payload {after}", bare.url());
    tom.wraps_git(&format!(r#"case "$*" in *" fetch "*) git "$@"; {moves}; exit 0;; esac"#));
    let pulled = tom.json(["pull"]);
    assert_eq!((&pulled["events_in"], &pulled["payload_in"]), (&1.into(), &1.into()), "{pulled}");
    assert_eq!(tom.events().last(), Some(&theirs));
    tom.run(["verify"]).exits(0);
}

#[test]
fn whatever_verb_finds_that_an_act_no_longer_holds_says_so() {
    let (_bare, maya, tom) = two();
    let lapses = |text: &str, args: &[&str]| {
        tom.write("policies/tone.md", format!("Be {text}.\n"));
        let own = tom.json(["commit", "--onto-head", "-m", text])["event"].clone();
        maya.write("policies/tone.md", format!("Be very {text}.\n"));
        share(&maya, text);
        (own, tom.run(args))
    };
    let (own, promoted) = lapses("long", &["--json", "promote", "production"]);
    let told = promoted.document()["dropped"].clone();
    assert_eq!((&told[0]["event"], &told[0]["rule"]), (&own, &"head-moved".into()), "{promoted}");
    let (own, rolled) = lapses("short", &["rollback", "staging", "-m", "back"]);
    assert!(rolled.stderr.contains(&own.as_str().unwrap()[..8]), "{rolled}");
    assert!(rolled.stderr.contains("no longer holds"), "{rolled}");
    let pulled = tom.json(["pull"]);
    assert_eq!(pulled["dropped"], Value::Array(Vec::new()), "it is told once");
}

#[test]
fn what_went_missing_here_comes_back_from_the_remote() {
    let (_bare, maya, tom) = two();
    maya.write("policies/tone.md", "Be kind.\n");
    let event = share(&maya, "kind");
    tom.run(["pull"]).exits(0);
    git(&tom.folder().join(".chancery"), &["update-ref", "refs/chancery/ledger", "refs/chancery/ledger~1"]);
    let verified = tom.run(["verify"]).exits(1);
    assert!(verified.stdout.contains("cut-short"), "{verified}");
    assert!(verified.stderr.contains("next: chancery pull"), "{verified}");
    tom.run(["pull"]).exits(0);
    assert_eq!((tom.tip(), tom.events().pop()), (maya.tip(), Some(event)));
    tom.run(["verify", "--deep"]).exits(0);
}
