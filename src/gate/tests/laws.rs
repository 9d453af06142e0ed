//! What holds of every verdict, whatever the facts.

use proptest::prelude::*;

use super::*;

fn any_outcome() -> impl Strategy<Value = SampleOutcome> {
    prop_oneof![
        6 => Just(SampleOutcome::Passed),
        1 => Just(SampleOutcome::Failed),
        1 => Just(SampleOutcome::Errored),
        1 => Just(SampleOutcome::Skipped),
    ]
}

fn any_sample() -> impl Strategy<Value = SampleFacts> {
    let source = prop_oneof![4 => Just(ReplySource::Live), 1 => Just(ReplySource::Unsigned)];
    (prop::sample::select(vec!["a", "b", "c"]), 0..2_u32, any_outcome(), source)
        .prop_map(|(case, index, outcome, source)| SampleFacts { source, ..sample(case, index, outcome) })
        .prop_flat_map(|sample| {
            let tokens = prop_oneof![8 => Just(sample.tokens), 1 => Just(Some((1_001, 1))), 1 => Just(None)];
            tokens.prop_map(move |tokens| SampleFacts { tokens, ..sample.clone() })
        })
}

fn any_run() -> impl Strategy<Value = RunFacts> {
    let samples = prop::collection::vec(any_sample(), 0..6);
    (any::<u8>(), samples, 1..3_u32, prop::bool::weighted(0.8), prop::bool::weighted(0.8), -5_000..0_i64).prop_map(
        |(id, samples, repeat, complete, trusted, at)| {
            let mut run = run(&id.to_string(), &[]);
            (run.samples, run.repeat, run.time) = (samples, repeat, time(at));
            run.roles.retain(|_| trusted);
            run.evidence = run.evidence.filter(|_| complete);
            run
        },
    )
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let runs = || prop::collection::vec(any_run(), 0..3);
    let people = prop::sample::subsequence(vec!["rita", "rob", "ann", "ci"], 0..=4);
    (runs(), runs(), people, any::<[bool; 4]>()).prop_map(|(more, live, people, [whole, lived, first, gone])| {
        let mut facts = good();
        let bundle = &mut facts.bundles[0];
        if !whole {
            bundle.suites[0].runs.clear();
        }
        bundle.suites[0].runs.extend(more);
        if !lived {
            bundle.suites[0].live_runs.clear();
        }
        bundle.suites[0].live_runs.extend(live);
        bundle.before = bundle.before.filter(|_| !first);
        facts.approvals = people.iter().map(|person| assent(person)).collect();
        if gone {
            facts.versions[0].stay = None;
        }
        facts
    })
}

/// The strict gate with a budget that the good facts just keep, and with one or the other comparison.
fn full(margin: bool) -> Gate {
    let budget = Some(BudgetRule { prompt_tokens: Some(1_000), micro_usd_per_run: Some(3_000) });
    let wide = RegressionRule::Margin { margin: 0.9, confidence: 0.5 };
    let regression = if margin { Some(wide) } else { strict().regression };
    Gate { regression, budget, ..strict() }
}

#[test]
fn the_laws_are_tried_on_facts_that_pass() {
    for margin in [false, true] {
        assert!(weigh(&full(margin), &good()).pass, "{:#?}", weigh(&full(margin), &good()));
    }
}

proptest! {
    #[test]
    fn passing_evidence_and_approvals_never_turn_a_yes_into_a_no(
        facts in any_facts(), approver in "q[a-z]{2}", at in -5_000..0_i64, repeat in 1..4_u32,
        source in prop::sample::select(vec![ReplySource::Live, ReplySource::Signed, ReplySource::Unsigned]),
        live in any::<bool>(), rescored in any::<bool>(), counted in any::<bool>(), margin in any::<bool>(),
    ) {
        let mut more = facts.clone();
        let mut passing = run("more", &[]);
        (passing.time, passing.repeat, passing.rescored) = (time(at), repeat, rescored);
        passing.samples = ["a", "b"].iter()
            .flat_map(|case| (0..repeat).map(|index| sample(case, index, SampleOutcome::Passed)))
            .map(|sample| SampleFacts { source, tokens: sample.tokens.filter(|_| counted), ..sample })
            .collect();
        let suite = &mut more.bundles[0].suites[0];
        if live { suite.live_runs.push(passing) } else { suite.runs.push(passing) }
        more.approvals.push(assent(&approver));
        more.reviews.push(assent(&approver));
        for (before, after) in weigh(&full(margin), &facts).rules.iter().zip(weigh(&full(margin), &more).rules) {
            prop_assert!(!before.ok || after.ok, "{before:?} became {after:?}");
        }
    }

    #[test]
    fn facts_left_out_never_give_a_yes(
        facts in any_facts(), drop_at in any::<prop::sample::Index>(), margin in any::<bool>(),
    ) {
        let mut less = facts.clone();
        match drop_at.index(7) {
            0 => less.versions.iter_mut().for_each(|version| version.stay = None),
            1 => less.bundles[0].suites[0].runs.clear(),
            2 => less.approvals.clear(),
            3 => less.reviews.clear(),
            4 => less.bundles[0].rate = None,
            5 => less.bundles[0].suites[0].runs.iter_mut().for_each(|run| {
                run.samples.iter_mut().for_each(|sample| sample.tokens = None);
            }),
            _ => less.bundles[0].suites.clear(),
        }
        prop_assert!(!weigh(&full(margin), &less).pass);
    }

    #[test]
    fn the_order_of_facts_does_not_matter(facts in any_facts(), seed in any::<u64>(), margin in any::<bool>()) {
        let mut other = facts.clone();
        let mut twin = other.bundles[0].clone();
        twin.prompt = name("other");
        let (mut one, mut two) = (facts, other.clone());
        one.bundles.push(twin.clone());
        two.bundles.insert(0, twin);
        let by = |digest: &str| Digest::of(format!("{seed}{digest}").as_bytes());
        let suite = &mut two.bundles[1].suites[0];
        suite.runs.reverse();
        suite.live_runs.reverse();
        suite.cases.reverse();
        suite.runs.iter_mut().for_each(|run| run.samples.sort_by_key(|sample| by(&sample.case)));
        two.approvals.reverse();
        two.people.reverse();
        two.versions.reverse();
        prop_assert_eq!(weigh(&full(margin), &one), weigh(&full(margin), &two));
        other.people.clear();
        prop_assert_eq!(weigh(&strict(), &other).pass, weigh(&strict(), &other).pass);
    }
}
