//! What a version names.

use serde::{Deserialize, Serialize};

use crate::name::{Artifact, Kind, Name};

/// The names a prompt's bytes refer to, each sorted and without repetition.
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
