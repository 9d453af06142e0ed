//! Ceilings for tokens and money.

use super::*;

/// A gate that asks for evidence and a budget alone.
fn gate(prompt_tokens: Option<u32>, micro_usd_per_run: Option<u64>) -> Gate {
    let budget = Some(BudgetRule { prompt_tokens, micro_usd_per_run });
    Gate { evidence: strict().evidence, budget, ..Gate::default() }
}

/// What the gate says of the good facts, in which each of two samples sends 1,000 tokens and costs 1,500 micro-dollars.
fn says(prompt_tokens: Option<u32>, micro: Option<u64>, change: impl FnOnce(&mut Facts)) -> Vec<String> {
    let mut facts = good();
    change(&mut facts);
    let all = codes(&gate(prompt_tokens, micro), &facts);
    all.into_iter().filter(|code| code.starts_with("budget")).collect()
}

#[test]
fn the_longest_call_and_the_whole_run_stay_under_their_ceilings() {
    assert!(says(Some(1_000), Some(3_000), |_| ()).is_empty());
    assert_eq!(says(Some(999), None, |_| ()), ["budget:prompt-too-long"]);
    assert_eq!(says(None, Some(2_999), |_| ()), ["budget:too-dear"]);
    assert!(says(Some(1_000), None, |f| f.bundles[0].rate = None).is_empty(), "tokens need no price");
    let mut facts = good();
    runs(&mut facts)[0].samples[1].tokens = Some((4_000, 1));
    let told = |gate: &Gate| {
        let rules = weigh(gate, &facts).rules;
        rules.into_iter().find(|result| result.rule == Rule::Budget).unwrap().reason
    };
    let reason = told(&gate(Some(2_000), None));
    assert_eq!(reason, "`refunds` of `triage` sends 4000 tokens for the case `b`, 2000 allowed");
    let next = next(&gate(Some(2_000), None), &facts, Rule::Budget);
    assert_eq!(next, Some(Next::Shorten { prompt: name("triage") }));
    let told = told(&gate(Some(4_000), Some(9_000)));
    assert_eq!(told, "`refunds` of `triage`: at most 4000 of 4000 tokens sent, 0.005505 of 0.009 USD a run");
}

#[test]
fn what_nobody_counted_is_a_no() {
    assert_eq!(says(Some(1_000), None, |f| runs(f).clear()), ["budget:not-counted"]);
    assert_eq!(says(Some(1_000), None, |f| runs(f)[0].samples[0].tokens = None), ["budget:not-counted"]);
    assert_eq!(says(Some(1_000), None, |f| runs(f)[0].roles.clear()), ["budget:not-counted"]);
    assert_eq!(says(Some(1_000), None, |f| runs(f)[0].rescored = false), ["budget:not-counted"]);
    assert_eq!(says(Some(1_000), None, |f| runs(f)[0].evidence = None), ["budget:not-counted"]);
    assert_eq!(says(Some(1_000), None, |f| f.bundles[0].suites[0].repeat = 2), ["budget:not-counted"]);
    assert_eq!(says(Some(1_000), None, |f| f.bundles[0].suites.clear()), ["budget:no-suite"]);
    assert_eq!(says(Some(1_000), None, |f| f.bundles[0].suites[0].cases.clear()), ["budget:not-counted"]);
    let gate = Gate { budget: gate(Some(1), None).budget, ..Gate::default() };
    assert_eq!(codes(&gate, &good()), ["budget:no-evidence-rule"]);
}

#[test]
fn a_model_without_a_price_is_not_free() {
    let unpriced = |f: &mut Facts| f.bundles[0].rate = None;
    assert_eq!(says(None, Some(u64::MAX), unpriced), ["budget:no-price"]);
    assert!(says(None, Some(0), |f| f.bundles[0].rate = Some(Rate { input: 0, output: 0 })).is_empty());
}

#[test]
fn neither_another_run_nor_a_run_in_parts_makes_it_cheaper() {
    let dear = |f: &mut Facts| {
        let mut dear = run("r2", &["+a", "+b"]);
        dear.samples.iter_mut().for_each(|sample| sample.tokens = Some((2_000, 100)));
        runs(f).insert(0, dear);
    };
    assert_eq!(says(Some(1_999), None, dear), ["budget:prompt-too-long"]);
    assert_eq!(says(None, Some(4_999), dear), ["budget:too-dear"]);
    assert!(says(Some(2_000), Some(5_000), dear).is_empty(), "the dearest samples make up one run, not two");
    let parts = |f: &mut Facts| *runs(f) = vec![run("r1", &["+a"]), run("r2", &["+b"])];
    assert_eq!(says(None, Some(2_999), parts), ["budget:too-dear"]);
    assert!(says(None, Some(3_000), parts).is_empty());
    let unchecked = |f: &mut Facts| {
        dear(f);
        runs(f)[0].rescored = false;
    };
    assert_eq!(says(Some(1_999), None, unchecked), ["budget:prompt-too-long"], "what refuses needs no proof");
    let foreign = |f: &mut Facts| {
        dear(f);
        runs(f)[0].samples.iter_mut().for_each(|sample| sample.source = ReplySource::Unsigned);
    };
    assert!(
        says(Some(1_000), Some(3_000), foreign).is_empty(),
        "what the rule does not accept neither helps nor hurts"
    );
}
