//! What is asked next, and how often what is said at last is wrong.

use super::*;

mod simulation;

use Outcome::{Errored as E, Failed as F, Passed as P};

const TERMS: Terms = Terms { margin: 0.02, confidence: 0.95, repeat: 1, most_samples: 10_000 };

fn pair(live: &[Outcome], changed: &[Outcome]) -> Pair {
    Pair { live: live.to_vec(), changed: changed.to_vec() }
}

fn agreeing(count: usize) -> Vec<Pair> {
    vec![pair(&[P], &[P]); count]
}

#[test]
fn every_case_is_seen_once_and_only_those_that_disagree_again() {
    assert_eq!(
        next_step(&Terms { repeat: 2, ..TERMS }, &[Pair::default(), pair(&[P], &[P])]),
        NextStep::Sample(vec![(0, 0), (0, 1), (1, 1)])
    );
    let mut seen = agreeing(20);
    seen[3] = pair(&[P], &[F]);
    seen[5] = pair(&[F], &[P]);
    seen[7] = pair(&[F], &[F]);
    assert_eq!(next_step(&TERMS, &seen), NextStep::Sample(vec![(3, 1), (5, 1)]));
    // A round that was begun is completed before anything is said.
    seen[3] = pair(&[P, P], &[F, P]);
    assert_eq!(next_step(&TERMS, &seen), NextStep::Sample(vec![(5, 1)]));
    seen[5] = pair(&[F, P], &[P, P]);
    assert_eq!(next_step(&TERMS, &seen), NextStep::Sample(vec![(3, 2), (5, 2)]));
}

#[test]
fn it_stops_when_it_knows_and_when_nothing_more_can_be_known() {
    assert_eq!(next_step(&TERMS, &agreeing(183)), NextStep::Decided(Standing::NoWorse));
    let few = next_step(&TERMS, &agreeing(100));
    assert!(matches!(few, NextStep::Decided(Standing::Inconclusive { more: Some(more) }) if more < 100), "{few:?}");
    assert!(matches!(next_step(&TERMS, &[]), NextStep::Decided(Standing::Inconclusive { .. })));
    let lost = [vec![pair(&[P], &[F]); 30], agreeing(30)].concat();
    assert_eq!(next_step(&TERMS, &lost), NextStep::Decided(Standing::Worse));
    let gained = [vec![pair(&[F], &[P]); 30], agreeing(30)].concat();
    assert_eq!(next_step(&TERMS, &gained), NextStep::Decided(Standing::Better));
}

#[test]
fn the_budget_is_never_overspent() {
    let mut seen = agreeing(20);
    seen[3] = pair(&[P], &[F]);
    let budget = |most_samples| next_step(&Terms { most_samples, ..TERMS }, &seen);
    assert!(matches!(budget(41), NextStep::OutOfBudget(Standing::Inconclusive { .. })));
    assert_eq!(budget(42), NextStep::Sample(vec![(3, 1)]));
    let nothing = next_step(&Terms { most_samples: 39, ..TERMS }, &vec![Pair::default(); 20]);
    assert!(matches!(nothing, NextStep::OutOfBudget(Standing::Inconclusive { .. })));
}

#[test]
fn what_is_not_known_is_held_against_every_word_and_not_paid_for_again() {
    let shown = |pairs: &[Pair]| leans(pairs, 1).standing(0.02, 0.95);
    assert_eq!(shown(&agreeing(200)), Standing::NoWorse);
    let mut seen = agreeing(200);
    seen[0] = pair(&[P], &[E]);
    assert!(matches!(shown(&seen), Standing::Inconclusive { .. }));
    assert!(matches!(next_step(&TERMS, &seen), NextStep::Decided(Standing::Inconclusive { .. })));
    let lost = [vec![pair(&[P], &[F]); 30], vec![pair(&[E], &[E]); 30]].concat();
    assert!(matches!(shown(&lost), Standing::Inconclusive { .. }), "all of the missing ones may be gained");
}

#[test]
fn a_round_passes_when_each_of_its_samples_does() {
    let three = Terms { repeat: 3, ..TERMS };
    let seen = [pair(&[P, P, P], &[P, F, P]), pair(&[F, P, P], &[P, P, F])];
    assert_eq!(next_step(&three, &seen), NextStep::Sample(vec![(0, 3), (0, 4), (0, 5)]));
    assert_eq!(leans(&seen, 3), Bets::of([Lean { lost: 1, ..Lean::default() }, Lean::default()]));
}

#[test]
fn repeats_never_count_as_cases() {
    let mut seen = agreeing(50);
    for pair in &mut seen[..10] {
        *pair = self::pair(&[P], &[F]);
    }
    let once = leans(&seen, 1).at_most_worse(0.95);
    for pair in &mut seen[..10] {
        *pair = self::pair(&[P; 40], &[F; 40]);
    }
    let often = leans(&seen, 1).at_most_worse(0.95);
    assert!((once - often).abs() < 1e-12, "the same lean of the same cases: {once} {often}");
}
