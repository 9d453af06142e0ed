//! How long replies take: measured by who asks, attested, and held against a bound by everybody.

use chancery::{
    eval::{Recording, Reply},
    ledger::{Deed, Event, SignedAct},
    render::Request,
};
use serde_json::Value;

use crate::support::{
    Forge, Project,
    shop::{carried, proposed, rule, shop, shown},
    signer,
};

/// Answers slowly.
const PROGRAM: &str = r#"while read -r line; do
  id=$(printf '%s' "$line" | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
  sleep 0.05
  printf '{"id":"%s","content":"Thank you."}\n' "$id"
done
"#;

fn suite(most: u32) -> String {
    format!(
        "prompt = \"reply\"\n[[case]]\nid = \"polite\"\nvars = {{ message = \"Where?\" }}\nexpect = [{{ max_latency_ms = {most} }}]\n"
    )
}

fn slow(most: u32) -> Project {
    let mut project = shop();
    project
        .write("slow.sh", PROGRAM)
        .write("models/parrot.toml", "provider = \"exec\"\nid = \"parrot\"\ncommand = [\"sh\", \"./slow.sh\"]\n")
        .write("evals/reply.toml", suite(most));
    project.as_person("tom").run(["commit", "-m", "slow"]).exits(0);
    project
}

#[test]
fn a_reply_that_takes_too_long_fails_with_the_time_it_took() {
    let project = slow(49);
    let told = project.run(["eval"]).exits(1);
    assert!(told.stdout.contains("max_latency_ms = 49: the reply took "), "{told}");
}

#[test]
fn a_time_that_was_measured_is_attested_and_one_that_is_left_out_is_found_out() {
    let mut project = slow(60_000);
    let proposal = proposed(&mut project);
    shown(&mut project, &proposal);
    let told = project.as_person("ruth").json(["promote", &proposal, "--dry-run"]);
    assert_eq!(rule(&told, "evidence")["ok"], true, "{told:#}");
    assert_eq!(project.json(["verify", "--deep"])["ok"], true);
    // The review is the newest event, the evidence the one before.
    let forge = Forge::of(&project);
    forge.undo();
    let Deed::Evidence(mut evidence) = forge.newest().act.act().deed.clone() else { panic!("no evidence") };
    forge.undo();
    assert!(evidence.samples[0].latency_ms.take().unwrap() >= 50);
    let act = SignedAct::sign(forge.act("ci", Deed::Evidence(evidence)), &signer("ci")).unwrap();
    let event = Event { record: forge.record(&act, "ci"), act };
    forge.append(&event, &forge.lawful(&event), "ci");
    let found = project.run(["--json", "verify", "--deep"]).exits(1).document();
    let why = "it does not say how long its reply took";
    assert!(found["problems"][0]["message"].as_str().unwrap().contains(why), "{found:#}");
    project.as_person("omar").run(["review", &proposal, "--done"]);
    let refused = carried(&mut project, &proposal, &["ruth", "omar"]);
    assert_eq!(rule(&refused, "evidence")["code"], "rescored-differently", "{refused:#}");
}

#[test]
fn a_recording_passes_by_the_time_it_notes_and_errs_without_one() {
    let project = slow(100);
    project.write("models/parrot.toml", "provider = \"replay\"\nid = \"parrot\"\n");
    let rendered = project.json(["render", "reply", "--var", "message=Where?"]);
    let part = |name: &str| rendered[name].clone();
    let request = serde_json::json!({
        "model": "parrot", "messages": part("messages"), "tools": [], "params": {},
    });
    let request: Request = serde_json::from_value(request).unwrap();
    let recorded = |latency_ms: Option<u64>| {
        let recording = Recording::new(request.clone(), 0, Reply::text("Thank you."), None);
        let recording = Recording { latency_ms, ..recording };
        project.write(&format!("evals/recordings/{}", recording.path()), recording.to_text());
        let told: Value = project.json(["eval"]);
        (told["bundles"][0]["verdict"].clone(), told["bundles"][0]["failures"][0]["reason"].to_string())
    };
    assert_eq!(recorded(Some(100)).0, "pass");
    let (verdict, why) = recorded(Some(101));
    assert!(verdict == "fail" && why.contains("the reply took 101 ms"), "{why}");
    let (verdict, why) = recorded(None);
    assert!(verdict == "errored" && why.contains("the recording does not say how long the reply took"), "{why}");
}
