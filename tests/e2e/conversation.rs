//! Conversations: tools that answer, a user who goes on, and their end, from the suite to a proven gate.

use crate::support::{
    Project,
    shop::{carried, proposed, rule, shop, shown},
};

/// Looks the order up, refunds what was found, and says so; to whoever thanks it says goodbye. Keeps what it was asked.
const AGENT: &str = r#"while read -r line; do
  printf '%s\n' "$line" >> seen.jsonl
  id=$(printf '%s' "$line" | sed 's/.*"id":"\([^"]*\)".*/\1/')
  case "$line" in
    *'"content":"Thanks."'*) said='"content":"Goodbye."' ;;
    *paid*) said='"content":"It is refunded."' ;;
    *'"status'*) said='"tool_calls":[{"name":"refund","arguments":{"order":"A-1"}}]' ;;
    *) said='"content":"One moment.","tool_calls":[{"name":"lookup","arguments":{"order":ORDER}}]' ;;
  esac
  printf '{"id":"%s",%s}\n' "$id" "$said"
done
"#;

const TOOL: &str = r#"{"name":"NAME","description":"Knows orders.","inputSchema":{"type":"object",
  "properties":{"order":{"type":"string"}},"required":["order"]}}"#;

const SUITE: &str = r#"prompt = "reply"
[[case]]
id = "refund"
vars = { message = "Where is my kettle?" }
tool_results = [
  { call = { name = "lookup", arguments = { order = "A-1" } }, result = { state = "lost", "status code" = 7 } },
  { call = { name = "refund" }, result = "paid" },
]
then = ["Thanks."]
expect = [{ equals = "Goodbye." }, { tool_sequence = ["lookup", "refund"] }, { steps = 2 }]
"#;

/// The shop with two tools and an agent that names the order like this.
fn agency(order: &str, suite: &str) -> Project {
    let mut project = shop();
    project.write("agent.sh", AGENT.replace("ORDER", order));
    project.write("models/parrot.toml", "provider = \"exec\"\ncommand = [\"sh\", \"agent.sh\"]\n");
    for name in ["lookup", "refund"] {
        project.write(&format!("tools/{name}.json"), TOOL.replace("NAME", name));
    }
    let prompt = std::fs::read_to_string(project.folder().join("prompts/reply.md")).unwrap();
    project.write("prompts/reply.md", prompt.replacen("+++\n", "+++\ntools = [\"lookup\", \"refund\"]\n", 1));
    project.write("evals/reply.toml", suite);
    project.as_person("tom").run(["commit", "-m", "an agent with tools"]).exits(0);
    project
}

#[test]
fn tools_answer_and_the_user_goes_on_until_it_is_over_and_the_gate_scores_the_whole_way() {
    let mut project = agency("\"A-1\"", SUITE);
    let run = project.json(["eval"]);
    assert_eq!(run["bundles"][0]["passed"], 1, "{run:#}");
    let seen = std::fs::read_to_string(project.folder().join("seen.jsonl")).unwrap();
    let seen: Vec<serde_json::Value> = seen.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let roles = |line: &serde_json::Value| {
        line["messages"].as_array().unwrap().iter().map(|m| m["role"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = ["user", "assistant", "tool", "assistant", "tool", "assistant", "user"];
    let turns: Vec<usize> = seen.iter().map(|line| roles(line).len()).collect();
    assert_eq!((turns, roles(&seen[3])), (vec![1, 3, 5, 7], all.map(str::to_owned).to_vec()));
    assert_eq!(seen[3]["messages"][2]["content"], "{\"state\":\"lost\",\"status code\":7}");

    let proposal = proposed(&mut project);
    shown(&mut project, &proposal);
    let told = carried(&mut project, &proposal, &["ruth", "omar"]);
    assert_eq!((&told["promoted"], &rule(&told, "evidence")["ok"]), (&true.into(), &true.into()), "{told:#}");
    assert_eq!(project.json(["verify", "--deep"])["ok"], true);
}

#[test]
fn a_conversation_that_goes_wrong_fails_with_the_reason() {
    let shorter = SUITE.replace("then =", "max_turns = 2\nthen =");
    let silent = SUITE.replace("name = \"refund\" }", "name = \"refund\", arguments = { order = \"A-2\" } }");
    for (order, suite, why) in [
        ("7", SUITE, "7 is not of type \"string\""),
        ("\"A-1\"", shorter.as_str(), "waits for the answer to `refund({\"order\":\"A-1\"})`"),
        ("\"A-1\"", silent.as_str(), "waits for the answer to `refund({\"order\":\"A-1\"})`"),
        ("\"A-9\"", SUITE, "waits for the answer to `lookup({\"order\":\"A-9\"})`"),
    ] {
        let outcome = agency(order, suite).run(["eval"]).exits(1);
        assert!(outcome.stdout.split_whitespace().collect::<Vec<_>>().join(" ").contains(why), "{why}: {outcome}");
    }
}

#[test]
fn a_call_that_is_refused_and_one_that_ends_the_conversation_can_be_expected() {
    let refused = SUITE.replace("{ steps = 2 }", "{ not_valid_calls = true }, { finish = \"tools\" }");
    let refused = refused.replace("{ equals = \"Goodbye.\" }, { tool_sequence = [\"lookup\", \"refund\"] }, ", "");
    project_passes(&agency("7", &refused));
    let last = SUITE.replace("  { call = { name = \"refund\" }, result = \"paid\" },\n", "");
    let last =
        last.replace("{ equals = \"Goodbye.\" }", "{ finish = \"tools\" }").replace("then = [\"Thanks.\"]\n", "");
    project_passes(&agency("\"A-1\"", &last));
}

fn project_passes(project: &Project) {
    let run = project.json(["eval"]);
    assert_eq!(run["bundles"][0]["passed"], 1, "{run:#}");
}

#[test]
fn what_cannot_be_a_conversation_is_refused_with_its_place() {
    let project = agency("\"A-1\"", SUITE);
    for (from, to, code) in [
        ("then = [\"Thanks.\"]", "then = [\" \"]", "empty-value"),
        ("then = [\"Thanks.\"]", "then = [\"Thanks.\"]\nmax_turns = 1", "out-of-range"),
        ("{ steps = 2 }", "{ finish = \"tool\" }", "unknown-word"),
        ("{ call = { name = \"refund\" }, result = \"paid\" }", "{ call = { name = \"refund\" } }", "missing-key"),
    ] {
        project.write("evals/reply.toml", SUITE.replace(from, to));
        let told = project.run(["--json", "eval"]).exits(3).document().to_string();
        assert!(told.contains(code), "{code}: {told}");
    }
    project.write("evals/reply.toml", SUITE.replace("name = \"refund\" }, result", "name = \"refnd\" }, result"));
    let text = project.run(["check", "evals"]).stdout;
    assert!(text.contains("the bundle has no tool `refnd`") && text.contains("did you mean `refund`"), "{text}");
}
