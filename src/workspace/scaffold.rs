//! A new project, written from templates.

use super::{SourceTree, TreeError};
use crate::governance::FILE;

/// What a new project starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Starter {
    /// Governance for a team, and nothing to govern yet.
    Empty,
    /// The sample: a refund agent.
    SupportAgent,
    /// Governance for one person, and nothing to govern yet.
    Solo,
    /// The sample under governance for one person.
    SoloSupportAgent,
}

/// Why a project was not written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScaffoldError {
    /// Files stand where the project's would go; nothing was written.
    #[error("{} already there: {}", if .0.len() == 1 { "a file is" } else { "files are" }, .0.join(", "))]
    Exists(Vec<String>),
    /// The disk failed.
    #[error(transparent)]
    Tree(#[from] TreeError),
}

const RECORDINGS: &str = include_str!("../../templates/support-agent/recordings.jsonl");

/// Files that git reads; where they exist, the lines they lack are added.
const FOR_GIT: [(&str, &str); 2] = [
    (".gitattributes", include_str!("../../templates/gitattributes")),
    (".gitignore", include_str!("../../templates/gitignore")),
];

macro_rules! sample {
    ($($path:literal),* $(,)?) => {
        [$(($path, include_str!(concat!("../../templates/support-agent/", $path)))),*]
    };
}

const SAMPLE: [(&str, &str); 15] = sample![
    "README.md",
    "evals/order-status.schema.json",
    "evals/order-status.toml",
    "evals/refund-triage.toml",
    "models/careful.toml",
    "models/fast.toml",
    "policies/access.md",
    "policies/refunds.md",
    "prompts/_tone.md",
    "prompts/order-status.md",
    "prompts/refund-triage.md",
    "tools/escalate_to_human.json",
    "tools/issue_refund.json",
    "tools/lookup_order.json",
    "tools/open_ticket.json",
];

impl Starter {
    fn governance(self) -> &'static str {
        match self {
            Self::Empty => include_str!("../../templates/empty/chancery.toml"),
            Self::SupportAgent => include_str!("../../templates/support-agent/chancery.toml"),
            Self::Solo | Self::SoloSupportAgent => include_str!("../../templates/solo/chancery.toml"),
        }
    }

    fn files(self) -> Vec<(String, &'static str)> {
        match self {
            Self::Empty | Self::Solo => Vec::new(),
            Self::SupportAgent | Self::SoloSupportAgent => {
                let files = SAMPLE.iter().map(|(path, text)| ((*path).to_owned(), *text));
                files.chain(RECORDINGS.lines().filter_map(|line| Some((recording_path(line)?, line)))).collect()
            }
        }
    }
}

/// Where a recording goes: `evals/recordings/XX/KEY.json`, XX being the first two digits of its key.
fn recording_path(line: &str) -> Option<String> {
    let record: serde_json::Value = serde_json::from_str(line).ok()?;
    let key = record.get("key")?.as_str()?;
    Some(format!("evals/recordings/{}/{key}.json", key.get(..2)?))
}

/// Writes a new project and says which files it wrote or added to, in the order of writing.
///
/// `project` is its name; `people` the `[people.…]` tables that go into `chancery.toml`. An existing `chancery.toml` is
/// kept as it is; no other existing file is touched but git's own, which gain the lines they lack. Governance is
/// written last: a folder without it is no project yet, and the same command can be given again.
///
/// # Errors
///
/// [`ScaffoldError`].
pub fn scaffold(
    tree: &dyn SourceTree,
    starter: Starter,
    project: &str,
    people: &str,
) -> Result<Vec<String>, ScaffoldError> {
    let mut new = Vec::new();
    let mut in_the_way = Vec::new();
    for (path, text) in starter.files() {
        let whole = if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
        match tree.read(&path)? {
            None => new.push((path, whole)),
            // Left by the same command, killed before its end.
            Some(bytes) if bytes == whole.as_bytes() => {}
            Some(_) => in_the_way.push(path),
        }
    }
    if !in_the_way.is_empty() {
        return Err(ScaffoldError::Exists(in_the_way));
    }
    for (path, wanted) in FOR_GIT {
        new.extend(with_lines(tree.read(path)?, wanted).map(|text| (path.to_owned(), text)));
    }
    let mut written = Vec::new();
    for (path, text) in new {
        tree.write(&path, text.as_bytes())?;
        written.push(path);
    }
    if tree.read(FILE)?.is_none() {
        tree.write(FILE, governance_text(starter, project, people).as_bytes())?;
        written.push(FILE.to_owned());
    }
    Ok(written)
}

/// `chancery.toml` as a starter has it, for a project of this name and with these `[people.…]` tables.
pub fn governance_text(starter: Starter, project: &str, people: &str) -> String {
    let text = starter.governance().replace("{{ project }}", &in_quotes(project));
    text.replace("{{ people }}", people.trim_end())
}

/// Writes an edited copy of the sample's folder as a project's files: recordings go where a project keeps them,
/// governance stays out.
///
/// # Errors
///
/// [`TreeError`].
pub fn write_sample(sample: &dyn SourceTree, tree: &dyn SourceTree) -> Result<(), TreeError> {
    for entry in sample.list("")?.files {
        let Some(bytes) = sample.read(&entry.path)? else { continue };
        match entry.path.as_str() {
            FILE => {}
            "recordings.jsonl" => {
                for line in String::from_utf8_lossy(&bytes).lines() {
                    if let Some(path) = recording_path(line) {
                        tree.write(&path, format!("{line}\n").as_bytes())?;
                    }
                }
            }
            path => tree.write(path, &bytes)?,
        }
    }
    Ok(())
}

/// The file with the wanted lines it lacked; `None` when it lacks none, or is not text we could add to.
fn with_lines(existing: Option<Vec<u8>>, wanted: &str) -> Option<String> {
    let Some(existing) = existing else { return Some(wanted.to_owned()) };
    let mut text = String::from_utf8(existing).ok()?;
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let has: Vec<Vec<String>> = text.lines().map(words).collect();
    let lacking: Vec<&str> =
        wanted.lines().filter(|line| !line.starts_with('#') && !has.contains(&words(line))).collect();
    if lacking.is_empty() {
        return None;
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    for line in lacking {
        text.push_str(line);
        text.push('\n');
    }
    Some(text)
}

/// A project's name as it stands between TOML's double quotes.
fn in_quotes(text: &str) -> String {
    text.chars()
        .flat_map(|c| match c {
            '"' | '\\' => vec!['\\', c],
            c if c.is_control() => format!("\\u{:04x}", u32::from(c)).chars().collect(),
            c => vec![c],
        })
        .collect()
}
