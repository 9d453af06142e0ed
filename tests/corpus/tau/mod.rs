//! A retail agent under a public benchmark: its policy, its 16 tools, and 115 tasks as golden cases.

mod agent;
mod desk;
mod task;

use std::{collections::BTreeSet, time::Instant};

use serde_json::Value;

use desk::{CASES, Desk, PROMPT};
use task::{Call, Mutation};

#[test]
fn a_retail_agent_reaches_production_is_rolled_back_and_explained() {
    let Some(mut desk) = Desk::open() else { return };
    let began = Instant::now();
    desk.project.run(["check"]).exits(0);
    let run = desk.eval();
    assert_eq!((&run["passed"], &run["verdict"]), (&CASES.into(), &"pass".into()), "{run}");
    nobody_told_the_agent(&desk);

    desk.commit("the desk as it is");
    for environment in ["staging", "production"] {
        desk.bring(environment);
    }
    let first = desk.live("production");
    assert_eq!(desk.live("staging").1, first.1);

    desk.edit("Be brief.");
    desk.commit("be brief");
    for environment in ["staging", "production"] {
        desk.bring(environment);
    }
    let second = desk.live("production");
    assert_ne!(first.1, second.1);

    a_worse_agent_does_not_pass(&mut desk);

    let rollback = desk.by("ruth").json(["rollback", "production", "-m", "customers ask for more words"]);
    assert_eq!(rollback["changes"].as_array().map(Vec::len), Some(1), "{rollback}");
    let back = desk.live("production");
    assert_eq!(back.1, first.1);
    who_answers_for(&desk, &second, "be brief");
    who_answers_for(&desk, &back, "the desk as it is");
    let verified = desk.project.json(["verify", "--deep"]);
    assert_eq!(verified["ok"], true, "{verified}");
    said(&format!("tau: the walk took {:.1?}", began.elapsed()));
}

#[test]
fn a_mutant_of_any_answer_fails_its_case() {
    let Some(desk) = Desk::open() else { return };
    let began = Instant::now();
    for mutation in [Mutation::Argument, Mutation::Name, Mutation::Fewer, Mutation::More] {
        let mutants: Vec<Vec<Call>> = desk.tasks.iter().map(|task| mutation.of(&task.calls)).collect();
        assert!(mutants.iter().zip(&desk.tasks).all(|(mutant, task)| *mutant != task.calls));
        desk.answers(|at, _| mutants.get(at).cloned());
        let run = desk.eval();
        assert_eq!((&run["failed"], &run["errored"]), (&CASES.into(), &0.into()), "{mutation:?}: {run}");
    }
    for (at, mutation) in [(0, Mutation::Argument), (24, Mutation::More), (70, Mutation::Name), (114, Mutation::Fewer)]
    {
        desk.answers(|number, task| (number == at).then(|| mutation.of(&task.calls)));
        let run = desk.eval();
        let failures: Vec<&Value> =
            run["failures"].as_array().unwrap().iter().map(|failure| &failure["case"]).collect();
        assert_eq!(failures, [desk.tasks[at].id.as_str()], "{mutation:?}");
    }
    said(&format!("tau: 8 runs of {CASES} cases took {:.1?}", began.elapsed()));
}

/// The agent was asked every case, and in none of the questions stood what the case expects.
fn nobody_told_the_agent(desk: &Desk) {
    let told = desk.told();
    for task in &desk.tasks {
        let question = desk.question(&task.id);
        let document: Value = serde_json::from_str(&question).unwrap();
        let keys: BTreeSet<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, BTreeSet::from(["id", "messages", "tools", "params"]));
        assert_eq!(document["tools"].as_array().map(Vec::len), Some(16));
        let public = format!("{told}{}{}", task.instruction, task.user);
        for secret in task.texts().filter(|text| text.len() > 3 && !public.contains(text)) {
            assert!(!question.contains(secret), "{}: {secret}", task.id);
        }
        assert!(!desk.surroundings(&task.id).contains("CHANCERY"), "{}", task.id);
    }
}

/// A change under which one case fails that passes live is refused, and nothing moves.
fn a_worse_agent_does_not_pass(desk: &mut Desk) {
    let live = desk.live("production");
    desk.edit("Never exchange anything.");
    desk.commit("no exchanges");
    desk.answers(|at, task| (at == 1).then(|| Mutation::Fewer.of(&task.calls)));
    desk.by("maintainer").run(["propose", "staging", "-m", "no exchanges"]).exits(0);
    let run = desk.by("ci").run(["--json", "eval", "--proposal", "staging", "--attest"]).exits(1);
    assert_eq!(run.document()["bundles"][0]["failed"], 1, "{run}");
    let refused = desk.by("ruth").run(["--json", "promote", "staging"]).exits(1);
    let answer = refused.document();
    assert_eq!((&answer["promoted"], &answer["verdict"]), (&false.into(), &"refused".into()), "{refused}");
    let unmet: Vec<&Value> =
        answer["rules"].as_array().unwrap().iter().filter(|rule| rule["ok"] == false).map(|r| &r["rule"]).collect();
    assert_eq!(unmet, ["pass_rate", "regression"], "{refused}");
    desk.answers(|_, _| None);
    assert_eq!(desk.live("production"), live);
}

/// `why` finds from the logged stamp who wrote it, what was measured, who approved which dossier.
fn who_answers_for(desk: &Desk, (stamp, version): &(String, String), message: &str) {
    let why = desk.project.json(["why", stamp]);
    assert_eq!(why["version"], version.as_str(), "{why}");
    let people = |key: &str| -> BTreeSet<String> {
        let list = why[key].as_array().unwrap_or_else(|| panic!("{why}"));
        list.iter().map(|entry| entry["person"].as_str().or(entry.as_str()).unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(people("authors"), BTreeSet::from(["maintainer".to_owned()]), "{why}");
    assert!(people("approvals").contains("ruth") && !people("approvals").contains("maintainer"), "{why}");
    let dossiers = why["approvals"].as_array().unwrap().iter().filter_map(|approval| approval["dossier"].as_str());
    assert!(dossiers.clone().count() > 0 && dossiers.clone().all(|dossier| dossier.len() == 64), "{why}");
    assert!(why["evidence"].as_array().is_some_and(|evidence| !evidence.is_empty()), "{why}");
    let text = desk.project.run(["why", stamp]).exits(0).stdout;
    assert!(text.contains(PROMPT) && text.contains("ruth") && text.contains(message), "{text}");
}

#[expect(clippy::print_stdout, reason = "a long walk says how long it took")]
fn said(line: &str) {
    println!("{line}");
}
