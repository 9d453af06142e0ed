//! `[[sources]]`: which files a rule means, and what their artifacts are called.

use globset::{GlobBuilder, GlobMatcher};
use regex::Regex;

use super::roots::literal_folder;
use crate::{
    artifact::Template,
    governance::{FILE, SourceRule},
    name::Kind,
    problem::Problem,
};

/// A rule of `chancery.toml`, ready to be asked.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) kind: Kind,
    pub(super) template: Option<Template>,
    /// The folder all matches are below.
    pub(super) folder: String,
    matcher: GlobMatcher,
    wildcards: Regex,
    name: Vec<Part>,
}

/// One part of a name pattern.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Wildcard(usize),
    Stem,
    Path,
}

impl Rule {
    /// Reads a rule.
    pub(super) fn new(rule: &SourceRule) -> Result<Self, Box<Problem>> {
        let wrong = |why: String| Box::new(Problem::whole(FILE, "bad-source", why));
        let glob = GlobBuilder::new(&rule.files)
            .literal_separator(true)
            .build()
            .map_err(|e| wrong(format!("the glob `{}` of a source is wrong: {}", rule.files, e.kind())))?;
        let (pattern, count) = with_groups(&rule.files);
        let wildcards = Regex::new(&pattern)
            .map_err(|_| wrong(format!("the glob `{}` of a source is too complicated to name files by", rule.files)))?;
        let name = parts(&rule.name, count)
            .map_err(|why| wrong(format!("the name pattern `{}` of a source {why}", rule.name)))?;
        let folder = literal_folder(&rule.files);
        Ok(Self { kind: rule.kind, template: rule.template, folder, matcher: glob.compile_matcher(), wildcards, name })
    }

    /// The name of the artifact a file holds, not yet checked against the grammar; `None` for other files.
    pub(super) fn name_of(&self, path: &str) -> Option<String> {
        if !self.matcher.is_match(path) {
            return None;
        }
        let captures = self.wildcards.captures(path);
        let matched = |n: usize| captures.as_ref().and_then(|c| c.get(n)).map_or("", |text| text.as_str());
        let whole: String = self
            .name
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.as_str(),
                Part::Wildcard(n) => matched(*n).trim_matches('/'),
                Part::Stem => without_ending(path.rsplit('/').next().unwrap_or(path)),
                Part::Path => without_ending(path),
            })
            .collect();
        // A `**` that matched no folder leaves no empty word behind.
        Some(whole.split('/').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("/"))
    }
}

/// A path without what follows the last `.` of its file name.
pub(super) fn without_ending(path: &str) -> &str {
    match path.rsplit_once('.') {
        Some((stem, ending)) if !ending.contains('/') => stem,
        _ => path,
    }
}

/// Splits a name pattern into its parts.
fn parts(pattern: &str, wildcards: usize) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = pattern;
    while let Some((text, after)) = rest.split_once('{') {
        let Some((word, after)) = after.split_once('}') else {
            return Err("has a `{` without `}`".to_owned());
        };
        parts.push(Part::Text(text.to_owned()));
        parts.push(match word {
            "stem" => Part::Stem,
            "path" => Part::Path,
            number => match number.parse::<usize>() {
                Ok(n) if (1..=wildcards).contains(&n) => Part::Wildcard(n),
                Ok(n) => return Err(format!("asks for wildcard {n} of {wildcards}")),
                Err(_) => {
                    return Err(format!("has an unknown part `{{{number}}}`; known are {{1}}, {{stem}}, {{path}}"));
                }
            },
        });
        rest = after;
    }
    parts.push(Part::Text(rest.to_owned()));
    Ok(parts)
}

/// The glob as a regular expression with one group for each `*` and `**`, and how many there are.
///
/// The glob library decides what matches; this only says which text stood where. `**` takes whole folders.
fn with_groups(glob: &str) -> (String, usize) {
    let (mut pattern, mut count, mut depth) = (String::from("^"), 0, 0_u32);
    let mut rest = glob;
    while let Some(next) = rest.chars().next() {
        let (taken, text) = match next {
            '*' if rest.starts_with("**/") => (3, "(?:(.*)/)?".to_owned()),
            '*' if rest.starts_with("**") => (2, "(.*)".to_owned()),
            '*' => (1, "([^/]*)".to_owned()),
            '?' => (1, "[^/]".to_owned()),
            '{' => {
                depth += 1;
                (1, "(?:".to_owned())
            }
            '}' if depth > 0 => {
                depth -= 1;
                (1, ")".to_owned())
            }
            ',' if depth > 0 => (1, "|".to_owned()),
            '[' => class(rest),
            '\\' => {
                let escaped: String = rest.chars().skip(1).take(1).collect();
                (1 + escaped.len(), regex::escape(&escaped))
            }
            other => (other.len_utf8(), regex::escape(&other.to_string())),
        };
        count += usize::from(next == '*');
        pattern.push_str(&text);
        rest = rest.get(taken..).unwrap_or_default();
    }
    pattern.push('$');
    (pattern, count)
}

/// A `[…]` class: its length in the glob, and any one character in its place.
fn class(rest: &str) -> (usize, String) {
    // A `]` that comes first stands for itself.
    let start = if rest.starts_with("[!") || rest.starts_with("[^") { 3 } else { 2 };
    match rest.get(start..).and_then(|inner| inner.find(']')) {
        Some(end) => (start + end + 1, "[^/]".to_owned()),
        None => (1, "\\[".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(files: &str, name: &str) -> Result<Rule, Box<Problem>> {
        let (files, name) = (files.to_owned(), name.to_owned());
        Rule::new(&SourceRule { files, kind: Kind::Prompt, template: None, name })
    }

    #[test]
    fn a_file_is_named_by_what_the_wildcards_matched() {
        for (files, name, path, wanted) in [
            ("services/*/prompts/**/*.{txt,md}", "{1}/{stem}", "services/mail/prompts/a/b.md", Some("mail/b")),
            ("services/*/prompts/**/*.{txt,md}", "{1}/{2}/{3}", "services/mail/prompts/a/c/b.md", Some("mail/a/c/b")),
            ("services/*/prompts/**/*.{txt,md}", "{1}/{2}/{3}", "services/mail/prompts/b.txt", Some("mail/b")),
            ("services/*/prompts/*.md", "{1}", "services/mail/prompts/a/b.md", None),
            ("**/*.md", "{path}", "a/b.md", Some("a/b")),
            ("**/*.md", "{path}", "b.md", Some("b")),
            ("a[0-9].txt", "x-{stem}", "a7.txt", Some("x-a7")),
            ("{a*,b*}/p.txt", "{1}{2}", "bx/p.txt", Some("x")),
            ("only.txt", "the-one", "only.txt", Some("the-one")),
            ("a/**", "{1}", "a/b/c.txt", Some("b/c.txt")),
        ] {
            assert_eq!(rule(files, name).unwrap().name_of(path).as_deref(), wanted, "{files} {name} {path}");
        }
    }

    #[test]
    fn a_rule_that_cannot_name_its_files_is_refused() {
        for (files, name) in [("*.md", "{2}"), ("*.md", "{0}"), ("*.md", "{name}"), ("*.md", "{1"), ("{a", "x")] {
            assert!(rule(files, name).is_err(), "{files} {name}");
        }
    }
}
