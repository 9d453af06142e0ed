//! `completions`: the script a shell loads.

use serde::Serialize;

use super::Answer;

/// A completion script.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The shell it is for.
    pub shell: String,
    /// The script.
    pub script: String,
}

impl Answer for Outcome {
    const SCHEMA: &'static str = "chancery.completions/1";
}
