//! A suite that asks others, on its way through a gate.

use serde_json::Value;

use super::{Project, shop::made};

/// What the program says pins the judge.
pub(crate) fn pin(project: &Project) -> String {
    let refused = project.run(["--json", "eval", "reply", "--attest"]).exits(3).document();
    let next = refused["problems"][0]["next"].as_str().unwrap_or_else(|| panic!("{refused:#}"));
    assert_eq!(refused["problems"][0]["code"], "judge-not-pinned", "{refused:#}");
    next.split_once(": ").unwrap().1.to_owned()
}

/// Brings the heads of prompt and suite to staging, and proposes them for production.
pub(crate) fn proposed(project: &mut Project) -> String {
    let propose = |environment| ["propose", environment, "reply", "suite/reply", "-m", "be kind"];
    let staging = made(project.as_person("tom").json(propose("staging")));
    project.as_person("ruth").run(["promote", &staging]).exits(0);
    made(project.as_person("tom").json(propose("production")))
}

/// Has the evaluator attest it, and the reviewer read it; answers the run.
pub(crate) fn attested(project: &mut Project, proposal: &str) -> Value {
    let told = project.as_person("ci").json(["eval", "--proposal", proposal, "--attest", "--jobs", "1"]);
    project.as_person("omar").run(["review", proposal, "--done"]);
    told
}
