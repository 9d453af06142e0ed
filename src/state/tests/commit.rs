//! Recording versions.

use super::project::{Project, artifact, env, handle, prompt, version};
use crate::{
    ledger::{Commit, Deed, HeadChange},
    object::{Digest, Store, VersionId},
    state::{State, lineage, lineage::authors_between},
};

const TOOL: &str = r#"{"name":"look","description":"looks","inputSchema":{"type":"object"}}"#;

fn numbers(project: &Project, name: &str) -> Vec<(u64, Option<VersionId>)> {
    let view = project.view();
    let state = State::new(view.as_ref());
    let head = state.head(&artifact(name)).unwrap().unwrap();
    let lines = lineage(&state, &head.artifact, head.number, usize::MAX).unwrap();
    lines.into_iter().map(|line| (line.number, line.version)).collect()
}

#[test]
fn a_head_that_moved_is_never_overwritten() {
    let project = Project::new();
    let early = Project::commit(vec![project.change("prompt/a", "two")]);
    project.commits("tom", &[("prompt/a", "one")]);
    assert_eq!(project.no("maya", early), "head-moved");
    let stale = Project::commit(vec![project.change("prompt/a", "three")]);
    project.commits("tom", &[("prompt/a", "two")]);
    assert_eq!(project.no("maya", stale), "head-moved");
    assert_eq!(numbers(&project, "prompt/a"), [(2, Some(version("two"))), (1, Some(version("one")))]);
}

#[test]
fn a_name_is_taken_whatever_its_case() {
    let project = Project::new();
    project.commits("tom", &[("prompt/refunds", "one")]);
    assert_eq!(project.no("tom", Project::commit(vec![project.change("prompt/Refunds", "two")])), "name-collision");
    let both = Project::commit(vec![project.change("prompt/b", "one"), project.change("prompt/B", "two")]);
    assert_eq!(project.no("tom", both), "bad-order");
    project.commits("tom", &[("prompt/other", "one")]);
    let onto = Project::commit(vec![project.rename("prompt/other", "prompt/REFUNDS", "one")]);
    assert_eq!(project.no("tom", onto), "name-taken");
}

#[test]
fn a_rename_keeps_numbers_and_authors() {
    let project = Project::new();
    project.commits("tom", &[("prompt/a", "one")]);
    project.commits("maya", &[("prompt/a", "two")]);
    project.ok("maya", Project::commit(vec![project.rename("prompt/a", "prompt/b", "two")]));
    project.commits("maya", &[("prompt/b", "three")]);
    let [one, two, three] = ["one", "two", "three"].map(|text| Some(version(text)));
    assert_eq!(numbers(&project, "prompt/b"), [(4, three), (3, two), (2, two), (1, one)]);
    let view = project.view();
    let state = State::new(view.as_ref());
    assert_eq!(state.head(&artifact("prompt/a")).unwrap().unwrap().version, None);
    let authors = authors_between(&state, &artifact("prompt/b"), None, three).unwrap();
    assert_eq!(authors, [handle("maya"), handle("tom")].into());
}

#[test]
fn a_rename_onto_a_name_with_a_longer_past_keeps_its_own_history() {
    let project = Project::new();
    for text in ["b1", "b2", "b3", "b4"] {
        project.commits("tom", &[("prompt/b", text)]);
    }
    project.ok("tom", Project::commit(vec![project.removal("prompt/b")]));
    project.commits("tom", &[("prompt/a", "a1")]);
    project.ok("maya", Project::commit(vec![project.rename("prompt/a", "prompt/b", "a1")]));
    project.commits("maya", &[("prompt/b", "a2")]);
    let [one, two] = ["a1", "a2"].map(|text| Some(version(text)));
    assert_eq!(numbers(&project, "prompt/b"), [(7, two), (6, one), (1, one)]);
    let view = project.view();
    let state = State::new(view.as_ref());
    let authors = authors_between(&state, &artifact("prompt/b"), None, two).unwrap();
    assert_eq!(authors, [handle("maya"), handle("tom")].into());
}

#[test]
fn a_rename_of_case_alone_takes_nothing_out_of_an_environment() {
    let project = Project::new();
    project.commits("tom", &[("prompt/refunds", "one")]);
    project.ok("tom", Project::commit(vec![project.rename("prompt/refunds", "prompt/Refunds", "one")]));
    assert_eq!(project.live("dev", "prompt/refunds"), Some(version("one")));
    project.ok("tom", Project::commit(vec![project.rename("prompt/Refunds", "prompt/REFUNDS", "two")]));
    assert_eq!(project.live("dev", "prompt/refunds"), Some(version("two")));
    assert_eq!(numbers(&project, "prompt/refunds").len(), 3);
}

#[test]
fn who_may_not_touch_an_artifact_may_not_rename_it_either() {
    let narrow = "[roles.author]\nmay = [\"commit\"]\nartifacts = [\"prompt/mine*\"]\n";
    let project = Project::under(&format!("{narrow}{}", super::project::RULES_TEXT));
    project.commits("maya", &[("prompt/secret", "one"), ("prompt/mine", "one")]);
    let steal = Project::commit(vec![project.rename("prompt/secret", "prompt/mine-too", "one")]);
    assert_eq!(project.no("tom", steal), "not-allowed");
    project.ok("tom", Project::commit(vec![project.rename("prompt/mine", "prompt/mine-too", "one")]));
}

#[test]
fn a_program_is_never_the_only_author() {
    let project = Project::new();
    let alone = Project::commit(vec![project.change("prompt/a", "one")]);
    let Deed::Commit(commit) = alone.clone() else { panic!() };
    assert_eq!(project.no("bot", alone), "program-alone");
    let among_programs = Deed::Commit(Commit { authors: vec![handle("ci")], ..commit.clone() });
    assert_eq!(project.no("bot", among_programs), "program-alone");
    let stranger = Deed::Commit(Commit { authors: vec![handle("zoe")], ..commit.clone() });
    assert_eq!(project.no("bot", stranger), "unknown-person");
    project.ok("bot", Deed::Commit(Commit { authors: vec![handle("tom")], ..commit }));
}

#[test]
fn deletions_are_refused_while_a_live_bundle_needs_the_name() {
    let project = Project::new();
    project.commits("tom", &[("prompt/a", &prompt(&["tool/look"], "hi")), ("tool/look", TOOL)]);
    assert!(project.bundle("dev", "a").is_some());
    assert_eq!(project.no("tom", Project::commit(vec![project.removal("tool/look")])), "still-needed");
    let away = Project::commit(vec![project.rename("tool/look", "tool/see", TOOL)]);
    assert_eq!(project.no("tom", away), "still-needed");
    project.commits("tom", &[("prompt/a", "hi")]);
    project.ok("tom", Project::commit(vec![project.removal("tool/look")]));
    assert_eq!(project.live("dev", "tool/look"), None);
    assert_eq!(project.no("tom", Project::commit(vec![project.removal("tool/look")])), "nothing-changed");
    assert_eq!(project.no("tom", Project::commit(vec![project.removal("tool/never")])), "nothing-there");
}

#[test]
fn the_same_bytes_again_are_the_same_version_under_a_new_number() {
    let project = Project::new();
    for text in ["one", "two", "one"] {
        project.commits("tom", &[("prompt/a", text)]);
    }
    let one = Some(version("one"));
    assert_eq!(numbers(&project, "prompt/a"), [(3, one), (2, Some(version("two"))), (1, one)]);
    let view = project.view();
    let record = State::new(view.as_ref()).version(&artifact("prompt/a"), version("one")).unwrap().unwrap();
    assert_eq!(record.number, 3);
    assert_eq!(project.live("dev", "prompt/a"), one);
    assert_eq!(project.no("tom", Project::commit(vec![project.change("prompt/a", "one")])), "nothing-changed");
}

#[test]
fn an_environment_that_follows_heads_moves_inside_the_commit() {
    let project = Project::new();
    let event = project.commits("tom", &[("prompt/a", "one"), ("policy/p", "be kind")]);
    let view = project.view();
    let state = State::new(view.as_ref());
    let moved = state.environment(&env("dev")).unwrap().unwrap();
    assert_eq!((moved.moves, moved.event), (1, event));
    assert_eq!(state.movement(&env("dev"), 1).unwrap().unwrap().changes.len(), 2);
    assert!(state.all_live(&env("staging")).unwrap().is_empty());
    assert!(state.all_live(&env("production")).unwrap().is_empty());
}

#[test]
fn what_is_no_valid_artifact_is_no_version() {
    let project = Project::new();
    for (name, text) in [("tool/a", "{"), ("prompt/a", "+++\nmodle = \"x\"\n+++\n"), ("suite/a", "cases = 1")] {
        assert_eq!(project.no("tom", Project::commit(vec![project.change(name, text)])), "invalid-artifact", "{name}");
    }
    let gone = HeadChange { version: Some(version("never kept")), ..project.change("prompt/a", "one") };
    assert_eq!(project.no("tom", Project::commit(vec![gone])), "payload-missing");
    let nowhere = HeadChange { path: None, ..project.change("prompt/a", "one") };
    assert_eq!(project.no("tom", Project::commit(vec![nowhere])), "no-path");
    let outside = ["../a.md", "/etc/passwd", "a//b", "a/./b", "", "a\\b", "prompts/a\n.md"];
    let ours = [".git/hooks/x.md", ".GIT/hooks/x.md", ".git./x.md", "GIT~1/x.md", ".Chancery/x.md", "Chancery.toml"];
    for path in outside.into_iter().chain(ours) {
        let out = HeadChange { path: Some(path.to_owned()), ..project.change("prompt/a", "one") };
        assert_eq!(project.no("tom", Project::commit(vec![out])), "bad-path", "{path}");
    }
    let ghost = HeadChange { version: None, ..project.change("prompt/a", "one") };
    assert_eq!(project.no("tom", Project::commit(vec![ghost])), "bad-path");
    assert_eq!(project.no("tom", Project::commit(Vec::new())), "bad-order");
    assert_eq!(project.no("ruth", Project::commit(vec![project.change("prompt/a", "one")])), "not-allowed");
}

#[test]
fn a_folder_is_the_listing_of_its_files() {
    let project = Project::new();
    let digest = |text: &str| project.keep(text);
    let (main, schema) = (digest("permit(principal, action, resource);"), digest("{}"));
    let listing = format!("{main}  access.cedar\n{schema}  schema.json\n");
    let change = |listing: &str| HeadChange {
        version: Some(VersionId(project.keep(listing))),
        listed: true,
        path: Some("policies/access/access.cedar".to_owned()),
        ..project.change("policy/access", "")
    };
    for bad in ["", "x", &format!("{main}  other.cedar\n"), &format!("{schema}  schema.json\n{main}  access.cedar\n")] {
        assert_eq!(project.no("tom", Project::commit(vec![change(bad)])), "bad-listing", "{bad}");
    }
    let missing = format!("{}  access.cedar\n", Digest::of(b"never kept"));
    assert_eq!(project.no("tom", Project::commit(vec![change(&missing)])), "payload-missing");
    project.ok("tom", Project::commit(vec![change(&listing)]));
    assert!(project.store.has(&Digest::of(listing.as_bytes())).unwrap());
}

#[test]
fn the_same_bytes_are_read_the_same_way_for_ever() {
    let project = Project::new();
    project.commits("tom", &[("prompt/a", "one")]);
    project.commits("tom", &[("prompt/a", "two")]);
    let same = project.change("prompt/a", "one");
    let otherwise = HeadChange { template: same.template.map(|template| !template), ..same.clone() };
    assert_eq!(project.no("tom", Project::commit(vec![otherwise])), "template-differs");
    project.ok("tom", Project::commit(vec![same]));
}
