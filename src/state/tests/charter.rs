//! Charters are judged by what the commit recorded of them, whoever asks and whenever.

use super::project::{Project, artifact};
use crate::{
    artifact::CharterField,
    ledger::Deed,
    object::EventId,
    state::{State, Status},
};

const RULES: &str = r#"
[environments.dev]
follow = "heads"
gate = "open"

[environments.production]
after = "dev"
gate = { charter = ["workflow_owner", "review_by"] }
"#;

const CHARTER: &str = "workflow_owner = \"maya\"\nreview_by = 2026-11-20\n";

/// The code of the charter rule when the proposal is carried out; `promoted` where it is.
fn outcome(project: &Project, proposal: EventId) -> String {
    match project.attempt("omar", project.promotion(proposal)) {
        Ok(_) => {
            assert_eq!(project.record(proposal).status, Status::Promoted);
            "promoted".to_owned()
        }
        Err(refusal) => {
            assert_eq!(refusal.rule, "gate", "{refusal}");
            refusal.verdict.unwrap().unmet().map(|rule| rule.code.clone()).collect()
        }
    }
}

fn proposed(project: &Project, names: &[&str]) -> EventId {
    project.ok("tom", Deed::Propose(project.heads("production", names)))
}

#[test]
fn what_a_charter_says_is_remembered_with_its_commit() {
    let project = Project::under(RULES);
    project.commits("tom", &[("charter/a", CHARTER)]);
    let view = project.view();
    let record = State::new(view.as_ref()).commit(&artifact("charter/a"), 1).unwrap().unwrap();
    assert_eq!(record.contents.charter.unwrap().fields[&CharterField::WorkflowOwner], "maya");
    assert_eq!(
        project.no("tom", Project::commit(vec![project.change("charter/b", "owner = 1\n")])),
        "invalid-artifact"
    );
}

#[test]
fn a_prompt_goes_live_only_with_a_charter_that_holds_at_that_time() {
    let project = Project::under(RULES);
    project.commits("tom", &[("prompt/a/b", "one"), ("charter/a", CHARTER)]);
    assert_eq!(outcome(&project, proposed(&project, &["prompt/a/b"])), "no-charter");
    let both = proposed(&project, &["charter/a", "prompt/a/b"]);
    project.wait(86_400);
    assert_eq!(outcome(&project, both), "charter-past-review");
    project.commits("tom", &[("charter/a", &CHARTER.replace("11-20", "11-21"))]);
    assert_eq!(outcome(&project, proposed(&project, &["charter/a", "prompt/a/b"])), "promoted");
}

#[test]
fn a_live_charter_covers_and_a_proposed_one_takes_its_place() {
    let project = Project::under(RULES);
    project.commits("tom", &[("prompt/a", "one"), ("charter/a", CHARTER)]);
    assert_eq!(outcome(&project, proposed(&project, &["charter/a"])), "promoted");
    assert_eq!(outcome(&project, proposed(&project, &["prompt/a"])), "promoted");
    project.commits("tom", &[("prompt/a", "two"), ("charter/a", "review_by = 2026-11-20\n")]);
    assert_eq!(outcome(&project, proposed(&project, &["charter/a"])), "charter-blank");
    assert_eq!(outcome(&project, proposed(&project, &["charter/a", "prompt/a"])), "charter-blank");
    assert_eq!(outcome(&project, proposed(&project, &["prompt/a"])), "promoted", "the live charter is whole");
}
