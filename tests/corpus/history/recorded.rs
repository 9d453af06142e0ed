//! What is known of an upstream history: its commits in order, and how its tree ends.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::Value;

/// A history as it was recorded.
pub(super) struct Recorded {
    /// The commits, oldest first.
    pub(super) commits: Vec<Upstream>,
    /// Path → SHA-256 at the end.
    pub(super) tree: BTreeMap<String, String>,
    paths: BTreeSet<String>,
    contents: BTreeMap<String, Vec<u8>>,
}

/// One upstream commit.
pub(super) struct Upstream {
    /// When, RFC 3339.
    pub(super) date: String,
    /// The first line of its message.
    pub(super) subject: String,
    /// What it did.
    pub(super) changes: Vec<Change>,
}

/// What a commit did to one file.
pub(super) enum Change {
    /// New bytes, in a new file or an old one.
    Written {
        /// Its path.
        path: String,
        /// What it holds now.
        content: Content,
    },
    /// Another path, perhaps with new bytes.
    Renamed {
        /// Its path before.
        from: String,
        /// Its path now.
        path: String,
        /// What it holds now.
        content: Content,
    },
    /// No file.
    Deleted {
        /// Its path before.
        path: String,
    },
}

/// A file's bytes.
#[derive(Clone)]
pub(super) struct Content {
    /// Their SHA-256, as upstream's record has it.
    pub(super) sha256: String,
    /// The bytes.
    pub(super) bytes: Vec<u8>,
}

impl Change {
    /// The bytes after it.
    pub(super) fn content(&self) -> Option<&Content> {
        match self {
            Self::Written { content, .. } | Self::Renamed { content, .. } => Some(content),
            Self::Deleted { .. } => None,
        }
    }

    fn read(folder: &Path, row: &Value) -> Self {
        let text = |key: &str| row[key].as_str().unwrap_or_else(|| panic!("no `{key}` in {row}")).to_owned();
        let content = || Content { sha256: text("sha256"), bytes: fs::read(folder.join(text("file"))).unwrap() };
        match text("op").as_str() {
            "A" | "M" => Self::Written { path: text("path"), content: content() },
            "R" => Self::Renamed { from: text("old_path"), path: text("path"), content: content() },
            "D" => Self::Deleted { path: text("path") },
            other => panic!("an unknown change `{other}`"),
        }
    }
}

impl Recorded {
    /// Reads a history, if it is there.
    pub(super) fn read(history: &str) -> Option<Self> {
        let folder = crate::data(&format!("history/{history}"))?;
        let rows = fs::read_to_string(folder.join("replay.jsonl")).unwrap();
        let commits: Vec<Upstream> = rows
            .lines()
            .map(|line| {
                let row: Value = serde_json::from_str(line).unwrap();
                let changes = row["changes"].as_array().unwrap().iter();
                Upstream {
                    date: row["date"].as_str().unwrap().to_owned(),
                    subject: row["subject"].as_str().unwrap().to_owned(),
                    changes: changes.map(|change| Change::read(&folder, change)).collect(),
                }
            })
            .collect();
        let tree: BTreeMap<String, String> =
            serde_json::from_slice(&fs::read(folder.join("final_tree.json")).unwrap()).unwrap();
        let changes = || commits.iter().flat_map(|commit| &commit.changes);
        let paths = changes()
            .filter_map(|change| match change {
                Change::Written { path, .. } | Change::Renamed { path, .. } => Some(path.clone()),
                Change::Deleted { .. } => None,
            })
            .collect();
        let contents = changes()
            .filter_map(Change::content)
            .map(|content| (content.sha256.clone(), content.bytes.clone()))
            .collect();
        Some(Self { commits, tree, paths, contents })
    }

    /// Every path a file ever had.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> + Clone {
        self.paths.iter().map(String::as_str)
    }

    /// The bytes with this digest.
    pub(super) fn bytes(&self, sha256: &str) -> &[u8] {
        self.contents.get(sha256).unwrap()
    }
}
