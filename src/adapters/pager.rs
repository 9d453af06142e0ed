//! The program that shows long answers page by page.

use std::{
    io::Write,
    process::{Command, Stdio},
};

/// Shows bytes in this pager; `false` when it could not be started, and the caller prints them itself.
///
/// `less` quits when all fits one screen and keeps colours (`FRX`), unless the person set `LESS`.
pub fn show(program: &str, bytes: &[u8]) -> bool {
    let mut words = program.split_whitespace();
    let Some(name) = words.next() else { return false };
    let mut command = Command::new(name);
    command.args(words).stdin(Stdio::piped());
    if std::env::var_os("LESS").is_none() {
        command.env("LESS", "FRX");
    }
    let Ok(mut child) = command.spawn() else { return false };
    if let Some(mut stdin) = child.stdin.take() {
        // A reader who quits early has seen enough.
        let _ = stdin.write_all(bytes);
    }
    let _ = child.wait();
    true
}
