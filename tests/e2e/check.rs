//! `check`: every static problem at once, with its place.

use crate::support::Project;

fn begun() -> Project {
    let project = Project::new();
    project.run(["init", "--template", "support-agent", "--handle", "maintainer"]).exits(0);
    project
}

#[test]
fn the_sample_has_no_error_and_warnings_do_not_fail() {
    let project = begun();
    let document = project.json(["check"]);
    assert_eq!((&document["schema"], &document["ok"]), (&"chancery.check/1".into(), &true.into()));
    let problems = document["problems"].as_array().expect("a list");
    assert!(problems.iter().all(|problem| problem["warning"] == true), "{document:#}");
    project.run(["check"]).exits(0);
}

#[test]
fn every_problem_is_told_with_file_line_column_and_a_way_out() {
    let project = begun();
    project.write("prompts/greet.md", "+++\nmodle = \"fast\"\n+++\nHello\n");
    project.write("evals/greet.toml", "prompt = \"nobody\"\n[[case]]\nid = \"a\"\nexpect = [{ contians = \"x\" }]\n");
    project.write("policies/refunds.md", "Be \u{202e}kind.\n");
    let outcome = project.run(["check", "prompts/greet.md", "evals/greet.toml", "policies"]).exits(1);
    assert_eq!(
        outcome.stdout,
        "evals/greet.toml:4:13 error: there is no check `contians`\n  | expect = [{ contians = \"x\" }]\n  |             \
         ^\n  next: did you mean `contains`?\npolicies/refunds.md:1:4 warning: a mark that turns the direction of text,\n  \
         U+202E: people do not see it\n  | Be <U+202E>kind.\n  |    ^\n  next: take it out unless it is \
         meant\nprompts/greet.md:2:1 error: `modle` is not a key that is known here\n  | modle = \"fast\"\n  | ^\n  next: \
         did you mean `model`?\n\n2 errors and 1 warning in 4 artifacts\n"
    );
}

#[test]
fn a_long_line_is_shown_where_the_problem_is() {
    let project = begun();
    let body = format!("{} {{{{ unknown_name }}}} {}", "before ".repeat(40), "after ".repeat(40));
    project.write("prompts/long.md", format!("+++\n+++\n{body}\n"));
    let outcome = project.run(["check", "prompts/long.md"]).exits(1);
    assert!(outcome.stdout.lines().all(|line| line.chars().count() <= 80), "{outcome}");
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    let at = lines.iter().position(|line| line.trim_end().ends_with('^')).expect("a caret");
    let caret = lines[at].chars().position(|c| c == '^').expect("a caret");
    assert_eq!(lines[at - 1].chars().skip(caret).take(12).collect::<String>(), "unknown_name", "{outcome}");
}

#[test]
fn a_path_is_read_from_where_the_command_stands() {
    let project = begun();
    let output =
        project.command(&["--json", "check", "fast.toml"]).current_dir(project.folder().join("models")).output();
    let document: serde_json::Value = serde_json::from_slice(&output.expect("a run").stdout).expect("a document");
    assert_eq!(document["artifacts"], 1, "{document}");
    assert_eq!(project.json(["check", "../elsewhere"])["code"], "outside-project");
    assert_eq!(project.json(["check", "prompts/none.md"])["code"], "unknown-path");
}
