//! `restore`: bytes come back, and nothing typed is lost.

use crate::support::Project;

#[test]
fn nothing_typed_is_lost_to_restore_unless_forced() {
    let project = Project::begun();
    project.write("prompts/a.md", "one").run(["commit", "-m", "one"]).exits(0);
    project.write("prompts/a.md", "two").run(["commit", "-m", "two"]).exits(0);
    project.write("prompts/a.md", "unsaved");
    let refused = project.json(["restore", "a@v1"]);
    assert_eq!((&refused["code"], &refused["exit"]), (&"unsaved-changes".into(), &3.into()));
    assert_eq!(project.read("prompts/a.md"), b"unsaved");
    project.write("prompts/a.md", b"\xff");
    project.run(["restore", "a@v1"]).exits(3);
    project.run(["restore", "a@v1", "--force"]).exits(0);
    assert_eq!((project.read("prompts/a.md").as_slice(), project.state("a").as_str()), (&b"one"[..], "changed"));
    project.run(["restore", "a"]).exits(0);
    assert_eq!((project.read("prompts/a.md").as_slice(), project.state("a").as_str()), (&b"two"[..], "clean"));
    project.run(["restore", "a@v1"]).exits(0);
    assert_eq!(project.json(["commit", "-m", "back to one"])["versions"][0]["number"], 3);
}

/// A rename or a deletion that was recorded, and whose files were never moved: as after a kill in between.
#[test]
fn what_was_recorded_and_not_carried_out_in_the_folder_is_seen_and_mended() {
    let project = Project::begun();
    project.write("prompts/a.md", "one").write("prompts/b.md", "two").run(["commit", "-m", "one"]).exits(0);
    let memory = project.read(".chancery/clone/index");
    project.run(["mv", "a", "c"]).exits(0);
    project.run(["rm", "b"]).exits(0);
    project.write("prompts/a.md", "one").write("prompts/b.md", "two").write(".chancery/clone/index", memory);
    std::fs::remove_file(project.folder().join("prompts/c.md")).unwrap();
    assert_eq!(["a", "b", "c"].map(|name| project.state(name)), ["behind", "behind", "behind"]);
    assert_eq!(project.json(["commit", "-m", "x"])["event"], serde_json::Value::Null);
    project.run(["restore", "c"]).exits(0);
    assert_eq!(project.json(["rm", "b"])["event"], serde_json::Value::Null);
    assert_eq!(["a", "b", "c"].map(|name| project.state(name)), ["none", "none", "clean"]);
    assert!(!project.folder().join("prompts/a.md").exists() && !project.folder().join("prompts/b.md").exists());
}
