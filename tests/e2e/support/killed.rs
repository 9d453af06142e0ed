//! A run that is killed at one of its durable writes.

use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
};

use serde_json::Value;

use super::Project;

/// How a run ended that was to be killed at a step.
pub(crate) enum End {
    /// It stood still there, after its first write and before its answer, and was killed.
    Killed,
    /// It had fewer steps and answered.
    Answered(Value),
}

/// Runs a command up to its n-th durable write and kills it there, as `kill -9` does.
pub(crate) fn kill_at(project: &Project, step: u64, args: &[&str]) -> End {
    let args = [&["--json"], args].concat();
    let mut command = project.command(&args);
    command.env("CHANCERY_STOP_AT", step.to_string()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut said = String::new();
    // Progress may be told before.
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        said = line.unwrap();
        if said.starts_with("stopped at step") {
            child.kill().unwrap();
            child.wait().unwrap();
            return End::Killed;
        }
    }
    let mut answer = String::new();
    child.stdout.take().unwrap().read_to_string(&mut answer).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{said}{answer}");
    End::Answered(serde_json::from_str(&answer).unwrap())
}
