//! Every target in a process of its own, some at once.

use std::{
    path::PathBuf,
    process::{Command, ExitCode, Stdio},
    sync::{Mutex, PoisonError},
};

use crate::{
    CHILD, SECONDS, run,
    saved::{self, Kind},
    targets::Target,
    watch,
};

/// The variable that says how many targets run at once.
const JOBS: &str = "CHANCERY_FUZZ_JOBS";

/// Runs these targets, each for so many seconds; fails where one of them does.
pub(crate) fn all(targets: &[&Target], seconds: u64) -> ExitCode {
    let jobs = std::env::var(JOBS).ok().and_then(|text| text.parse().ok()).unwrap_or(1_usize);
    let waiting = Mutex::new(targets.iter().rev().copied().collect::<Vec<_>>());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let failed = Mutex::new(0_usize);
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                while let Some(target) = next() {
                    let fine = one(target, seconds);
                    *failed.lock().unwrap_or_else(PoisonError::into_inner) += usize::from(!fine);
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("fuzz result: {} of {} targets hold for {seconds} s each", targets.len() - failed, targets.len());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs one target; whether nothing was wrong.
fn one(target: &Target, seconds: u64) -> bool {
    let now = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{}-{}", target.name, std::process::id()));
    let output = Command::new(std::env::current_exe().unwrap())
        .env(CHILD, target.name)
        .env(SECONDS, seconds.to_string())
        .env(run::NOW, &now)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    print!("{}", String::from_utf8_lossy(&output.stdout));
    if !matches!(output.status.code(), Some(0 | 1)) {
        let kind = if output.status.code() == Some(i32::from(watch::HANG)) { Kind::Hang } else { Kind::Crash };
        let file = saved::save(target.name, kind, &watch::last(&now));
        println!("{}: {} ({}), saved as {}", target.name, kind.word(), output.status, file.display());
    }
    let _ = std::fs::remove_file(&now);
    output.status.success()
}
