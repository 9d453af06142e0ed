//! What is live, run again: whether it still answers as it did when it went live.

use std::time::Duration;

use serde_json::Value;

use crate::support::{
    Counting, Project,
    shop::{carried, everybodys, proposed, shop_under},
};

/// Three cases; the model answers them as `mood` says.
const SUITE: &str = r#"prompt = "reply"
[[case]]
id = "a"
vars = { message = "a kettle" }
expect = [{ contains = "Thank you" }]
[[case]]
id = "b"
vars = { message = "a lid" }
expect = [{ contains = "Thank you" }]
[[case]]
id = "c"
vars = { message = "a spout" }
expect = [{ contains = "sorry" }]
"#;

/// A program that is polite to those for whom no file says otherwise, and names its model.
const AGENT: &str = r#"while read -r line; do
  id=$(printf '%s' "$line" | sed 's/.*"id":"\([^"]*\)".*/\1/')
  word="Thank you"
  if [ -f rude ]; then while read -r rude; do case "$line" in *"$rude"*) word="Go away, sorry";; esac; done < rude; fi
  printf '{"id":"%s","content":"%s","model":"%s"}\n' "$id" "$word" "$(cat version)"
done
"#;

/// The shop with what passes in two of three cases live, evidence and all.
fn live() -> Project {
    let rules = everybodys().replace("pass_rate = { at_least = 1.0 }", "pass_rate = { at_least = 0.5 }");
    let mut project = shop_under(&rules);
    project.write("agent.sh", AGENT).write("version", "mood-1");
    project.write("models/parrot.toml", "provider = \"exec\"\ncommand = [\"sh\", \"agent.sh\"]\n");
    project.write("evals/reply.toml", SUITE);
    project.as_person("tom").run(["commit", "-m", "moods"]).exits(0);
    let proposal = proposed(&mut project);
    project.as_person("ci").run(["eval", "--proposal", &proposal, "--attest"]).exits(1);
    project.as_person("omar").run(["review", &proposal, "--done"]);
    let done = carried(&mut project, &proposal, &["ruth", "omar"]);
    assert_eq!(done["promoted"], true, "{done:#}");
    project.at("2026-11-22T03:00:00Z");
    project
}

fn drift(told: &Value) -> &Value {
    &told["bundles"][0]["drift"]
}

#[test]
fn what_passed_then_and_fails_now_is_drift_and_a_no() {
    let mut project = live();
    let nightly = ["eval", "--env", "production", "--drift"];
    let events = project.events();
    let same = project.as_person("ci").json(nightly);
    assert_eq!(
        (&drift(&same)["worse"], &drift(&same)["lost"], &drift(&same)["cases"]),
        (&false.into(), &0.into(), &3.into())
    );
    assert_eq!(drift(&same)["evidence"].as_array().unwrap().len(), 1);
    // A case that failed when it went live is no news; a run without the flag says what it always says.
    let page = project.run(nightly).exits(0);
    assert!(page.stdout.contains("reply drift: none (3 cases compared"), "{page}");
    project.run(["eval", "--env", "production"]).exits(1);

    project.write("rude", "kettle\nspout\n").write("version", "mood-2");
    let told = project.json(nightly);
    let drifted = drift(&told);
    assert_eq!(
        (&drifted["worse"], &drifted["lost"], &drifted["gained"]),
        (&true.into(), &1.into(), &1.into()),
        "{drifted:#}"
    );
    assert_eq!((&drifted["flips"][0]["case"], &drifted["flips"][0]["after"]), (&"a".into(), &"failed".into()));
    assert_eq!((&drifted["models_then"][0], &drifted["models_now"][0]), (&"mood-1".into(), &"mood-2".into()));
    let page = project.run(nightly).exits(1);
    for line in [
        "reply drift: 1 case that passed then fails now",
        "a: passed then, now failed",
        "another model answers: mood-1 then, mood-2 now",
    ] {
        assert!(page.stdout.contains(line), "{page}");
    }
    assert!(page.stdout.lines().all(|line| line.chars().count() <= 80), "{page}");
    assert_eq!(project.events(), events, "nothing is recorded");
    // Without the flag it is shown too.
    let told = project.json(["eval", "--env", "production"]);
    assert_eq!(drift(&told)["lost"], 1, "{told:#}");
}

#[test]
fn later_evidence_does_not_hide_what_was_lost_since_it_went_live() {
    let mut project = live();
    project.write("rude", "kettle\n");
    project.as_person("ci").run(["eval", "--env", "production", "--attest", "--repeat", "2"]).exits(1);
    let told = project.json(["eval", "--env", "production", "--drift"]);
    assert_eq!((&drift(&told)["lost"], drift(&told)["evidence"].as_array().unwrap().len()), (&1.into(), 1), "{told:#}");
}

#[test]
fn without_evidence_there_is_nothing_to_drift_from() {
    let mut project = live();
    project.as_person("ci");
    let told = project.json(["eval", "--env", "dev", "--drift", "--filter", "a"]);
    assert_eq!(drift(&told)["cases"], 1, "the same bundle was attested, wherever: {told:#}");
    project.write("evals/reply.toml", SUITE.replace("sorry", "Sorry"));
    project.as_person("tom").run(["commit", "-m", "another suite"]).exits(0);
    let told = project.json(["eval", "--env", "dev", "--drift"]);
    assert_eq!((&told["code"], &told["exit"]), (&"no-evidence".into(), &3.into()), "{told:#}");
    assert!(told["next"][0].as_str().unwrap().contains("--attest"), "{told:#}");
    assert!(project.json(["eval", "--env", "dev"])["bundles"][0].get("drift").is_none());
    project.run(["eval", "--drift"]).exits(2);
    project.run(["eval", "--env", "production", "--drift", "--attest"]).exits(2);
}

#[test]
fn models_that_cost_something_are_asked_anew_each_day_and_once_a_day() {
    let model = Counting::answering_in(Duration::ZERO);
    let mut project = shop_under(&everybodys());
    project.with_variable("OPENAI_API_KEY", "sk-none-of-anybody");
    let far = format!("provider = \"openai\"\nid = \"m-1\"\nbase_url = \"{}\"\n", model.address());
    project.write("models/parrot.toml", far);
    project.as_person("tom").run(["commit", "-m", "a model far away"]).exits(0);
    let proposal = proposed(&mut project);
    project.as_person("ci").run(["eval", "--proposal", &proposal, "--attest", "--live"]).exits(0);
    project.as_person("omar").run(["review", &proposal, "--done"]);
    assert_eq!(carried(&mut project, &proposal, &["ruth", "omar"])["promoted"], true);
    assert_eq!(model.asked(), 1);
    let mut nightly = |now: &str, args: &[&str]| {
        let args: Vec<&str> =
            ["eval", "--env", "production", "--drift", "--live"].iter().chain(args).copied().collect();
        let told = project.at(now).as_person("ci").json(args);
        (told, model.asked())
    };
    for (now, more, asked) in
        [("2026-11-22T03:00:00Z", 1, 2), ("2026-11-22T04:00:00Z", 0, 2), ("2026-11-23T03:00:00Z", 1, 3)]
    {
        let (estimate, _) = nightly(now, &["--estimate"]);
        let (told, now_asked) = nightly(now, &[]);
        assert_eq!((&drift(&told)["worse"], now_asked), (&false.into(), asked), "{now}: {told:#}");
        assert_eq!(estimate["calls"], more, "{now}: {estimate:#}");
    }
}
