//! How far a change walks, by whoever runs it.

use super::*;
use crate::ops::{story::commit, testing::TestProject};

const MODEL: &str = "provider = \"echo\"\nid = \"echo\"\n";
const PROMPT: &str = "+++\nmodel = \"parrot\"\n[inputs.message]\ntype = \"string\"\n+++\nSay: {{ message }}\n";
const SUITE: &str =
    "prompt = \"greet\"\n[[case]]\nid = \"a\"\nvars = { message = \"hello\" }\nexpect = [{ contains = \"hello\" }]\n";

fn project() -> TestProject {
    let project = TestProject::new();
    commit(&project.of("tom"), &[("model/parrot", MODEL), ("prompt/greet", PROMPT), ("suite/greet", SUITE)]);
    project
}

fn shipped(project: &TestProject, person: &str, environment: &str) -> Outcome {
    walked(project, person, environment, &[])
}

fn walked(project: &TestProject, person: &str, environment: &str, specs: &[&str]) -> Outcome {
    let request = Request {
        environment: Environment::parse(environment).unwrap(),
        specs: specs.iter().map(|text| text.parse().unwrap()).collect(),
        message: "because".to_owned(),
        jobs: NonZeroUsize::MIN,
        watch: &|_| {},
    };
    run(&project.of(person), &request).unwrap()
}

#[test]
fn a_change_stops_at_the_first_rule_somebody_else_must_meet_and_goes_on_from_there() {
    let project = project();
    let first = shipped(&project, "tom", "staging");
    assert_eq!((first.step, first.promoted, first.exit()), (Step::Eval, false, Exit::No));
    assert_eq!(first.needs[0].who, [Handle::parse("ci").unwrap()]);

    let second = shipped(&project, "ci", "staging");
    assert_eq!(second.proposal, first.proposal, "the open proposal is taken up again");
    assert_eq!((second.step, second.verdict, second.promoted), (Step::Promote, "pass", false));
    assert_eq!((second.steps.len(), second.needs[0].rule.as_str()), (2, "authority"));
    assert!(second.steps[1].event.is_some(), "attested: {:?}", second.steps);

    assert!(shipped(&project, "ruth", "staging").promoted);
    let asked = shipped(&project, "tom", "production");
    assert_eq!((asked.step, asked.needs.len()), (Step::Approve, 1));
    let done = shipped(&project, "ruth", "production");
    let steps: Vec<Step> = done.steps.iter().map(|taken| taken.step).collect();
    assert_eq!(steps, [Step::Propose, Step::Approve, Step::Promote]);
    assert!(done.promoted && done.bundles[0].stamp.is_some());
    assert_eq!(done.exit(), Exit::Done);
}

#[test]
fn nothing_is_approved_while_another_rule_is_unmet() {
    let project = project();
    let proposal = walked(&project, "tom", "production", &["greet"]).proposal;
    let stopped = walked(&project, "ruth", "production", &["greet"]);
    assert_eq!((stopped.proposal, stopped.promoted), (proposal, false));
    assert!(stopped.steps.iter().all(|taken| taken.step == Step::Propose));
}
