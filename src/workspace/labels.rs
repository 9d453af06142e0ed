//! How artifacts are shown: as briefly as they can be typed.

use std::collections::BTreeMap;

use crate::name::{Artifact, Kind};

/// Tells for each artifact whether its bare name is enough.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    /// How many artifacts a bare name could mean, by folded name.
    bare: BTreeMap<String, u32>,
}

impl Labels {
    /// Labels for a project that has these artifacts.
    pub fn new<'a>(all: impl IntoIterator<Item = &'a Artifact>) -> Self {
        let mut bare = BTreeMap::new();
        for artifact in all.into_iter().filter(|artifact| artifact.kind.is_bare()) {
            *bare.entry(artifact.name.folded()).or_insert(0) += 1;
        }
        Self { bare }
    }

    /// The bare name where it can mean nothing else, otherwise `kind/NAME`; suites and charters always the latter.
    ///
    /// Whatever is shown here can be typed as a spec and means this artifact.
    pub fn of(&self, artifact: &Artifact) -> String {
        let name = artifact.name.as_str();
        let others = self.bare.get(&artifact.name.folded()).copied().unwrap_or(1) > 1;
        let looks_prefixed = name.split_once('/').is_some_and(|(word, _)| word.parse::<Kind>().is_ok());
        if artifact.kind.is_bare() && !others && !looks_prefixed { name.to_owned() } else { artifact.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Name;

    #[test]
    fn a_name_is_shown_bare_where_it_can_mean_nothing_else() {
        let artifact = |kind, name: &str| Artifact::new(kind, Name::parse(name).unwrap());
        let all = [
            artifact(Kind::Prompt, "refunds"),
            artifact(Kind::Policy, "Refunds"),
            artifact(Kind::Tool, "access"),
            artifact(Kind::Suite, "access"),
            artifact(Kind::Prompt, "tool/access"),
        ];
        let labels = Labels::new(&all);
        let shown: Vec<String> = all.iter().map(|artifact| labels.of(artifact)).collect();
        assert_eq!(shown, ["prompt/refunds", "policy/Refunds", "access", "suite/access", "prompt/tool/access"]);
    }
}
