//! What holds for every command: usage, help, JSON, colours, completions, keys.

use std::io::Read;

use crate::support::Project;

/// Every command the program lists.
fn commands(project: &Project) -> Vec<String> {
    let help = project.run(["-h"]).exits(0).stdout;
    let groups = help.split("\nOptions:\n").next().expect("groups");
    let listed = groups.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
    let commands: Vec<String> = listed.map(str::to_owned).collect();
    assert!(commands.len() > 30, "{commands:?}");
    commands
}

#[test]
fn a_command_line_without_sense_is_exit_2_and_says_where_help_is() {
    let project = Project::new();
    let outcome = project.run(["completions", "bsh"]).exits(2);
    assert_eq!(outcome.stdout, "");
    assert_eq!(
        outcome.stderr,
        "error: invalid value `bsh` for `<SHELL>`\n  next: a similar value exists: `bash`\n  next: chancery \
         completions --help\n"
    );
    project.run([]).exits(2);
    project.run(["keys", "--nothing"]).exits(2);
}

#[test]
fn an_unknown_command_is_answered_with_the_nearest() {
    let outcome = Project::new().run(["key"]).exits(2);
    assert!(outcome.stderr.contains("a similar subcommand exists: `keys`"), "{outcome}");
}

#[test]
fn a_usage_failure_is_one_document_with_json() {
    let document = Project::new().json(["keys", "--nothing"]);
    assert_eq!(document["schema"], "chancery.failure/1");
    assert_eq!(document["code"], "usage");
    assert_eq!(document["exit"], 2);
    assert_eq!(document["because"], serde_json::Value::Null);
    assert_eq!(document["next"][0], "chancery keys --help");
}

#[test]
fn help_and_version_are_answers_in_json_too() {
    let project = Project::new();
    assert_eq!(project.json(["--version"])["text"], format!("chancery {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(project.json(["keys", "--help"])["schema"], "chancery.help/1");
}

#[test]
fn the_help_of_every_command_fits_80_columns_and_ends_in_two_examples() {
    let mut project = Project::new();
    project.with_variable("COLUMNS", "200");
    for command in commands(&project) {
        let help = project.run([command.as_str(), "--help"]).exits(0).stdout;
        let wide = help.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "{command}");
        let summary = help.lines().next().expect("a summary");
        assert!(!summary.ends_with('.') && summary.starts_with(char::is_uppercase), "{command}: {summary}");
        let examples = help.split("Examples:\n").nth(1).unwrap_or_default();
        let shown = examples.lines().filter(|line| line.starts_with("  chancery ")).count();
        assert_eq!(shown, 2, "{command}\n{help}");
        assert!(examples.contains(&format!(" {command}")), "{command}\n{help}");
    }
}

#[test]
fn every_shell_gets_completions_for_every_command() {
    let project = Project::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = project.run(["completions", shell]).exits(0).stdout;
        for command in commands(&project) {
            assert!(script.contains(&command), "{shell}: {command}");
        }
    }
    assert_eq!(project.json(["completions", "fish"])["shell"], "fish");
}

#[test]
fn the_key_that_signs_is_named_with_where_it_was_found() {
    let mut project = Project::new();
    let document = project.as_person("ruth").json(["keys"]);
    assert_eq!(document["schema"], "chancery.keys/1");
    assert_eq!(document["key"], Project::public_key("ruth"));
    assert!(document["source"].as_str().expect("text").starts_with("CHANCERY_SIGNING_KEY "));
    let other = project.key_file("ana");
    let document = project.json(["--key", other.to_str().expect("text"), "keys"]);
    assert_eq!(document["key"], Project::public_key("ana"));
}

#[test]
fn a_missing_key_is_a_failure_with_a_next_step() {
    let missing = Project::new().run(["--key", "nowhere", "keys"]).exits(3);
    assert_eq!(missing.stdout, "");
    assert!(missing.stderr.starts_with("error: cannot sign with key `nowhere`\n  because: "), "{missing}");
}

#[test]
fn colours_are_off_unless_asked_for_and_repeat_what_words_say() {
    let mut project = Project::new();
    let plain = project.run(["keys"]).exits(0).stdout;
    let coloured = project.run(["--color", "always", "keys"]).exits(0).stdout;
    assert!(!plain.contains('\x1b') && coloured.contains('\x1b'));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
    project.with_variable("NO_COLOR", "1").with_variable("CLICOLOR_FORCE", "1");
    assert!(!project.run(["keys"]).stdout.contains('\x1b'));
}

#[test]
fn a_bad_test_clock_is_a_usage_failure() {
    let outcome = Project::new().at("yesterday").run(["keys"]).exits(2);
    assert!(outcome.stderr.contains("`CHANCERY_NOW` is `yesterday`"), "{outcome}");
}

#[test]
fn a_reader_that_went_away_ends_output_quietly() {
    let project = Project::new();
    let mut child = project
        .command(&["completions", "bash"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program");
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("text");
    assert_eq!((child.wait().expect("an end").code(), said.as_str()), (Some(0), ""));
}

#[test]
fn a_key_of_gits_settings_signs_where_no_other_is_named() {
    let project = Project::new();
    let file = project.key_file("ana");
    let settings = format!("[gpg]\n\tformat = ssh\n[user]\n\tsigningKey = {}\n", file.display());
    project.write(".git/config", settings).write(".git/HEAD", "ref: refs/heads/main\n");
    project.write(".git/objects/.keep", "").write(".git/refs/.keep", "");
    let output = project.command(&["--json", "keys"]).env_remove("CHANCERY_SIGNING_KEY").output().expect("a run");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a document");
    assert_eq!(document["key"], Project::public_key("ana"), "{document}");
    assert!(project.read(".git/config").starts_with(b"[gpg]"));
}
