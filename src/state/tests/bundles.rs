//! Which bundles a change touches, and the indexes that find them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::project::{Project, artifact, env, prompt, suite};
use crate::{
    ledger::HeadChange,
    name::{Kind, Name},
    state::{After, State, Target, plan},
    version::Bundle,
};

const TOOL: &str = r#"{"name":"look","description":"looks","inputSchema":{"type":"object"}}"#;

/// The prompts whose bundles a change of these would touch in dev.
fn touched(project: &Project, names: &[&str]) -> Vec<String> {
    let view = project.view();
    let state = State::new(view.as_ref());
    let target = |name: &&str| {
        let head = state.head(&artifact(name)).unwrap().unwrap();
        Target { artifact: head.artifact, to: head.version.map(|version| (version, head.number)) }
    };
    let targets: Vec<Target> = names.iter().map(target).collect();
    let plan = plan(&state, &env("dev"), &targets).unwrap();
    plan.touched.iter().map(|touched| touched.prompt.to_string()).collect()
}

#[test]
fn a_shared_policy_touches_every_bundle_that_uses_it_through_fragments_too() {
    let project = Project::new();
    project.commits(
        "tom",
        &[
            ("policy/refunds", "thirty days"),
            ("prompt/_inner", &prompt(&["policy/refunds"], "inner")),
            ("prompt/_tone", &prompt(&["prompt/_inner"], "tone")),
            ("prompt/direct", &prompt(&["policy/refunds"], "direct")),
            ("prompt/through", &prompt(&["prompt/_tone"], "through")),
            ("prompt/other", "nothing shared"),
            ("suite/other", &suite("other", &["a"])),
        ],
    );
    let before = ["direct", "through", "other"].map(|name| project.bundle("dev", name));
    assert!(before.iter().all(Option::is_some));
    assert_eq!(touched(&project, &["policy/refunds"]), ["direct", "through"]);
    assert_eq!(touched(&project, &["prompt/_inner"]), ["through"]);
    assert_eq!(touched(&project, &["suite/other"]), ["other"]);
    project.commits("tom", &[("policy/refunds", "sixty days")]);
    let after = ["direct", "through", "other"].map(|name| project.bundle("dev", name));
    assert!(before[0] != after[0] && before[1] != after[1] && before[2] == after[2]);
}

#[test]
fn a_bundle_that_lacks_something_is_whole_once_it_comes() {
    let project = Project::new();
    project.commits("tom", &[("prompt/a", &prompt(&["tool/look"], "a"))]);
    assert_eq!(project.bundle("dev", "a"), None);
    let missing = || {
        let view = project.view();
        State::new(view.as_ref()).bundle(&env("dev"), &Name::parse("a").unwrap()).unwrap().unwrap().missing
    };
    assert_eq!(missing(), [artifact("tool/look")]);
    project.commits("tom", &[("tool/look", TOOL)]);
    assert!(project.bundle("dev", "a").is_some() && missing().is_empty());
}

#[test]
fn an_artifact_that_comes_back_in_another_case_leaves_no_trace_in_the_indexes() {
    let project = Project::new();
    project.commits("tom", &[("policy/p", "p"), ("prompt/a", &prompt(&["policy/p"], "a"))]);
    project.commits("tom", &[("suite/s", &suite("a", &["one"]))]);
    project.ok("tom", Project::commit(vec![project.rename("prompt/a", "prompt/A", "no policy")]));
    project.ok("tom", Project::commit(vec![project.rename("suite/s", "suite/S", &suite("a", &["one", "two"]))]));
    consistent(&project);
    project.ok("tom", Project::commit(vec![project.removal("policy/p")]));
    consistent(&project);
}

/// Everything that is kept beside what is live is what can be computed from it.
fn consistent(project: &Project) {
    let view = project.view();
    let state = State::new(view.as_ref());
    for environment in ["dev", "staging"].map(env) {
        let mut needed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut guards: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut prompts = BTreeSet::new();
        for live in state.all_live(&environment).unwrap() {
            let contents = state.commit(&live.artifact, live.number).unwrap().unwrap().contents;
            for used in contents.uses.artifacts() {
                needed.entry(used.key()).or_default().insert(live.artifact.name.folded());
            }
            if let Some(tests) = contents.tests {
                guards.entry(tests.subject.key()).or_default().insert(live.artifact.name.folded());
            }
            if live.artifact.kind == Kind::Prompt && !live.artifact.name.is_fragment() {
                prompts.insert(live.artifact.name.clone());
            }
        }
        let folded = |names: &BTreeSet<Name>| names.iter().map(Name::folded).collect::<BTreeSet<_>>();
        for name in NAMES.iter().map(|name| artifact(name)) {
            let kept = state.needed(&environment, &name).unwrap().prompts;
            assert_eq!(folded(&kept), needed.remove(&name.key()).unwrap_or_default(), "needed {name}");
            let kept = state.guards(&environment, &name).unwrap().suites;
            assert_eq!(folded(&kept), guards.remove(&name.key()).unwrap_or_default(), "guards {name}");
        }
        assert!(needed.is_empty() && guards.is_empty());
        let kept = state.bundles(&environment).unwrap();
        assert_eq!(kept.iter().map(|record| record.prompt.clone()).collect::<BTreeSet<_>>(), prompts);
        for record in kept {
            let look = |used: &crate::name::Artifact| {
                let live = state.live(&environment, used)?;
                live.map(|live| Ok((live.version, state.commit(used, live.number)?.unwrap().contents.uses))).transpose()
            };
            let resolved = Bundle::resolve::<crate::state::StateError>(&record.prompt, look).unwrap();
            let whole = resolved.as_ref().ok().map(Bundle::id);
            assert_eq!(record.bundle, whole, "the bundle of {}", record.prompt);
            assert_eq!(record.missing, resolved.map_or_else(|missing| missing.artifacts, |_| Vec::new()));
        }
    }
}

const NAMES: [&str; 10] = [
    "prompt/a",
    "prompt/b",
    "prompt/_f",
    "prompt/_g",
    "tool/t",
    "tool/u",
    "policy/p",
    "policy/q",
    "suite/s",
    "suite/z",
];

/// One artifact's new text (with what it uses), its deletion, or a rename that changes its case or its name.
#[derive(Debug, Clone)]
enum Step {
    Write { name: usize, uses: Vec<usize>, number: u8 },
    Remove(usize),
    Recase(usize),
    Bring(Vec<usize>),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..NAMES.len(), prop::collection::vec(2..8_usize, 0..4), any::<u8>())
            .prop_map(|(name, uses, number)| Step::Write { name, uses, number }),
        2 => (0..NAMES.len()).prop_map(Step::Remove),
        1 => (0..NAMES.len()).prop_map(Step::Recase),
        3 => prop::collection::vec(0..NAMES.len(), 1..6).prop_map(Step::Bring),
    ];
    prop::collection::vec(step, 10..40)
}

fn text(name: &str, uses: &[usize], number: u8) -> String {
    let used: BTreeSet<&str> = uses.iter().map(|&at| NAMES[at]).filter(|used| *used != name).collect();
    let used: Vec<&str> = used.into_iter().collect();
    match name.split_once('/').unwrap().0 {
        "prompt" => prompt(&used, &format!("text {number}")),
        "tool" => TOOL.replace("looks", &format!("looks {number}")),
        "policy" => format!("policy {number}"),
        _ => suite(if number.is_multiple_of(2) { "a" } else { "b" }, &[&format!("case{number}")]),
    }
}

/// The head of a name as it is spelled now.
fn head(project: &Project, name: &str) -> Option<String> {
    let view = project.view();
    let head = State::new(view.as_ref()).head(&artifact(name)).unwrap();
    head.filter(|head| head.version.is_some()).map(|head| head.artifact.to_string())
}

fn take(project: &Project, step: &Step) -> bool {
    let commit = |change: HeadChange| project.attempt("tom", Project::commit(vec![change])).is_ok();
    match step {
        Step::Write { name, uses, number } => {
            let name = NAMES[*name];
            commit(project.change(&head(project, name).unwrap_or(name.to_owned()), &text(name, uses, *number)))
        }
        Step::Remove(name) => head(project, NAMES[*name]).is_some_and(|name| commit(project.removal(&name))),
        Step::Recase(name) => head(project, NAMES[*name]).is_some_and(|now| {
            let (kind, bare) = now.split_once('/').unwrap();
            let other = if bare.chars().any(char::is_uppercase) { bare.to_lowercase() } else { bare.to_uppercase() };
            commit(project.rename(&now, &format!("{kind}/{other}"), &text(NAMES[*name], &[], 200)))
        }),
        Step::Bring(names) => {
            let names: BTreeSet<String> = names.iter().filter_map(|&name| head(project, NAMES[name])).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let differ: Vec<&str> = names
                .into_iter()
                .filter(|name| project.live("staging", name) != project.live("dev", name))
                .filter(|name| project.live("dev", name).is_some())
                .collect();
            let proposal = crate::ledger::Deed::Propose(project.heads("staging", &differ));
            let Ok(proposal) = project.attempt("ruth", proposal) else { return false };
            project.attempt("ruth", project.promotion(proposal)).is_ok()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn what_is_kept_beside_is_what_can_be_computed(steps in steps()) {
        let project = Project::new();
        let mut taken = 0;
        for step in &steps {
            taken += usize::from(take(&project, step));
            consistent(&project);
        }
        prop_assume!(taken * 10 >= steps.len() * 3);
    }
}

#[test]
fn a_prompt_that_would_be_gone_is_no_bundle() {
    let project = Project::new();
    project.commits("tom", &[("prompt/a", "a")]);
    let view = project.view();
    let gone = [Target { artifact: artifact("prompt/a"), to: None }];
    let plan = plan(&State::new(view.as_ref()), &env("dev"), &gone).unwrap();
    assert!(matches!(plan.touched.as_slice(), [touched] if touched.after == After::Gone));
}
