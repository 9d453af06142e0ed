//! `regression` with a margin: how much worse a change may be, and what shows that it is not.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{
    Project,
    shop::{carried, everybodys, prompt, proposed, rule, shop_under, shown},
};

/// The shop under `margin = 0.02` at 0.95, with so many cases that all pass, live.
fn live(cases: usize) -> Project {
    let margin = "regression = { margin = 0.02, confidence = 0.95 }";
    let rules = everybodys()
        .replace("regression = \"no-flips\"", margin)
        .replace("pass_rate = { at_least = 1.0 }", "pass_rate = { at_least = 0.5 }");
    let mut project = shop_under(&rules);
    project.write("evals/reply.toml", suite(cases));
    project.as_person("tom").run(["commit", "-m", "many cases"]).exits(0);
    let first = proposed(&mut project);
    shown(&mut project, &first);
    let done = carried(&mut project, &first, &["ruth", "omar"]);
    assert_eq!((&done["promoted"], &rule(&done, "regression")["code"]), (&true.into(), &"first".into()), "{done:#}");
    project
}

/// So many cases that a reply passes while it says thank you.
fn suite(cases: usize) -> String {
    let mut text = "prompt = \"reply\"\n".to_owned();
    for number in 0..cases {
        let _ = write!(
            text,
            "[[case]]\nid = \"c{number:04}\"\nvars = {{ message = \"about {number:04}.\" }}\nexpect = [{{ contains = \"Thank you\" }}]\n"
        );
    }
    text
}

/// A prompt that thanks in all cases but the first so many.
fn losing(cases: usize) -> String {
    let rude: Vec<String> = (0..cases).map(|number| format!("\"about {number:04}.\"")).collect();
    let thanks = format!("{{% if message in [{}] %}}Go away.{{% else %}}Thank you.{{% endif %}}", rude.join(", "));
    prompt("").replace("Thank you.", &thanks)
}

/// Proposes this prompt, shows what the gate asks for, and tries to promote.
fn tried(project: &mut Project, text: &str) -> Value {
    project.write("prompts/reply.md", text);
    project.as_person("tom").run(["commit", "-m", "another reply"]).exits(0);
    let proposal = proposed(project);
    project.as_person("ci").run(["eval", "--proposal", &proposal, "--attest", "-q"]);
    project.as_person("omar").run(["review", &proposal, "--done", "-q"]);
    carried(project, &proposal, &["ruth", "omar"])
}

#[test]
fn too_few_cases_show_nothing_and_enough_do() {
    let mut project = live(100);
    let refused = tried(&mut project, &prompt(" a lot"));
    assert_eq!(refused["promoted"], false);
    let told = rule(&refused, "regression");
    assert_eq!(told["code"], "inconclusive", "{told:#}");
    assert!(told["reason"].as_str().unwrap().contains("83 more cases needed"), "{told:#}");
    assert!(told["next"].as_str().unwrap().contains("more cases for `reply`"), "{told:#}");

    // The twin: the same change with 83 more cases.
    project.write("evals/reply.toml", suite(183));
    let done = tried(&mut project, &prompt(" a lot"));
    let told = rule(&done, "regression");
    assert_eq!((&done["promoted"], &told["code"]), (&true.into(), &"no-worse-within-margin".into()), "{done:#}");
}

#[test]
fn what_loses_cases_is_worse_and_what_wins_them_is_better() {
    let mut project = live(60);
    let refused = tried(&mut project, &losing(20));
    let told = rule(&refused, "regression");
    assert_eq!((&refused["promoted"], &told["code"]), (&false.into(), &"worse".into()), "{refused:#}");
    assert!(told["reason"].as_str().unwrap().contains("20 lost and 0 gained of 60 cases"), "{told:#}");
    assert!(told["command"].as_str().unwrap().contains("eval reply --filter c0000"), "{told:#}");

    // The twin: what is live loses them, and the change wins them.
    let mut project = live_losing(60, 20);
    let done = tried(&mut project, &prompt(""));
    assert_eq!((&done["promoted"], &rule(&done, "regression")["code"]), (&true.into(), &"better".into()), "{done:#}");
}

/// The shop with a live prompt that fails so many cases.
fn live_losing(cases: usize, lost: usize) -> Project {
    let mut project = live(cases);
    let rules = String::from_utf8(project.read("chancery.toml")).unwrap();
    // For one promotion the rules let anything in.
    project.write("chancery.toml", rules.replace("regression = { margin = 0.02, confidence = 0.95 }\n", ""));
    let change = project.as_person("maya").json(["propose", "governance", "-m", "a hole"]);
    project.run(["promote", change["proposal"].as_str().unwrap()]).exits(0);
    let done = tried(&mut project, &losing(lost));
    assert_eq!(done["promoted"], true, "{done:#}");
    project.write("chancery.toml", rules);
    let change = project.as_person("maya").json(["propose", "governance", "-m", "no hole"]);
    project.run(["promote", change["proposal"].as_str().unwrap()]).exits(0);
    project
}

#[test]
fn check_says_how_many_cases_a_margin_needs() {
    let project = live(2);
    let check = project.json(["check"]);
    let problems = check["problems"].as_array().unwrap();
    let warning = problems.iter().find(|problem| problem["code"] == "too-few-cases");
    let warning = warning.unwrap_or_else(|| panic!("{check:#}"));
    assert!(warning["message"].as_str().unwrap().contains("fewer than 183 cases"), "{warning:#}");
}
