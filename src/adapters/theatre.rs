//! Running this very program as somebody else, for `chancery demo`.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What a run of the program printed and how it ended.
#[derive(Debug)]
pub struct Printed {
    /// Its exit code; 130 when a signal ended it.
    pub exit: u8,
    /// What stood on stdout.
    pub stdout: Vec<u8>,
    /// What stood on stderr.
    pub stderr: Vec<u8>,
}

/// Runs this program in a folder with these arguments; nobody answers its questions.
///
/// # Errors
///
/// What the system says when it cannot be started.
pub fn run_self(folder: &Path, words: &[&str], variables: &[(&str, &str)]) -> std::io::Result<Printed> {
    let program = std::env::current_exe()?;
    let output = Command::new(program)
        .current_dir(folder)
        .env_remove("CHANCERY_DIR")
        .env_remove("CHANCERY_SIGNING_KEY")
        .envs(variables.iter().copied())
        .args(words)
        .stdin(Stdio::null())
        .output()?;
    let exit = output.status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(130);
    Ok(Printed { exit, stdout: output.stdout, stderr: output.stderr })
}

/// A new folder of its own among the system's temporary ones, which stays.
///
/// # Errors
///
/// What the system says when it cannot be made.
pub fn fresh_folder(prefix: &str) -> std::io::Result<PathBuf> {
    Ok(tempfile::Builder::new().prefix(prefix).tempdir()?.keep())
}
