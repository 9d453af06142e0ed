//! Threat 15: the bar is lowered together with what it measures.

use crate::{
    support::{
        Project,
        shop::{dossier, prompt},
    },
    threats::{
        attack::{promotion, refused, taken},
        crew::{approves, unmet},
        lab::{PARROT, SUITE, asked, lab, measured, rules},
    },
};

/// A polite reply that is live where one approval is enough for wording, and two are asked for more.
fn live() -> Project {
    let more = "approvals = { role = \"release\", low = 1, medium = 2, high = 2 }\n";
    let mut project = lab(&rules("\"live\"", more), PARROT);
    let first = asked(&mut project);
    measured(&mut project, "ci", &first, &[], 0);
    for person in ["ruth", "omar"] {
        approves(&mut project, person, &first);
    }
    project.as_person("ruth").run(["promote", &first]).exits(0);
    project
}

/// Another wording along with another suite, measured and approved once.
fn changed(played: &Project, thanks: &str, suite: Option<&str>) -> (Project, String) {
    let mut project = played.copy();
    project.write("prompts/reply.md", prompt(thanks));
    if let Some(suite) = suite {
        project.write("evals/reply.toml", suite);
    }
    project.as_person("tom").run(["commit", "-m", "more fun"]).exits(0);
    let proposal = asked(&mut project);
    project.as_person("ci").run(["eval", "--proposal", &proposal, "--attest"]);
    approves(&mut project, "ruth", &proposal);
    (project, proposal)
}

#[test]
fn threat_15_golden_cases_loosened_or_removed_along_with_the_prompt_ask_for_more_people() {
    let played = live();
    let (calm, polite) = SUITE.split_at(SUITE.rfind("[[case]]").unwrap());
    for suite in
        [SUITE.replace("Thank you", "Than"), calm.to_owned(), format!("{calm}{}", polite.replace("kettle", "pot"))]
    {
        let (mut project, proposal) = changed(&played, " kindly", Some(&suite));
        let told = project.as_person("ruth").run(["--json", "promote", &proposal]).exits(1).document();
        assert_eq!((&told["tier"], unmet(&told)), (&"high".into(), vec!["approvals-missing"]), "{suite}\n{told:#}");
        assert!(project.json(["review", &proposal])["risk"].to_string().contains("golden case"), "{suite}");
        refused(&project, "gate", "ruth", promotion(&proposal, &dossier(&project, &proposal)));
        approves(&mut project, "omar", &proposal);
        project.run(["promote", &proposal]).exits(0);
    }
    // The twin: the words alone, measured by the cases that stood there.
    let (project, proposal) = changed(&played, " kindly", None);
    project.run(["promote", &proposal]).exits(0);
    taken(&project);
}

#[test]
fn threat_15_what_the_live_cases_guard_is_not_freed_by_taking_them_away() {
    let played = live();
    let mut project = played.copy();
    project.write("prompts/reply.md", prompt("").replace("Thank you", "Go away"));
    project.as_person("tom").run(["commit", "-m", "ruder"]).exits(0);
    project.run(["rm", "suite/reply"]).exits(0);
    let proposal = asked(&mut project);
    for person in ["ruth", "omar"] {
        approves(&mut project, person, &proposal);
    }
    let told = project.as_person("ruth").run(["--json", "promote", &proposal]).exits(1).document();
    assert!(unmet(&told).contains(&"no-suite"), "{told:#}");
    refused(&project, "gate", "ruth", promotion(&proposal, &dossier(&project, &proposal)));
    // Cases that now are of something else guard nothing either.
    let elsewhere = SUITE.replace("prompt = \"reply\"", "prompt = \"other\"");
    let mut project = played.copy();
    project.write("prompts/other.md", prompt(" too")).write("evals/reply.toml", elsewhere);
    project.write("prompts/reply.md", prompt("").replace("Thank you", "Go away"));
    project.as_person("tom").run(["commit", "-m", "ruder"]).exits(0);
    let proposal = asked(&mut project);
    project.as_person("ci").run(["eval", "--proposal", &proposal, "--attest"]);
    let told = project.as_person("ruth").run(["--json", "promote", &proposal]).exits(1).document();
    assert!(unmet(&told).contains(&"no-suite"), "{told:#}");
    refused(&project, "gate", "ruth", promotion(&proposal, &dossier(&project, &proposal)));
    let (project, proposal) = changed(&played, " kindly", None);
    project.run(["promote", &proposal]).exits(0);
}
