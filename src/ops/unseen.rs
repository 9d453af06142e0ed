//! What people do not see in files and names, or take for something else.

use std::collections::BTreeMap;

use super::layout::file_path;
use crate::{
    governance::{FILE, Governance},
    name::Kind,
    problem::Problem,
    sight::{Invisible, invisible, look_alikes, looks},
    workspace::Loaded,
};

/// Every character that nobody sees, every letter that passes for another, and names that look the same; unsorted,
/// and all of them warnings.
pub(super) fn problems(loaded: &Loaded, rules: Option<&[u8]>, governance: Option<&Governance>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in loaded.artifacts.values() {
        for part in file.source.files() {
            let path = file_path(&file.path, &part.path);
            problems.extend(of_text(&path, &String::from_utf8_lossy(&part.bytes), Some(file.artifact.kind)));
        }
    }
    problems.extend(rules.map(|bytes| of_text(FILE, &String::from_utf8_lossy(bytes), None)).unwrap_or_default());
    problems.extend(same_looks(loaded));
    problems.extend(governance.map(same_rules).unwrap_or_default());
    problems
}

/// Once a line: a model reads them all the same.
fn of_text(path: &str, text: &str, kind: Option<Kind>) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    let mut last = None;
    for found in invisible(text) {
        let end = line_end(text, found.at);
        if last.replace(end) != Some(end) {
            problems.push(unseen(path, text, found, kind));
        }
    }
    let mut last = None;
    for (at, like) in look_alikes(text) {
        let end = line_end(text, at);
        if last.replace(end) != Some(end) {
            let letter = text.get(at..).and_then(|rest| rest.chars().next());
            problems.extend(letter.map(|letter| disguised(path, text, at, letter, like)));
        }
    }
    problems
}

/// Where the line ends that this offset is in.
fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |end| at + end)
}

fn unseen(path: &str, text: &str, found: Invisible, kind: Option<Kind>) -> Problem {
    let code = u32::from(found.character);
    let what = if code == 0xFEFF && found.at == 0 { "a byte order mark".to_owned() } else { found.class.to_string() };
    let readers =
        if kind == Some(Kind::Prompt) { "a model reads it and people do not" } else { "people do not see it" };
    let message = format!("{what}, U+{code:04X}: {readers}");
    let problem = Problem::at(path, text, found.at, "invisible-character", message);
    problem.next("take it out unless it is meant").as_warning()
}

fn disguised(path: &str, text: &str, at: usize, letter: char, like: char) -> Problem {
    let message = format!("`{letter}`, U+{:04X}, looks like `{like}` and is not", u32::from(letter));
    let problem = Problem::at(path, text, at, "look-alike-character", message);
    problem.next(format!("write `{like}` unless it is meant")).as_warning()
}

/// Artifacts of one kind whose names one eye takes for the other's.
fn same_looks(loaded: &Loaded) -> Vec<Problem> {
    let files = loaded.artifacts.values();
    let names = files.map(|file| (format!("{}/{}", file.artifact.kind, file.artifact.name), file.path.clone()));
    pairs(names).into_iter().map(|(one, other, path)| look_the_same(&path, &one, &other)).collect()
}

/// The same of people and of environments.
fn same_rules(governance: &Governance) -> Vec<Problem> {
    let people = governance.people.people.keys().map(ToString::to_string);
    let environments = governance.environments.iter().map(|rules| rules.name.to_string());
    let all = [people.collect::<Vec<_>>(), environments.collect()];
    let found = all.into_iter().flat_map(|names| pairs(names.into_iter().map(|name| (name, FILE.to_owned()))));
    found.map(|(one, other, path)| look_the_same(&path, &one, &other)).collect()
}

fn look_the_same(path: &str, one: &str, other: &str) -> Problem {
    let message = format!("`{one}` and `{other}` look the same");
    Problem::whole(path, "look-alike-name", message).next("rename one of the two").as_warning()
}

/// Each name with the first one that looks like it, and the path of the later one.
fn pairs(names: impl Iterator<Item = (String, String)>) -> Vec<(String, String, String)> {
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    let mut found = Vec::new();
    for (name, path) in names {
        match first.get(&looks(&name)) {
            Some(other) => found.push((other.clone(), name, path)),
            None => drop(first.insert(looks(&name), name)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_told_once_of_each() {
        let found = of_text("a.md", "p\u{430}y\u{200b} \u{200b}\nfine\n\u{202e}x", Some(Kind::Prompt));
        let told: Vec<_> = found.iter().map(|p| (p.line, p.column, p.code.as_str())).collect();
        let wanted = [(1, 4, "invisible-character"), (3, 1, "invisible-character"), (1, 2, "look-alike-character")];
        assert_eq!(told, wanted);
        assert!(of_text("a.md", "привет 👩‍💻 می\u{200c}خواهم\n", None).is_empty());
    }

    #[test]
    fn names_that_look_the_same_are_told() {
        let names = ["release-1", "ruth", "release-l"].map(|name| (name.to_owned(), FILE.to_owned()));
        let found = pairs(names.into_iter());
        assert_eq!(found, [("release-1".to_owned(), "release-l".to_owned(), FILE.to_owned())]);
    }
}
