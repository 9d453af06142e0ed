//! What may be said beside another version: for all cases, by tag, and in rounds.

use std::sync::Mutex;

use super::*;
use crate::{
    eval::{Reply, ReplySource, Standing},
    ops::testing::RULES,
};

/// So many cases that pass while their city is named; the first half is of the north.
fn suite(cases: usize, more: &str) -> String {
    let case = |number: usize| {
        let tags = if number < cases / 2 { "tags = [\"north\"]\n" } else { "tags = [\"south\", \"far\"]\n" };
        let case = format!("[[case]]\nid = \"c{number:02}\"\n{tags}vars = {{ city = \"c{number:02}\" }}\n");
        format!("{case}{}expect = [{{ contains = \"c{number:02}\" }}]\n", if number == 0 { more } else { "" })
    };
    format!("prompt = \"greet\"\n{}", (0..cases).map(case).collect::<String>())
}

/// A project with so many cases, committed, and then a changed prompt.
fn changed(cases: usize, prompt: &str) -> TestProject {
    let project = project();
    project.write("evals/greet.toml", &suite(cases, ""));
    commit(&project.of("tom"));
    project.write("prompts/greet.md", &format!("+++\nmodel = \"fast\"\n[inputs.city]\n+++\n{prompt}"));
    project
}

fn beside(compare: Compare) -> Request<'static> {
    Request { against: Some("dev".parse().unwrap()), compare, ..ask() }
}

fn within(margin: f64, confidence: f64) -> Compare {
    Compare { margin: Some(margin), confidence: Some(confidence), ..Compare::default() }
}

fn compared(project: &TestProject, compare: Compare) -> Comparison {
    run(&project.of("tom"), &beside(compare)).unwrap().bundles[0].against.clone().unwrap()
}

#[test]
fn every_tag_gets_its_share_and_its_word_and_all_together_theirs() {
    let project = changed(30, "Dear {{ city }}");
    let outcome = run(&project.of("tom"), &beside(within(0.1, 0.9))).unwrap();
    let bundle = &outcome.bundles[0];
    let tags: Vec<(&str, u64, u64)> = bundle.tags.iter().map(|tag| (tag.tag.as_str(), tag.cases, tag.passed)).collect();
    assert_eq!(tags, [("far", 15, 15), ("north", 15, 15), ("south", 15, 15)]);
    let found = bundle.against.clone().unwrap();
    assert_eq!((found.verdict, found.more_cases), (Word::Said(Standing::NoWorse), None));
    assert_eq!((found.cases, found.lost, found.gained, found.trend), (30, 0, 0, Trend::Same));
    // 29 cases at 0.1/2 in one bound; of three tags each must be shown at a third of it: 39 cases.
    let words: Vec<String> = found.tags.iter().map(|tag| tag.verdict.to_string()).collect();
    assert_eq!(words, ["inconclusive: 24 more cases needed"; 3]);
    assert_eq!(found.tags[0].more_cases, Some(24));
}

#[test]
fn the_words_are_said_as_they_stand() {
    let words = |prompt: &str, margin| compared(&changed(30, prompt), within(margin, 0.9)).verdict.to_string();
    assert_eq!(words("Dear you", 0.1), "worse");
    assert_eq!(words("Dear {{ city }}", 0.1), "no worse within margin");
    assert_eq!(words("Dear {{ city }}", 0.05), "inconclusive: 29 more cases needed");
    let better = changed(30, "Dear you");
    commit(&better.of("tom"));
    better.write("prompts/greet.md", "+++\nmodel = \"fast\"\n[inputs.city]\n+++\nHello {{ city }}");
    assert_eq!(compared(&better, within(0.05, 0.9)).verdict.to_string(), "better");
    let same = changed(30, "Hello {{ city }}");
    let found = compared(&same, within(0.05, 0.9));
    assert_eq!((found.verdict.to_string().as_str(), found.difference_at_most), ("no worse within margin", Some(0.0)));
}

#[test]
fn without_a_word_the_gate_of_the_environment_says_how_sure_one_must_be() {
    let project = changed(30, "Dear {{ city }}");
    let usual = compared(&project, Compare::default());
    assert_eq!((usual.margin, usual.confidence), (0.02, 0.95));
    let margin = "regression = { margin = 0.3, confidence = 0.8 }";
    let own = RULES.replacen("regression = \"no-flips\"", margin, 1);
    assert!(own.contains(margin));
    let project = TestProject::under(&own);
    project.write("prompts/greet.md", "+++\nmodel = \"fast\"\n[inputs.city]\n+++\nHello {{ city }}");
    project.write("models/fast.toml", "provider = \"echo\"\n");
    project.write("evals/greet.toml", &suite(4, ""));
    commit(&project.of("tom"));
    let request = Request { against: Some("production".parse().unwrap()), ..ask() };
    let found = run(&project.of("tom"), &request).unwrap().bundles[0].against.clone().unwrap();
    assert_eq!((found.margin, found.confidence, found.verdict), (0.3, 0.8, Word::First));
}

/// Answers as asked, but for one city: live only to even samples, changed only to odd ones.
#[derive(Clone, Default)]
struct Moody(Arc<Mutex<Vec<(String, u32)>>>);

impl Provider for Moody {
    fn complete(&self, request: &Asked, sample: u32) -> Result<Answer, ProviderError> {
        let text = request.messages[0].content.clone();
        self.0.lock().unwrap().push((text.clone(), sample));
        let moody = text.contains("c07");
        let answers = !moody || sample.is_multiple_of(2) == text.starts_with("Hello");
        let reply = Reply::text(if answers { text } else { "no".to_owned() });
        Ok(Answer { reply, source: ReplySource::Live, latency_ms: Some(1) })
    }
}

impl Providers for Moody {
    fn provider(&self, _model: &Model) -> Result<Box<dyn Provider>, Failure> {
        Ok(Box::new(self.clone()))
    }
}

#[test]
fn further_samples_go_only_to_cases_that_disagree_until_something_can_be_said() {
    let project = changed(30, "Dear {{ city }}");
    let moody = Moody::default();
    let world = World { providers: Arc::new(moody.clone()), ..project.of("tom") };
    let rounds = |most_samples| Compare { sampling: Sampling::Sequential { most_samples }, ..within(0.1, 0.9) };
    let outcome = run(&world, &beside(rounds(None))).unwrap();
    let bundle = &outcome.bundles[0];
    let found = bundle.against.clone().unwrap();
    // Lost in the first round, gained in the second: it leans neither way.
    assert_eq!(found.verdict, Word::Said(Standing::NoWorse));
    let sampled = found.sequential.unwrap();
    assert_eq!(
        (sampled.samples, sampled.most_samples, sampled.disagreeing, sampled.out_of_budget),
        (62, 120, 1, false)
    );
    assert_eq!(
        (found.lost, found.gained, found.flips.len(), bundle.failed),
        (1, 0, 1, 1),
        "the first round is what is told"
    );
    let mut asked = moody.0.lock().unwrap().clone();
    assert_eq!(asked.len(), 62);
    asked.retain(|(_, sample)| *sample > 0);
    assert_eq!(asked, [("Hello c07".to_owned(), 1), ("Dear c07".to_owned(), 1)]);

    let at_once = run(&world, &beside(within(0.1, 0.9))).unwrap().bundles[0].against.clone().unwrap();
    assert!(matches!(at_once.verdict, Word::Said(Standing::Inconclusive { .. })), "one round cannot tell");
    let poor = run(&world, &beside(rounds(Some(61)))).unwrap().bundles[0].against.clone().unwrap();
    assert!(matches!(poor.verdict, Word::Said(Standing::Inconclusive { .. })));
    assert_eq!(poor.sequential.map(|sampled| (sampled.samples, sampled.out_of_budget)), Some((60, true)));
}

#[test]
fn what_does_not_go_together_is_refused_with_a_reason() {
    let project = changed(2, "Dear {{ city }}");
    let sequential = Compare { sampling: Sampling::Sequential { most_samples: None }, ..Compare::default() };
    for request in [
        Request { compare: sequential, ..ask() },
        Request { compare: within(0.1, 0.9), ..ask() },
        Request { attest: true, ..beside(sequential) },
        beside(Compare { sampling: Sampling::Sequential { most_samples: Some(3) }, ..Compare::default() }),
        beside(within(0.0, 0.9)),
        beside(within(0.1, 1.0)),
        beside(within(f64::NAN, 0.9)),
    ] {
        let failure = run(&project.of("ci"), &request).unwrap_err();
        assert_eq!((failure.exit, failure.next.is_empty()), (Exit::Usage, false), "{}", failure.message);
    }
}

#[test]
fn a_case_in_quarantine_is_run_and_shown_and_does_not_count() {
    let project = changed(3, "Hello {{ city }}{% if city == 'c00' %}{% else %}!{% endif %}");
    let told = |until: &str| {
        let more = format!("quarantine = {{ reason = \"moody\", until = {until} }}\n");
        project.write("evals/greet.toml", &suite(3, &more).replace("contains = \"c00\"", "contains = \"never\""));
        run(&project.of("tom"), &beside(within(0.1, 0.9))).unwrap()
    };
    let outcome = told("2999-01-01");
    let bundle = &outcome.bundles[0];
    assert_eq!((outcome.verdict, bundle.cases, bundle.passed, bundle.failed), (Verdict::Pass, 3, 2, 0));
    assert_eq!((bundle.quarantined, bundle.pass_rate, bundle.failures.len()), (1, Some(1.0), 0));
    let line = &bundle.quarantines[0];
    assert_eq!((line.case.as_str(), line.outcome, line.reason.as_str()), ("c00", Some(CaseOutcome::Failed), "moody"));
    assert_eq!(bundle.against.as_ref().unwrap().cases, 2);
    let over = told("2020-01-01");
    assert_eq!((over.verdict, over.bundles[0].failed, over.bundles[0].quarantines.len()), (Verdict::Fail, 1, 0));
}

#[test]
fn a_case_sampled_more_than_once_is_told_by_how_steadily_it_passes() {
    let project = changed(8, "Dear {{ city }}");
    let world = World { providers: Arc::new(Moody::default()), ..project.of("tom") };
    let outcome = run(&world, &Request { repeat: NonZeroU32::new(4), ..ask() }).unwrap();
    let bundle = &outcome.bundles[0];
    let moody = &bundle.steadiness[7];
    assert_eq!((moody.samples, moody.passed, moody.steadiness), (4, 2, crate::eval::Steadiness::Flaky));
    let share = |k: u32| bundle.pass_hat.iter().find(|one| one.k == k).unwrap().share;
    assert!((share(1) - 7.5 / 8.0).abs() < 1e-12 && (share(4) - 7.0 / 8.0).abs() < 1e-12);
    assert!(run(&world, &ask()).unwrap().bundles[0].steadiness.is_empty());
}
