//! What one run answered.

use std::fmt;

use serde_json::Value;

/// Everything a caller sees of one run. Prints as a transcript.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// The arguments.
    pub(crate) args: Vec<String>,
    /// Standard output, which must be text.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
    /// The exit code.
    pub(crate) exit: i32,
}

impl Outcome {
    /// The one JSON document on stdout.
    pub(crate) fn document(&self) -> Value {
        match serde_json::from_str(&self.stdout) {
            Ok(document) => document,
            Err(error) => panic!("stdout is not one JSON document: {error}\n{self}"),
        }
    }

    /// Stops the test unless the run ended so.
    #[track_caller]
    pub(crate) fn exits(self, exit: i32) -> Self {
        assert_eq!(self.exit, exit, "\n{self}");
        self
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ chancery {}", self.args.join(" "))?;
        f.write_str(&self.stdout)?;
        for line in self.stderr.lines() {
            writeln!(f, "! {line}")?;
        }
        writeln!(f, "[{}]", self.exit)
    }
}
