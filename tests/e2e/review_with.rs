//! `review --with`: a program reviews, and is believed no further than anybody.

use std::{fs, os::unix::fs::PermissionsExt as _};

use serde_json::{Value, json};

use crate::{
    finding::asking,
    support::{Project, shop::proposed},
};

/// A program of these lines of shell in the project's folder.
fn program(project: &Project, lines: &str) {
    project.write("reviewer.sh", format!("#!/bin/sh\n{lines}\n"));
    fs::set_permissions(project.folder().join("reviewer.sh"), fs::Permissions::from_mode(0o755)).expect("a program");
}

/// A program that writes this.
fn says(project: &Project, text: &str) {
    project.write("said.json", text);
    program(project, "cat said.json");
}

fn events(project: &Project) -> u64 {
    project.json(["verify"])["events"].as_u64().expect("a number")
}

fn finding(line: u64, quote: &str) -> Value {
    json!({ "path": "prompts/reply.md", "line": line, "quote": quote, "message": "nobody is thanked so" })
}

#[test]
fn what_a_program_finds_is_checked_and_recorded_in_the_callers_name() {
    let mut project = asking();
    let proposal = proposed(&mut project);
    let said = json!({
        "findings": [
            finding(7, "Thank you."),
            finding(7, "Go away."),
            finding(7, "Thank you."),
            { "path": "../../etc/passwd", "line": 1, "quote": "root", "message": "look" },
        ],
        "done": true,
    });
    says(&project, &said.to_string());
    project.as_person("omar");
    let document =
        project.run(["--json", "review", &proposal, "--with", "./reviewer.sh", "--done"]).exits(0).document();
    assert_eq!(document["program"]["done"], true, "{document:#}");
    assert_eq!(document["program"]["raised"].as_array().expect("a list").len(), 1);
    let refused: Vec<&Value> =
        document["program"]["refused"].as_array().expect("a list").iter().map(|one| &one["code"]).collect();
    assert_eq!(refused, ["quote-not-there", "known-finding", "not-proposed"]);
    assert_eq!(
        (&document["findings"][0]["person"], &document["findings"][0]["status"]),
        (&"omar".into(), &"open".into())
    );
    // Its review is of the dossier with its own finding in it, and counts; an approval it is not.
    assert!(document["event"].is_string(), "{document:#}");
    assert_eq!((document["reviews"][0]["stands"]["Ok"].is_null(), &document["approvals"]), (true, &json!([])));
    project.run(["verify", "--deep"]).exits(0);
}

#[test]
fn a_program_reads_the_dossier_and_every_changed_file_and_no_secret() {
    let mut project = asking();
    let proposal = proposed(&mut project);
    program(&project, "cat > read.json; env > env.txt; pwd > pwd.txt; echo '{\"done\":true}'");
    project.with_variable("ANTHROPIC_API_KEY", "sk-secret").with_variable("CHANCERY_DIR", ".");
    project.as_person("omar").run(["review", &proposal, "--with", "./reviewer.sh"]).exits(0);
    let read: Value = serde_json::from_slice(&project.read("read.json")).expect("one JSON document");
    assert_eq!((&read["schema"], &read["proposal"]), (&"chancery.reviewer/1".into(), &proposal.as_str().into()));
    let shown = project.json(["review", &proposal]);
    for key in ["dossier", "changes", "rules", "evidence", "verdict", "findings"] {
        assert_eq!(read[key], shown[key], "{key}");
    }
    assert_eq!(read["document"]["basis"]["proposal"], proposal.as_str());
    let files = read["files"].as_array().expect("files");
    let prompt = files.iter().find(|file| file["path"] == "prompts/reply.md").expect("the prompt");
    assert_eq!((&prompt["artifact"], &prompt["from"]), (&"prompt/reply".into(), &Value::Null));
    assert_eq!(prompt["to"].as_str().expect("text").as_bytes(), project.read("prompts/reply.md"));
    let variables = String::from_utf8(project.read("env.txt")).expect("text");
    assert!(!variables.contains("secret") && !variables.contains("CHANCERY"), "{variables}");
    assert!(variables.contains("PATH="), "{variables}");
}

#[test]
fn a_program_that_fails_leaves_nothing_behind() {
    let mut project = asking();
    let proposal = proposed(&mut project);
    project.as_person("omar");
    let good = finding(7, "Thank you.");
    let before = events(&project);
    for (lines, code, words) in [
        (format!("echo '{good}'; echo oops >&2; exit 3"), "reviewer", "it said: oops"),
        (format!("echo '{good}'; kill -9 $$"), "reviewer", "signal"),
        (format!("echo '{good}'; sleep 60"), "reviewer", "within 1 s"),
        (format!("echo '{good}'; echo 'and that is all'"), "reviewer-unreadable", "line 2"),
        ("echo 'looks good to me'".to_owned(), "reviewer-unreadable", "expected"),
        ("true".to_owned(), "reviewer-unreadable", "wrote nothing"),
    ] {
        program(&project, &lines);
        // A slow machine must not make every program late.
        let seconds = if lines.contains("sleep") { "1" } else { "100" };
        let run = ["--json", "review", &proposal, "--with", "./reviewer.sh", "--done", "--timeout", seconds];
        let document = project.run(run).exits(5).document();
        assert_eq!(document["code"], code, "{lines}: {document:#}");
        assert!(document["because"].as_str().expect("why").contains(words), "{lines}: {document:#}");
    }
    let missing = project.json(["review", &proposal, "--with", "./not-there.sh"]);
    assert_eq!((&missing["code"], &missing["exit"]), (&"reviewer".into(), &5.into()));
    assert_eq!(events(&project), before);
    // The twin: the same finding by a program that ends well.
    program(&project, &format!("echo '{good}'"));
    project.run(["review", &proposal, "--with", "./reviewer.sh", "--timeout", "60"]).exits(0);
    assert_eq!(events(&project), before + 1);
}

#[test]
fn a_review_is_recorded_only_where_it_was_asked_for_and_the_program_is_done() {
    let mut project = asking();
    let proposal = proposed(&mut project);
    project.as_person("omar");
    for (said, done, recorded) in
        [("{\"findings\":[]}", true, false), ("{\"done\":true}", false, false), ("{\"done\":true}", true, true)]
    {
        says(&project, said);
        let mut run = vec!["review", &proposal, "--with", "./reviewer.sh"];
        run.extend(done.then_some("--done"));
        let document = project.json(run);
        assert_eq!(document["event"].is_string(), recorded, "{said} {done}: {document:#}");
    }
    says(&project, "{\"done\":true}");
    let author = project.as_person("tom").json(["review", &proposal, "--with", "./reviewer.sh", "--done"]);
    assert_eq!((&author["code"], &author["exit"]), (&"author-reviews".into(), &1.into()));
    assert_eq!(project.run(["review", &proposal, "--timeout", "5"]).exit, 2, "a time for nothing");
    program(&project, "touch ran");
    project.as_person("tom").run(["withdraw", &proposal]).exits(0);
    let over = project.as_person("omar").json(["review", &proposal, "--with", "./reviewer.sh"]);
    assert_eq!((&over["code"], project.folder().join("ran").exists()), (&"closed".into(), false), "{over:#}");
}

#[test]
fn what_a_program_writes_does_not_speak_to_the_terminal() {
    let mut project = asking();
    let proposal = proposed(&mut project);
    let said = json!({ "findings": [
        { "path": "prompts/reply.md", "line": 7, "quote": "Thank you.", "message": "\u{1b}[2Jgone\u{202e}" },
        { "path": "\u{1b}[2J", "line": 7, "quote": "x", "message": "y\u{1b}[2J" },
    ] });
    says(&project, &said.to_string());
    let page = project.as_person("omar").run(["review", &proposal, "--with", "./reviewer.sh"]).exits(0);
    assert!(!page.stdout.contains('\u{1b}') && !page.stdout.contains('\u{202e}'), "{page}");
    assert!(page.stdout.contains("not recorded"), "{page}");
    let markdown = project.folder().join("dossier.md");
    project.run(["review", &proposal, "--markdown", markdown.to_str().expect("text")]).exits(0);
    let text = fs::read_to_string(markdown).expect("a page");
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
}
