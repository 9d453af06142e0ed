//! Judges: replies weighed by another model, from the working file to a proven gate.

use std::time::Duration;

use chancery::{
    ledger::{Deed, Event, Evidence, Outcome, SignedAct},
    object::Digest,
};
use serde_json::Value;

use crate::support::{
    Counting, Forge, Project,
    judges::{attested, pin, proposed},
    shop::{carried, rule, shop},
    signer,
};

const JUDGE: &str = r#"+++
model = "strict"
[inputs.rubric]
[inputs.reply]
[inputs.request]
+++
{{ role("system") }}
You judge replies by this rubric: {{ rubric }}
{{ role("user") }}
{{ request }}

The reply:
{{ reply }}
"#;

/// Finds nothing kind that does not name the kettle, and is not sure of it every third time.
const PROGRAM: &str = r#"n=0
while read -r line; do
  id=$(printf '%s' "$line" | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
  n=$((n + 1))
  pass=false
  case "$line" in *kettle*) [ $((n % 3)) -ne 2 ] && pass=true ;; esac
  printf '{"id":"%s","content":"{\\"pass\\": %s, \\"reason\\": \\"vote %s\\"}"}\n' "$id" "$pass" "$n"
done
"#;

fn suite(pin: &str) -> String {
    format!(
        r#"prompt = "reply"
[judges.tone]
prompt = "judge-tone"
votes = 3
at_least = 2
{pin}
[[case]]
id = "polite"
vars = {{ message = "Where is my kettle?" }}
expect = [{{ contains = "Thank you" }}, {{ judge = {{ by = "tone", rubric = "Names what was asked about." }} }}]
"#
    )
}

/// The shop with a judge who is not pinned.
fn judged() -> Project {
    let mut project = shop();
    project
        .write("judge.sh", PROGRAM)
        .write("models/strict.toml", "provider = \"exec\"\ncommand = [\"sh\", \"./judge.sh\"]\n")
        .write("prompts/judge-tone.md", JUDGE)
        .write("evals/reply.toml", suite(""));
    project.as_person("tom").run(["commit", "-m", "a judge"]).exits(0);
    project
}

/// Pins the judge, and proposes the prompt with its suite for production; answers the proposal.
fn asked(project: &mut Project) -> String {
    let line = pin(project.as_person("ci"));
    project.write("evals/reply.toml", suite(&line));
    project.as_person("tom").run(["commit", "-m", "pinned"]).exits(0);
    proposed(project)
}

#[test]
fn a_judge_s_votes_go_through_the_gate_and_nobody_is_asked_again() {
    let mut project = judged();
    let tried = project.run(["eval", "--jobs", "1"]).exits(0);
    assert!(tried.stdout.contains("judges were divided 1 time"), "{tried}");
    assert!(tried.stdout.contains("2 of 3 votes of tone are for it"), "{tried}");
    let proposal = asked(&mut project);
    let run = attested(&mut project, &proposal);
    assert_eq!((&run["bundles"][0]["passed"], &run["bundles"][0]["divided"][0]["votes"]), (&1.into(), &3.into()));
    // Whoever decides reads the votes; the program that judged need not be there any more.
    std::fs::remove_file(project.folder().join("judge.sh")).unwrap();
    let told = carried(&mut project, &proposal, &["ruth", "omar"]);
    assert_eq!((&told["promoted"], &rule(&told, "evidence")["ok"]), (&true.into(), &true.into()), "{told:#}");
    assert_eq!(project.json(["verify", "--deep"])["ok"], true);
    let again = project.as_person("ci").json(["eval", "--env", "production", "--attest"]);
    assert_eq!(again["bundles"][0]["stood"], true, "{again:#}");
}

#[test]
fn another_judge_is_another_suite_and_needs_other_evidence() {
    let mut project = judged();
    let proposal = asked(&mut project);
    attested(&mut project, &proposal);
    project.write("prompts/judge-tone.md", JUDGE.replace("You judge", "You strictly judge"));
    // The suite still pins the judge there was, which stands at the heads.
    project.as_person("tom").run(["eval", "reply"]).exits(0);
    project.run(["commit", "judge-tone", "-m", "stricter"]).exits(0);
    let refused = project.run(["--json", "eval", "reply"]).exits(3).document();
    let problem = &refused["problems"][0];
    assert_eq!((&problem["code"], &problem["line"]), (&"judge-changed".into(), &6.into()), "{refused:#}");
    let line = problem["next"].as_str().unwrap().rsplit_once("]`: ").unwrap().1.to_owned();
    project.write("evals/reply.toml", suite(&line));
    project.run(["commit", "-m", "judged anew"]).exits(0);
    let proposal = proposed(&mut project);
    let sheet = project.json(["review", &proposal]);
    assert_eq!(rule(&sheet, "evidence")["code"], "not-evaluated", "{sheet:#}");
}

/// Replaces the evidence of a proposal by what a careless or bought evaluator would have signed; answers the event.
fn forged(project: &Project, change: impl Fn(&mut Evidence)) -> String {
    // The review is the newest event, the evidence the one before.
    let forge = Forge::of(project);
    forge.undo();
    let Deed::Evidence(mut evidence) = forge.newest().act.act().deed.clone() else { panic!("no evidence") };
    forge.undo();
    change(&mut evidence);
    let act = SignedAct::sign(forge.act("ci", Deed::Evidence(evidence)), &signer("ci")).unwrap();
    let event = Event { record: forge.record(&act, "ci"), act };
    forge.append(&event, &forge.lawful(&event), "ci")
}

#[test]
fn votes_that_do_not_carry_the_outcome_are_found_out_by_everybody() {
    type Change = fn(&mut Vec<Digest>);
    let changes: [(Change, &str); 3] = [
        (|votes| votes[0] = votes[1], "attested as passed, its reply says otherwise"),
        (|votes| votes.truncate(2), "it has other votes than its checks ask for"),
        (|votes| votes.clear(), "it has other votes than its checks ask for"),
    ];
    for (change, why) in changes {
        let mut project = judged();
        let proposal = asked(&mut project);
        attested(&mut project, &proposal);
        let lie = forged(&project, |evidence| {
            assert_eq!(evidence.samples[0].outcome, Outcome::Passed);
            change(&mut evidence.samples[0].votes);
        });
        project.run(["verify"]).exits(0);
        let found = project.run(["--json", "verify", "--deep"]).exits(1).document();
        let problem = &found["problems"][0];
        assert_eq!((&problem["event"], &problem["rule"]), (&lie.as_str().into(), &"evidence-contradicted".into()));
        assert!(problem["message"].as_str().unwrap().contains(why), "{found:#}");
        project.as_person("omar").run(["review", &proposal, "--done"]);
        let refused = carried(&mut project, &proposal, &["ruth", "omar"]);
        assert_eq!(refused["promoted"], false);
        assert_eq!(rule(&refused, "evidence")["code"], "rescored-differently", "{refused:#}");
    }
}

#[test]
fn purged_evidence_takes_its_votes_along() {
    let mut project = judged();
    let proposal = asked(&mut project);
    let evidence = attested(&mut project, &proposal)["bundles"][0]["evidence"].as_str().unwrap().to_owned();
    let gone = project.as_person("maya").json(["purge", &evidence, "-m", "a vote quotes a customer"]);
    assert_eq!(gone["payload"].as_array().unwrap().len(), 4, "a reply and three votes: {gone:#}");
    assert_eq!(project.json(["verify", "--deep"])["ok"], true);
    let told = project.as_person("ruth").json(["promote", &proposal, "--dry-run"]);
    assert_eq!(rule(&told, "evidence")["ok"], false, "what cannot be counted again proves nothing: {told:#}");
}

#[test]
fn a_judge_who_could_not_judge_is_refused_before_anybody_is_asked() {
    let mut project = judged();
    project.write("judge.sh", "touch was-called\n");
    project.write("models/parrot.toml", "provider = \"exec\"\ncommand = [\"sh\", \"./judge.sh\"]\n");
    for (from, to, code) in [
        ("model = \"strict\"\n", "", "no-model"),
        ("[inputs.reply]\n", "", "judge-lacks-input"),
        ("[inputs.request]", "[inputs.request]\n[inputs.mood]", "judge-input"),
        ("[inputs.request]", "[inputs.request]\ntype = \"number\"", "judge-input"),
    ] {
        let judge = JUDGE.replace(from, to).replace(if code == "judge-lacks-input" { "{{ reply }}" } else { "\0" }, "");
        project.write("prompts/judge-tone.md", judge);
        let told = project.as_person("tom").run(["--json", "eval", "reply"]).exits(3).document().to_string();
        assert!(told.contains(&format!("\"{code}\"")), "{code}: {told}");
        let checked = project.run(["--json", "check", "evals"]).exits(1).document().to_string();
        assert!(checked.contains(&format!("\"{code}\"")), "{code}: {checked}");
    }
    project.write("prompts/judge-tone.md", JUDGE);
    project.write("evals/reply.toml", suite("").replace("judge-tone", "judge-tune"));
    let told = project.run(["eval", "reply"]).exits(3);
    assert!(told.stderr.contains("there is no prompt `judge-tune`"), "{told}");
    assert!(told.stderr.contains("did you mean `judge-tone`?"), "{told}");
    assert!(!project.folder().join("was-called").exists());
}

#[test]
fn a_judge_who_says_anything_else_leaves_the_case_without_an_outcome() {
    let project = judged();
    project.write("judge.sh", PROGRAM.replace("{\\\\\"pass\\\\\"", "Sure! {\\\\\"pass\\\\\""));
    let told = project.run(["eval", "reply"]).exits(5);
    assert!(told.stdout.contains("errored polite"), "{told}");
    assert!(told.stdout.contains("judge `tone`: its vote 1 is no verdict: `Sure!"), "{told}");
}

#[test]
fn votes_are_estimated_paid_for_once_and_counted_in_the_cost() {
    let model = Counting::answering_in(Duration::ZERO);
    let mut project = judged();
    let head =
        "provider = \"openai\"\nid = \"m-1\"\nparams = { max_tokens = 100 }\nprice = { input = 1.0, output = 10.0 }\n";
    // The model says what it is told last.
    let says = "{{ role(\"user\") }}\n{\"pass\": true, \"reason\": \"{{ rubric }}\"}\n";
    let judge = JUDGE.replace("{{ role(\"user\") }}\n", "").replace("You judge", "You judge {{ reply }}") + says;
    project
        .write("models/strict.toml", format!("{head}base_url = \"{}\"\n", model.address()))
        .write("prompts/judge-tone.md", judge);
    project.with_variable("OPENAI_API_KEY", "sk-none-of-anybody");
    let expected = project.json(["eval", "reply", "--live", "--estimate"]);
    assert_eq!((&expected["calls"], &expected["estimate"][0]["votes"]), (&3.into(), &3.into()), "{expected:#}");
    assert_eq!(expected["usd_at_most"], Value::Null, "an echo sets no end to what it says: {expected:#}");
    let told = project.json(["eval", "reply", "--live", "--repeat", "4", "--jobs", "4"]);
    assert_eq!((told["bundles"][0]["passed"].as_u64(), model.asked()), (Some(1), 3), "the same reply: {told:#}");
    assert!(told["bundles"][0]["cost_usd"].as_f64().unwrap() > 0.0, "{told:#}");
    let told = project.json(["eval", "reply", "--live"]);
    assert_eq!((told["bundles"][0]["passed"].as_u64(), model.asked()), (Some(1), 3), "{told:#}");
    assert_eq!(told["bundles"][0]["cost_usd"], 0.0);
    // Without a recording nobody judges, and nobody is called.
    let told = project.run(["eval", "reply"]).exits(5);
    assert!(told.stdout.contains("judge `tone`: no recorded reply"), "{told}");
    project.run(["eval", "reply", "--record"]).exits(0);
    project.run(["eval", "reply"]).exits(0);
    assert_eq!(model.paid(), 3);
}

#[test]
fn a_budget_covers_judges_and_refuses_one_whose_cost_nobody_knows() {
    let model = Counting::answering_in(Duration::ZERO);
    let mut project = judged();
    project.with_variable("OPENAI_API_KEY", "sk-none-of-anybody");
    let with = |more: &str| {
        let text = format!("provider = \"openai\"\nid = \"m-1\"\nbase_url = \"{}\"\n{more}", model.address());
        project.write("models/strict.toml", text);
    };
    with("");
    let told = project.run(["eval", "reply", "--live", "--budget", "1"]).exits(3);
    assert!(told.stderr.contains("has no price"), "{told}");
    let price = "price = { input = 1.0, output = 10.0 }\n";
    with(price);
    let told = project.run(["eval", "reply", "--live", "--budget", "1"]).exits(3);
    assert!(told.stderr.contains("sets no end to a reply"), "{told}");
    with(&format!("params = {{ max_tokens = 100 }}\n{price}"));
    let told = project.run(["eval", "reply", "--live", "--budget", "0.0001"]).exits(5);
    assert!(told.stdout.contains("judge `tone`: not called: the budget"), "{told}");
    assert_eq!(model.asked(), 0);
}
