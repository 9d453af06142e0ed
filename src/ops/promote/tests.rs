//! The walk of a change through its gates, in memory.

use std::num::NonZeroUsize;

use super::*;
use crate::{
    ledger::{Announcement, Evidence, Outcome as SampleOutcome, Sample},
    name::{Environment, Name},
    ops::{
        approve::{self, Seen},
        eval, proposals, propose, reject, review,
        story::commit,
        testing::TestProject,
        withdraw,
    },
};

const MODEL: &str = "provider = \"echo\"\nid = \"echo\"\n";
const PROMPT: &str = "+++\nmodel = \"parrot\"\n[inputs.message]\ntype = \"string\"\n+++\nSay: {{ message }}\n";
const SUITE: &str =
    "prompt = \"greet\"\n[[case]]\nid = \"a\"\nvars = { message = \"hello\" }\nexpect = [{ contains = \"hello\" }]\n";

fn project() -> TestProject {
    let project = TestProject::new();
    commit(&project.of("tom"), &[("model/parrot", MODEL), ("prompt/greet", PROMPT), ("suite/greet", SUITE)]);
    project
}

fn environment(text: &str) -> Environment {
    Environment::parse(text).unwrap()
}

fn ask(environment_: &str, specs: &[&str]) -> propose::Request {
    propose::Request {
        environment: environment(environment_),
        specs: specs.iter().map(|text| text.parse().unwrap()).collect(),
        message: "because".to_owned(),
        only: false,
        refresh: None,
        onto: propose::Onto::InForce,
    }
}

fn proposed(world: &World, environment: &str) -> propose::Outcome {
    propose::run(world, &ask(environment, &[])).unwrap()
}

fn named(id: EventId) -> ProposalName {
    id.to_string().parse().unwrap()
}

fn evaluate(project: &TestProject, proposal: EventId) {
    let request = eval::Request {
        specs: Vec::new(),
        place: eval::Where::Proposal(named(proposal)),
        model: None,
        against: None,
        compare: eval::Compare::default(),
        repeat: None,
        jobs: NonZeroUsize::MIN,
        filter: None,
        calls: eval::Calls::default(),
        attest: true,
        mutate: false,
        drift: false,
        watch: &|_| {},
    };
    eval::run(&project.of("ci"), &request).unwrap();
}

fn promoted(world: &World, proposal: EventId) -> Outcome {
    run(world, &Request { proposal: named(proposal), dry_run: false, exception: None }).unwrap()
}

fn approved(world: &World, proposal: EventId) -> Result<approve::Outcome, Failure> {
    let digest = review::run(world, review::Request { proposal: named(proposal), done: None, with: None })
        .unwrap()
        .sheet
        .dossier;
    let seen = Seen::Dossier(digest.to_string().parse::<crate::object::Digest>().map(|d| prefix(&d.hex())).unwrap());
    approve::run(world, &approve::Request { proposal: named(proposal), seen, message: String::new() })
}

fn prefix(text: &str) -> crate::object::Prefix {
    crate::object::Prefix::parse(text).unwrap()
}

fn no(outcome: &Outcome) -> Vec<&str> {
    outcome.rules.iter().filter(|rule| !rule.ok).map(|rule| rule.code.as_str()).collect()
}

/// Brings everything ahead to staging.
fn to_staging(project: &TestProject) -> Outcome {
    let proposal = proposed(&project.of("tom"), "staging").proposal;
    evaluate(project, proposal);
    promoted(&project.of("ruth"), proposal)
}

#[test]
fn a_change_walks_to_production_through_evidence_and_an_approval() {
    let project = project();
    let asked = proposed(&project.of("tom"), "staging");
    assert_eq!(asked.changes.len(), 3);
    let codes: Vec<&str> = asked.needs.iter().map(|need| need.code.as_str()).collect();
    assert_eq!(codes, ["not-evaluated", "not-evaluated"]);
    assert!(asked.needs[0].next.as_ref().unwrap().starts_with("`ci` can run `greet`"));
    evaluate(&project, asked.proposal);
    let staged = promoted(&project.of("ruth"), asked.proposal);
    assert!(staged.promoted, "{:#?}", staged.rules);
    let stamp = staged.bundles[0].stamp.clone().unwrap();
    assert!(stamp.starts_with("shop/staging/greet@"), "{stamp}");

    let asked = proposed(&project.of("tom"), "production");
    let refused = promoted(&project.of("ruth"), asked.proposal);
    assert_eq!((refused.promoted, refused.verdict, refused.exit()), (false, "refused", Exit::No));
    assert_eq!(no(&refused), ["approvals-missing"]);
    let given = approved(&project.of("ruth"), asked.proposal).unwrap();
    assert_eq!((given.approvals, given.needed, given.needs.len()), (1, 1, 0));
    let dry =
        run(&project.of("omar"), &Request { proposal: named(asked.proposal), dry_run: true, exception: None }).unwrap();
    assert_eq!((dry.promoted, dry.verdict, dry.event), (false, "pass", None));
    assert!(promoted(&project.of("omar"), asked.proposal).promoted);
    let spent = run(&project.of("omar"), &Request { proposal: named(asked.proposal), dry_run: false, exception: None })
        .unwrap_err();
    assert_eq!((spent.code, spent.exit), ("spent", Exit::No));
    let nothing = propose::run(&project.of("tom"), &ask("production", &[])).unwrap_err();
    assert_eq!((nothing.code, nothing.exit), ("nothing-to-propose", Exit::CannotBeDone));
}

#[test]
fn an_approval_needs_the_present_dossier_and_somebody_else_and_a_refusal_is_remembered_once() {
    let project = project();
    to_staging(&project);
    let id = proposed(&project.of("omar"), "production").proposal;
    let give = |seen| approve::Request { proposal: named(id), seen, message: String::new() };
    let blind = approve::run(&project.of("ruth"), &give(Seen::Nothing)).unwrap_err();
    assert_eq!(blind.code, "dossier-required");
    let stale = approve::run(&project.of("ruth"), &give(Seen::Dossier(prefix("abcdef")))).unwrap_err();
    assert_eq!((stale.code, stale.exit), ("stale-dossier", Exit::Moved));

    let seq = || Standing::read(&project.of("ruth")).unwrap().tip.seq;
    let before = seq();
    for _ in 0..2 {
        let own = approved(&project.of("omar"), id).unwrap_err();
        assert_eq!((own.code, own.exit), ("author-approves", Exit::No));
        assert_eq!(approved(&project.of("maya"), id).unwrap_err().code, "not-in-role");
    }
    assert_eq!(seq(), before + 2, "one attempt a person");
    for _ in 0..2 {
        assert!(!promoted(&project.of("ruth"), id).promoted);
    }
    assert_eq!(seq(), before + 3, "one attempt a verdict");
}

#[test]
fn a_lying_pass_flag_is_found_before_anything_moves() {
    let project = project();
    let asked = proposed(&project.of("tom"), "staging");
    let world = project.of("ci");
    let reply = crate::eval::Reply::text("go away").to_bytes();
    let reply = world.store.put(&[reply.as_slice()]).unwrap()[0];
    let version = Standing::read(&world)
        .unwrap()
        .state()
        .head(&crate::ops::story::artifact("suite/greet"))
        .unwrap()
        .and_then(|head| head.version)
        .unwrap();
    let announced = record(
        &world,
        Deed::Announce(Announcement {
            prompt: Name::parse("greet").unwrap(),
            bundle: asked.bundles[0].after.unwrap(),
            suite: Name::parse("greet").unwrap(),
            version,
            repeat: 1,
            cases: vec!["a".to_owned()],
        }),
    )
    .unwrap()
    .event;
    let sample = Sample {
        case: "a".to_owned(),
        sample: 0,
        reply: Some(reply),
        source: crate::eval::ReplySource::Live,
        outcome: SampleOutcome::Passed,
        tokens_in: None,
        tokens_out: None,
        latency_ms: None,
        votes: Vec::new(),
    };
    let evidence = Evidence { announced, samples: vec![sample], models: Vec::new() };
    let evidence = record(&world, Deed::Evidence(evidence)).unwrap().event;
    let outcome = promoted(&project.of("ruth"), asked.proposal);
    assert_eq!(no(&outcome), ["rescored-differently", "pass-rate-low"]);
    let reason = &outcome.rules.iter().find(|rule| rule.code == "rescored-differently").unwrap().reason;
    assert!(reason.contains(&evidence.short()) && reason.contains("`a`"), "{reason}");
    let runs = Standing::read(&world).unwrap().state().all_runs().unwrap();
    let found = crate::ops::rescoring::disagreements(&world, &runs[0]).unwrap();
    assert_eq!((found.len(), found[0].event, found[0].case.as_str()), (1, evidence, "a"));
}

#[test]
fn a_proposal_whose_base_moved_is_void_and_can_be_refreshed() {
    let project = project();
    let first = proposed(&project.of("tom"), "staging").proposal;
    to_staging_again(&project, first);
    let world = project.of("tom");
    commit(&world, &[("prompt/greet", &PROMPT.replace("Say", "Repeat"))]);
    let late = proposed(&world, "staging").proposal;
    let other = proposed(&world, "staging").proposal;
    evaluate(&project, late);
    assert!(promoted(&project.of("ruth"), late).promoted);
    let outcome = promoted(&project.of("ruth"), other);
    assert_eq!(outcome.exit(), Exit::Moved);
    assert!(outcome.rules[0].reason.contains("`ruth` moved it"), "{}", outcome.rules[0].reason);
    let listed = proposals::run(&world, &proposals::Request { environment: None, all: false }).unwrap();
    assert_eq!(listed.proposals[0].status, "void");

    commit(&world, &[("prompt/greet", &PROMPT.replace("Say", "Echo"))]);
    let old = proposed(&world, "staging").proposal;
    let again = propose::Request { refresh: Some(named(old)), ..ask("staging", &[]) };
    assert_eq!(propose::run(&world, &again).unwrap().withdrawn, Some(old));
}

fn to_staging_again(project: &TestProject, proposal: EventId) {
    evaluate(project, proposal);
    assert!(promoted(&project.of("ruth"), proposal).promoted);
}

#[test]
fn what_a_prompt_needs_comes_along_and_what_is_left_out_is_named() {
    let project = project();
    let along = propose::run(&project.of("tom"), &ask("staging", &["greet"])).unwrap();
    let names: Vec<&str> = along.changes.iter().map(|change| change.artifact.as_str()).collect();
    assert_eq!(names, ["parrot", "greet", "suite/greet"]);
    let only = propose::Request { only: true, ..ask("staging", &["greet"]) };
    let failure = propose::run(&project.of("tom"), &only).unwrap_err();
    assert_eq!(failure.code, "bundle-incomplete");
    let command = "chancery propose staging greet parrot -m \"…\"".to_owned();
    assert_eq!(failure.next, [crate::ops::Next::Run(command)]);
}

#[test]
fn rules_change_by_a_proposal_that_names_what_it_lowers() {
    let project = project();
    let text = crate::ops::testing::rules(&crate::ops::testing::RULES.replace("at_least = 0.5", "at_least = 0.25"));
    project.write("chancery.toml", &text);
    let world = project.of("maya");
    let asked = proposed(&world, "governance");
    assert!(asked.differences.iter().all(|change| change.lowers) && asked.differences.len() == 2);
    assert!(asked.needs.is_empty(), "{:?}", asked.needs);
    let page = review::run(&world, review::Request { proposal: named(asked.proposal), done: None, with: None })
        .unwrap()
        .markdown();
    assert!(page.contains("**lowers a bar**"), "{page}");
    assert!(promoted(&world, asked.proposal).promoted);
    assert_eq!(propose::run(&world, &ask("governance", &[])).unwrap_err().code, "nothing-to-propose");
    project.write("chancery.toml", "[project]\nnaem = \"x\"\n");
    assert_eq!(propose::run(&world, &ask("governance", &[])).unwrap_err().code, "invalid-files");
}

#[test]
fn a_review_is_completed_and_a_proposal_is_closed_by_who_may() {
    let project = project();
    let id = proposed(&project.of("tom"), "staging").proposal;
    let done = |who: &str| {
        review::run(
            &project.of(who),
            review::Request { proposal: named(id), done: Some("read".to_owned()), with: None },
        )
    };
    assert!(done("tom").is_err());
    let outcome = done("ruth").unwrap();
    assert_eq!((outcome.sheet.reviews.len(), outcome.event.is_some()), (1, true));
    assert!(outcome.markdown().contains("## Reviews"));
    assert_eq!(withdraw::run(&project.of("omar"), &named(id), "").unwrap_err().code, "not-allowed");
    assert_eq!(reject::run(&project.of("ruth"), &named(id), "no".to_owned()).unwrap().status, "rejected");
    assert_eq!(withdraw::run(&project.of("tom"), &named(id), "").unwrap_err().code, "closed");
}
