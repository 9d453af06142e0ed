//! `status`: how each file stands, and what is live.

use crate::support::Project;

#[test]
fn status_tells_how_each_file_stands_and_what_is_live() {
    let project = Project::begun();
    project.write("prompts/a.md", "one").write("prompts/b.md", "one").run(["commit", "-m", "one"]).exits(0);
    project.write("prompts/a.md", "two").write("prompts/c.md", "new").write("chancery.toml", "changed");
    std::fs::remove_file(project.folder().join("prompts/b.md")).unwrap();
    let states = ["a", "b", "c"].map(|name| project.state(name));
    assert_eq!(states, ["changed", "deleted", "new"]);
    let status = project.json(["status"]);
    let a = &status["artifacts"][0];
    assert_eq!(a["environments"]["dev"], a["head"]);
    assert_eq!(a["environments"]["production"], serde_json::Value::Null);
    assert!(status["attention"][0].as_str().unwrap().contains("chancery.toml"), "{status}");
}
