//! Anything at all is fed to whatever reads what others wrote; nothing may panic, hang or eat memory.
//!
//! `cargo test` runs the saved cases (`fixtures/fuzz/TARGET/`) and the good samples once. A number of seconds makes it
//! look for new ones, each target that long, as many at once as there are jobs:
//!
//! ```text
//! CHANCERY_FUZZ=30 CHANCERY_FUZZ_JOBS=2 cargo test --test fuzz            # every target
//! CHANCERY_FUZZ=600 cargo test --test fuzz -- governance                  # those whose name holds a word
//! ```
//!
//! Inputs are good samples and saved cases that were mutated. What is new about an answer (its outcome; and, in a
//! program built with `.ci/fuzz-rustc`, the edges of the code it took) makes an input worth mutating further. Each target
//! runs in a process of its own, so that its memory is its own and a crash is not ours; what made it fail is saved
//! among the cases. `CHANCERY_FUZZ_KEEP=N` saves the N inputs that together reach most of the code, too.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::exit,
    reason = "a harness that cannot go on stops, its answer is printed, and a hang is ended from beside"
)]

mod coverage;
mod lead;
mod mutate;
mod oracle;
mod probe;
mod run;
mod saved;
mod targets;
mod watch;

use std::process::ExitCode;

/// The variable that holds how many seconds each target runs.
const SECONDS: &str = "CHANCERY_FUZZ";
/// The variable by which a process learns that it is to run one target, and which.
const CHILD: &str = "CHANCERY_FUZZ_TARGET";

fn main() -> ExitCode {
    probe::listen();
    if let Ok(name) = std::env::var(CHILD) {
        return run::child(&name);
    }
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let chosen: Vec<&targets::Target> = targets::ALL
        .iter()
        .filter(|target| words.is_empty() || words.iter().any(|word| target.name.contains(word.as_str())))
        .collect();
    match std::env::var(SECONDS).ok().and_then(|text| text.parse().ok()) {
        Some(seconds) => lead::all(&chosen, seconds),
        None => saved::all(&chosen, &words),
    }
}
