//! Checks that need more than the reply: schemas of the bundle, and groups, from the working file to a proven gate.

use crate::support::{
    Project,
    shop::{carried, prompt, proposed, rule, shop, shown},
};

/// A prompt whose echo is JSON, with the schema of what it should say.
fn prompt_with(schema: &str) -> String {
    let head = format!("+++\n[output]\nschema = {schema}\n");
    prompt("")
        .replacen("+++\n", &head, 1)
        .replacen("[inputs.message]", "[inputs.message]\n", 1)
        .replace("Thank you. {{ message }}", "{\"thanks\": \"Thank you\", \"about\": \"{{ message }}\"}")
}

const SCHEMA: &str = "{ type = \"object\", required = [\"thanks\"] }";

const SUITE: &str = r#"prompt = "reply"
[[case]]
id = "polite"
vars = { message = "Where is my kettle?" }
expect = [
  { output_schema = true },
  { json_path = { path = "$.about", matches = "kettle" } },
  { any = [{ refusal = true }, { all = [{ contains = "Thank you" }, { words = { min = 3, max = 20 } }] }] },
  { score = { at_least = 0.6, of = [{ contains = "kettle", weight = 2 }, { contains = "never" }] } },
]
"#;

fn written(schema: &str) -> Project {
    let mut project = shop();
    let model = "model = \"parrot\"\n";
    let text = prompt_with(schema);
    // Keys of the prompt itself stand before its tables.
    project.write("prompts/reply.md", text.replace(model, "").replacen("+++\n", &format!("+++\n{model}"), 1));
    project.write("evals/reply.toml", SUITE);
    project.as_person("tom").run(["commit", "-m", "an answer in JSON"]).exits(0);
    project
}

#[test]
fn what_was_checked_with_the_prompt_s_schema_is_checked_again_by_the_gate() {
    let mut project = written(SCHEMA);
    let run = project.json(["eval"]);
    assert_eq!(run["bundles"][0]["passed"], 1, "{run:#}");
    let proposal = proposed(&mut project);
    shown(&mut project, &proposal);
    let told = carried(&mut project, &proposal, &["ruth", "omar"]);
    assert_eq!((&told["promoted"], &rule(&told, "evidence")["ok"]), (&true.into(), &true.into()), "{told:#}");
    assert_eq!(project.json(["verify", "--deep"])["ok"], true);
}

#[test]
fn a_reply_that_the_schema_of_the_prompt_refuses_fails_with_the_reason() {
    let project = written("{ type = \"object\", required = [\"order\"] }");
    let outcome = project.run(["eval"]).exits(1);
    assert!(outcome.stdout.contains("output_schema = true"), "{outcome}");
    assert!(outcome.stdout.contains("the schema refuses the reply: \"order\" is a required"), "{outcome}");
}

#[test]
fn what_could_never_be_checked_is_refused_before_anybody_is_asked() {
    let mut project = written(SCHEMA);
    project.write("prompts/reply.md", prompt(" so much"));
    project.write("calls.sh", "#!/bin/sh\ntouch was-called\n");
    project.write("models/parrot.toml", "provider = \"exec\"\ncommand = [\"sh\", \"./calls.sh\"]\n");
    let told = project.as_person("tom").json(["eval"]).to_string();
    assert!(told.contains("check-needs-more") && told.contains("the prompt has no `[output] schema`"), "{told}");
    let text = project.run(["check", "evals"]).exits(1).stdout;
    assert!(text.contains("evals/reply.toml:6:5 error") && text.contains("front matter"), "{text}");
    for (from, to, code) in [
        ("output_schema = true", "expression = \"otput\"", "bad-expression"),
        ("output_schema = true }", "json = true }, { not_json = true }", "never-passes"),
        ("{ output_schema = true },", "", "missing-input"),
    ] {
        let suite = SUITE.replace(from, to);
        let suite = if code == "missing-input" { suite.replace("vars = { message", "vars = { mesage") } else { suite };
        project.write("evals/reply.toml", suite);
        let told = project.run(["--json", "eval"]).exits(3).document().to_string();
        assert!(told.contains(code), "{code}: {told}");
    }
    assert!(!project.folder().join("was-called").exists());
}
