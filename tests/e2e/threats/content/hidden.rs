//! Threat 29: what a person sees is not what the model reads, or what the terminal obeys.

use crate::{
    support::shop::made,
    threats::crew::{approves, begun, commits, proposes, rules},
};

/// Letters that nobody sees, with how they are spelled out.
const HIDDEN: [(&str, &str); 5] = [
    ("\u{200b}", "<U+200B>"),
    ("\u{202e}", "<U+202E>"),
    ("\u{e0041}", "<U+E0041>"),
    ("\x1b[2J", "<U+001B>"),
    ("\u{2066}", "<U+2066>"),
];

#[test]
fn threat_29_hidden_characters_are_spelled_out_wherever_a_change_is_shown() {
    for (hidden, spelled) in HIDDEN {
        let mut project = begun(&rules(1));
        commits(&mut project, "tom", &format!("Hello{hidden}, friend.\n"), &[]);
        let proposal = proposes(&mut project, "maya");
        for args in [&["review", &proposal][..], &["show", "greet"], &["diff", "greet@v1"], &["log", "greet", "-p"]] {
            let told = project.run(args);
            assert!(!told.stdout.contains(hidden) && !told.stderr.contains(hidden), "{args:?}: {told}");
        }
        assert!(project.run(["review", &proposal]).stdout.contains(spelled), "{spelled}");
        let sheet = project.json(["review", &proposal]);
        assert!(sheet["changes"].to_string().contains(spelled), "{sheet:#}");
        let checked = project.json(["check"]);
        assert!(checked["problems"].to_string().contains(&spelled[1..spelled.len() - 1]), "{checked:#}");
        // The twin: the bytes stay what they are, for machines.
        assert!(project.run(["cat", "greet"]).exits(0).stdout.contains(hidden));
    }
}

#[test]
fn threat_29_no_message_name_or_reason_moves_the_cursor() {
    let mut project = begun(&rules(1));
    let evil = "nothing to see\x1b[2K\x1b[1A here\u{202e}\r";
    project.write("prompts/greet.md", "Hello.\n");
    project.as_person("tom").run(["commit", "-m", evil]).exits(0);
    let proposal = made(project.as_person("maya").json(["propose", "production", "-m", evil]));
    let told = approves(&mut project, "omar", &proposal);
    assert!(told["event"].is_string(), "{told:#}");
    let withdrawn = project.copy();
    project.run(["promote", &proposal]).exits(0);
    project.run(["rollback", "production", "-m", evil]);
    project.write("prompts/a\x1b[31mb.md", "x\n");
    for args in [
        &["log"][..],
        &["log", "greet"],
        &["audit"],
        &["proposals", "--all"],
        &["show", "greet"],
        &["why", "production", "greet"],
        &["status"],
        &["check"],
        &["env"],
    ] {
        let told = project.run(args);
        for bad in ['\x1b', '\u{202e}', '\r'] {
            assert!(!told.stdout.contains(bad) && !told.stderr.contains(bad), "{args:?}: {told}");
        }
    }
    let told = withdrawn.run(["review", &proposal]);
    assert!(!told.stdout.contains('\x1b') && told.stdout.contains("<U+001B>"), "{told}");
    // The twin: words are shown as they are.
    assert!(project.run(["log", "greet"]).stdout.contains("nothing to see"));
}

#[test]
fn threat_29_what_nobody_sees_asks_for_more_people() {
    let rules = rules(1).replace("low = 1", "low = 1, medium = 2, high = 2");
    for (text, tier) in [
        ("Hello\u{200b}, friend.\n", "medium"),
        ("Hello\u{202e}, friend.\n", "high"),
        ("Hello\u{e0041}, friend.\n", "high"),
        // The twin: a greeting that is all there is, and one person is enough.
        ("Hello, friend.\n", "low"),
    ] {
        let mut project = begun(&rules);
        commits(&mut project, "tom", "Hello.\n", &[]);
        let first = proposes(&mut project, "maya");
        for person in ["omar", "ana"] {
            approves(&mut project, person, &first);
        }
        project.run(["promote", &first]).exits(0);
        commits(&mut project, "tom", text, &[]);
        let proposal = proposes(&mut project, "maya");
        assert_eq!(project.json(["review", &proposal])["tier"], tier, "{text:?}");
        approves(&mut project, "omar", &proposal);
        let alone = i32::from(tier != "low");
        project.run(["promote", &proposal]).exits(alone);
        if alone == 1 {
            approves(&mut project, "ana", &proposal);
            project.run(["promote", &proposal]).exits(0);
        }
    }
}
