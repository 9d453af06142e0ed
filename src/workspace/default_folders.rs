//! The folders whose files are artifacts without any rule.

use super::naming::without_ending;
use crate::name::Kind;

/// What a file in a default folder is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An artifact of this kind; the name is not yet checked against the grammar.
    Artifact(Kind, String),
    /// Part of an artifact that names it, or nothing of ours; either way nobody needs to be told.
    Beside,
    /// A file whose ending means nothing here; the endings that do.
    Unknown(&'static str),
}

/// What a path means by where it stands; `None` outside of the default folders.
pub(super) fn meaning(path: &str) -> Option<Meaning> {
    let (folder, below) = path.split_once('/')?;
    let (kind, endings, known): (Kind, &[&str], &str) = match folder {
        "prompts" => (Kind::Prompt, &["md"], "`.md`"),
        "tools" => (Kind::Tool, &["json"], "`.json`"),
        "policies" => (Kind::Policy, &["md", "txt", "cedar", "rego"], "`.md`, `.txt`, `.cedar` and `.rego`"),
        "models" => (Kind::Model, &["toml"], "`.toml`"),
        "evals" => (Kind::Suite, &["toml"], "`.toml`"),
        "charters" => (Kind::Charter, &["toml"], "`.toml`"),
        _ => return None,
    };
    if is_settings(path) || path.starts_with("evals/recordings/") {
        return Some(Meaning::Beside);
    }
    let stem = without_ending(below);
    let ending = below.get(stem.len() + 1..).unwrap_or_default();
    if endings.contains(&ending) {
        return Some(Meaning::Artifact(kind, stem.to_owned()));
    }
    // Case files and schemas are named by suites and prompts; `.gitkeep` and its like are nobody's.
    let beside = matches!((kind, ending), (Kind::Suite, "jsonl" | "csv" | "json") | (Kind::Prompt, "json"));
    let hidden = below.rsplit('/').next().is_some_and(|file| file.starts_with('.'));
    Some(if beside || hidden { Meaning::Beside } else { Meaning::Unknown(known) })
}

/// Whether a file holds the settings of a raw prompt beside it.
pub(super) fn is_settings(path: &str) -> bool {
    path.ends_with(".chancery.toml")
}

/// The policy folder and the name it gives, where a file is what makes its folder one artifact.
pub(super) fn policy_folder(path: &str) -> Option<(&str, &str)> {
    let (folder, file) = path.rsplit_once('/')?;
    let name = folder.strip_prefix("policies/")?;
    matches!(file, "policy.cedar" | "policy.rego").then_some((folder, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_folder_says_what_its_files_are() {
        let artifact = |kind, name: &str| Some(Meaning::Artifact(kind, name.to_owned()));
        for (path, wanted) in [
            ("prompts/a/b.md", artifact(Kind::Prompt, "a/b")),
            ("prompts/a.b.md", artifact(Kind::Prompt, "a.b")),
            ("prompts/.md", artifact(Kind::Prompt, "")),
            ("prompts/a.chancery.toml", Some(Meaning::Beside)),
            ("prompts/a", Some(Meaning::Unknown("`.md`"))),
            ("prompts/.gitkeep", Some(Meaning::Beside)),
            ("tools/t.json", artifact(Kind::Tool, "t")),
            ("policies/p.rego", artifact(Kind::Policy, "p")),
            ("evals/s.toml", artifact(Kind::Suite, "s")),
            ("evals/s.jsonl", Some(Meaning::Beside)),
            ("evals/README.md", Some(Meaning::Unknown("`.toml`"))),
            ("evals/recordings/ab/x.toml", Some(Meaning::Beside)),
            ("charters/c/d.toml", artifact(Kind::Charter, "c/d")),
            ("src/a.md", None),
            ("prompts.md", None),
        ] {
            assert_eq!(meaning(path), wanted, "{path}");
        }
        assert_eq!(policy_folder("policies/a/b/policy.cedar"), Some(("policies/a/b", "a/b")));
        assert_eq!(policy_folder("policies/policy.cedar"), None);
    }
}
