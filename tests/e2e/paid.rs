//! Replies that cost something: none is paid for twice, none is lost, and no budget is overdrawn.

use std::{
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::support::{Counting, Project};

/// So many cases that each say another word; the model answers what it is told.
fn project(model: &Counting, cases: usize) -> Project {
    let mut project = Project::begun();
    let head =
        "provider = \"openai\"\nid = \"m-1\"\nparams = { max_tokens = 100 }\nprice = { input = 1.0, output = 10.0 }\n";
    let case = |case: usize| {
        let vars = format!("vars = {{ word = \"word {case}\" }}");
        format!("[[case]]\nid = \"c{case}\"\n{vars}\nexpect = [{{ equals = \"Say word {case}\" }}]\n")
    };
    let suite = (0..cases).map(case).collect::<Vec<_>>().concat();
    project
        .write("models/big.toml", format!("{head}base_url = \"{}\"\n", model.address()))
        .write("prompts/say.md", "+++\nmodel = \"big\"\n[inputs.word]\n+++\nSay {{ word }}")
        .write("evals/say.toml", format!("prompt = \"say\"\n{suite}"));
    project.with_variable("OPENAI_API_KEY", "sk-none-of-anybody");
    project
}

/// A run in the background.
fn live(project: &Project) -> Child {
    let mut command = project.command(&["eval", "say", "--live", "--jobs", "4"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn bundle(told: &Value) -> &Value {
    &told["bundles"][0]
}

#[test]
fn a_warm_run_calls_nothing_and_only_what_changed_is_asked_again() {
    let model = Counting::answering_in(Duration::ZERO);
    let project = project(&model, 5);
    let told = project.json(["eval", "say", "--live"]);
    assert_eq!((bundle(&told)["passed"].as_u64(), model.asked()), (Some(5), 5), "{told:#}");
    assert!(bundle(&told)["cost_usd"].as_f64().unwrap() > 0.0);
    let told = project.json(["eval", "say", "--live"]);
    assert_eq!((bundle(&told)["passed"].as_u64(), model.asked()), (Some(5), 5), "{told:#}");
    assert_eq!(bundle(&told)["cost_usd"], 0.0, "what was paid for costs nothing");
    // One case more, and only that one is asked.
    let suite = String::from_utf8(project.read("evals/say.toml")).unwrap();
    project.write(
        "evals/say.toml",
        suite + "[[case]]\nid = \"new\"\nvars = { word = \"new\" }\nexpect = [{ contains = \"new\" }]\n",
    );
    project.run(["eval", "say", "--live"]).exits(0);
    assert_eq!(model.asked(), 6);
    // Other checks need no call.
    let suite = String::from_utf8(project.read("evals/say.toml")).unwrap();
    project.write("evals/say.toml", suite.replace("contains = \"new\"", "contains = \"old\""));
    project.run(["eval", "say", "--live"]).exits(1);
    assert_eq!(model.asked(), 6);
    // Other parameters are another request.
    let text = String::from_utf8(project.read("models/big.toml")).unwrap();
    project.write("models/big.toml", text.replace("max_tokens = 100", "max_tokens = 50"));
    project.run(["eval", "say", "--live"]).exits(1);
    assert_eq!((model.asked(), model.newest()["max_tokens"].clone()), (12, json!(50)));
}

#[test]
fn without_live_or_record_nobody_is_called() {
    let model = Counting::answering_in(Duration::ZERO);
    let project = project(&model, 2);
    let told = project.json(["eval", "say"]);
    assert_eq!((bundle(&told)["errored"].as_u64(), model.asked()), (Some(2), 0), "{told:#}");
}

#[test]
fn what_is_recorded_answers_without_a_call_and_without_a_key() {
    let model = Counting::answering_in(Duration::ZERO);
    let project = project(&model, 3);
    project.run(["eval", "say", "--record"]).exits(0);
    assert_eq!(model.asked(), 3);
    drop(model);
    let told = project.json(["eval", "say"]);
    assert_eq!(bundle(&told)["passed"], 3, "{told:#}");
}

#[test]
fn a_budget_ends_the_calls_before_it_is_spent_and_an_estimate_calls_nothing() {
    let model = Counting::answering_in(Duration::ZERO);
    let project = project(&model, 10);
    let told = project.json(["eval", "say", "--live", "--estimate"]);
    assert_eq!((told["calls"].as_u64(), model.asked()), (Some(10), 0), "{told:#}");
    let most = told["usd_at_most"].as_f64().unwrap();
    assert!(most > 0.0, "{told:#}");
    let third = format!("{}", most / 3.0);
    let told = project.json(["eval", "say", "--live", "--jobs", "4", "--budget", &third]);
    let (passed, errored) = (bundle(&told)["passed"].as_u64().unwrap(), bundle(&told)["errored"].as_u64().unwrap());
    assert!(passed > 0 && errored > 0 && passed + errored == 10, "{told:#}");
    assert!(bundle(&told)["cost_usd"].as_f64().unwrap() <= most / 3.0);
    let told = project.json(["eval", "say", "--live", "--estimate"]);
    assert_eq!(told["calls"].as_u64(), Some(errored), "{told:#}");
    project.run(["eval", "say", "--live"]).exits(0);
    assert_eq!((model.paid(), model.asked()), (10, 10));
}

#[test]
fn a_run_that_is_killed_goes_on_and_nothing_is_paid_for_twice() {
    const CASES: usize = 240;
    const KILLS: u64 = 100;
    let model = Counting::answering_in(Duration::from_millis(20));
    let project = project(&model, CASES);
    let mut before = 0;
    for kill in 0..KILLS {
        let mut child = live(&project);
        // Until it asked for a little more, at another moment each time.
        let until = before + 2;
        for _ in 0..2000 {
            if model.asked() >= until || child.try_wait().unwrap().is_some() {
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_millis(kill % 23));
        child.kill().unwrap();
        child.wait().unwrap();
        before = model.asked();
    }
    let told = project.json(["eval", "say", "--live", "--jobs", "4"]);
    assert_eq!(bundle(&told)["passed"].as_u64(), Some(CASES as u64), "{told:#}");
    assert_eq!(model.paid(), CASES, "every call is paid for once");
    let again = model.asked() - CASES;
    assert!(again <= 4 * usize::try_from(KILLS).unwrap(), "only what was under way is asked again: {again}");
    project.run(["eval", "say", "--live"]).exits(0);
    assert_eq!(model.asked(), CASES + again, "and then nothing any more");
}

#[test]
fn ctrl_c_ends_a_run_with_everything_kept_that_was_paid_for() {
    let model = Counting::answering_in(Duration::from_millis(50));
    let project = project(&model, 100);
    let child = live(&project);
    while model.asked() < 8 {
        thread::sleep(Duration::from_millis(5));
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains("was interrupted") && told.contains("run the same command again"), "{told}");
    let asked = model.asked();
    assert!(asked < 100, "{asked}");
    project.run(["eval", "say", "--live", "--jobs", "8"]).exits(0);
    assert_eq!((model.paid(), model.asked()), (100, 100), "nothing was asked twice");
}

#[test]
fn a_purge_takes_replies_out_of_what_is_kept_for_going_on() {
    let model = Counting::answering_in(Duration::ZERO);
    let project = project(&model, 2);
    project.run(["commit", "-m", "a suite"]).exits(0);
    let told = project.json(["eval", "say", "--live", "--attest"]);
    let evidence = bundle(&told)["evidence"].as_str().unwrap_or_else(|| panic!("{told:#}")).to_owned();
    let kept = || String::from_utf8(project.read(".chancery/clone/replies")).unwrap();
    assert!(kept().contains("Say word 1"), "{}", kept());
    project.run(["purge", &evidence, "-m", "they asked for it"]).exits(0);
    assert!(!kept().contains("Say word"), "{}", kept());
}
