//! The gate as a whole: tables of facts with the verdict they get.

mod beside;
mod flaky;
mod budget;
mod laws;
mod margin;
mod people;
mod window;

use super::*;
use crate::{
    clock::{Span, Time},
    name::{Artifact, Environment, Handle, Kind, Name, Role},
    object::{BundleId, Digest, EventId, VersionId},
    version::Rate,
};

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn handle(text: &str) -> Handle {
    Handle::parse(text).unwrap()
}

fn role(text: &str) -> Role {
    Role::parse(text).unwrap()
}

fn environment(text: &str) -> Environment {
    Environment::parse(text).unwrap()
}

fn digest(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

fn time(seconds: i64) -> Time {
    Time::from_unix(1_800_000_000 + seconds).unwrap()
}

fn sample(case: &str, sample: u32, outcome: SampleOutcome) -> SampleFacts {
    let reply = Some(digest(&format!("{case} {sample} {outcome:?}")));
    let tokens = Some((1_000, 100));
    SampleFacts { case: case.to_owned(), sample, reply, source: ReplySource::Live, outcome, tokens }
}

/// A completed, re-scored run by the trusted evaluator; `+case` passes, `-case` fails.
fn run(id: &str, cases: &[&str]) -> RunFacts {
    let samples = cases.iter().map(|text| {
        let (sign, case) = text.split_at(1);
        sample(case, 0, if sign == "+" { SampleOutcome::Passed } else { SampleOutcome::Failed })
    });
    RunFacts {
        announced: EventId(digest(id)),
        evaluator: handle("ci"),
        roles: vec![role("evaluator")],
        time: time(-100),
        evidence: Some(EventId(digest(&format!("{id} done")))),
        repeat: 1,
        samples: samples.collect(),
        rescored: true,
        contradicted: Vec::new(),
        other_models: Vec::new(),
    }
}

fn suite(runs: Vec<RunFacts>, live_runs: Vec<RunFacts>) -> SuiteFacts {
    SuiteFacts {
        suite: name("refunds"),
        version: VersionId(digest("suite")),
        live: true,
        repeat: 1,
        cases: vec!["a".to_owned(), "b".to_owned()],
        quarantined: Vec::new(),
        runs,
        live_runs,
    }
}

fn assent(person: &str) -> AssentFacts {
    AssentFacts {
        person: handle(person),
        roles_then: vec![role("release")],
        roles_now: vec![role("release")],
        program: false,
        author: false,
        time: time(-10),
        event: EventId(digest(person)),
        valid: Ok(()),
    }
}

fn person(handle_: &str, roles: &[&str], author: bool) -> PersonFacts {
    let roles = roles.iter().map(|word| role(word)).collect();
    PersonFacts { person: handle(handle_), roles, program: handle_ == "ci", author }
}

/// A gate with every rule.
fn strict() -> Gate {
    Gate {
        open: false,
        evidence: Some(EvidenceRule {
            evaluators: vec![role("evaluator")],
            sources: vec![ReplySource::Live, ReplySource::Signed],
            max_age: Some(Span::seconds(3_600)),
            min_cases: 2,
            without_suite_passes: false,
        }),
        pass_rate: Some(PassRateRule { at_least: 0.5, confidence: None }),
        regression: Some(RegressionRule::NoFlips),
        approvals: Some(ApprovalRule { role: role("release"), low: 1, medium: 1, high: 2, authors: false }),
        reviews: Some(ReviewRule { role: role("release"), min: 1 }),
        findings: Some(FindingsRule::NoneOpen),
        budget: None,
        charter: None,
    }
}

/// Facts that the strict gate lets pass.
pub(super) fn good() -> Facts {
    let stay = Some(Stay { since: time(-90_000), until: None });
    let prompt = Artifact::new(Kind::Prompt, name("triage"));
    let bundle = BundleId(digest("after"));
    Facts {
        now: time(0),
        target: environment("production"),
        after: Some(environment("staging")),
        soak: Some(Span::seconds(86_400)),
        window: WindowFacts::default(),
        base_moved: Vec::new(),
        proposer_left: None,
        versions: vec![LiveBefore { artifact: prompt, version: Some(VersionId(digest("new"))), stay }],
        bundles_before: vec![BundleBefore { prompt: name("triage"), bundle, stay }],
        bundles: vec![BundleFacts {
            prompt: name("triage"),
            before: Some(BundleId(digest("before"))),
            after: Some(bundle),
            suites: vec![suite(vec![run("r1", &["+a", "+b"])], vec![run("l1", &["+a", "-b"])])],
            model: Some(name("fast")),
            rate: Some(Rate { input: 1_000_000, output: 5_000_000 }),
        }],
        risk: RiskFacts::default(),
        scores: Scores::Recomputed,
        approvals: vec![assent("rita")],
        reviews: vec![assent("rita")],
        beside: BesideFacts::default(),
        findings: Vec::new(),
        charters: Vec::new(),
        people: vec![
            person("rita", &["release"], false),
            person("rob", &["release"], false),
            person("ann", &["release"], true),
            person("ci", &["evaluator", "release"], false),
        ],
    }
}

/// The codes of the rules that are not met.
fn codes(gate: &Gate, facts: &Facts) -> Vec<String> {
    let verdict = weigh(gate, facts);
    assert_eq!(verdict.pass, verdict.unmet().next().is_none());
    verdict.unmet().map(|rule| format!("{}:{}", rule.rule, rule.code)).collect()
}

/// What the strict gate says of the good facts after a change.
fn after(change: impl FnOnce(&mut Facts)) -> Vec<String> {
    let mut facts = good();
    change(&mut facts);
    codes(&strict(), &facts)
}

fn runs(facts: &mut Facts) -> &mut Vec<RunFacts> {
    &mut facts.bundles[0].suites[0].runs
}

fn next(gate: &Gate, facts: &Facts, rule: Rule) -> Option<Next> {
    weigh(gate, facts).rules.into_iter().find(|result| result.rule == rule).and_then(|result| result.next)
}

#[test]
fn a_change_that_meets_every_rule_passes() {
    let verdict = weigh(&strict(), &good());
    assert!(verdict.pass, "{verdict:#?}");
    let rules: Vec<&str> = verdict.rules.iter().map(|rule| rule.rule.word()).collect();
    let asked = ["base", "order", "soak", "evidence", "pass_rate", "regression", "approvals", "reviews", "findings"];
    let all: Vec<&str> = asked.into_iter().chain(["quarantine"]).collect();
    assert_eq!(rules, all);
    assert_eq!(verdict.tier, Tier::Low);
}

#[test]
fn a_moved_base_voids_the_proposal() {
    let moved = |facts: &mut Facts| facts.base_moved.push(Artifact::new(Kind::Tool, name("refund")));
    assert_eq!(after(moved), ["base:base-moved"]);
}

#[test]
fn order_and_soak_need_a_long_enough_stay_in_the_environment_before() {
    assert_eq!(after(|f| f.versions[0].stay = None), ["order:not-live-before", "soak:not-live-before"]);
    assert_eq!(after(|f| f.bundles_before[0].stay = None), ["order:not-live-before", "soak:not-live-before"]);
    let short = |until| move |f: &mut Facts| f.versions[0].stay = Some(Stay { since: time(-100), until });
    assert_eq!(after(short(None)), ["soak:too-fresh"]);
    let replaced = Stay { since: time(-90_000), until: Some(time(-80_000)) };
    assert_eq!(after(|f| f.versions[0].stay = Some(replaced)), ["soak:too-fresh"]);
    assert_eq!(
        after(|f| (f.versions.clear(), f.bundles_before.clear()).0),
        ["order:nothing-proposed", "soak:nothing-proposed"]
    );
    let mut facts = good();
    short(None)(&mut facts);
    assert_eq!(next(&strict(), &facts, Rule::Soak), Some(Next::Wait { until: time(86_300) }));
}

#[test]
fn a_deletion_waits_until_the_artifact_is_gone_from_the_environment_before() {
    let still = after(|f| (f.versions[0].version, f.versions[0].stay) = (None, None));
    assert_eq!(still, ["order:still-live-before", "soak:still-live-before"]);
    assert!(after(|f| f.versions[0].version = None).is_empty());
}

#[test]
fn a_soak_without_an_environment_before_is_a_no() {
    assert_eq!(after(|f| f.after = None), ["soak:nowhere-to-soak"]);
    assert!(after(|f| (f.after, f.soak) = (None, None)).is_empty());
}

#[test]
fn an_open_gate_asks_for_base_order_and_soak_alone() {
    let open = Gate { open: true, ..strict() };
    let mut facts = good();
    (facts.bundles[0].suites, facts.approvals, facts.reviews) = (Vec::new(), Vec::new(), Vec::new());
    assert!(codes(&open, &facts).is_empty());
    facts.versions[0].stay = None;
    assert_eq!(codes(&open, &facts), ["order:not-live-before", "soak:not-live-before"]);
}

#[test]
fn a_gate_that_states_nothing_and_is_not_open_is_a_no() {
    assert_eq!(codes(&Gate::default(), &good()), ["gate:no-rule"]);
}

#[test]
fn a_run_must_be_there_complete_trusted_and_young() {
    let no = |code: &str| {
        vec![format!("evidence:{code}"), "pass_rate:pass-rate-low".to_owned(), "regression:flipped".to_owned()]
    };
    let unknown = |code: &str| {
        vec![format!("evidence:{code}"), "pass_rate:not-evaluated".to_owned(), "regression:not-evaluated".to_owned()]
    };
    assert_eq!(after(|f| runs(f).clear()), unknown("not-evaluated"));
    assert_eq!(after(|f| runs(f)[0].roles.clear()), unknown("evaluator-not-trusted"));
    assert_eq!(after(|f| runs(f)[0].evidence = None), unknown("not-completed"));
    assert_eq!(after(|f| runs(f)[0].rescored = false), no("not-rescored"));
    assert_eq!(after(|f| runs(f)[0].repeat = 2), no("partial"));
    assert_eq!(after(|f| f.bundles[0].suites[0].repeat = 2)[0], "evidence:partial");
    assert_eq!(after(|f| runs(f)[0].repeat = u32::MAX), no("partial"));
    assert_eq!(after(|f| runs(f)[0].time = time(-3_601)), ["evidence:too-old"]);
    let all = |change: fn(&mut SampleFacts)| move |f: &mut Facts| runs(f)[0].samples.iter_mut().for_each(change);
    assert_eq!(after(all(|s| s.outcome = SampleOutcome::Errored)), no("errored"));
    assert_eq!(after(all(|s| s.outcome = SampleOutcome::Skipped)), no("skipped"));
    assert_eq!(after(all(|s| s.source = ReplySource::Unsigned)), no("source-not-accepted"));
    // One case of two still reaches half; evidence must be whole all the same.
    assert_eq!(after(|f| drop(runs(f)[0].samples.pop())), ["evidence:partial"]);
}

#[test]
fn reading_history_takes_scores_as_attested() {
    let attested = |f: &mut Facts| {
        f.scores = Scores::AsAttested;
        runs(f)[0].rescored = false;
        f.bundles[0].suites[0].live_runs[0].rescored = false;
    };
    assert!(after(attested).is_empty());
}

#[test]
fn an_announced_run_is_a_no_until_it_is_completed() {
    let mut open = run("r2", &[]);
    open.evidence = None;
    let next_step = Next::Complete { run: open.announced, who: vec![handle("ci")] };
    let mut facts = good();
    runs(&mut facts).push(open);
    assert_eq!(codes(&strict(), &facts), ["evidence:not-completed"]);
    assert_eq!(next(&strict(), &facts, Rule::Evidence), Some(next_step));
    runs(&mut facts)[1].roles.clear();
    assert!(codes(&strict(), &facts).is_empty(), "an untrusted announcement blocks nobody");
}

#[test]
fn runs_are_pooled_so_that_nobody_keeps_only_the_lucky_one() {
    assert_eq!(after(|f| runs(f).push(run("r2", &["-a", "+b"]))), ["regression:flipped"]);
    let mut old = run("r0", &["-a", "-b"]);
    old.time = time(-1_000_000);
    assert_eq!(after(|f| runs(f).push(old)), ["pass_rate:pass-rate-low", "regression:flipped"]);
    let mut untrusted = run("r3", &["-a", "-b"]);
    untrusted.roles = vec![role("author")];
    assert!(after(|f| runs(f).push(untrusted)).is_empty());
    let mut unscored = run("r4", &["-a", "+b"]);
    unscored.rescored = false;
    assert_eq!(after(|f| runs(f).push(unscored)), ["regression:flipped"], "a failure needs no proof");
}

#[test]
fn a_sample_without_a_reply_is_filled_by_another_run() {
    let broken = |f: &mut Facts| runs(f)[0].samples[0].outcome = SampleOutcome::Errored;
    assert_eq!(after(broken), ["evidence:errored", "regression:flipped"]);
    assert!(after(|f| (broken(f), runs(f).push(run("r2", &["+a", "+b"]))).1).is_empty());
}

#[test]
fn a_suite_must_have_cases_enough_and_a_bundle_a_suite() {
    let guard = |f: &mut Facts| f.bundles[0].suites[0].cases.truncate(1);
    assert_eq!(after(guard), ["evidence:too-few-cases"]);
    let none = after(|f| f.bundles[0].suites[0].cases.clear());
    assert_eq!(none, ["evidence:no-cases", "pass_rate:pass-rate-low", "regression:live-not-evaluated"]);
    let unguarded = |f: &mut Facts| f.bundles[0].suites.clear();
    assert_eq!(after(unguarded), ["evidence:no-suite", "pass_rate:no-suite", "regression:no-suite"]);
    let mut gate = strict();
    gate.evidence.as_mut().unwrap().without_suite_passes = true;
    let mut facts = good();
    unguarded(&mut facts);
    assert!(codes(&gate, &facts).is_empty());
}

#[test]
fn a_proposal_that_touches_no_bundle_needs_no_evidence() {
    assert!(after(|f| f.bundles.clear()).is_empty());
    assert!(after(|f| f.bundles[0].after = None).is_empty(), "a deleted bundle is not run");
    let mut facts = good();
    facts.bundles.clear();
    let verdict = weigh(&strict(), &facts);
    assert_eq!(verdict.rules.iter().filter(|rule| rule.code == "not-applicable").count(), 3);
}

#[test]
fn rates_and_comparisons_need_a_rule_that_says_whose_runs_count() {
    let gate = Gate { evidence: None, ..strict() };
    assert_eq!(codes(&gate, &good()), ["pass_rate:no-evidence-rule", "regression:no-evidence-rule"]);
}

#[test]
fn a_pass_rate_with_confidence_asks_for_the_lower_bound() {
    let mut gate = strict();
    gate.pass_rate = Some(PassRateRule { at_least: 1.0, confidence: None });
    assert!(codes(&gate, &good()).is_empty());
    gate.pass_rate = Some(PassRateRule { at_least: 0.5, confidence: Some(0.95) });
    assert_eq!(codes(&gate, &good()), ["pass_rate:pass-rate-low"]);
    gate.pass_rate = Some(PassRateRule { at_least: 0.3, confidence: Some(0.95) });
    assert!(codes(&gate, &good()).is_empty());
}

#[test]
fn no_case_that_passes_live_may_fail() {
    let flip = |f: &mut Facts| runs(f)[0] = run("r1", &["-a", "+b"]);
    assert_eq!(after(flip), ["regression:flipped"]);
    let mut facts = good();
    flip(&mut facts);
    let mend = Next::Mend { prompt: name("triage"), suite: name("refunds"), cases: vec!["a".to_owned()] };
    assert_eq!(next(&strict(), &facts, Rule::Regression), Some(mend));
    // What fails live may fail.
    assert!(after(|f| runs(f)[0] = run("r1", &["+a", "-b"])).is_empty());
    assert_eq!(after(|f| f.bundles[0].suites[0].live_runs.clear()), ["regression:live-not-evaluated"]);
    // Age does not matter on the live side.
    assert!(after(|f| f.bundles[0].suites[0].live_runs[0].time = time(-1_000_000)).is_empty());
    assert!(after(|f| (f.bundles[0].before = None, f.bundles[0].suites[0].live_runs.clear()).1).is_empty());
    // Only the suite changes: the bundle is compared with itself.
    assert!(
        after(|f| (f.bundles[0].before = f.bundles[0].after, f.bundles[0].suites[0].live_runs.clear()).1).is_empty()
    );
}

#[test]
fn a_verdict_is_written_in_words_and_read_back() {
    let mut facts = good();
    (facts.approvals, facts.versions[0].stay) = (Vec::new(), None);
    let verdict = weigh(&strict(), &facts);
    let json = serde_json::to_value(&verdict).unwrap();
    assert_eq!(json["rules"][1]["next"], serde_json::json!({ "step": "promote-in", "environment": "staging" }));
    assert_eq!(json["rules"][4]["rule"], "pass_rate");
    assert_eq!(serde_json::from_value::<Verdict>(json).unwrap(), verdict);
}

#[test]
fn evidence_that_its_own_replies_contradict_is_refused_by_name() {
    let lie = |run: &mut RunFacts| run.contradicted = vec![Contradicted { case: "a".to_owned(), sample: 0 }];
    assert_eq!(after(|f| lie(&mut runs(f)[0])), ["evidence:rescored-differently"]);
    assert_eq!(after(|f| lie(&mut f.bundles[0].suites[0].live_runs[0])), ["regression:rescored-differently"]);
    let stranger = |f: &mut Facts| {
        let mut other = run("r2", &[]);
        lie(&mut other);
        other.roles.clear();
        runs(f).push(other);
    };
    assert!(after(stranger).is_empty(), "a run that does not count neither helps nor hurts");
}
