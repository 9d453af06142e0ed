//! Answers what the statistics of an evaluation come to, for whoever wants to compare them with another implementation.
//!
//! Reads one JSON document from stdin, a list of questions by the name of each function, and writes the answers in the same
//! order: `echo '{"wilson": [[8, 10, 0.95]]}' | cargo run --example bounds`. `tests/bench/oracles` asks it.

use std::{
    error::Error,
    io::{Read as _, stdin},
};

use chancery::eval::{Bets, Compared as _, Lean, Paired, holm, pass_hat, wilson};
use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct Questions {
    /// Passed, total, confidence.
    wilson: Vec<(u64, u64, f64)>,
    /// Passed, total, k.
    pass_hat: Vec<(u64, u64, u64)>,
    /// Cases, lost, gained, confidence.
    paired: Vec<(u64, u64, u64, f64)>,
    /// Lost and gained rounds of each case, confidence.
    bets: Vec<(Vec<(u32, u32)>, f64)>,
    /// Chances of error of each claim, the chance that any may be false.
    holm: Vec<(Vec<f64>, f64)>,
}

/// What it comes to.
#[derive(Serialize)]
struct Answers {
    wilson: Vec<(f64, f64)>,
    pass_hat: Vec<Option<f64>>,
    /// The smallest and the largest difference that is not ruled out.
    paired: Vec<(f64, f64)>,
    bets: Vec<(f64, f64)>,
    /// Which claims are made.
    holm: Vec<Vec<bool>>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut text = String::new();
    stdin().read_to_string(&mut text)?;
    let asked: Questions = serde_json::from_str(&text)?;
    let paired = |(cases, lost, gained, confidence)| {
        let paired = Paired { cases, lost, gained, unknown: 0 };
        (paired.at_least_worse(confidence), paired.at_most_worse(confidence))
    };
    let bets = |(cases, confidence): (Vec<(u32, u32)>, f64)| {
        let bets = Bets::of(cases.into_iter().map(|(lost, gained)| Lean { lost, gained, unknown: 0 }));
        (bets.at_least_worse(confidence), bets.at_most_worse(confidence))
    };
    let made = |(chances, alpha): (Vec<f64>, f64)| {
        let shown = |at: usize, level: f64| chances.get(at).is_some_and(|chance| *chance <= level);
        holm(chances.len(), alpha, shown).iter().map(|claim| claim.made).collect()
    };
    let answers = Answers {
        wilson: asked.wilson.into_iter().map(|(passed, total, confidence)| wilson(passed, total, confidence)).collect(),
        pass_hat: asked.pass_hat.into_iter().map(|(passed, total, k)| pass_hat(passed, total, k)).collect(),
        paired: asked.paired.into_iter().map(paired).collect(),
        bets: asked.bets.into_iter().map(bets).collect(),
        holm: asked.holm.into_iter().map(made).collect(),
    };
    #[expect(clippy::print_stdout, reason = "the answer of the example")]
    {
        println!("{}", serde_json::to_string(&answers)?);
    }
    Ok(())
}
