//! `chancery.toml` is edited in many places; nobody takes back what others changed without knowing.

use std::process::Command;

use serde_json::Value;

use super::{ALL, enact, propose, unmet, with_person};
use crate::support::{
    Project,
    shop::{rules, shop},
};

/// What a clone remembers of its rules file.
const MEMORY: &str = ".chancery/clone/rules";

fn with_ana() -> String {
    with_person(&rules(&ALL), "ana", &["ana"], &["author"])
}

/// The shop as a colleague sees it who has the new rules in the ledger and the old file in the folder.
fn behind() -> Project {
    let mut project = shop();
    let memory = project.read(MEMORY);
    enact(&mut project, "maya", &with_ana());
    project.write("chancery.toml", rules(&ALL)).write(MEMORY, memory);
    project
}

fn standing(project: &Project) -> (Value, Value) {
    (project.json(["status"])["rules"].clone(), project.json(["governance", "diff"])["standing"].clone())
}

fn asks(project: &Project, more: &[&str]) -> Value {
    project.json([["propose", "governance", "-m", "why"].as_slice(), more].concat())
}

#[test]
fn a_file_that_is_behind_is_not_proposed_and_is_brought_up() {
    let project = behind();
    assert_eq!(standing(&project), ("behind".into(), "behind".into()));
    let refused = asks(&project, &[]);
    assert_eq!((&refused["code"], &refused["exit"]), (&"rules-behind".into(), &4.into()), "{refused:#}");
    assert!(project.json(["proposals"])["proposals"].as_array().expect("a list").is_empty());
    assert_eq!(project.json(["governance", "restore"])["written"], true);
    assert_eq!(project.read("chancery.toml"), with_ana().into_bytes());
    assert_eq!(standing(&project), ("in-force".into(), "in-force".into()));
    assert_eq!(project.json(["governance", "restore"])["written"], false);
}

#[test]
fn an_edit_on_older_rules_is_refused_until_it_has_what_others_changed() {
    let project = behind();
    let edit = |text: String| text.replace("name = \"shop\"", "name = \"store\"");
    project.write("chancery.toml", edit(rules(&ALL)));
    assert_eq!(standing(&project), ("diverged".into(), "diverged".into()));
    let back = project.json(["governance", "diff"])["takes_back"].clone();
    assert!(back.to_string().contains("people.ana.roles.author") && !back.to_string().contains("project"), "{back:#}");
    let refused = asks(&project, &[]);
    assert_eq!((&refused["code"], &refused["exit"]), (&"rules-moved".into(), &4.into()), "{refused:#}");
    let kept = project.run(["--json", "governance", "restore"]).exits(3).document();
    assert_eq!(kept["code"], "unsaved-changes");
    project.write("chancery.toml", edit(with_ana()));
    assert_eq!(standing(&project), ("ahead".into(), "ahead".into()));
    let asked = asks(&project, &[]);
    assert_eq!(asked["differences"].as_array().expect("a list").len(), 1, "{asked:#}");
}

#[test]
fn what_is_taken_back_on_purpose_is_said_so_and_named() {
    let project = behind();
    let asked = asks(&project, &["--onto-head"]);
    let told = asked["warnings"][0].as_str().expect("a warning");
    assert!(told.starts_with("these are the rules of event "), "{told}");
    let page = project.run(["review", "governance"]).exits(0).stdout;
    assert!(page.contains("mind: these are the rules of event"), "{page}");
    project.run(["promote", "governance"]).exits(0);
    assert_eq!(standing(&project), ("in-force".into(), "in-force".into()));
    project.run(["verify"]).exits(0);
    let usage = project.run(["--json", "propose", "staging", "--onto-head", "-m", "x"]).exits(2).document();
    assert_eq!(usage["code"], "usage");
}

#[test]
fn older_rules_are_a_new_change_under_the_rules_in_force() {
    let mut project = shop();
    let two = with_person(&rules(&ALL), "dana", &["dana"], &["root"]);
    let two = two.replace("\n[people.maya]", "\n[governance]\napprovals = 2\n\n[people.maya]");
    enact(&mut project, "maya", &two);
    let asked = propose(&mut project, "maya", &rules(&ALL));
    let sheet = project.json(["review", &asked]);
    let lowered = sheet["differences"].as_array().expect("a list").iter().filter(|change| change["lowers"] == true);
    assert_eq!(lowered.map(|change| &change["path"]).collect::<Vec<_>>(), ["governance.approvals"]);
    assert!(sheet["warnings"][0].as_str().expect("a warning").contains("which event"), "{sheet:#}");
    let refused = project.run(["--json", "promote", &asked]).exits(1).document();
    assert_eq!(unmet(&refused), ["approvals-missing"], "the old rules asked for one root, those in force ask for two");
}

#[test]
fn a_proposal_made_on_older_rules_is_void_and_not_simply_made_again() {
    let mut project = shop();
    let store = rules(&ALL).replace("name = \"shop\"", "name = \"store\"");
    let first = propose(&mut project, "maya", &store);
    enact(&mut project, "maya", &with_ana());
    let refused = project.run(["--json", "promote", &first]).exits(4).document();
    assert_eq!(unmet(&refused), ["base-moved"]);
    assert_eq!(refused["rules"][0]["command"], "chancery governance diff");
    assert_eq!(project.json(["proposals"])["proposals"][0]["status"], "void");
    let again = project.json(["propose", "governance", "--refresh", &first, "-m", "again"]);
    assert_eq!((&again["code"], &again["exit"]), (&"rules-moved".into(), &4.into()), "it would remove ana: {again:#}");
    let meant = asks(&project, &["--refresh", &first, "--onto-head"]);
    assert_eq!(meant["withdrawn"], first.as_str(), "{meant:#}");
}

#[test]
fn the_proposers_own_file_stands_on_the_rules_once_they_are_in_force() {
    let mut project = shop();
    let asked = propose(&mut project, "maya", &with_ana());
    let diff = project.json(["governance", "diff"]);
    assert_eq!((&diff["standing"], &diff["proposal"]), (&"ahead".into(), &asked.as_str().into()));
    project.run(["promote", &asked]).exits(0);
    // Edited at once, before any look at the file as it was carried out: ana goes again, on purpose.
    project.write("chancery.toml", rules(&ALL).replace("name = \"shop\"", "name = \"store\""));
    assert_eq!(standing(&project).1, "ahead");
    assert!(asks(&project, &[])["proposal"].is_string());
}

#[test]
fn old_rules_that_came_with_git_are_behind_and_old_rules_written_by_hand_are_meant() {
    let mut project = shop();
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=x", "-c", "user.email=x", "-c", "commit.gpgsign=false"]).args(args);
        let done = command.current_dir(project.folder()).env("GIT_CONFIG_GLOBAL", "/dev/null").output().expect("git");
        assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    };
    git(&["init", "-q"]);
    git(&["add", "chancery.toml"]);
    git(&["commit", "-q", "-m", "rules"]);
    enact(&mut project, "maya", &with_ana());
    project.write("chancery.toml", rules(&ALL));
    assert_eq!(asks(&project, &[])["code"], "rules-behind", "as git has it");
    std::fs::remove_dir_all(project.folder().join(".git")).expect("removed");
    assert!(asks(&project, &[])["proposal"].is_string(), "as somebody wrote it on top of what is in force");
}

#[test]
fn without_a_file_or_with_a_broken_one_the_rules_stay_and_the_way_back_is_named() {
    let project = shop();
    std::fs::remove_file(project.folder().join("chancery.toml")).expect("removed");
    assert_eq!(project.run(["--json", "governance", "diff"]).exits(3).document()["code"], "no-rules-file");
    project.run(["governance", "restore"]).exits(0);
    assert_eq!(project.read("chancery.toml"), rules(&ALL).into_bytes());
    project.write("chancery.toml", "[project\n");
    assert_eq!(project.json(["status"])["rules"], Value::Null);
    project.run(["governance", "restore"]).exits(3);
    project.run(["governance", "restore", "--force"]).exits(0);
    assert_eq!(standing(&project), ("in-force".into(), "in-force".into()));
}
