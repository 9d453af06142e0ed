//! Branches of the code repository around a project: none takes back, without a word, what another committed.

use serde_json::Value;

use crate::support::{
    Project,
    git::{git, in_git, try_git},
};

const ONE: &str = "first\nsecond\nthird\nfourth\nfifth\n";
/// What one branch makes of it, and what the other does.
const TOP: &str = "FIRST\nsecond\nthird\nfourth\nfifth\n";
const END: &str = "first\nsecond\nthird\nfourth\nFIFTH\n";
const BOTH: &str = "FIRST\nsecond\nthird\nfourth\nFIFTH\n";

fn edit(project: &Project, text: &str) {
    project.write("prompts/a.md", text);
}

fn committed(project: &Project, number: u64) {
    let document = project.json(["commit", "-m", "why"]);
    assert_eq!(document["versions"][0]["number"], number, "{document:#}");
}

/// The file was edited on something that is not the head: `commit` refuses, and changes nothing.
#[track_caller]
fn diverged(project: &Project) {
    let head = project.json(["show", "a"])["version"].clone();
    let refused = project.json(["commit", "-m", "why"]);
    assert_eq!((&refused["code"], &refused["exit"]), (&"head-moved".into(), &4.into()), "{refused:#}");
    assert_eq!(project.state("a"), "diverged");
    assert_eq!(project.json(["show", "a"])["version"], head);
}

/// What the head is and the file too.
fn head_is(project: &Project, text: &str) {
    assert_eq!(String::from_utf8(project.read("prompts/a.md")).unwrap(), text);
    assert_eq!(project.run(["cat", "a"]).exits(0).stdout, text);
    assert_eq!(project.state("a"), "clean");
}

fn merged(project: &Project, base: u64, number: u64) {
    let merged = project.json(["merge", "a"]);
    assert_eq!((&merged["base_number"], &merged["number"]), (&base.into(), &(number - 1).into()), "{merged:#}");
    assert_eq!(project.state("a"), "changed");
    committed(project, number);
    head_is(project, BOTH);
    project.run(["verify"]).exits(0);
}

/// Each branch is made from `main` before anybody edits; what the first does in git before it leaves differs.
fn two_branches(first: &[&[&str]], second: &[&[&str]]) -> Project {
    let project = in_git(ONE);
    git(&project, ["branch", "b"]);
    git(&project, ["switch", "-q", "-c", "a"]);
    edit(&project, TOP);
    committed(&project, 2);
    for args in first {
        git(&project, *args);
    }
    git(&project, ["switch", "-q", "b"]);
    assert_eq!(String::from_utf8(project.read("prompts/a.md")).unwrap(), ONE, "the file as this branch has it");
    edit(&project, END);
    for args in second {
        git(&project, *args);
    }
    project
}

#[test]
fn a_branch_that_was_left_is_not_taken_back_and_merge_puts_both_together() {
    let left: [&[&[&str]]; 2] = [&[&["commit", "-qam", "top"]], &[&["stash", "-q"]]];
    let then: [&[&[&str]]; 4] = [
        &[],
        &[&["add", "-A"]],
        &[&["commit", "-qam", "end"]],
        &[&["commit", "-qam", "end"], &["commit", "-q", "--amend", "-m", "end again"]],
    ];
    for first in left {
        for second in then {
            let project = two_branches(first, second);
            diverged(&project);
            merged(&project, 1, 3);
        }
    }
}

#[test]
fn coming_back_to_the_first_branch_finds_the_other_s_work_there_too() {
    let project = two_branches(&[&["commit", "-qam", "top"]], &[&["commit", "-qam", "end"]]);
    diverged(&project);
    merged(&project, 1, 3);
    git(&project, ["commit", "-qam", "both"]);
    git(&project, ["switch", "-q", "a"]);
    assert_eq!(project.state("a"), "behind", "git has version 2 here");
    assert_eq!(project.json(["commit", "-m", "x"])["event"], Value::Null);
    edit(&project, &TOP.replace("third", "THIRD"));
    diverged(&project);
    let outcome = project.json(["merge", "a"]);
    assert_eq!((&outcome["base_number"], &outcome["conflicts"]), (&2.into(), &Value::Array(Vec::new())));
    committed(&project, 4);
    head_is(&project, &BOTH.replace("third", "THIRD"));
}

/// Chancery first, then a branch for git: `main` stands where it stood all the time, and its file went back.
#[test]
fn a_branch_made_after_the_commit_takes_its_version_along() {
    for then in [&[][..], &[&["commit", "-qam", "end"][..]]] {
        for looks in [false, true] {
            let project = in_git(ONE);
            edit(&project, TOP);
            committed(&project, 2);
            git(&project, ["switch", "-q", "-c", "a"]);
            git(&project, ["commit", "-qam", "top"]);
            git(&project, ["switch", "-q", "main"]);
            if looks {
                assert_eq!(project.state("a"), "behind");
            }
            edit(&project, END);
            for args in then {
                git(&project, *args);
            }
            diverged(&project);
            merged(&project, 1, 3);
        }
    }
}

#[test]
fn a_stash_is_a_way_back_and_forth() {
    let project = in_git(ONE);
    edit(&project, TOP);
    committed(&project, 2);
    git(&project, ["stash", "-q"]);
    edit(&project, END);
    diverged(&project);
    edit(&project, ONE);
    assert_eq!(project.state("a"), "behind");
    git(&project, ["stash", "pop", "-q"]);
    head_is(&project, TOP);
    edit(&project, BOTH);
    committed(&project, 3);
}

#[test]
fn an_uncommitted_edit_may_be_carried_to_another_branch() {
    let project = in_git(ONE);
    edit(&project, TOP);
    committed(&project, 2);
    git(&project, ["switch", "-q", "-c", "b"]);
    head_is(&project, TOP);
    edit(&project, BOTH);
    git(&project, ["switch", "-q", "-c", "c"]);
    committed(&project, 3);
    edit(&project, END);
    git(&project, ["branch", "-m", "d"]);
    committed(&project, 4);
    git(&project, ["switch", "-q", "--detach"]);
    edit(&project, ONE);
    project.run(["commit", "a", "--onto-head", "-m", "back"]).exits(0);
}

#[test]
fn ordinary_work_on_one_branch_is_never_held_up() {
    let project = in_git(ONE);
    let mut number = 1;
    let mut next = |git_first: &[&[&str]], git_after: &[&[&str]]| {
        number += 1;
        edit(&project, &format!("{ONE}{number}\n"));
        for args in git_first {
            git(&project, *args);
        }
        committed(&project, number);
        for args in git_after {
            git(&project, *args);
        }
    };
    next(&[], &[]);
    next(&[], &[]);
    next(&[], &[&["commit", "-qam", "x"]]);
    next(&[&["add", "-A"]], &[]);
    next(&[&["commit", "-qam", "x"]], &[]);
    next(&[&["commit", "-qam", "x"], &["commit", "-q", "--amend", "-m", "y"]], &[]);
    next(&[], &[&["commit", "-qam", "x"], &["branch", "-m", "trunk"]]);
    next(&[], &[&["reset", "-q", "--soft", "HEAD~1"]]);
    next(&[], &[&["commit", "-qam", "x"], &["rm", "-q", "--cached", "prompts/a.md"]]);
    next(&[&["commit", "-q", "-m", "untracked"]], &[]);
    std::fs::remove_file(project.folder().join("prompts/a.md")).unwrap();
    assert_eq!(project.json(["commit", "-m", "gone"])["versions"][0]["version"], Value::Null);
}

#[test]
fn git_may_begin_later_or_have_no_commits_yet() {
    let project = Project::begun();
    edit(&project, ONE);
    committed(&project, 1);
    git(&project, ["init", "-q", "-b", "main"]);
    edit(&project, TOP);
    assert_eq!(project.state("a"), "diverged", "what git did before it began is not known");
    edit(&project, ONE);
    assert_eq!(project.state("a"), "clean");
    edit(&project, TOP);
    committed(&project, 2);
    git(&project, ["add", "-A"]);
    git(&project, ["commit", "-q", "-m", "x"]);
    edit(&project, BOTH);
    committed(&project, 3);
}

/// What CI does: the files as git has them, and a store that remembers nothing of them.
#[test]
fn without_memory_the_base_is_what_git_has() {
    let project = in_git(ONE);
    let forget = || std::fs::remove_file(project.folder().join(".chancery/clone/index")).unwrap();
    forget();
    edit(&project, TOP);
    committed(&project, 2);
    forget();
    edit(&project, END);
    diverged(&project);
    git(&project, ["commit", "-qam", "end"]);
    assert!(project.run(["commit", "-m", "x"]).exits(4).stderr.contains("next: chancery merge a\n"));
    forget();
    diverged(&project);
    merged(&project, 1, 3);
    git(&project, ["commit", "-qam", "both"]);
    git(&project, ["switch", "-q", "--detach"]);
    forget();
    edit(&project, &BOTH.replace("third", "THIRD"));
    committed(&project, 4);
}

#[test]
fn a_file_that_another_branch_does_not_have_was_not_deleted() {
    let project = in_git(ONE);
    project.write("prompts/new.md", "new\n");
    project.run(["commit", "-m", "new"]).exits(0);
    git(&project, ["switch", "-q", "-c", "a"]);
    git(&project, ["add", "-A"]);
    git(&project, ["commit", "-q", "-m", "new"]);
    git(&project, ["switch", "-q", "main"]);
    assert!(!project.folder().join("prompts/new.md").exists());
    assert_eq!(project.json(["commit", "-m", "x"])["event"], Value::Null);
    assert_eq!(project.state("new"), "behind");
    project.write("prompts/new.md", "mine\n");
    assert_eq!(project.json(["commit", "-m", "x"])["code"], "head-moved");
    std::fs::remove_file(project.folder().join("prompts/new.md")).unwrap();
    git(&project, ["switch", "-q", "a"]);
    assert_eq!(project.state("new"), "clean");
    std::fs::remove_file(project.folder().join("prompts/new.md")).unwrap();
    assert_eq!(project.state("new"), "deleted", "this branch has it");
    git(&project, ["sparse-checkout", "set", "--no-cone", "/*", "!/prompts/new.md"]);
    assert_eq!(project.state("new"), "behind", "git was told to keep it away");
}

#[test]
fn a_pull_brings_bases_along() {
    let project = in_git(ONE);
    git(&project, ["switch", "-q", "-c", "colleague"]);
    edit(&project, TOP);
    committed(&project, 2);
    git(&project, ["commit", "-qam", "top"]);
    git(&project, ["switch", "-q", "main"]);
    assert_eq!(project.state("a"), "behind");
    git(&project, ["merge", "-q", "--ff-only", "colleague"]);
    edit(&project, BOTH);
    committed(&project, 3);
    // A rebase of what git has, while the file is as chancery has it.
    git(&project, ["commit", "-qam", "both"]);
    git(&project, ["rebase", "-q", "--force-rebase", "HEAD~1"]);
    edit(&project, END);
    committed(&project, 4);
    git(&project, ["reset", "-q", "--hard"]);
    assert_eq!(project.state("a"), "behind");
    edit(&project, ONE.trim_end());
    diverged(&project);
}

#[test]
fn a_second_work_tree_is_a_ground_of_its_own() {
    let project = in_git(ONE);
    let tree = project.folder().join("..").join("tree");
    git(&project, ["worktree", "add", "-q", "-b", "b", tree.to_str().unwrap()]);
    let store = project.folder().join(".chancery");
    assert!(std::process::Command::new("cp").arg("-r").arg(&store).arg(&tree).status().unwrap().success());
    let text = std::fs::read_to_string(tree.join("prompts/a.md")).unwrap();
    std::fs::write(tree.join("prompts/a.md"), format!("{text}more\n")).unwrap();
    let outcome = project.run(["-C", tree.to_str().unwrap(), "--json", "commit", "-m", "x"]).exits(0);
    assert_eq!(outcome.document()["versions"][0]["number"], 2);
}

#[test]
fn a_git_that_cannot_be_read_leaves_the_memory_alone() {
    let project = Project::begun();
    project.write(".git", "gitdir: nowhere\n");
    edit(&project, ONE);
    committed(&project, 1);
    edit(&project, TOP);
    committed(&project, 2);
    assert!(!try_git(&project, &["status"]).status.success());
}

#[test]
fn of_files_that_are_what_their_heads_are_git_is_asked_nothing() {
    let project = in_git(ONE);
    git(&project, ["switch", "-q", "-c", "b"]);
    let objects = project.folder().join(".git/objects");
    std::fs::remove_dir_all(&objects).unwrap();
    std::fs::create_dir(&objects).unwrap();
    assert_eq!(project.state("a"), "clean");
    edit(&project, TOP);
    committed(&project, 2);
    head_is(&project, TOP);
}
