//! Threat 13: one meaning in two encodings.

use chancery::trust::{Namespace, Signer as _};
use serde_json::Value;

use crate::{
    support::{Forge, Project, signer, story::story},
    threats::attack::{found, taken},
};

#[test]
fn threat_13_an_act_has_one_spelling() {
    let story = story();
    let project = story.copy();
    let forge = Forge::of(&project);
    let honest = String::from_utf8(forge.newest().act.bytes().to_vec()).unwrap();
    let tip = forge.tip();
    let spellings = [
        format!("{honest}\n"),
        format!("\u{feff}{honest}"),
        honest.replacen(':', ": ", 1),
        honest.replacen("thank people", "thank\\u0020people", 1),
        honest.replacen("\"format\":1", "\"format\":1.0", 1),
        honest.replacen("\"format\":1", "\"format\":1e0", 1),
        honest.replacen("\"format\":1", "\"format\":1,\"format\":1", 1),
        honest.replacen("\"message\":\"", "\"message\":\"no\",\"message\":\"", 1),
        honest.replacen('{', "{\"also\":true,", 1),
        honest.replacen("\"person\":\"tom\"", "\"person\":\"Tom\"", 1),
    ];
    for text in spellings {
        assert_ne!(text, honest);
        let signature = signer("tom").sign(Namespace::Act, text.as_bytes()).unwrap();
        let event = forge.rebuild(|parts| parts.say(text.as_bytes(), signature.as_str()));
        let rule = if text.contains("Tom") { "key-of-another" } else { "event-damaged" };
        found(&project, rule, "", &event);
        forge.back_to(&tip);
    }
    let signature = signer("tom").sign(Namespace::Act, honest.as_bytes()).unwrap();
    forge.rebuild(|parts| parts.say(honest.as_bytes(), signature.as_str()));
    taken(&project);
}

#[test]
fn threat_13_what_an_approver_is_shown_has_one_spelling() {
    let story = story();
    let mut project = story.copy();
    let shown = crate::support::shop::dossier(&project, &story.open);
    project.as_person("ruth").run(["approve", &story.open, "--dossier", &shown]).exits(0);
    let forge = Forge::of(&project);
    forge.undo();
    let payload = forge.word(&["ls-tree", "-r", "refs/chancery/payload"], b"");
    let blob =
        payload.lines().find(|line| line.ends_with(&shown)).unwrap().split_whitespace().nth(2).unwrap().to_owned();
    let text = forge.git(&["cat-file", "blob", &blob], b"");
    let other = forge.keep(&[text.as_slice(), b"\n"].concat()).to_string();
    crate::threats::attack::refused(
        &project,
        "bad-dossier",
        "ruth",
        crate::threats::attack::approval(&story.open, &other),
    );
    forge.honest("ruth", crate::threats::attack::approval(&story.open, &shown));
    taken(&project);
}

/// The codes of what `check` says of a file that is no warning.
fn codes(project: &Project, path: &str) -> Vec<String> {
    let told = project.json(["check", path]);
    let all: Vec<Value> = told["problems"].as_array().cloned().unwrap_or_else(|| vec![told.clone()]);
    all.iter().filter(|one| one["warning"] != true).map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn threat_13_files_that_could_be_read_in_two_ways_are_refused() {
    let project = Project::begun();
    let tool = |schema: &str| format!("{{\"name\":\"pay\",\"description\":\"Pays.\",\"inputSchema\":{schema}}}\n");
    for (path, text, code) in [
        ("tools/twice.json", tool("{\"type\":\"object\",\"type\":\"string\"}"), "duplicate-key"),
        (
            "tools/deep.json",
            tool("{\"type\":\"object\",\"properties\":{\"a\":{\"x\":1,\"\\u0078\":2}}}"),
            "duplicate-key",
        ),
        ("tools/large.json", tool("{\"type\":\"object\",\"x\":1e999}"), "not-json"),
        ("models/odd.toml", "provider = \"echo\"\nid = \"a\"\nparams = { temperature = nan }\n".to_owned(), "not-json"),
        ("models/twice.toml", "provider = \"echo\"\nid = \"a\"\nid = \"b\"\n".to_owned(), "duplicate-key"),
        ("evals/twice.jsonl", "{\"id\":\"a\",\"id\":\"b\"}\n".to_owned(), "duplicate-key"),
        ("prompts/cafe\u{301}.md", "Hello.\n".to_owned(), "bad-name"),
    ] {
        project.write(path, &text);
        if path.starts_with("evals/") {
            project.write("evals/twice.toml", "prompt = \"greet\"\ncases = \"twice.jsonl\"\n");
            project.write("prompts/greet.md", "Hello.\n");
        }
        let found = codes(&project, if path.starts_with("evals/") { "evals" } else { path.split('/').next().unwrap() });
        assert!(found.contains(&code.to_owned()), "{path}: {found:?}");
        std::fs::remove_file(project.folder().join(path)).unwrap();
        let _ = std::fs::remove_file(project.folder().join("evals/twice.toml"));
    }
    // The twin: one reading each; and bytes are bytes, whatever ends their lines.
    project.write("tools/pay.json", tool("{\"type\":\"object\"}")).write("prompts/caf\u{e9}.md", "Hello.\r\n");
    assert_eq!(codes(&project, "."), Vec::<String>::new());
    project.run(["commit", "-m", "one reading"]).exits(0);
    let first = project.json(["show", "caf\u{e9}"])["version"].clone();
    project.write("prompts/caf\u{e9}.md", "Hello.\n").run(["commit", "-m", "other ends of lines"]).exits(0);
    assert_ne!(project.json(["show", "caf\u{e9}"])["version"], first);
}
