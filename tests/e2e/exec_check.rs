//! Checks that run a program of the project, from the working file to a proven gate.

use crate::support::{
    Project,
    shop::{carried, proposed, rule, shop, shown},
};

/// Good is what names the word it was given; every key of the question is told as the reason.
const PROGRAM: &str = r#"#!/bin/sh
while read -r line; do
  id=$(printf '%s' "$line" | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
  case "$line" in *"\"content\":"*"$1"*) pass=true ;; *) pass=false ;; esac
  case "$line" in *expect* | *never*) reason="it was told too much" ;; *) reason="looked for $1" ;; esac
  printf '{"id":"%s","pass":%s,"reason":"%s"}\n' "$id" "$pass" "$reason"
done
"#;

fn suite(word: &str) -> String {
    format!(
        r#"prompt = "reply"
[[case]]
id = "polite"
vars = {{ message = "Where is my kettle?" }}
expect = [{{ exec = ["sh", "./checks/names.sh", "{word}"] }}, {{ not_contains = "never" }}]
"#
    )
}

fn checked(word: &str) -> Project {
    let mut project = shop();
    project.write("evals/checks/names.sh", PROGRAM).write("evals/reply.toml", suite(word));
    project.as_person("tom").run(["commit", "-m", "a program checks"]).exits(0);
    project
}

#[test]
fn what_a_program_said_is_attested_and_the_program_is_not_run_again() {
    let mut project = checked("kettle");
    let proposal = proposed(&mut project);
    shown(&mut project, &proposal);
    std::fs::remove_dir_all(project.folder().join("evals/checks")).unwrap();
    let told = carried(&mut project, &proposal, &["ruth", "omar"]);
    assert_eq!((&told["promoted"], &rule(&told, "evidence")["ok"]), (&true.into(), &true.into()), "{told:#}");
    assert_eq!(project.json(["verify", "--deep"])["ok"], true);
    // What is live is run with the bytes that went live, wherever the file is now.
    let again = project.as_person("ci").json(["eval", "--env", "production", "--attest", "--repeat", "1"]);
    assert_eq!(again["bundles"][0]["passed"], 1, "{again:#}");
}

#[test]
fn a_program_is_told_the_reply_and_nothing_of_what_is_expected() {
    let project = checked("teapot");
    let told = project.run(["eval"]).exits(1);
    assert!(told.stdout.contains(": looked for teapot"), "{told}");
}

#[test]
fn another_program_is_another_suite_and_needs_other_evidence() {
    let mut project = checked("kettle");
    let proposal = proposed(&mut project);
    shown(&mut project, &proposal);
    carried(&mut project, &proposal, &["ruth", "omar"]);
    project.write("evals/checks/names.sh", PROGRAM.replace("pass=false", "pass=true"));
    project.as_person("tom").run(["commit", "-m", "easier"]).exits(0);
    let proposal = proposed(&mut project);
    let sheet = project.json(["review", &proposal]);
    assert_eq!(rule(&sheet, "evidence")["code"], "not-evaluated", "{sheet:#}");
    assert_eq!(sheet["tier"], "high", "a case asks for something else: {sheet:#}");
}

#[test]
fn a_program_that_says_nothing_leaves_the_case_without_an_outcome() {
    let project = checked("kettle");
    project.write("evals/checks/names.sh", "echo oh dear >&2\nexit 1\n");
    let told = project.run(["eval"]).exits(5);
    assert!(
        told.stdout.contains("errored polite")
            && told.stdout.contains("exit status: 1")
            && told.stdout.contains("its stderr ends: oh"),
        "{told}"
    );
    project.write("evals/reply.toml", suite("kettle").replace("\"./checks/names.sh\"", "\"-c\", \"true\""));
    let told = project.run(["--json", "eval"]).exits(3).document();
    assert_eq!(told["problems"][0]["code"], "program-not-pinned", "{told:#}");
}
