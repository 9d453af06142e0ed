//! `eval --mutate`: a prompt spoiled in one place after the other, and what its suite notices of that.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Counting, Project};

/// Four sentences, one of them in a branch that no case takes.
const PROMPT: &str = "+++\nmodel = \"parrot\"\ntools = [\"lookup\"]\n[inputs.message]\n+++\nYou are the clerk of a shop. Thank them for {{ message }}.\n\
                      {% if message == \"none\" %}Say sorry.{% endif %}\nBe brief.\n";

const SUITE: &str = r#"prompt = "reply"
[[case]]
id = "thanks"
vars = { message = "the kettle" }
expect = [{ contains = "Thank them for the kettle" }, { not_contains = "Do not" }]
[[case]]
id = "fails"
vars = { message = "the lid" }
expect = [{ contains = "nothing of the kind" }, { contains = "Be brief" }]
"#;

fn project() -> Project {
    let project = Project::begun();
    let tool = r#"{ "name": "lookup", "description": "looks", "inputSchema": { "type": "object" } }"#;
    project
        .write("models/parrot.toml", "provider = \"echo\"\nid = \"parrot\"\n")
        .write("tools/lookup.json", tool)
        .write("prompts/reply.md", PROMPT)
        .write("evals/reply.toml", SUITE);
    project
}

fn unnoticed(mutants: &Value) -> Vec<(&str, u64, &str, bool)> {
    let all = mutants["unnoticed"].as_array().unwrap().iter();
    all.map(|one| {
        let text = |key: &str| one[key].as_str().unwrap();
        (text("change"), one["line"].as_u64().unwrap_or_default(), text("sentence"), one["sent"].as_bool().unwrap())
    })
    .collect()
}

#[test]
fn what_nobody_notices_is_told_with_its_place_and_the_share_with_its_interval() {
    let project = project();
    let events = project.events();
    let told = project.json(["eval", "reply", "--mutate"]);
    let bundle = &told["bundles"][0];
    let mutants = &bundle["mutants"];
    assert_eq!(
        unnoticed(mutants),
        [
            ("dropped", 6, "You are the clerk of a shop.", true),
            ("negated", 6, "You are the clerk of a shop.", true),
            ("dropped", 7, "Say sorry.", false),
            ("negated", 7, "Say sorry.", false),
            ("dropped", 8, "Be brief.", true),
            ("tool-removed", 0, "lookup", true),
        ],
        "{mutants:#}"
    );
    // `fails` fails without mutants, so `Be brief` in it notices nothing; `not_contains` sees each `Do not`.
    assert_eq!((&mutants["total"], &mutants["noticed"], &mutants["cases"]), (&9.into(), &3.into(), &1.into()));
    assert_eq!((&mutants["unanswered"], &mutants["share"]), (&0.into(), &json!(1.0 / 3.0)));
    let interval: Vec<f64> = mutants["interval"].as_array().unwrap().iter().map(|end| end.as_f64().unwrap()).collect();
    assert!((interval[0] - 0.1206).abs() < 1e-3 && (interval[1] - 0.6458).abs() < 1e-3, "{interval:?}");
    assert_eq!(mutants["unnoticed"][1]["instead"], "You are not the clerk of a shop.");
    assert_eq!(mutants["unnoticed"][5]["path"], "tools/lookup.json");

    let page = project.run(["eval", "reply", "--mutate"]).exits(1);
    for line in [
        "reply: 9 mutants, 3 noticed (33.3 %",
        "prompts/reply.md:8 dropped",
        "prompts/reply.md:7 dropped, and no case reaches it",
    ] {
        assert!(page.stdout.contains(line), "{page}");
    }
    assert!(page.stdout.lines().all(|line| line.chars().count() <= 80), "{page}");
    assert_eq!(project.events(), events, "nothing is attested");
    assert_eq!(project.read("prompts/reply.md"), PROMPT.as_bytes());
    project.run(["eval", "reply", "--mutate", "--attest"]).exits(2);
}

#[test]
fn a_suite_that_guards_every_sentence_notices_all() {
    let project = project();
    project
        .write("prompts/reply.md", "+++\nmodel = \"parrot\"\n[inputs.message]\n+++\nYou must thank {{ message }}. Never shout.\n")
        .write(
            "evals/reply.toml",
            "prompt = \"reply\"\n[[case]]\nid = \"all\"\nvars = { message = \"Ana\" }\nexpect = [{ contains = \"You must thank Ana. Never shout.\" }]\n",
        );
    let told = project.json(["eval", "reply", "--mutate"]);
    let mutants = &told["bundles"][0]["mutants"];
    assert_eq!(
        (&mutants["total"], &mutants["noticed"], &mutants["share"]),
        (&4.into(), &4.into(), &json!(1.0)),
        "{mutants:#}"
    );
    project.run(["eval", "reply", "--mutate"]).exits(0);
    // Fragments are part of the prompt.
    project
        .write("prompts/_tone.md", "+++\n+++\n\nBe kind.\n")
        .write("prompts/reply.md", "+++\nmodel = \"parrot\"\n[inputs.message]\n+++\nYou must thank {{ message }}. Never shout.\n{% include \"tone\" %}");
    let told = project.json(["eval", "reply", "--mutate"]);
    let mutants = &told["bundles"][0]["mutants"];
    assert_eq!(
        (&mutants["total"], &mutants["unnoticed"][0]["path"]),
        (&6.into(), &"prompts/_tone.md".into()),
        "{mutants:#}"
    );
    assert_eq!(mutants["unnoticed"][0]["line"], 4);
}

#[test]
fn models_that_cost_something_are_asked_with_live_alone_and_once_a_mutant() {
    let model = Counting::answering_in(Duration::ZERO);
    let mut project = project();
    let price = "params = { max_tokens = 100 }\nprice = { input = 1.0, output = 10.0 }\n";
    let far = format!("provider = \"openai\"\nid = \"m-1\"\nbase_url = \"{}\"\n{price}", model.address());
    project
        .write("models/parrot.toml", far)
        .write("evals/reply.toml", SUITE.split("[[case]]\nid = \"fails\"").next().unwrap());
    project.with_variable("OPENAI_API_KEY", "sk-none-of-anybody");
    project.run(["eval", "reply", "--record"]).exits(0);
    assert_eq!(model.paid(), 1);

    // The case is recorded, its mutants are not.
    let silent = project.run(["eval", "reply", "--mutate"]).exits(5);
    assert!(
        silent.stderr.contains("of 7 mutants nobody knows") && silent.stderr.contains("at most 7 calls"),
        "{silent}"
    );
    assert!(silent.stderr.contains("chancery eval suite/reply --mutate --live --estimate"), "{silent}");
    let told = project.json(["eval", "reply", "--mutate"]);
    let mutants = &told["bundles"][0]["mutants"];
    // A place that no case reaches needs no call to be known.
    assert_eq!(
        (&mutants["unanswered"], &mutants["calls"], &mutants["total"]),
        (&7.into(), &7.into(), &9.into()),
        "{mutants:#}"
    );
    assert_eq!(model.paid(), 1);

    let estimate = project.json(["eval", "reply", "--mutate", "--record", "--estimate"]);
    assert_eq!((&estimate["calls"], &estimate["estimate"][1]["mutants"]), (&7.into(), &true.into()), "{estimate:#}");
    assert!(estimate["usd_at_most"].as_f64().unwrap() > 0.0);
    let told = project.json(["eval", "reply", "--mutate", "--live"]);
    assert_eq!((&told["bundles"][0]["mutants"]["noticed"], model.paid()), (&3.into(), 8), "{told:#}");
    project.json(["eval", "reply", "--mutate", "--live"]);
    assert_eq!(model.paid(), 8, "what was paid for is not asked again");
}
