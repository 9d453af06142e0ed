//! Runs, announcements and evidence, on a project in memory.

mod compare;

use std::{
    num::{NonZeroU32, NonZeroUsize},
    sync::Arc,
};

use super::*;
use crate::{
    artifact::Model,
    eval::{Answer, Outcome as CaseOutcome, Provider, ProviderError},
    ledger::{Commit, Deed, HeadChange},
    name::{Environment, Kind},
    ops::{
        Answer as _, Exit, Next, Providers,
        record::record,
        story::{promote, propose},
        testing::TestProject,
    },
    render::Request as Asked,
    state::RunsRecord,
    workspace::load_all,
};

const SUITE: &str = r#"
prompt = "greet"
[[case]]
id = "oslo"
tags = ["north"]
vars = { city = "Oslo" }
expect = [{ contains = "Oslo" }]
[[case]]
id = "lima"
vars = { city = "Lima" }
expect = [{ contains = "Lima" }, { not_contains = "bye" }]
"#;

fn project() -> TestProject {
    let project = TestProject::new();
    project.write("prompts/greet.md", "+++\nmodel = \"fast\"\n[inputs.city]\n+++\nHello {{ city }}");
    project.write("models/fast.toml", "provider = \"echo\"\n");
    project.write("evals/greet.toml", SUITE);
    project
}

fn ask<'a>() -> Request<'a> {
    Request {
        specs: Vec::new(),
        place: Where::Work,
        model: None,
        against: None,
        compare: Compare::default(),
        repeat: None,
        jobs: NonZeroUsize::MIN,
        filter: None,
        calls: Calls::default(),
        attest: false,
        mutate: false,
        drift: false,
        watch: &|_| {},
    }
}

fn attest<'a>(place: Where) -> Request<'a> {
    Request { place, attest: true, ..ask() }
}

fn environment(name: &str) -> Environment {
    Environment::parse(name).unwrap()
}

/// Commits every working file that differs from its head.
fn commit(world: &World) {
    let standing = Standing::read(world).unwrap();
    let state = standing.state();
    let mut changes = Vec::new();
    for (artifact, file) in load_all(world.tree.as_ref(), &[]).unwrap().artifacts {
        let head = state.head(&artifact).unwrap();
        if head.as_ref().and_then(|head| head.version) == Some(file.version()) {
            continue;
        }
        for blob in file.source.blobs() {
            world.store.put(&[&blob]).unwrap();
        }
        changes.push(HeadChange {
            moved: head.map(|head| head.event),
            renamed_from: None,
            version: Some(file.version()),
            listed: file.source.listing().is_some(),
            path: Some(file.path.clone()),
            template: (artifact.kind == Kind::Prompt).then_some(true),
            artifact,
        });
    }
    record(world, Deed::Commit(Commit { message: "x".to_owned(), authors: Vec::new(), changes })).unwrap();
}

/// Everything of the project, as words.
const ALL: [&str; 3] = ["model/fast", "prompt/greet", "suite/greet"];

fn runs(world: &World, bundle: &BundleOutcome) -> RunsRecord {
    Standing::read(world).unwrap().state().runs(bundle.bundle, bundle.version).unwrap().unwrap()
}

/// Answers nothing.
struct Silence;

impl Provider for Silence {
    fn complete(&self, _request: &Asked, _sample: u32) -> Result<Answer, ProviderError> {
        Err(ProviderError::Start { program: "agent".to_owned(), reason: "gone".to_owned() })
    }
}

struct Silent;

impl Providers for Silent {
    fn provider(&self, _model: &Model) -> Result<Box<dyn Provider>, Failure> {
        Ok(Box::new(Silence))
    }
}

#[test]
fn suites_run_on_the_working_files_and_count_cases() {
    let project = project();
    let outcome = run(&project.of("tom"), &ask()).unwrap();
    assert_eq!((outcome.verdict, outcome.exit()), (Verdict::Pass, Exit::Done));
    let bundle = &outcome.bundles[0];
    assert_eq!((bundle.cases, bundle.passed, bundle.evidence), (2, 2, None));

    project.write("prompts/greet.md", "+++\nmodel = \"fast\"\n[inputs.city]\n+++\nHello {{ city }}, bye");
    let outcome = run(&project.of("tom"), &ask()).unwrap();
    assert_eq!((outcome.verdict, outcome.exit()), (Verdict::Fail, Exit::No));
    let failure = &outcome.bundles[0].failures[0];
    assert_eq!((failure.case.as_str(), failure.excerpt.as_str()), ("lima", "Hello Lima, bye"));
    assert!(failure.reason.contains("bye"), "{}", failure.reason);
}

#[test]
fn a_filter_runs_what_it_names_and_never_proves_anything() {
    let project = project();
    let filtered = |word: &str, attest| Request { filter: Some(word.to_owned()), attest, ..ask() };
    let outcome = run(&project.of("tom"), &filtered("north", false)).unwrap();
    assert_eq!((outcome.bundles[0].passed, outcome.bundles[0].skipped), (1, 1));
    assert_eq!(run(&project.of("ci"), &filtered("north", true)).unwrap_err().exit, Exit::Usage);
    let failure = run(&project.of("tom"), &filtered("nort", false)).unwrap_err();
    assert_eq!(failure.next, [Next::Say("did you mean `north`?".to_owned())]);
}

#[test]
fn a_spec_is_a_suite_a_prompt_or_what_prompts_share() {
    let project = project();
    project.write("prompts/other.md", "+++\nmodel = \"slow\"\n+++\nhi");
    project.write("models/slow.toml", "provider = \"echo\"\n");
    project.write("evals/other.toml", "prompt = \"other\"\n[[case]]\nid = \"x\"\nexpect = [{ contains = \"hi\" }]\n");
    for (spec, suites) in [
        ("suite/greet", vec!["greet"]),
        ("greet", vec!["greet"]),
        ("slow", vec!["other"]),
        ("*", vec!["greet", "other"]),
    ] {
        let outcome = run(&project.of("tom"), &Request { specs: vec![spec.parse().unwrap()], ..ask() }).unwrap();
        let names: Vec<String> = outcome.bundles.iter().map(BundleOutcome::name).collect();
        assert_eq!(names, suites, "{spec}");
    }
    project.write("models/idle.toml", "provider = \"echo\"\n");
    let failure = run(&project.of("tom"), &Request { specs: vec!["idle".parse().unwrap()], ..ask() }).unwrap_err();
    assert_eq!(failure.code, "no-suite");
}

#[test]
fn a_prompt_without_a_model_is_told_which_line_to_add() {
    let project = project();
    project.write("prompts/greet.md", "+++\n[inputs.city]\n+++\nHello {{ city }}");
    let failure = run(&project.of("tom"), &ask()).unwrap_err();
    let problem = &failure.problems[0];
    assert_eq!((problem.path.as_str(), problem.line, problem.code.as_str()), ("prompts/greet.md", 1, "no-model"));
    assert_eq!(problem.next.as_deref(), Some("add the line `model = \"fast\"` below the first `+++`"));
}

#[test]
fn a_comparison_names_the_cases_that_flip() {
    let project = project();
    commit(&project.of("tom"));
    project.write("prompts/greet.md", "+++\nmodel = \"fast\"\n[inputs.city]\n+++\nHello {{ city }}, bye");
    let against = |revision: &str| Request { against: Some(revision.parse().unwrap()), ..ask() };
    let outcome = run(&project.of("tom"), &against("dev")).unwrap();
    let comparison = outcome.bundles[0].against.clone().unwrap();
    assert_eq!(comparison.trend, Trend::Worse);
    let flip = Flip { case: "lima".to_owned(), before: CaseOutcome::Passed, after: CaseOutcome::Failed };
    assert_eq!(comparison.flips, [flip]);
    let nothing = run(&project.of("tom"), &against("production")).unwrap();
    assert_eq!(nothing.bundles[0].against.as_ref().unwrap().verdict, Word::First);
    commit(&project.of("tom"));
    let earlier = run(&project.of("tom"), &against("v1")).unwrap();
    assert_eq!(earlier.bundles[0].against.as_ref().unwrap().trend, Trend::Worse);
}

#[test]
fn evidence_is_announced_attested_and_not_repeated() {
    let project = project();
    commit(&project.of("tom"));
    let world = project.of("ci");
    let outcome = run(&world, &attest(Where::Environment(environment("dev")))).unwrap();
    let first = &outcome.bundles[0];
    let record = runs(&world, first);
    assert_eq!(record.runs.len(), 1);
    assert_eq!((record.runs[0].evidence, Some(record.runs[0].announced)), (first.evidence, first.announced));
    let cases: Vec<&str> = record.runs[0].samples.iter().map(|sample| sample.case.as_str()).collect();
    assert_eq!(cases, ["lima", "oslo"], "samples stand sorted by case");

    let world = World { providers: Arc::new(Silent), ..project.of("ci") };
    let again = run(&world, &attest(Where::Work)).unwrap();
    assert!(again.bundles[0].stood);
    assert_eq!((again.bundles[0].evidence, again.bundles[0].passed), (first.evidence, 2));

    let twice = Request { repeat: NonZeroU32::new(2), ..attest(Where::Work) };
    let more = run(&project.of("ci"), &twice).unwrap();
    assert_ne!(more.bundles[0].evidence, first.evidence);
    assert_eq!(runs(&project.of("ci"), first).runs.len(), 2);
}

#[test]
fn evidence_is_about_committed_bytes_by_who_may_evaluate() {
    let project = project();
    let failure = run(&project.of("ci"), &attest(Where::Work)).unwrap_err();
    assert_eq!((failure.code, failure.exit), ("not-committed", Exit::CannotBeDone));
    assert!(failure.because.unwrap().contains("`evals/greet.toml`, `models/fast.toml`, `prompts/greet.md`"));
    commit(&project.of("tom"));
    let failure = run(&project.of("tom"), &attest(Where::Work)).unwrap_err();
    assert_eq!((failure.code, failure.exit), ("not-allowed", Exit::No));
}

#[test]
fn a_run_without_all_its_replies_stays_open_and_is_completed_later() {
    let project = project();
    commit(&project.of("tom"));
    let world = World { providers: Arc::new(Silent), ..project.of("ci") };
    let outcome = run(&world, &attest(Where::Work)).unwrap();
    assert_eq!((outcome.verdict, outcome.exit()), (Verdict::Errored, Exit::Outside));
    let open = &outcome.bundles[0];
    assert_eq!((open.evidence, open.errored), (None, 2));
    assert!(open.announced.is_some());

    let failure = run(&project.of("ci"), &Request { repeat: NonZeroU32::new(3), ..attest(Where::Work) }).unwrap_err();
    assert_eq!(failure.code, "run-open");
    let completed = run(&project.of("ci"), &attest(Where::Work)).unwrap();
    assert_eq!(completed.bundles[0].announced, open.announced);
    assert!(completed.bundles[0].evidence.is_some());
    assert_eq!(runs(&project.of("ci"), open).runs.len(), 1);
}

#[test]
fn a_proposal_is_run_as_the_environment_would_resolve_it() {
    let project = project();
    commit(&project.of("tom"));
    let proposal = propose(&project.of("tom"), "staging", &ALL);
    let place = || Where::Proposal(proposal.to_string().parse().unwrap());
    let plain = run(&project.of("tom"), &Request { place: place(), ..ask() }).unwrap();
    assert_eq!((plain.bundles.len(), plain.bundles[0].passed), (1, 2));
    let attested = run(&project.of("ci"), &attest(place())).unwrap();
    assert_eq!((attested.bundles.len(), attested.bundles[0].bundle), (1, plain.bundles[0].bundle));
    assert!(attested.bundles[0].evidence.is_some());
}

#[test]
fn what_is_live_is_run_too_where_it_lacks_evidence_on_the_suite() {
    let rules = "[environments.dev]\nfollow = \"heads\"\ngate = \"open\"\n[environments.production]\nafter = \"dev\"\n\
                 [environments.production.gate]\nevidence = { evaluators = [\"evaluator\"], sources = [\"live\"] }\n\
                 regression = \"no-flips\"\n";
    let project = TestProject::under(rules);
    project.write("prompts/greet.md", "+++\nmodel = \"fast\"\n[inputs.city]\n+++\nHello {{ city }}");
    project.write("models/fast.toml", "provider = \"echo\"\n");
    project.write("evals/greet.toml", SUITE);
    commit(&project.of("tom"));
    let place = |id: crate::object::EventId| Where::Proposal(id.to_string().parse().unwrap());
    let first = propose(&project.of("tom"), "production", &ALL);
    assert_eq!(run(&project.of("ci"), &attest(place(first))).unwrap().bundles.len(), 1, "nothing is live yet");
    promote(&project.of("ruth"), first);

    project.write("prompts/greet.md", "+++\nmodel = \"fast\"\n[inputs.city]\n+++\nGood day {{ city }}");
    commit(&project.of("tom"));
    let second = propose(&project.of("tom"), "production", &["prompt/greet"]);
    let outcome = run(&project.of("ci"), &attest(place(second))).unwrap();
    let sides: Vec<_> = outcome.bundles.iter().map(|bundle| (bundle.side, bundle.stood)).collect();
    assert_eq!(sides, [(Side::Tested, false), (Side::Live, true)], "its evidence stands from the first time");

    project.write("evals/greet.toml", &SUITE.replace("not_contains = \"bye\"", "not_contains = \"Hello\""));
    commit(&project.of("tom"));
    let third = propose(&project.of("tom"), "production", &["prompt/greet", "suite/greet"]);
    let outcome = run(&project.of("ci"), &attest(place(third))).unwrap();
    let sides: Vec<_> = outcome.bundles.iter().map(|bundle| (bundle.side, bundle.stood, bundle.verdict)).collect();
    assert_eq!(sides, [(Side::Tested, false, Verdict::Pass), (Side::Live, false, Verdict::Fail)]);
    assert_eq!(outcome.exit(), Exit::Done, "what is live may fail: it is only compared with");
}

#[test]
fn what_is_wrong_in_files_is_told_before_anything_is_called() {
    let project = project();
    project.write("prompts/greet.md", "+++\nmodel = \"fst\"\n[inputs.city]\n+++\nHello {{ cty }}");
    project.write("evals/broken.toml", "prompt = \n");
    let failure = run(&World { providers: Arc::new(Silent), ..project.of("tom") }, &ask()).unwrap_err();
    let said: Vec<&str> = failure.problems.iter().map(|problem| problem.path.as_str()).collect();
    assert!(said.contains(&"evals/broken.toml") && said.contains(&"prompts/greet.md"), "{said:?}");
}
