//! `attach`: a checkout of the code gets its ledger, and nothing else.

use std::fs;

use crate::support::{
    Project,
    remote::{Bare, git},
    shop::{prompt, shop},
};

/// The code of the project, pushed to the repository that holds its ledger as well.
fn hosted(bare: &Bare) -> Project {
    let shop = shop();
    let folder = shop.folder();
    git(&folder, &["init", "--quiet", "-b", "main"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "-m", "code"]);
    git(&folder, &["push", "--quiet", &bare.url(), "main"]);
    shop.shared_through(&bare.url());
    shop
}

/// A fresh checkout of it.
fn checkout(bare: &Bare) -> Project {
    let project = Project::new();
    git(&project.folder(), &["clone", "--quiet", "-b", "main", &bare.url(), "."]);
    project
}

#[test]
fn a_fresh_checkout_gets_its_ledger_from_where_the_code_came_from() {
    let bare = Bare::new();
    let shop = hosted(&bare);
    let mut project = checkout(&bare);
    assert!(!project.folder().join(".chancery").exists(), "git leaves the store alone");
    project.write("notes.txt", "mine");
    let before = git(&project.folder(), &["status", "--short"]);
    let document = project.as_person("tom").json(["attach"]);
    assert_eq!(document["schema"], "chancery.attach/1", "{document}");
    assert_eq!((document["remote"].as_str(), project.events()), (Some(bare.url().as_str()), shop.events()));
    assert_eq!(git(&project.folder(), &["status", "--short"]), before, "no file was touched");
    project.write("prompts/reply.md", prompt(" edited"));
    assert_eq!((project.state("reply"), project.state("parrot")), ("changed".to_owned(), "clean".to_owned()));
    project.run(["commit", "-m", "edited"]).exits(0);
    project.run(["push"]).exits(0);
    assert_eq!(git(&bare.path(), &["rev-parse", "refs/heads/main"]), git(&shop.folder(), &["rev-parse", "HEAD"]));
    project.run(["attach"]).exits(3);
}

#[test]
fn an_older_checkout_is_behind_and_a_bare_commit_takes_nothing_back() {
    let bare = Bare::new();
    let mut shop = hosted(&bare);
    shop.write("prompts/reply.md", prompt(" so"));
    shop.as_person("tom").run(["commit", "-m", "so"]).exits(0);
    shop.run(["push"]).exits(0);
    let mut project = checkout(&bare);
    project.as_person("tom").run(["attach"]).exits(0);
    assert_eq!(project.state("reply"), "behind");
    assert!(project.json(["commit", "-m", "nothing"])["event"].is_null());
}

#[test]
fn a_checkout_takes_no_other_project_than_the_one_named() {
    let bare = Bare::new();
    hosted(&bare);
    let project = checkout(&bare);
    let wrong = project.run(["--json", "attach", "--expect", "0123456789ab"]).exits(1);
    assert_eq!(wrong.document()["code"], "other-project", "{wrong}");
    assert!(!project.folder().join(".chancery").exists(), "nothing of it stays");
    fs::remove_dir_all(project.folder().join(".git")).unwrap();
    project.run(["attach"]).exits(2);
}
