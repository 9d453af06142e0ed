//! How fast models are asked, and for how long.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use crate::support::{Counting, Project};

fn project(model: &Counting, cases: usize) -> Project {
    let mut project = Project::begun();
    let case = |case: usize| {
        format!("[[case]]\nid = \"c{case}\"\nvars = {{ word = \"{case}\" }}\nexpect = [{{ contains = \"{case}\" }}]\n")
    };
    project
        .write("models/big.toml", format!("provider = \"openai\"\nid = \"m-1\"\nbase_url = \"{}\"\n", model.address()))
        .write("prompts/say.md", "+++\nmodel = \"big\"\n[inputs.word]\n+++\nSay {{ word }}")
        .write("evals/say.toml", format!("prompt = \"say\"\n{}", (0..cases).map(case).collect::<String>()));
    project.with_variable("OPENAI_API_KEY", "sk-none-of-anybody");
    project
}

#[test]
fn a_run_that_is_out_of_time_ends_even_while_it_waits_and_goes_on_where_it_was() {
    let model = Counting::answering_in(Duration::ZERO);
    let project = project(&model, 3);
    // One call at once, and the next in an hour.
    let late = project.run(["eval", "say", "--live", "--jobs", "2", "--rate", "0.0001", "--time-limit", "2"]).exits(5);
    assert!(late.stderr.contains("2 s were not enough") && late.stderr.contains("goes on where it was"), "{late}");
    assert_eq!(model.paid(), 1);
    project.run(["eval", "say", "--live"]).exits(0);
    assert_eq!((model.paid(), model.asked()), (3, 3));
}

#[test]
fn an_answer_is_waited_for_as_long_as_is_said() {
    let model = Counting::answering_in(Duration::from_secs(20));
    let project = project(&model, 1);
    let late = project.run(["eval", "say", "--live", "--timeout", "0.3"]).exits(5);
    assert!(late.stdout.contains("within 0.3 s"), "{late}");
    project.write("models/big.toml", "provider = \"exec\"\ncommand = [\"sleep\", \"20\"]\n");
    let late = project.run(["eval", "say", "--timeout", "0.3"]).exits(5);
    assert!(late.stdout.contains("within 0.3 s"), "{late}");
    for flag in ["--rate", "--timeout", "--time-limit"] {
        for word in ["0", "-1", "soon", "inf"] {
            project.run(["eval", "say", &format!("{flag}={word}")]).exits(2);
        }
    }
}

#[test]
fn a_model_that_is_not_the_one_that_was_asked_is_told() {
    let model = Counting::answering_in(Duration::ZERO);
    let project = project(&model, 1);
    assert_eq!(project.json(["eval", "say", "--live"])["bundles"][0].get("other_models"), None);
    let text = String::from_utf8(project.read("models/big.toml")).unwrap();
    project.write("models/big.toml", text.replace("m-1", "m-renamed"));
    let told = project.run(["eval", "say", "--live"]).exits(0);
    assert!(told.stderr.contains("came from `m-2`"), "{told}");
    assert_eq!(project.json(["eval", "say", "--live"])["bundles"][0]["other_models"][0], "m-2");
}

#[test]
fn whoever_waits_for_its_turn_hears_ctrl_c() {
    let model = Counting::answering_in(Duration::ZERO);
    let project = project(&model, 2);
    let mut command = project.command(&["eval", "say", "--live", "--jobs", "1", "--rate", "0.0001"]);
    let mut run = command.stderr(Stdio::null()).spawn().unwrap();
    while model.paid() == 0 {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(200));
    Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap();
    assert_eq!((run.wait().unwrap().code(), model.paid()), (Some(130), 1));
}
