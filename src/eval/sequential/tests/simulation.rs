//! How often a word is wrong, for suites drawn from cases of which the truth is known; the seeds are fixed.

use super::*;
use crate::eval::{Paired, standings};

/// Sebastiano Vigna's splitmix64, from its published definition.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    #[expect(clippy::cast_precision_loss, reason = "53 bits")]
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn comes_out(&mut self, chance: f64) -> Outcome {
        if self.share() < chance { P } else { F }
    }
}

/// Kinds of cases: how common each is, and the chance of a sample to pass live and with the change. The rest pass always.
type Kinds = &'static [(f64, f64, f64)];

/// By how much the change passes less in a round of so many samples.
fn truth(kinds: Kinds, repeat: i32) -> f64 {
    kinds.iter().map(|(share, live, changed)| share * (live.powi(repeat) - changed.powi(repeat))).sum()
}

fn drawn(kinds: Kinds, cases: usize, chance: &mut Chance) -> Vec<(f64, f64)> {
    let kind = |mut at: f64| {
        for (share, live, changed) in kinds {
            if at < *share {
                return (*live, *changed);
            }
            at -= share;
        }
        (1.0, 1.0)
    };
    (0..cases).map(|_| kind(chance.share())).collect()
}

const MARGIN: f64 = 0.05;
const CONFIDENCE: f64 = 0.9;

/// What is promised, and four standard errors of a simulation that comes out right.
fn allowed(runs: u32) -> f64 {
    let alpha = 1.0 - CONFIDENCE;
    alpha + 4.0 * (alpha * (1.0 - alpha) / f64::from(runs)).sqrt()
}

/// Whether each word was false after any of the rounds: `better`, `no worse`, `worse`.
fn ever_false(kinds: Kinds, repeat: u32, seed: u64) -> [bool; 3] {
    // What is no more than a rounding away from the margin is at the margin.
    let difference = truth(kinds, repeat.cast_signed());
    let (not_better, beyond, not_worse) = (difference > -1e-9, difference > MARGIN - 1e-9, difference < 1e-9);
    let mut chance = Chance(seed);
    let drawn = drawn(kinds, 120, &mut chance);
    let mut seen = vec![Pair::default(); drawn.len()];
    let mut said = [false; 3];
    for round in 0..8 {
        for (pair, (live, changed)) in seen.iter_mut().zip(&drawn) {
            if round == 0 || pair.disagrees(repeat as usize) {
                for _ in 0..repeat {
                    pair.live.push(chance.comes_out(*live));
                    pair.changed.push(chance.comes_out(*changed));
                }
            }
        }
        let (bets, alpha) = (leans(&seen, repeat), 1.0 - CONFIDENCE);
        said[0] |= not_better && bets.shows_less_than(0.0, alpha);
        said[1] |= beyond && bets.shows_less_than(MARGIN, alpha);
        said[2] |= not_worse && bets.shows_more_than(0.0, alpha);
    }
    said
}

#[test]
fn a_word_is_false_no_more_often_than_promised_whenever_one_stops() {
    const RUNS: u32 = 400;
    let kinds: [(Kinds, u32); 7] = [
        // At the margin, where `no worse` must not be said.
        (&[(0.05, 1.0, 0.0)], 1),
        (&[(0.1, 1.0, 0.5)], 1),
        (&[(0.1, 0.9, 0.4), (0.2, 0.5, 0.5)], 1),
        (&[(0.1, 1.0, std::f64::consts::FRAC_1_SQRT_2), (0.1, 0.7, 0.7)], 2),
        // Alike, where neither `better` nor `worse` must be said.
        (&[(0.4, 0.5, 0.5)], 1),
        (&[(0.15, 1.0, 0.0), (0.15, 0.0, 1.0)], 1),
        (&[(0.2, 0.9, 0.6), (0.2, 0.3, 0.6)], 1),
    ];
    for (at, (kinds, repeat)) in kinds.into_iter().enumerate() {
        let difference = truth(kinds, repeat.cast_signed());
        assert!(if at < 4 { (difference - MARGIN).abs() < 1e-9 } else { difference.abs() < 1e-9 }, "{difference}");
        let mut wrong = [0_u32; 3];
        for run in 0..RUNS {
            let said = ever_false(kinds, repeat, at as u64 ^ (u64::from(run) << 32));
            wrong.iter_mut().zip(said).for_each(|(count, said)| *count += u32::from(said));
        }
        let wrong = wrong.map(|count| f64::from(count) / f64::from(RUNS));
        assert!(wrong.iter().all(|share| *share <= allowed(RUNS)), "{kinds:?}: {wrong:?}");
    }
}

/// Runs the state machine to its end.
fn to_the_end(kinds: Kinds, terms: &Terms, seed: u64) -> Standing {
    let mut chance = Chance(seed);
    let drawn = drawn(kinds, 150, &mut chance);
    let mut seen = vec![Pair::default(); drawn.len()];
    loop {
        match next_step(terms, &seen) {
            NextStep::Sample(samples) => {
                for (at, index) in samples {
                    assert_eq!(index as usize, seen[at].live.len(), "samples come in order");
                    seen[at].live.push(chance.comes_out(drawn[at].0));
                    seen[at].changed.push(chance.comes_out(drawn[at].1));
                }
            }
            NextStep::Decided(standing) | NextStep::OutOfBudget(standing) => {
                let taken: usize = seen.iter().map(|pair| pair.live.len() + pair.changed.len()).sum();
                assert!(taken as u64 <= terms.most_samples);
                return standing;
            }
        }
    }
}

#[test]
fn the_state_machine_keeps_the_promise_and_decides_what_one_round_could_not() {
    let share = |kinds: Kinds, runs: u32, most_samples: u64, is: fn(Standing) -> bool| {
        let terms = Terms { margin: MARGIN, confidence: CONFIDENCE, repeat: 1, most_samples };
        let said = (0..runs).filter(|run| is(to_the_end(kinds, &terms, 1 ^ (u64::from(*run) << 32))));
        f64::from(u32::try_from(said.count()).unwrap()) / f64::from(runs)
    };
    let claimed: fn(Standing) -> bool = |word| matches!(word, Standing::Better | Standing::NoWorse);
    let wrong = share(&[(0.1, 0.9, 0.4), (0.2, 0.5, 0.5)], 60, 900, claimed);
    assert!(wrong <= allowed(60), "{wrong}");
    // Nothing changed, but a quarter of the cases is flaky: one round cannot tell, further ones can.
    let flaky: Kinds = &[(0.25, 0.5, 0.5)];
    let (told, at_once) = (share(flaky, 30, 900, claimed), share(flaky, 30, 300, claimed));
    assert!(told > at_once + 0.2, "{told} against {at_once}");
}

#[test]
fn across_tags_no_word_is_false_more_often_than_promised() {
    // Three tags that share cases, each exactly at the margin, or exactly alike.
    let runs = 200;
    for (kinds, seed) in [(&[(0.05, 1.0, 0.0)] as Kinds, 5), (&[(0.2, 0.5, 0.5)], 6)] {
        let alike = truth(kinds, 1) < 1e-9;
        let mut wrong = [0_u32; 3];
        for run in 0..runs {
            let mut chance = Chance(seed ^ (u64::from(run) << 32));
            let drawn = drawn(kinds, 70, &mut chance);
            let cases: Vec<(Outcome, Outcome)> =
                drawn.iter().map(|(live, changed)| (chance.comes_out(*live), chance.comes_out(*changed))).collect();
            let tags = [&cases[..50], &cases[10..60], &cases[20..]];
            let parts: Vec<Paired> = tags.iter().map(|tag| Paired::of(tag.iter().copied())).collect();
            let said = standings(&parts, MARGIN, CONFIDENCE);
            let any = |word: Standing| said.iter().any(|part| part.standing == word);
            let better = any(Standing::Better);
            wrong[0] += u32::from(better);
            wrong[1] += u32::from(!alike && (better || any(Standing::NoWorse)));
            wrong[2] += u32::from(alike && any(Standing::Worse));
        }
        let wrong = wrong.map(|count| f64::from(count) / f64::from(runs));
        assert!(wrong.iter().all(|share| *share <= allowed(runs)), "{kinds:?}: {wrong:?}");
    }
}
