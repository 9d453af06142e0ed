//! `diff --behaviour`: golden cases that flip between two versions, with what was answered on both sides.

use std::{fmt::Write as _, time::Duration};

use serde_json::Value;

use crate::support::{Counting, Project};

fn prompt(body: &str) -> String {
    format!("+++\nmodel = \"parrot\"\npolicies = [\"tone\"]\n[inputs.city]\n+++\n{{{{ policy(\"tone\") }}}} {body}")
}

const SUITE: &str = r#"prompt = "greet"
[[case]]
id = "greets"
vars = { city = "Oslo" }
expect = [{ contains = "Hello" }]
[[case]]
id = "parts"
vars = { city = "Lima" }
expect = [{ contains = "Bye" }]
[[case]]
id = "names"
vars = { city = "Rome" }
expect = [{ contains = "Rome" }]
[[case]]
id = "shouts"
vars = { city = "Bonn" }
expect = [{ contains = "BONN" }]
"#;

/// One committed version that greets, and a file that parts.
fn project() -> Project {
    let project = Project::begun();
    project
        .write("models/parrot.toml", "provider = \"echo\"\nid = \"parrot\"\n")
        .write("policies/tone.md", "Be kind.")
        .write("prompts/greet.md", prompt("Hello {{ city }}\nand welcome"))
        .write("evals/greet.toml", SUITE);
    project.run(["commit", "-m", "greet"]).exits(0);
    project.write("prompts/greet.md", prompt("Bye {{ city }}\nand farewell"));
    project
}

fn cases<'a>(told: &'a Value, key: &str) -> Vec<&'a str> {
    told["flips"].as_array().unwrap().iter().map(|flip| flip[key].as_str().unwrap()).collect()
}

#[test]
fn what_flips_is_shown_with_both_replies_and_what_stays_is_counted() {
    let project = project();
    for args in [
        vec!["diff", "--behaviour"],
        vec!["diff", "--behaviour", "greet"],
        vec!["diff", "--behaviour", "greet@v1", "greet"],
    ] {
        let told = project.json(&args);
        assert_eq!(told["schema"], "chancery.diff/1");
        assert_eq!(
            (cases(&told, "case"), cases(&told, "after")),
            (vec!["greets", "parts"], vec!["failed", "passed"]),
            "{told:#}"
        );
        let flip = &told["flips"][0];
        assert_eq!(flip["reply_before"], "Be kind. Hello Oslo\nand welcome");
        assert_eq!(flip["reply_after"], "Be kind. Bye Oslo\nand farewell");
        assert!(flip["reason"].as_str().unwrap().contains("Hello"), "{told:#}");
        let bundle = &told["bundles"][0];
        let count = |key: &str| bundle[key].as_u64().unwrap();
        assert_eq!(
            ["cases", "lost", "gained", "still_pass", "still_fail", "unanswered"].map(count),
            [4, 1, 1, 1, 1, 0]
        );
    }
    let page = project.run(["diff", "--behaviour", "greet"]).exits(0).stdout;
    for line in ["greet · greets", "fails now; passed before", "passes now; failed before", "head: passed"] {
        assert!(page.contains(line), "{page}");
    }
    // Side by side: one line has words of both.
    assert!(page.lines().any(|line| line.contains("and welcome") && line.contains("and farewell")), "{page}");
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
}

#[test]
fn an_exit_code_is_given_for_flips_alone() {
    let project = project();
    project.run(["diff", "--behaviour", "greet", "--exit-code"]).exits(1);
    project.run(["diff", "--behaviour", "greet", "--exit-code", "--filter", "names"]).exits(0);
    project.write("prompts/greet.md", prompt("Hello {{ city }}\nand so on"));
    project.run(["diff", "--behaviour", "greet", "--exit-code"]).exits(0);
    project.write("prompts/greet.md", prompt("Hello {{ city }}\nand welcome"));
    let same = project.run(["diff", "--behaviour", "greet", "--exit-code"]).exits(0);
    assert!(same.stdout.contains("no bundle that a suite tests differs"), "{same}");
}

#[test]
fn a_shared_part_is_compared_in_every_prompt_that_uses_it() {
    let project = project();
    project.run(["commit", "-m", "part"]).exits(0);
    project.write("policies/tone.md", "Say Hello.");
    let told = project.json(["diff", "--behaviour", "tone@v1", "tone"]);
    assert_eq!((cases(&told, "case"), cases(&told, "after")), (vec!["greets"], vec!["passed"]), "{told:#}");
    let refused = project.json(["diff", "--behaviour", "tone@v1", "greet"]);
    assert_eq!((&refused["code"], &refused["exit"]), (&"usage".into(), &2.into()), "{refused:#}");
}

#[test]
fn long_replies_are_cut_on_the_screen_and_whole_for_programs() {
    let project = project();
    let mut long = String::new();
    for line in 0..40 {
        let _ = writeln!(long, "line {line} {}", "word ".repeat(30));
    }
    project.write("prompts/greet.md", prompt(&format!("Bye {{{{ city }}}}\n{long}")));
    let told = project.json(["diff", "--behaviour", "greet"]);
    assert!(told["flips"][0]["reply_after"].as_str().unwrap().contains("line 39"), "{told:#}");
    let page = project.run(["diff", "--behaviour", "greet"]).exits(0).stdout;
    assert!(page.contains("… and 29 lines") && page.lines().all(|line| line.chars().count() <= 80), "{page}");
}

#[test]
fn nobody_is_called_unless_asked_and_what_is_not_known_is_not_called_a_flip() {
    let model = Counting::answering_in(Duration::ZERO);
    let mut project = project();
    let far = format!("provider = \"openai\"\nid = \"m-1\"\nbase_url = \"{}\"\n", model.address());
    project.write("models/parrot.toml", far);
    project.run(["commit", "models/parrot.toml", "-m", "a model far away"]).exits(0);
    let told = project.json(["diff", "--behaviour", "greet"]);
    assert_eq!((told["bundles"][0]["unanswered"].as_u64(), model.asked()), (Some(4), 0), "{told:#}");
    assert_eq!(told["flips"], Value::Array(Vec::new()));
    let page = project.run(["diff", "--behaviour", "greet"]).exits(5);
    assert!(page.stderr.contains("4 cases got no reply") && page.stderr.contains("--live"), "{page}");
    project.run(["diff", "greet", "--live"]).exits(2);
    project.run(["diff", "greet", "--filter", "names"]).exits(2);
    project.with_variable("OPENAI_API_KEY", "sk-none-of-anybody");
    let told = project.json(["diff", "--behaviour", "greet", "--live"]);
    assert_eq!((cases(&told, "case"), model.paid()), (vec!["greets", "parts"], 8), "{told:#}");
    project.json(["diff", "--behaviour", "greet", "--live"]);
    assert_eq!(model.paid(), 8, "what was paid for is not asked again");
}
