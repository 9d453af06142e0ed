//! One target, for a while: inputs that show something new are kept and mutated further.

use std::{
    collections::{BTreeMap, HashSet},
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use crate::{
    SECONDS, coverage, mutate, probe,
    saved::{self, Kind},
    targets::{self, Target},
    watch,
};

/// How many inputs are tried between two looks at the memory that was needed.
const LOOK: u64 = 64;
/// The variable that names the file in which the input under way stands.
pub(crate) const NOW: &str = "CHANCERY_FUZZ_NOW";
/// The variable that says how many of the inputs found are kept.
const KEEP: &str = "CHANCERY_FUZZ_KEEP";
/// The variable that sets the first number of the dice.
const SEED: &str = "CHANCERY_FUZZ_SEED";

/// What came of a target.
#[derive(Default)]
struct Tally {
    runs: u64,
    accepted: u64,
    outcomes: HashSet<String>,
    seen: coverage::Seen,
    panics: BTreeMap<String, String>,
    slowest: Duration,
}

/// Runs one target in this process; the last line it prints is the tally.
pub(crate) fn child(name: &str) -> ExitCode {
    let Some(target) = targets::ALL.iter().find(|target| target.name == name) else { return ExitCode::from(2) };
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Ok(now) = std::env::var(NOW) {
        watch::over(&PathBuf::from(now));
    }
    let time = Duration::from_secs(number(SECONDS).unwrap_or(1));
    let (tally, corpus) = search(target, time, number(SEED).unwrap_or(1));
    let kept = number(KEEP).map_or(0, |most| keep(target, corpus, most));
    for (place, message) in &tally.panics {
        eprintln!("{name}: {place}: {message}");
    }
    let peak = watch::peak();
    println!("{}", tally.line(name, peak, kept));
    let fine = tally.panics.is_empty() && peak < watch::LARGEST;
    if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Tally {
    fn line(&self, name: &str, peak: u64, kept: usize) -> String {
        let edges = match coverage::edges() {
            0 => String::new(),
            all => format!(", {} of {all} edges", self.seen.taken()),
        };
        let kept = if kept == 0 { String::new() } else { format!(", {kept} inputs kept") };
        format!(
            "{name}: {} runs, {} % accepted, {} outcomes{edges}, {} MB at most, slowest {} ms, {} panics{kept}",
            self.runs,
            self.accepted * 100 / self.runs.max(1),
            self.outcomes.len(),
            peak / 1024,
            self.slowest.as_millis(),
            self.panics.len()
        )
    }

    /// Tries an input; whether it showed something new.
    fn try_one(&mut self, target: &Target, input: &[u8]) -> bool {
        coverage::clear();
        let begun = Instant::now();
        let said = probe::try_one(target, input);
        self.slowest = self.slowest.max(begun.elapsed());
        self.runs += 1;
        let edges = self.seen.add();
        match said {
            Ok(said) => {
                self.accepted += u64::from(said.accepted);
                let known = self.outcomes.len() > 20_000 || self.outcomes.contains(&said.word);
                (!known && self.outcomes.insert(said.word)) || edges > 0
            }
            Err(panicked) => {
                self.panics.entry(panicked.place).or_insert_with(|| {
                    saved::save(target.name, Kind::Panic, input);
                    panicked.message
                });
                false
            }
        }
    }
}

/// Mutates what is known until the time is over.
fn search(target: &Target, time: Duration, seed: u64) -> (Tally, Vec<Vec<u8>>) {
    let begun = Instant::now();
    let (mut tally, mut dice) = (Tally::default(), mutate::Dice::new(seed));
    let mut corpus = (target.seeds)();
    corpus.extend(saved::of(target.name).into_values());
    for input in &corpus {
        tally.try_one(target, input);
    }
    let mut batch = Vec::new();
    let mut peak = watch::peak();
    while begun.elapsed() < time {
        // Half of the time something young: nobody has looked far beyond it yet.
        let back = if dice.below(2) == 0 { corpus.len() } else { corpus.len().min(32) };
        let from = corpus.len() - 1 - dice.below(back);
        let other = dice.below(corpus.len());
        let input = mutate::mutated(&mut dice, &corpus[from], &corpus[other], target.words);
        if tally.try_one(target, &input) {
            corpus.push(input.clone());
        }
        batch.push(input);
        if tally.runs.is_multiple_of(LOOK) {
            let now = watch::peak();
            if now > watch::LARGEST && peak <= watch::LARGEST {
                saved::save(target.name, Kind::Memory, &hungriest(target, &batch));
            }
            peak = now;
            batch.clear();
        }
    }
    (tally, corpus)
}

/// The input of a batch that needs most memory, each tried once more with the mark of the most set back.
fn hungriest(target: &Target, batch: &[Vec<u8>]) -> Vec<u8> {
    let need = |input: &&Vec<u8>| {
        let _ = std::fs::write("/proc/self/clear_refs", "5");
        let _ = probe::try_one(target, input);
        watch::peak()
    };
    batch.iter().max_by_key(need).cloned().unwrap_or_default()
}

/// Saves the inputs that together reach most: again and again the one that adds most to those chosen.
fn keep(target: &Target, mut corpus: Vec<Vec<u8>>, most: u64) -> usize {
    const SHORT: usize = 4096;
    corpus.retain(|input| input.len() <= SHORT);
    corpus.sort_by_key(Vec::len);
    let (mut seen, mut gains) = (coverage::Seen::default(), Vec::new());
    for input in corpus {
        coverage::clear();
        if probe::try_one(target, &input).is_ok() {
            gains.push((seen.add(), input));
        }
    }
    gains.retain(|(gain, _)| *gain > 0);
    gains.sort_by_key(|(gain, _)| std::cmp::Reverse(*gain));
    gains.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    for (_, input) in &gains {
        saved::save(target.name, Kind::Found, input);
    }
    gains.len()
}
