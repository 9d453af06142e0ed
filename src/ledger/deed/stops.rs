//! Acts that hold an environment, or what is served, as it is.

use serde::{Deserialize, Serialize};

use crate::name::{Artifact, Environment};

/// No promotions into one environment, or promotions again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// The environment.
    pub environment: Environment,
    /// Why.
    pub message: String,
}

/// What is no longer served, or served again: everything where neither is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Halt {
    /// Only in this environment; absent in all.
    pub environment: Option<Environment>,
    /// Only this artifact, and every bundle it is part of; absent for all.
    pub artifact: Option<Artifact>,
    /// Why.
    pub message: String,
}

impl Halt {
    /// What it is about, in words: `everything`, an artifact, or either in one environment.
    pub fn what(&self) -> String {
        let what = self.artifact.as_ref().map_or_else(|| "everything".to_owned(), ToString::to_string);
        match &self.environment {
            Some(environment) => format!("{what} in {environment}"),
            None => what,
        }
    }
}
