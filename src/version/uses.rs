//! What a version's bytes say about other artifacts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CaseForm, Rate, TextFlags};
use crate::{
    artifact::Charter,
    name::{Artifact, Kind, Name},
    object::Digest,
};

/// The names a prompt's bytes refer to, each list sorted and without repetition.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Uses {
    /// The model it is written for.
    pub model: Option<Name>,
    /// Tools the model may call.
    pub tools: Vec<Name>,
    /// Policies it includes or obeys.
    pub policies: Vec<Name>,
    /// Fragments it includes.
    pub fragments: Vec<Name>,
}

impl Uses {
    /// Everything named, as artifacts.
    pub fn artifacts(&self) -> impl Iterator<Item = Artifact> + '_ {
        let of = |kind: Kind| move |name: &Name| Artifact::new(kind, name.clone());
        self.model
            .iter()
            .map(of(Kind::Model))
            .chain(self.tools.iter().map(of(Kind::Tool)))
            .chain(self.policies.iter().map(of(Kind::Policy)))
            .chain(self.fragments.iter().map(of(Kind::Prompt)))
    }
}

/// What must be known of a version to resolve bundles and to compare suites, without reading its bytes again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contents {
    /// For prompts: what they name.
    pub uses: Uses,
    /// For suites: what they test and how.
    pub tests: Option<Tests>,
    /// For a version of several files: the digest of each, as its listing names them; empty for one file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Digest>,
    /// For models: what they cost; absent where nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// For models: the provider's name for it; empty where none is given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// What is to be known of the text, all files together, when its risk is weighed.
    #[serde(default, skip_serializing_if = "TextFlags::is_clear")]
    pub text: TextFlags,
    /// For charters: what they say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charter: Option<Charter>,
}

/// What a suite tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tests {
    /// The prompt, tool or policy under test.
    pub subject: Artifact,
    /// Samples a case; at least 1.
    pub repeat: u32,
    /// Each case's id and what it asks for.
    pub cases: BTreeMap<String, CaseForm>,
}
