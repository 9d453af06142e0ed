//! A prompt with everything it needs, under one digest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Uses;
use crate::{
    name::{Artifact, Kind, Name},
    object::{BundleId, Digest, VersionId, encode},
};

/// One artifact of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Member {
    /// The artifact.
    #[serde(flatten)]
    pub artifact: Artifact,
    /// Its version.
    pub version: VersionId,
}

/// A prompt and all it needs, sorted by kind and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// The prompt it is a bundle of.
    pub prompt: Name,
    /// The prompt itself, its fragments, tools, policies and model.
    pub members: Vec<Member>,
}

/// Names a bundle needs and its environment does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The prompt whose bundle it is.
    pub prompt: Name,
    /// What is not there, sorted.
    pub artifacts: Vec<Artifact>,
}

impl Bundle {
    /// Resolves a prompt through `look`, which gives an artifact's version and what it names.
    ///
    /// Fragments are followed to their ends; one that includes itself is taken once (rendering refuses it).
    /// `look` may fail; its failure is passed on.
    ///
    /// # Errors
    ///
    /// The failure of `look`. What is missing is in the answer, not an error.
    pub fn resolve<E>(
        prompt: &Name,
        mut look: impl FnMut(&Artifact) -> Result<Option<(VersionId, Uses)>, E>,
    ) -> Result<Result<Self, Missing>, E> {
        let mut found: BTreeMap<Artifact, VersionId> = BTreeMap::new();
        let mut missing: Vec<Artifact> = Vec::new();
        let mut waiting = vec![Artifact::new(Kind::Prompt, prompt.clone())];
        while let Some(artifact) = waiting.pop() {
            if found.contains_key(&artifact) || missing.contains(&artifact) {
                continue;
            }
            match look(&artifact)? {
                Some((version, uses)) => {
                    waiting.extend(uses.artifacts());
                    found.insert(artifact, version);
                }
                None => missing.push(artifact),
            }
        }
        if missing.is_empty() {
            let members = found.into_iter().map(|(artifact, version)| Member { artifact, version }).collect();
            Ok(Ok(Self { prompt: prompt.clone(), members }))
        } else {
            missing.sort();
            Ok(Err(Missing { prompt: prompt.clone(), artifacts: missing }))
        }
    }

    /// The SHA-256 of the canonical JSON list of `[kind, name, version]`, sorted by kind and name.
    pub fn id(&self) -> BundleId {
        let list: Vec<(&str, &str, VersionId)> = self
            .members
            .iter()
            .map(|member| (member.artifact.kind.word(), member.artifact.name.as_str(), member.version))
            .collect();
        BundleId(Digest::of(&encode(&list)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    #[test]
    fn a_bundle_follows_fragments_and_names_what_is_missing() {
        let version = |text: &str| VersionId(Digest::of(text.as_bytes()));
        let look = |artifact: &Artifact| -> Result<Option<(VersionId, Uses)>, ()> {
            Ok(match artifact.to_string().as_str() {
                "prompt/main" => Some((
                    version("m"),
                    Uses { fragments: vec![name("_tone")], tools: vec![name("t")], ..Uses::default() },
                )),
                "prompt/_tone" => Some((version("f"), Uses { policies: vec![name("p")], ..Uses::default() })),
                "tool/t" => Some((version("t"), Uses::default())),
                _ => None,
            })
        };
        let missing = Bundle::resolve(&name("main"), look).unwrap().unwrap_err();
        assert_eq!(missing.artifacts, [Artifact::new(Kind::Policy, name("p"))]);

        let whole = |artifact: &Artifact| Ok::<_, ()>(look(artifact)?.or(Some((version("x"), Uses::default()))));
        let bundle = Bundle::resolve(&name("main"), whole).unwrap().unwrap();
        let words: Vec<String> = bundle.members.iter().map(|m| m.artifact.to_string()).collect();
        assert_eq!(words, ["policy/p", "prompt/_tone", "prompt/main", "tool/t"]);
    }

    #[test]
    fn a_bundle_id_is_the_digest_of_its_canonical_list() {
        let version = VersionId(Digest::of(b"x"));
        let bundle = Bundle {
            prompt: name("a"),
            members: vec![Member { artifact: Artifact::new(Kind::Prompt, name("a")), version }],
        };
        let list = format!("[[\"prompt\",\"a\",\"{version}\"]]");
        assert_eq!(bundle.id(), BundleId(Digest::of(list.as_bytes())));
    }
}
