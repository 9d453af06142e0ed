//! `rm`: a deletion is a version.

use crate::support::Project;

#[test]
fn what_was_deleted_comes_back_and_can_be_committed_again() {
    let project = Project::begun();
    project.write("prompts/a.md", "one\r\n").run(["commit", "-m", "one"]).exits(0);
    project.write("prompts/a.md", "unsaved");
    project.run(["rm", "a"]).exits(3);
    project.write("prompts/a.md", "one\r\n");
    let gone = project.json(["rm", "prompts/a.md"]);
    assert_eq!((&gone["number"], &gone["files"][0]), (&2.into(), &"prompts/a.md".into()), "{gone}");
    assert!(!project.folder().join("prompts/a.md").exists());
    let back = project.json(["restore", "a@v1"]);
    assert_eq!(back["path"], "prompts/a.md", "{back}");
    assert_eq!(project.read("prompts/a.md"), b"one\r\n");
    assert_eq!(project.json(["commit", "-m", "back"])["versions"][0]["number"], 3);
}

#[test]
fn a_name_that_something_live_needs_is_neither_deleted_nor_renamed() {
    let project = Project::begun();
    project.write("models/fast.toml", "provider = \"echo\"\n");
    project.write("prompts/a.md", "+++\nmodel = \"fast\"\n+++\nhello").run(["commit", "-m", "one"]).exits(0);
    for command in [&["rm", "fast"][..], &["mv", "fast", "quick"]] {
        let refused = project.json(command);
        assert_eq!((&refused["code"], &refused["exit"]), (&"still-needed".into(), &1.into()), "{refused}");
    }
    assert_eq!(project.state("fast"), "clean");
}
