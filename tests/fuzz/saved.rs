//! The saved cases: every input that ever failed, and those that together reach most of the code.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use chancery::object::Digest;

use crate::{oracle, probe, targets::Target, watch};

/// Why an input is saved.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// It reaches code that others do not.
    Found,
    /// It made something panic, or broke a law.
    Panic,
    /// It took too long.
    Hang,
    /// It ended the process.
    Crash,
    /// It needed too much memory.
    Memory,
}

impl Kind {
    /// The first word of the name of its file.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Panic => "panic",
            Self::Hang => "hang",
            Self::Crash => "crash",
            Self::Memory => "memory",
        }
    }
}

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fuzz").join(target)
}

/// Saves an input; answers with where it stands.
pub(crate) fn save(target: &str, kind: Kind, input: &[u8]) -> PathBuf {
    let file = folder(target).join(format!("{}-{}", kind.word(), Digest::of(input).short()));
    fs::create_dir_all(folder(target)).unwrap();
    fs::write(&file, input).unwrap();
    file
}

/// The saved cases of a target by the names of their files.
pub(crate) fn of(target: &str) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder(target)).into_iter().flatten().flatten();
    let read =
        |entry: fs::DirEntry| (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap());
    entries.map(read).collect()
}

/// Tries every saved case and every good sample of these targets once, as tests.
pub(crate) fn all(targets: &[&Target], words: &[String]) -> ExitCode {
    let (mut passed, mut failed) = (0, 0);
    let mut count = |name: &str, wrong: &[String]| {
        println!("test {name} ... {}", if wrong.is_empty() { "ok" } else { "FAILED" });
        for wrong in wrong {
            println!("    {wrong}");
        }
        if wrong.is_empty() { passed += 1 } else { failed += 1 }
    };
    for target in targets {
        count(&format!("{}::saved_cases_hold", target.name), &saved_cases(target));
        count(&format!("{}::good_samples_are_accepted", target.name), &good_samples(target));
    }
    for (name, check) in
        oracle::ALL.iter().filter(|(name, _)| words.is_empty() || words.iter().any(|w| name.contains(w.as_str())))
    {
        count(name, &check());
    }
    let word = if failed == 0 { "ok" } else { "FAILED" };
    println!("\ntest result: {word}. {passed} passed; {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn saved_cases(target: &Target) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, input) in of(target.name) {
        let begun = watch::work();
        if let Err(panicked) = probe::try_one(target, &input) {
            wrong.push(format!("{name}: {}: {}", panicked.place, panicked.message));
        }
        let took = watch::work().saturating_sub(begun);
        if took > watch::LONGEST {
            wrong.push(format!("{name}: took {} s", took.as_secs()));
        }
    }
    if watch::peak() > watch::LARGEST {
        wrong.push(format!("the process needed {} MB", watch::peak() / 1024));
    }
    wrong
}

/// A sample that is not accepted would let a target look at nothing.
fn good_samples(target: &Target) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, sample) in (target.seeds)().iter().enumerate() {
        match probe::try_one(target, sample) {
            Ok(said) if said.accepted => {}
            Ok(said) => wrong.push(format!("sample {at} is refused: {}", said.word)),
            Err(panicked) => wrong.push(format!("sample {at}: {}: {}", panicked.place, panicked.message)),
        }
    }
    wrong
}
