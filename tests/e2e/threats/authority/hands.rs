//! Threat 1: authors let their own change through.

use crate::{
    support::{Project, shop::made},
    threats::crew::{approves, begun, by_tom, commits, is_barred, lets_through, proposes, rules, unmet},
};

/// A project in which a greeting by this person is live in production.
fn live_by(person: &str, text: &str) -> Project {
    let mut project = begun(&rules(1));
    commits(&mut project, person, text, &[]);
    let proposal = proposes(&mut project, "maya");
    lets_through(&mut project, "omar", &proposal);
    project
}

#[test]
fn threat_01_an_author_does_not_approve_with_one_key_nor_with_another() {
    let (mut project, proposal) = by_tom(1);
    for key in ["tom", "tom-2"] {
        assert_eq!(approves(&mut project, key, &proposal)["code"], "author-approves", "{key}");
    }
    is_barred(&mut project, "tom", &proposal, "author-approves");
    lets_through(&mut project, "omar", &proposal);
}

#[test]
fn threat_01_nor_does_a_declared_author() {
    let mut project = begun(&rules(1));
    commits(&mut project, "maya", "Hello.\n", &["--author", "ana"]);
    let proposal = proposes(&mut project, "maya");
    is_barred(&mut project, "ana", &proposal, "author-approves");
    lets_through(&mut project, "tom", &proposal);
}

#[test]
fn threat_01_nor_does_one_of_several_who_committed_in_between() {
    let mut project = live_by("ana", "Hello.\n");
    commits(&mut project, "tom", "Hello again.\n", &[]);
    commits(&mut project, "maya", "Hello again!\n", &[]);
    let proposal = proposes(&mut project, "rita");
    is_barred(&mut project, "tom", &proposal, "author-approves");
    // Her words were live before, and are not what is asked about.
    lets_through(&mut project, "ana", &proposal);
}

#[test]
fn threat_01_nor_where_what_was_live_is_committed_again_on_top_of_it() {
    let mut project = live_by("maya", "Hello.\n");
    commits(&mut project, "tom", "Hello and pay me.\n", &[]);
    commits(&mut project, "maya", "Hello, and pay me.\n", &[]);
    commits(&mut project, "maya", "Hello.\n", &[]);
    let asked = project.as_person("rita").json(["propose", "production", "greet@v3", "-m", "greet people"]);
    let proposal = made(asked);
    is_barred(&mut project, "tom", &proposal, "author-approves");
    lets_through(&mut project, "ana", &proposal);
}

#[test]
fn threat_01_nor_where_ci_commits_it() {
    let mut project = begun(&rules(1));
    project.write("prompts/greet.md", "Hello.\n");
    assert_eq!(project.as_person("ci").json(["commit", "-m", "built"])["code"], "program-alone");
    commits(&mut project, "ci", "Hello.\n", &["--author", "tom"]);
    let proposal = proposes(&mut project, "maya");
    is_barred(&mut project, "tom", &proposal, "author-approves");
    lets_through(&mut project, "ana", &proposal);
}

#[test]
fn threat_01_nor_where_a_colleague_commits_the_same_bytes() {
    let mut project = begun(&rules(1));
    commits(&mut project, "tom", "Hello.\n", &[]);
    commits(&mut project, "maya", "Hi.\n", &[]);
    let first = proposes(&mut project, "maya");
    lets_through(&mut project, "omar", &first);
    commits(&mut project, "maya", "Hello.\n", &[]);
    let again = proposes(&mut project, "maya");
    is_barred(&mut project, "tom", &again, "author-approves");
    lets_through(&mut project, "ana", &again);
}

#[test]
fn threat_01_nor_under_another_name() {
    let mut project = begun(&rules(1));
    commits(&mut project, "tom", "Hello.\n", &[]);
    project.as_person("maya").run(["mv", "greet", "hail"]).exits(0);
    let proposal = proposes(&mut project, "maya");
    is_barred(&mut project, "tom", &proposal, "author-approves");
    lets_through(&mut project, "ana", &proposal);
}

#[test]
fn threat_01_nor_who_committed_the_same_words_elsewhere() {
    let mut project = begun(&rules(1));
    project.write("prompts/draft.md", "Hello.\n");
    project.as_person("tom").run(["commit", "-m", "a draft"]).exits(0);
    project.as_person("tom").run(["rm", "draft", "-m", "not now"]).exits(0);
    commits(&mut project, "maya", "Hello.\n", &[]);
    let proposal = proposes(&mut project, "maya");
    is_barred(&mut project, "tom", &proposal, "author-approves");
    lets_through(&mut project, "ana", &proposal);
}

#[test]
fn threat_01_nor_who_wrote_what_was_adopted_under_another_name() {
    let mut project = begun(&rules(1));
    project.write("prompts/draft.md", "Hello.\n").write("running.txt", "draft@v1\n");
    project.as_person("tom").run(["commit", "prompts/draft.md", "-m", "a draft"]).exits(0);
    let adopted = project.as_person("maya").json(["adopt", "production", "running.txt", "-m", "it runs"]);
    assert!(adopted["event"].is_string(), "{adopted:#}");
    commits(&mut project, "maya", "Hello.\n", &[]);
    let proposal = made(project.json(["propose", "production", "greet", "-m", "greet people"]));
    is_barred(&mut project, "tom", &proposal, "author-approves");
    lets_through(&mut project, "ana", &proposal);
}

#[test]
fn threat_01_nor_does_the_proposer() {
    let mut project = begun(&rules(1));
    commits(&mut project, "maya", "Hello.\n", &[]);
    let proposal = proposes(&mut project, "tom");
    is_barred(&mut project, "tom", &proposal, "author-approves");
    lets_through(&mut project, "ana", &proposal);
}

#[test]
fn threat_01_who_becomes_an_author_after_approving_counts_no_more() {
    let (mut project, proposal) = by_tom(1);
    assert!(approves(&mut project, "ana", &proposal)["event"].is_string());
    project.as_person("omar").run(["promote", &proposal, "--dry-run"]).exits(0);
    commits(&mut project, "maya", "Hi.\n", &[]);
    commits(&mut project, "ana", "Hello.\n", &[]);
    let refused = project.as_person("omar").run(["--json", "promote", &proposal]).exits(1).document();
    assert_eq!(unmet(&refused), ["approvals-missing"], "{refused:#}");
    assert!(refused["rules"].to_string().contains("`ana` does not count: is an author"), "{refused:#}");
    lets_through(&mut project, "omar", &proposal);
}
