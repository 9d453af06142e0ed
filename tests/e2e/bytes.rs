//! Bytes in, bytes out: what `commit` takes and what it refuses by name.

use chancery::object::Digest;

use crate::support::{Project, shop::shop};

fn begun() -> Project {
    let project = Project::new();
    project.run(["init", "--handle", "maintainer"]).exits(0);
    project
}

#[test]
fn any_utf8_comes_back_byte_for_byte_under_the_sum_that_sha256sum_prints() {
    let project = begun();
    let files: [(&str, &str); 6] = [
        ("crlf", "one\r\ntwo\r\n"),
        ("mark", "\u{feff}hello\n"),
        ("open", "no end"),
        ("words", "zażółć 🦊\n"),
        ("braces", "{{ not_a_name }} {% if %} {# \n"),
        ("empty", ""),
    ];
    for (name, text) in files {
        project.write(&format!("prompts/{name}.md"), text);
    }
    let document = project.json(["commit", "-m", "as they are"]);
    assert_eq!(document["schema"], "chancery.commit/1");
    assert_eq!(document["versions"].as_array().expect("a list").len(), files.len());
    for (name, text) in files {
        assert_eq!(project.run(["cat", name]).exits(0).stdout, text);
        let sum = Digest::of(text.as_bytes()).hex();
        assert_eq!(project.json(["show", name])["version"], sum, "{name}");
    }
    let raw = project.json(["render", "braces"]);
    assert_eq!(raw["messages"][0]["content"], "{{ not_a_name }} {% if %} {# \n");
}

#[test]
fn nothing_changed_is_no_event_and_no_failure() {
    let project = shop();
    let document = project.run(["--json", "commit", "-m", "again"]).exits(0).document();
    assert_eq!((&document["event"], &document["versions"]), (&serde_json::Value::Null, &serde_json::json!([])));
}

#[test]
fn bytes_that_are_no_text_are_refused_by_name_and_nothing_is_recorded() {
    let project = begun();
    project.write("prompts/bad.md", b"abc\xff").write("prompts/good.md", "good\n");
    let document = project.run(["--json", "commit", "-m", "both"]).exits(3).document();
    assert_eq!(document["code"], "invalid-files");
    assert_eq!(
        (&document["problems"][0]["path"], &document["problems"][0]["column"]),
        (&"prompts/bad.md".into(), &4.into())
    );
    assert_eq!(project.json(["log"])["versions"], serde_json::json!([]));
}

#[test]
fn two_files_of_one_name_are_told_apart_from_a_moved_head() {
    let project = shop();
    project.write("prompts/REPLY.md", "shouted\n");
    let document = project.run(["--json", "commit", "-m", "louder"]).exits(3).document();
    assert_eq!(document["code"], "invalid-files", "{document:#}");
    assert!(document["message"].as_str().expect("text").contains("stands twice"), "{document:#}");
}

#[test]
fn who_may_not_commit_is_told_so() {
    let mut project = shop();
    project.write("prompts/new.md", "new\n");
    for (person, code) in [("ruth", "not-allowed"), ("stranger", "unknown-key")] {
        let document = project.as_person(person).run(["--json", "commit", "-m", "mine"]).exits(1).document();
        assert_eq!(document["code"], code, "{document:#}");
    }
}
