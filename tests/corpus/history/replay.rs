//! A history, told to the program commit by commit.

use std::collections::BTreeMap;

use super::{
    layout::{Layout, file},
    recorded::{Change, Content, Recorded, Upstream},
};
use crate::support::Project;

/// Everything that was committed of one artifact, oldest first, its earlier names included.
pub(super) type Line = Vec<Entry>;

/// One commit of one artifact.
pub(super) struct Entry {
    /// The version; `None` for a deletion.
    pub(super) version: Option<String>,
    /// The message it was committed with, where it was `commit` that did it.
    pub(super) message: Option<String>,
}

/// What the program must know after a replay.
#[derive(Default)]
pub(super) struct Replayed {
    /// Artifact → what became of it; an artifact that was renamed stands under its last name.
    pub(super) lines: BTreeMap<String, Line>,
    /// How many events were recorded.
    pub(super) events: u64,
}

/// Plays a whole history into a new project.
pub(super) fn replay(layout: &Layout, recorded: &Recorded) -> (Project, Replayed) {
    let mut project = Project::new();
    project.write("chancery.toml", layout.governance("maintainer"));
    let mut replayed = Replayed { events: 1, ..Replayed::default() };
    for (at, commit) in recorded.commits.iter().enumerate() {
        project.at(&commit.date);
        if at == 0 {
            project.run(["init"]).exits(0);
        }
        replayed.play(layout, &project, commit);
    }
    (project, replayed)
}

impl Replayed {
    /// One upstream commit: names first, then deletions, then all bytes in one event.
    fn play(&mut self, layout: &Layout, project: &Project, commit: &Upstream) {
        let mut written: Vec<(&str, &Content)> = Vec::new();
        for change in &commit.changes {
            match change {
                Change::Renamed { from, path, content } => {
                    self.rename(layout, project, from, path);
                    written.push((path, content));
                }
                Change::Deleted { path } => self.delete(project, &layout.name(path)),
                Change::Written { path, content } => written.push((path, content)),
            }
        }
        written.retain(|(path, content)| self.head(&layout.name(path)) != Some(&content.sha256));
        for (path, content) in &written {
            project.write(&file(path), &content.bytes);
            let message = Some(commit.subject.clone());
            let entry = Entry { version: Some(content.sha256.clone()), message };
            self.lines.entry(layout.name(path)).or_default().push(entry);
        }
        if !written.is_empty() {
            let mut answer = project.json(["commit", "-m", &commit.subject]);
            if answer["code"] == "secret" {
                // An address with `username:password` in it, as a manual writes one.
                for problem in answer["problems"].as_array().unwrap() {
                    let fingerprint = problem["fingerprint"].as_str().unwrap();
                    project.run(["secrets", "allow", fingerprint, "-m", "it only shows where one goes"]).exits(0);
                    self.events += 1;
                }
                answer = project.json(["commit", "-m", &commit.subject]);
            }
            assert_eq!(answer["versions"].as_array().map(Vec::len), Some(written.len()), "{answer}");
            self.events += 1;
        }
    }

    fn rename(&mut self, layout: &Layout, project: &Project, from: &str, to: &str) {
        let (old, new) = (layout.name(from), layout.name(to));
        project.run(["mv", &old, &new]).exits(0);
        let there = |path: &str| project.folder().join(file(path)).exists();
        assert!(!there(from) && there(to), "{from} → {to}");
        let mut line = self.lines.remove(&old).unwrap();
        line.push(Entry { version: line.last().and_then(|entry| entry.version.clone()), message: None });
        self.lines.insert(new, line);
        self.events += 1;
    }

    fn delete(&mut self, project: &Project, name: &str) {
        project.run(["rm", name]).exits(0);
        self.lines.entry(name.to_owned()).or_default().push(Entry { version: None, message: None });
        self.events += 1;
    }

    fn head(&self, name: &str) -> Option<&String> {
        self.lines.get(name)?.last()?.version.as_ref()
    }
}
