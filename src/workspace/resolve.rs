//! From the text of a spec to the artifacts it means.

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobBuilder;

use super::{Spec, roots::is_within};
use crate::{
    name::{Artifact, Kind},
    problem::{nearest, quoted},
};

/// Why a spec names no artifact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// Several kinds have this name.
    #[error("`{text}` may be {}", quoted(.artifacts, " or "))]
    Ambiguous {
        /// What was typed.
        text: String,
        /// What it may mean, sorted.
        artifacts: Vec<Artifact>,
    },
    /// Nothing has this name.
    #[error("there is no artifact `{}`", .text.escape_debug())]
    Unknown {
        /// What was typed.
        text: String,
        /// The nearest thing that could have been typed.
        nearest: Option<String>,
    },
    /// The glob cannot be read.
    #[error("the glob `{}` is wrong: {why}", .text.escape_debug())]
    BadGlob {
        /// What was typed.
        text: String,
        /// What is wrong with it.
        why: String,
    },
}

/// The artifacts a spec means, sorted; never none.
///
/// In this order: `kind/NAME`; a bare name, which never means a suite or a charter; a glob over bare names and
/// `kind/NAME`, then over paths; the path of a file; the path of a folder, for all below it (`.` for all there are).
/// `paths` says which artifact each main file holds ([`super::Found::paths`]).
///
/// # Errors
///
/// [`SpecError`].
pub fn resolve(
    spec: &Spec,
    known: &BTreeSet<Artifact>,
    paths: &BTreeMap<String, Artifact>,
) -> Result<Vec<Artifact>, SpecError> {
    let text = spec.text.as_str();
    if let Some(artifact) = prefixed(text, known) {
        return Ok(vec![artifact.clone()]);
    }
    if let Some(artifact) = bare(text, known)? {
        return Ok(vec![artifact.clone()]);
    }
    let mut meant = if text.contains(['*', '?', '[', '{']) { matching(text, known, paths)? } else { Vec::new() };
    if meant.is_empty() {
        meant = below(text, known, paths);
    }
    meant.sort();
    meant.dedup();
    if meant.is_empty() { Err(unknown(text, known)) } else { Ok(meant) }
}

/// `kind/NAME`; the spelling as it stands wins over one that differs by case.
fn prefixed<'k>(text: &str, known: &'k BTreeSet<Artifact>) -> Option<&'k Artifact> {
    let (kind, name) = text.split_once('/')?;
    let kind: Kind = kind.parse().ok()?;
    let of_kind = || known.iter().filter(|artifact| artifact.kind == kind);
    of_kind().find(|artifact| artifact.name.as_str() == name).or_else(|| {
        let folded = name.to_lowercase();
        of_kind().find(|artifact| artifact.name.folded() == folded)
    })
}

fn bare<'k>(text: &str, known: &'k BTreeSet<Artifact>) -> Result<Option<&'k Artifact>, SpecError> {
    let bare_kinds = || known.iter().filter(|artifact| artifact.kind.is_bare());
    let mut found: Vec<&Artifact> = bare_kinds().filter(|artifact| artifact.name.as_str() == text).collect();
    if found.is_empty() {
        let folded = text.to_lowercase();
        found = bare_kinds().filter(|artifact| artifact.name.folded() == folded).collect();
    }
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        several => {
            let artifacts = several.iter().copied().cloned().collect();
            Err(SpecError::Ambiguous { text: text.to_owned(), artifacts })
        }
    }
}

fn matching(
    text: &str,
    known: &BTreeSet<Artifact>,
    paths: &BTreeMap<String, Artifact>,
) -> Result<Vec<Artifact>, SpecError> {
    let glob = GlobBuilder::new(plain(text)).literal_separator(true).build();
    let glob = glob.map_err(|e| SpecError::BadGlob { text: text.to_owned(), why: e.kind().to_string() })?;
    let glob = glob.compile_matcher();
    let by_name = |artifact: &&Artifact| {
        (artifact.kind.is_bare() && glob.is_match(artifact.name.as_str())) || glob.is_match(artifact.to_string())
    };
    let named: Vec<Artifact> = known.iter().filter(by_name).cloned().collect();
    if named.is_empty() {
        return Ok(paths
            .iter()
            .filter(|(path, _)| glob.is_match(path))
            .map(|(_, artifact)| artifact.clone())
            .collect());
    }
    Ok(named)
}

/// The artifact a file holds, or all below a folder.
fn below(text: &str, known: &BTreeSet<Artifact>, paths: &BTreeMap<String, Artifact>) -> Vec<Artifact> {
    let folder = plain(text);
    if matches!(folder, "" | ".") {
        return known.iter().cloned().collect();
    }
    // A folder of the project has no empty name: `/etc` is not one of ours.
    paths.iter().filter(|(path, _)| is_within(path, folder)).map(|(_, artifact)| artifact.clone()).collect()
}

/// A path without `./` in front and `/` behind.
fn plain(text: &str) -> &str {
    let inner = text.strip_prefix("./").unwrap_or(text);
    if inner.len() > 1 { inner.trim_end_matches('/') } else { inner }
}

fn unknown(text: &str, known: &BTreeSet<Artifact>) -> SpecError {
    let labels: Vec<String> = known
        .iter()
        .flat_map(|artifact| {
            let bare = artifact.kind.is_bare().then(|| artifact.name.to_string());
            bare.into_iter().chain([artifact.to_string()])
        })
        .collect();
    // A bare name that only a suite has is nearer than any slip of the hand.
    let prefixed = known.iter().find(|artifact| artifact.name.as_str() == text).map(ToString::to_string);
    let near = || nearest(text, labels.iter().map(String::as_str)).map(str::to_owned);
    SpecError::Unknown { text: text.to_owned(), nearest: prefixed.or_else(near) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Name;

    fn artifact(text: &str) -> Artifact {
        let (kind, name) = text.split_once('/').unwrap();
        Artifact::new(kind.parse().unwrap(), Name::parse(name).unwrap())
    }

    fn ask(text: &str) -> Result<String, SpecError> {
        let known = [
            ("prompt/refunds", "prompts/refunds.md"),
            ("policy/refunds", "policies/refunds.md"),
            ("suite/refunds", "evals/refunds.toml"),
            ("prompt/mail/triage", "services/mail/triage.txt"),
            ("prompt/mail/Tone", "services/mail/Tone.txt"),
            ("suite/nightly", "evals/nightly.toml"),
            ("tool/issue_refund", "tools/issue_refund.json"),
        ];
        let artifacts = known.iter().map(|(name, _)| artifact(name)).collect();
        let paths = known.iter().map(|(name, path)| ((*path).to_owned(), artifact(name))).collect();
        let found = resolve(&text.parse().unwrap(), &artifacts, &paths)?;
        Ok(found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_spec_means_a_name_a_glob_or_a_path() {
        for (text, wanted) in [
            ("issue_refund", "tool/issue_refund"),
            ("tool/issue_refund@v3", "tool/issue_refund"),
            ("suite/refunds", "suite/refunds"),
            ("policy/refunds", "policy/refunds"),
            ("mail/triage", "prompt/mail/triage"),
            ("mail/tone", "prompt/mail/Tone"),
            ("mail/*", "prompt/mail/Tone prompt/mail/triage"),
            ("refund*", "policy/refunds prompt/refunds"),
            ("suite/*", "suite/nightly suite/refunds"),
            ("*/refunds", "policy/refunds prompt/refunds suite/refunds"),
            ("prompts/refunds.md", "prompt/refunds"),
            ("./prompts/refunds.md", "prompt/refunds"),
            ("evals/", "suite/nightly suite/refunds"),
            ("services", "prompt/mail/Tone prompt/mail/triage"),
            ("services/*/*.txt", "prompt/mail/Tone prompt/mail/triage"),
        ] {
            assert_eq!(ask(text).as_deref(), Ok(wanted), "{text}");
        }
        assert_eq!(ask(".").unwrap().split(' ').count(), 7);
    }

    #[test]
    fn a_bare_name_never_means_a_suite() {
        let near = Some("suite/nightly".to_owned());
        assert_eq!(ask("nightly"), Err(SpecError::Unknown { text: "nightly".to_owned(), nearest: near }));
        assert!(matches!(ask("refunds"), Err(SpecError::Ambiguous { artifacts, .. }) if artifacts.len() == 2));
    }

    #[test]
    fn an_unknown_name_comes_with_the_nearest_one() {
        let near = Some("issue_refund".to_owned());
        assert_eq!(ask("isue_refund"), Err(SpecError::Unknown { text: "isue_refund".to_owned(), nearest: near }));
        for text in ["zebra*", "/", "/etc", "..", "prompt/zebra", "prom"] {
            assert!(matches!(ask(text), Err(SpecError::Unknown { .. })), "{text}");
        }
        assert!(matches!(ask("a["), Err(SpecError::BadGlob { .. })));
    }
}
