//! `mv`: another name, the same history.

use crate::support::Project;

#[test]
fn a_rename_keeps_the_history() {
    let project = Project::begun();
    project.write("prompts/a.md", "one").run(["commit", "-m", "one"]).exits(0);
    project.write("prompts/a.md", "two");
    project.run(["mv", "a", "b"]).exits(3);
    project.run(["commit", "-m", "two"]).exits(0);
    project.write("prompts/taken.md", "mine");
    assert_eq!(project.json(["mv", "a", "taken"])["code"], "name-taken");
    let renamed = project.json(["mv", "prompts/a.md", "prompts/team/b.md"]);
    assert_eq!((&renamed["artifact"], &renamed["number"]), (&"team/b".into(), &3.into()), "{renamed}");
    assert_eq!(renamed["version"], project.sha256("prompts/team/b.md").as_str());
    assert_eq!(project.state("team/b"), "clean");
    project.run(["restore", "team/b@v1"]).exits(0);
    assert_eq!(project.read("prompts/team/b.md"), b"one");
    assert!(!project.folder().join("prompts/a.md").exists());
}

#[test]
fn files_beside_come_and_go_with_the_artifact() {
    let project = Project::begun();
    project.write("prompts/a.md", "{{ x }}").write("prompts/a.chancery.toml", "template = \"jinja\"\n[inputs.x]\n");
    project.write("prompts/a.chancery.toml", "template = \"jinja\"\n[inputs.x]\ntype = \"string\"\n");
    project.run(["commit", "-m", "with settings"]).exits(0);
    project.run(["mv", "a", "team/b"]).exits(0);
    assert!(project.folder().join("prompts/team/b.chancery.toml").exists());
    assert!(!project.folder().join("prompts/a.chancery.toml").exists());
    assert_eq!(project.state("team/b"), "clean");
    project.run(["rm", "team/b"]).exits(0);
    assert!(!project.folder().join("prompts/team").exists());
    project.run(["restore", "team/b@v1"]).exits(0);
    assert_eq!(project.read("prompts/team/b.md"), b"{{ x }}");
    assert!(project.folder().join("prompts/team/b.chancery.toml").exists());
}
