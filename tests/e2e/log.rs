//! `log`, `show`, `cat` and `diff`: what was committed can be read again.

use crate::support::Project;

/// A prompt committed twice, and edited once more.
fn edited() -> Project {
    let mut project = Project::new();
    project.run(["init", "--handle", "maintainer"]).exits(0);
    project.write("prompts/greet.md", "Hello there.\n").run(["commit", "-m", "a greeting"]).exits(0);
    project.at("2026-11-20T09:00:00Z");
    project.write("prompts/greet.md", "Hello there.\r\nAna").run(["commit", "-m", "by name"]).exits(0);
    project.write("prompts/greet.md", "Hello, you there.\r\nAna");
    project
}

#[test]
fn history_is_listed_newest_first() {
    let project = edited();
    let document = project.json(["log", "greet"]);
    assert_eq!(document["schema"], "chancery.log/1");
    let versions = document["versions"].as_array().expect("a list");
    let told: Vec<_> = versions.iter().map(|version| (&version["number"], &version["message"])).collect();
    assert_eq!(told, [(&2.into(), &"by name".into()), (&1.into(), &"a greeting".into())]);
    assert_eq!(versions[0]["person"], "maintainer");
    assert_eq!(versions[0]["time"], "2026-11-20T09:00:00Z");
    let short = &versions[0]["version"].as_str().expect("an id")[..8];
    let page = project.run(["log", "greet", "-n", "1"]).exits(0);
    assert_eq!(page.stdout, format!("v2  {short}  2026-11-20T09:00:00Z  maintainer  by name\n"));
    assert_eq!(page.stderr, "there are earlier ones\n");
}

#[test]
fn a_change_is_shown_with_line_ends_and_all() {
    let project = edited();
    let page = project.run(["log", "-p", "-n", "1"]).exits(0).stdout;
    assert!(
        page.ends_with("@@ -1,1 +1,2 @@\n-Hello there.\n+Hello there.␍\n+Ana\n\\ no newline at end of file\n"),
        "{page}"
    );
}

#[test]
fn bytes_come_back_exactly() {
    let project = edited();
    assert_eq!(project.run(["cat", "greet"]).exits(0).stdout, "Hello there.\r\nAna");
    assert_eq!(project.run(["cat", "greet@v1"]).exits(0).stdout, "Hello there.\n");
    assert_eq!(project.run(["cat", "greet@work"]).exits(0).stdout, "Hello, you there.\r\nAna");
    assert_eq!(project.json(["cat", "greet@v1"])["text"], "Hello there.\n");
}

#[test]
fn a_version_is_shown_with_its_journey() {
    let project = edited();
    let document = project.json(["show", "greet@v1"]);
    assert_eq!((&document["schema"], &document["number"]), (&"chancery.show/1".into(), &1.into()));
    assert_eq!(document["text"], "Hello there.\n");
    assert_eq!(document["size"], 13);
    assert_eq!(document["authors"][0], "maintainer");
    project.run(["show", "greet@v1"]).exits(0);
}

#[test]
fn a_difference_is_a_no_only_when_that_was_asked() {
    let project = edited();
    let page = project.run(["diff", "greet", "--words"]).exits(0);
    assert_eq!(page.stdout, "greet  v2 → file  text  +1 -1\nHello{+, you+} there.␍\nAna\n");
    project.run(["diff", "--stat", "--exit-code"]).exits(1);
    project.run(["diff", "greet@v1", "greet@v1", "--exit-code"]).exits(0);
    let document = project.json(["diff", "greet@v1"]);
    assert_eq!(document["artifacts"][0]["class"], "text");
    assert_eq!((&document["insertions"], &document["deletions"]), (&2.into(), &1.into()));
}

#[test]
fn what_is_not_there_is_answered_with_what_is_near() {
    let project = edited();
    for (args, code) in [
        (["log", "gret"], "unknown-artifact"),
        (["show", "greet@v9"], "unknown-version"),
        (["cat", "greet@prodution"], "unknown-environment"),
        (["diff", "greet@prod~x"], "usage"),
    ] {
        let document = project.json(args);
        assert_eq!(document["code"], code, "{document:#}");
        assert_ne!(document["next"][0], serde_json::Value::Null, "{document:#}");
    }
}
