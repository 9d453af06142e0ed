//! `init`: a folder becomes a project.

use crate::support::Project;

#[test]
fn the_caller_becomes_root_and_the_rules_the_first_event() {
    let project = Project::new();
    let begun = project.json(["init", "--handle", "maintainer"]);
    assert_eq!(begun["schema"], "chancery.init/1", "{begun}");
    assert_eq!(begun["handle"], "maintainer");
    let rules = String::from_utf8(project.read("chancery.toml")).unwrap();
    assert!(rules.contains(&Project::public_key("maintainer")), "{rules}");
    let ignored = String::from_utf8(project.read(".gitignore")).unwrap();
    assert!(ignored.contains("/.chancery/"), "{ignored}");
    let sum = project.sha256("chancery.toml");
    assert_eq!(begun["project"], sum.as_str());
}

#[test]
fn a_project_begins_once() {
    let project = Project::new();
    project.run(["init"]).exits(3);
    project.run(["init", "--handle", "maintainer"]).exits(0);
    let again = project.json(["init", "--handle", "maintainer"]);
    assert_eq!((&again["code"], &again["exit"]), (&"already-begun".into(), &3.into()));
}

#[test]
fn without_a_key_nothing_is_written() {
    let project = Project::new();
    let failed = project.run(["--key", "nowhere", "init", "shop", "--handle", "maya"]).exits(3);
    assert!(failed.stderr.contains("--new-key"), "{failed}");
    assert!(!project.folder().join("shop").exists());
}

#[test]
fn a_new_key_is_made_and_is_the_roots() {
    let project = Project::new();
    project.run(["init", "shop", "--new-key", "shop.key", "--handle", "maya"]).exits(0);
    let public = String::from_utf8(project.read("shop.key.pub")).unwrap();
    let rules = String::from_utf8(project.read("shop/chancery.toml")).unwrap();
    assert!(rules.contains(public.trim()), "{rules}");
    project.run(["-C", "shop", "--key", "shop.key", "commit", "-m", "nothing"]).exits(0);
    project.run(["init", "other", "--new-key", "shop.key", "--handle", "maya"]).exits(3);
    assert!(!project.folder().join("other").exists());
}

#[test]
fn the_handle_is_gits_name_for_the_person_or_else_the_login() {
    let mut project = Project::new();
    project.with_variable("USER", "maya2");
    assert_eq!(project.json(["init", "a"])["handle"], "maya2");
    project.write("../home/.gitconfig", "[user]\n\tname = Maya O'Brien\n");
    assert_eq!(project.json(["init", "b"])["handle"], "maya-obrien");
}

fn rules(person: &str, roles: &str) -> String {
    let key = Project::public_key(person);
    format!(
        "[project]\nname = \"shop\"\n[people.{person}]\nkeys = [\"{key}\"]\nroles = [{roles}]\n\
         [people.root]\nkeys = [\"{}\"]\nroles = [\"root\"]\n[environments.dev]\nfollow = \"heads\"\ngate = \"open\"\n",
        Project::public_key("root")
    )
}

#[test]
fn existing_rules_become_genesis_if_a_root_begins() {
    let mut project = Project::new();
    let text = rules("tom", "\"author\"");
    project.write("chancery.toml", &text);
    let stranger = project.json(["init"]);
    assert_eq!((&stranger["code"], &stranger["exit"]), (&"unknown-key".into(), &1.into()), "{stranger}");
    assert!(stranger["because"].as_str().unwrap().contains("`root`, `tom`"), "{stranger}");
    let author = project.as_person("tom").json(["init"]);
    assert_eq!((&author["code"], &author["exit"]), (&"not-allowed".into(), &1.into()), "{author}");
    assert!(!project.folder().join(".chancery").exists());
    let begun = project.as_person("root").json(["init"]);
    assert_eq!((&begun["handle"], &begun["adopted"]), (&"root".into(), &true.into()), "{begun}");
    assert_eq!(project.read("chancery.toml"), text.as_bytes());
}

#[test]
fn rules_that_do_not_parse_are_told_with_their_lines_and_begin_nothing() {
    let project = Project::new();
    project.write("chancery.toml", "[project]\nnmae = \"shop\"\n");
    let failed = project.run(["init"]).exits(3);
    assert!(failed.stderr.contains("chancery.toml:2:1"), "{failed}");
    assert!(!project.folder().join(".chancery").exists());
}

#[test]
fn files_in_the_way_of_the_sample_stay_as_they_are() {
    let project = Project::new();
    project.write("prompts/refund-triage.md", "mine");
    let failed = project.run(["init", "--template", "support-agent", "--handle", "maya"]).exits(3);
    assert!(failed.stderr.contains("prompts/refund-triage.md"), "{failed}");
    assert_eq!(project.read("prompts/refund-triage.md"), b"mine");
    assert!(!project.folder().join("chancery.toml").exists() && !project.folder().join(".chancery").exists());
}

#[test]
fn the_sample_can_be_had_under_the_rules_for_one() {
    let project = Project::new();
    project.run(["init", "--solo", "--template", "support-agent", "--handle", "maya"]).exits(0);
    let committed = project.json(["commit", "-m", "the sample"]);
    assert_eq!(committed["versions"].as_array().unwrap().len(), 13, "{committed}");
    assert!(String::from_utf8(project.read("chancery.toml")).unwrap().contains("authors = true"));
}
