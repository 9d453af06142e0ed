//! What users wait for, beside git doing the same work in the same run: `cargo bench`.
//!
//! Both sides are cold processes on the same disk, timed in turns; both write durably, and what they end up with is
//! proven equal before anything is printed. `cargo bench -- append` runs the benches whose name holds a word,
//! `RUNS=30` sets how often each side is timed.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench that cannot go on stops, and its answer is printed"
)]

mod append;
mod commit;
mod history;
mod large;
mod live;
mod making;
mod measure;
mod place;
mod share;
mod start;
mod story;
mod verify;

use measure::{Row, Runs};

/// Times something and answers with a row for each of its sides.
type Bench = fn(&Runs) -> Vec<Row>;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let runs = Runs::from_environment();
    let benches: [(&str, Bench); 7] = [
        ("start", start::run),
        ("append", append::run),
        ("live", live::run),
        ("history", history::run),
        ("commit", commit::run),
        ("share", share::run),
        ("verify", verify::run),
    ];
    println!("{}", Row::heading());
    for (name, run) in benches {
        if words.is_empty() || words.iter().any(|word| name.contains(word.as_str())) {
            for row in run(&runs) {
                println!("{row}");
            }
        }
    }
}
