//! Which artifacts the project folder holds, and in which files; no file is read for it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Entry, Refusal, SourceTree, TreeError,
    default_folders::{Meaning, is_settings, meaning, policy_folder},
    naming::{Rule, without_ending},
    roots::{DEFAULT, is_within, outermost},
};
use crate::{
    artifact::Template,
    governance::{FILE, SourceRule},
    name::{Artifact, Kind, Name},
    problem::Problem,
    sight::invisible,
};

/// Where one artifact stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The artifact.
    pub artifact: Artifact,
    /// Its main file, relative to the project folder.
    pub path: String,
    /// What a `[[sources]]` rule says of its text.
    pub template: Option<Template>,
    /// The files known to belong to it before any is read, the main one first: for a policy folder all of it, for a
    /// prompt also its settings beside it. Files that its text names come to light when it is read. Empty when the
    /// main file cannot be used; reading says why.
    pub files: Vec<Entry>,
    /// Why the main file cannot be used.
    pub(super) refused: Option<Problem>,
}

/// What discovery found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The artifacts, files that cannot be used included: a broken file is not a deleted one.
    pub places: BTreeMap<Artifact, Place>,
    /// Everything wrong with paths and names, sorted. While one that is no warning stands here, a file without a
    /// place may be an artifact that only looks deleted.
    pub problems: Vec<Problem>,
    /// Every file listed, by path.
    pub(super) files: BTreeMap<String, Entry>,
}

impl Found {
    /// The artifact that each main file holds, by path.
    pub fn paths(&self) -> BTreeMap<String, Artifact> {
        self.places.values().map(|place| (place.path.clone(), place.artifact.clone())).collect()
    }

    /// Whether a path is a folder in which files were found.
    pub fn has_below(&self, folder: &str) -> bool {
        let start = format!("{folder}/");
        self.files.range(start.clone()..).next().is_some_and(|(path, _)| path.starts_with(&start))
    }
}

/// Finds the artifacts of a project: by `[[sources]]` first, then by the default folders.
///
/// # Errors
///
/// [`TreeError`] when a folder cannot be listed. Whatever is wrong with single files is in the answer.
pub fn discover(tree: &dyn SourceTree, rules: &[SourceRule]) -> Result<Found, TreeError> {
    let mut search = Search::default();
    for rule in rules {
        match Rule::new(rule) {
            Ok(rule) => search.rules.push(rule),
            Err(problem) => search.problems.push(*problem),
        }
    }
    let folders: Vec<String> = search.rules.iter().map(|rule| rule.folder.clone()).collect();
    for root in outermost(DEFAULT.into_iter().chain(folders.iter().map(String::as_str))) {
        let listing = tree.list(root)?;
        search.files.extend(listing.files.into_iter().map(|entry| (entry.path.clone(), entry)));
        search.refused.extend(listing.refused.into_iter().map(|refused| (refused.path, refused.why)));
    }
    Ok(search.run())
}

/// What discovery would find if some of the files it found stood elsewhere: from, to.
pub fn discover_moved(found: &Found, rules: &[SourceRule], moves: &BTreeMap<String, String>) -> Found {
    let mut search = Search::default();
    search.rules.extend(rules.iter().filter_map(|rule| Rule::new(rule).ok()));
    for (path, entry) in &found.files {
        let path = moves.get(path).unwrap_or(path).clone();
        search.files.insert(path.clone(), Entry { path, ..entry.clone() });
    }
    search.run()
}

/// Discovery at work.
#[derive(Default)]
struct Search {
    rules: Vec<Rule>,
    files: BTreeMap<String, Entry>,
    refused: BTreeMap<String, Refusal>,
    problems: Vec<Problem>,
    places: BTreeMap<String, Place>,
}

impl Search {
    fn run(mut self) -> Found {
        let folders = self.policy_folders();
        let refused = std::mem::take(&mut self.refused);
        let files = std::mem::take(&mut self.files);
        for path in files.keys() {
            if let Some(folder) = folders.iter().find(|folder| is_within(path, folder)) {
                self.folder_file(path, folder, &files);
            } else {
                self.file(path, None, &files);
            }
        }
        for (path, why) in &refused {
            self.refused_file(path, *why, &files);
        }
        self.problems.sort();
        self.problems.dedup();
        let places = self.places.into_values().map(|place| (place.artifact.clone(), place)).collect();
        Found { places, problems: self.problems, files }
    }

    /// Folders that are one policy, none inside another; a rule that takes the main file wins over the folder.
    fn policy_folders(&self) -> Vec<String> {
        let by_rule = |path: &str| self.rules.iter().any(|rule| rule.name_of(path).is_some());
        let mains = self.files.keys().filter(|path| !by_rule(path));
        let folders: BTreeSet<&str> = mains.filter_map(|path| policy_folder(path)).map(|(folder, _)| folder).collect();
        outermost(folders).into_iter().map(str::to_owned).collect()
    }

    /// A file of a policy folder: the main one gives the artifact, the others only belong to it.
    fn folder_file(&mut self, path: &str, folder: &str, files: &BTreeMap<String, Entry>) {
        let Some((_, name)) = policy_folder(path).filter(|(of, _)| *of == folder) else { return };
        let below = files.range(format!("{folder}/")..).map(|(_, entry)| entry);
        let mut all: Vec<Entry> = below.take_while(|entry| is_within(&entry.path, folder)).cloned().collect();
        all.sort_by_key(|entry| entry.path != path);
        self.place(Kind::Policy, name, path, None, all, None);
    }

    /// Any other file: a rule that takes it wins, and the first of several.
    fn file(&mut self, path: &str, refused: Option<Problem>, files: &BTreeMap<String, Entry>) {
        let belongs = |kind| belonging(kind, path, files);
        if !is_settings(path)
            && path != FILE
            && let Some((kind, template, name)) =
                self.rules.iter().find_map(|rule| Some((rule.kind, rule.template, rule.name_of(path)?)))
        {
            return self.place(kind, &name, path, template, belongs(kind), refused);
        }
        match meaning(path) {
            Some(Meaning::Artifact(kind, name)) => self.place(kind, &name, path, None, belongs(kind), refused),
            Some(Meaning::Unknown(endings)) => self.problems.push(unknown_ending(path, endings)),
            Some(Meaning::Beside) => self.orphan(path, files),
            None => {}
        }
    }

    /// Something that is there and cannot be used: said where it could be an artifact, and only there.
    fn refused_file(&mut self, path: &str, why: Refusal, files: &BTreeMap<String, Entry>) {
        let in_default = DEFAULT.iter().any(|folder| is_within(path, folder));
        let by_rule = |rule: &Rule| {
            let folder = !rule.folder.is_empty() && (is_within(path, &rule.folder) || is_within(&rule.folder, path));
            folder || rule.name_of(path).is_some()
        };
        if !in_default && !self.rules.iter().any(by_rule) {
            return;
        }
        let problem = refusal(path, why);
        self.problems.push(problem.clone());
        if matches!(why, Refusal::LinkOut | Refusal::Unreadable) {
            let before = self.problems.len();
            self.file(path, Some(problem), files);
            // One thing is wrong with it, and that has been said.
            self.problems.truncate(before);
        }
    }

    /// Settings beside no prompt are a slip of the name.
    fn orphan(&mut self, path: &str, files: &BTreeMap<String, Entry>) {
        let Some(stem) = path.strip_suffix(".chancery.toml") else { return };
        let start = format!("{stem}.");
        let mut beside = files.range(start.clone()..).map(|(other, _)| other).take_while(|p| p.starts_with(&start));
        if !beside.any(|other| other != path && without_ending(other) == stem) {
            let problem = Problem::whole(path, "stray-settings", "these settings stand beside no prompt");
            self.problems.push(problem.next("name the file as its prompt, or remove it").as_warning());
        }
    }

    fn place(
        &mut self,
        kind: Kind,
        name: &str,
        path: &str,
        template: Option<Template>,
        files: Vec<Entry>,
        refused: Option<Problem>,
    ) {
        let name = match Name::parse(name) {
            Ok(name) if !hides(path) => name,
            Ok(_) => return self.problems.push(bad_path(path)),
            Err(bad) => {
                let problem = Problem::whole(path, "bad-name", bad.to_string());
                return self.problems.push(problem.next("rename the file"));
            }
        };
        let artifact = Artifact::new(kind, name);
        let key = artifact.key();
        if let Some(other) = self.places.get(&key) {
            self.problems.push(same_artifact(&artifact, path, &other.path));
        } else {
            let path = path.to_owned();
            self.places.insert(key, Place { artifact, path, template, files, refused });
        }
    }
}

/// The file itself and, for prompts, the settings beside it.
fn belonging(kind: Kind, path: &str, files: &BTreeMap<String, Entry>) -> Vec<Entry> {
    let settings = (kind == Kind::Prompt).then(|| format!("{}.chancery.toml", without_ending(path)));
    let main = files.get(path);
    main.into_iter().chain(main.and(settings).and_then(|beside| files.get(&beside))).cloned().collect()
}

fn unknown_ending(path: &str, endings: &str) -> Problem {
    let problem = Problem::whole(path, "unknown-ending", format!("not an artifact: this folder takes {endings}"));
    problem.next("rename it, move it elsewhere, or name it in `[[sources]]`").as_warning()
}

/// Whether a path is not what it looks like.
pub(super) fn hides(path: &str) -> bool {
    path.contains(['\n', '\t']) || invisible(path).next().is_some()
}

pub(super) fn bad_path(path: &str) -> Problem {
    Problem::whole(path, "bad-name", "the path holds a character that nobody sees").next("rename the file")
}

fn same_artifact(artifact: &Artifact, path: &str, other: &str) -> Problem {
    let message = format!("`{artifact}` stands twice: in `{other}` and in `{path}`");
    Problem::whole(path, "same-name", message).next("rename one of the two; names do not differ by case alone")
}

fn refusal(path: &str, why: Refusal) -> Problem {
    let (code, message, next) = match why {
        Refusal::LinkOut => ("link-out", "this link leads out of the project or nowhere", "put the file itself here"),
        Refusal::LinkToFolder => ("link-to-folder", "links to folders are not followed", "put the folder itself here"),
        Refusal::NotUtf8 => ("bad-name", "the file's name is not UTF-8", "rename the file"),
        Refusal::Unreadable => ("unreadable", "this cannot be looked at", "allow yourself to read it"),
    };
    Problem::whole(path, code, message).next(next)
}
