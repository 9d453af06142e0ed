//! `budget`: what a call sends and a run costs, as the provider counted.

use chancery::ledger::{Deed, Event, SignedAct};
use serde_json::Value;

use crate::support::{
    Forge, Project,
    shop::{carried, everybodys, proposed, rule, shop_under, shown},
    signer,
};

/// A program that answers politely and says how much it read and wrote.
const AGENT: &str = r#"while read -r line; do
  id=$(printf '%s' "$line" | sed 's/.*"id":"\([^"]*\)".*/\1/')
  printf '{"id":"%s","content":"Thank you for the kettle","usage":{"input_tokens":2500,"output_tokens":100}}\n' "$id"
done
"#;

/// What the agent costs: 2,500 tokens at 2 USD and 100 at 10 USD a million are 0.006 USD.
const MODEL: &str = "provider = \"exec\"\ncommand = [\"sh\", \"agent.sh\"]\nprice = { input = 2.0, output = 10.0 }\n";

/// The shop with this budget and this model.
fn shop(budget: &str, model: &str) -> Project {
    let rules = everybodys().replace("reviews = {", &format!("budget = {{ {budget} }}\nreviews = {{"));
    let mut project = shop_under(&rules);
    project.write("agent.sh", AGENT);
    project.write("models/parrot.toml", model);
    project.as_person("tom").run(["commit", "-m", "an agent"]).exits(0);
    project
}

/// Proposes, shows what the gate asks for, and tries to promote.
fn tried(project: &mut Project) -> Value {
    let proposal = proposed(project);
    shown(project, &proposal);
    carried(project, &proposal, &["ruth", "omar"])
}

#[test]
fn what_a_reply_costs_is_scored_again_by_the_gate_at_the_price_of_its_bundle() {
    for (most, passes) in [("0.006", true), ("0.005", false)] {
        let mut project = shop("usd_per_run = 1.0", MODEL);
        let suite = String::from_utf8(project.read("evals/reply.toml")).unwrap();
        let check = format!("{{ max_cost = {most} }}, {{ contains = \"kettle\" }}");
        project.write("evals/reply.toml", suite.replace("{ contains = \"kettle\" }", &check));
        project.as_person("tom").run(["commit", "-m", "cheap enough"]).exits(0);
        let proposal = proposed(&mut project);
        let eval = ["eval", "--proposal", &proposal, "--attest"];
        project.as_person("ci").run(eval).exits(i32::from(!passes));
        let told = project.json(["review", &proposal]);
        assert_eq!(rule(&told, "pass_rate")["ok"], passes, "{told:#}");
        assert_eq!(project.json(["verify", "--deep"])["ok"], true);
    }
}

#[test]
fn a_call_or_a_run_over_the_ceiling_does_not_go_live() {
    for (budget, code, reason) in [
        ("prompt_tokens = 2499", "prompt-too-long", "sends 2500 tokens for the case `polite`, 2499 allowed"),
        ("usd_per_run = 0.0059", "too-dear", "costs 0.006 USD, 0.0059 allowed"),
    ] {
        let mut project = shop(budget, MODEL);
        let refused = tried(&mut project);
        assert_eq!(refused["promoted"], false, "{refused:#}");
        let told = rule(&refused, "budget");
        assert_eq!(told["code"], code, "{told:#}");
        assert!(told["reason"].as_str().unwrap().contains(reason), "{told:#}");
        assert!(told["next"].as_str().unwrap().contains("shorter"), "{told:#}");
    }
    let mut project = shop("prompt_tokens = 2500, usd_per_run = 0.006", MODEL);
    let done = tried(&mut project);
    assert_eq!(
        (&done["promoted"], &rule(&done, "budget")["code"]),
        (&true.into(), &"within-budget".into()),
        "{done:#}"
    );
    project.run(["verify", "--deep"]).exits(0);
}

#[test]
fn a_model_that_states_no_price_is_not_taken_for_free() {
    let mut project = shop("usd_per_run = 5.00", "provider = \"replay\"\n");
    let proposal = proposed(&mut project);
    let review = project.json(["review", &proposal]);
    let told = rule(&review, "budget");
    assert_eq!((&told["ok"], &told["code"]), (&false.into(), &"no-price".into()), "{told:#}");
    assert!(told["next"].as_str().unwrap().contains("state a `price` for the model `parrot`"), "{told:#}");
    // The twin: `echo` calls nothing and costs nothing.
    let mut project = shop("usd_per_run = 0", "provider = \"echo\"\n");
    assert_eq!(tried(&mut project)["promoted"], true);
}

#[test]
fn an_evaluator_who_states_fewer_tokens_than_the_provider_counted_is_found_out() {
    let mut project = shop("prompt_tokens = 2000", MODEL);
    let proposal = proposed(&mut project);
    shown(&mut project, &proposal);
    // The review is the newest event, the evidence the one before.
    let forge = Forge::of(&project);
    forge.undo();
    let Deed::Evidence(mut evidence) = forge.newest().act.act().deed.clone() else { panic!("no evidence") };
    forge.undo();
    assert_eq!(evidence.samples[0].tokens_in, Some(2_500));
    evidence.samples[0].tokens_in = Some(25);
    let act = SignedAct::sign(forge.act("ci", Deed::Evidence(evidence)), &signer("ci")).unwrap();
    let event = Event { record: forge.record(&act, "ci"), act };
    let lie = forge.append(&event, &forge.lawful(&event), "ci");
    project.run(["verify"]).exits(0);
    let found = project.json(["verify", "--deep"]);
    assert_eq!(
        (&found["problems"][0]["event"], &found["problems"][0]["rule"]),
        (&lie.as_str().into(), &"evidence-contradicted".into()),
        "{found:#}"
    );
    project.as_person("omar").run(["review", &proposal, "--done"]);
    let refused = carried(&mut project, &proposal, &["ruth", "omar"]);
    assert_eq!(refused["promoted"], false);
    assert_eq!(rule(&refused, "evidence")["code"], "rescored-differently", "{refused:#}");
    assert_eq!(rule(&refused, "budget")["code"], "not-counted", "{refused:#}");
}

#[test]
fn a_ceiling_is_no_news_to_evidence_that_counted() {
    // Evidence from before the rule asked is as good as evidence from after it.
    let mut project = shop_under(&everybodys());
    let proposal = proposed(&mut project);
    shown(&mut project, &proposal);
    let rules = everybodys().replace("reviews = {", "budget = { prompt_tokens = 500 }\nreviews = {");
    project.write("chancery.toml", rules);
    let change = project.as_person("maya").json(["propose", "governance", "-m", "a ceiling"]);
    project.run(["promote", change["proposal"].as_str().unwrap()]).exits(0);
    let review = project.json(["review", &proposal]);
    assert_eq!(rule(&review, "budget")["code"], "within-budget", "{review:#}");
}
