//! What is wrong in a file somebody wrote: where it stands, what it says, what to do; and how our sentences name things.

use std::fmt::Display;

use serde::Serialize;

/// One static problem, with everything a person needs to mend it.
///
/// Parsers collect problems instead of stopping at the first, so that one run of `check`
/// shows all of them. Lines and columns count from 1, columns in characters; a problem of the
/// whole file stands at 1:1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// File, relative to the project folder, with `/` between folders.
    pub path: String,
    /// Line of the first character concerned, from 1.
    pub line: u32,
    /// Column of the first character concerned, from 1.
    pub column: u32,
    /// Kebab-case word that names the kind of problem; documented and never reused.
    pub code: String,
    /// One line, lower case, in the words of the design; user text in backticks.
    pub message: String,
    /// The line itself as it stands in the file, where one line is concerned that is not longer than 4 KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
    /// What to do next: the nearest known name, or the edit that would mend it.
    pub next: Option<String>,
    /// A warning does not fail `check`.
    pub warning: bool,
    /// For what looks like a secret: the fingerprint by which somebody may say that it is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

impl Problem {
    /// An error at a byte offset of `text`: line, column and excerpt are found there.
    pub fn at(path: &str, text: &str, offset: usize, code: &str, message: impl Into<String>) -> Self {
        let (line, column, excerpt) = locate(text, offset);
        Self {
            path: path.to_owned(),
            line,
            column,
            code: code.to_owned(),
            message: one_line(message.into()),
            excerpt,
            next: None,
            warning: false,
            fingerprint: None,
        }
    }

    /// An error that concerns the whole file.
    pub fn whole(path: &str, code: &str, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: 1,
            column: 1,
            code: code.to_owned(),
            message: one_line(message.into()),
            excerpt: None,
            next: None,
            warning: false,
            fingerprint: None,
        }
    }

    /// The same problem with a next step.
    #[must_use]
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(one_line(next.into()));
        self
    }

    /// The same problem with `did you mean` where `known` has a name near `wrong`.
    #[must_use]
    pub fn nearest<'a>(self, wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match did_you_mean(wrong, known) {
            Some(advice) => self.next(advice),
            None => self,
        }
    }

    /// The same problem as a warning, which `check` shows and does not fail on.
    #[must_use]
    pub fn as_warning(mut self) -> Self {
        self.warning = true;
        self
    }
}

/// The text as one line that obeys nobody: line ends and other control characters in what it quotes are spelled out.
fn one_line(text: String) -> String {
    if !text.chars().any(char::is_control) {
        return text;
    }
    let spelled = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(spelled).collect()
}

/// The longest line, in bytes, that is kept with each of its problems: a line may have as many as it has characters.
const LONGEST_EXCERPT: usize = 4096;

/// Line and column (from 1, in characters) of a byte offset, and the line it stands in where it is not too long.
fn locate(text: &str, offset: usize) -> (u32, u32, Option<String>) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = text.get(..end).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count() + 1;
    let column = before.get(start..).unwrap_or_default().chars().count() + 1;
    let rest = text.get(start..).unwrap_or_default();
    let excerpt = rest.lines().next().unwrap_or_default();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    (count(line), count(column), (excerpt.len() <= LONGEST_EXCERPT).then(|| excerpt.to_owned()))
}

/// The longest text, in bytes, of which it is asked which name was meant.
const LONGEST_TYPED: usize = 512;

/// The known name nearest to what was typed, when it is near enough to be meant.
///
/// Near means a Levenshtein distance of at most a third of the typed name's length, one at least.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Names are short; comparing what is not one would take as long as its length times theirs.
    if typed.len() > LONGEST_TYPED {
        return None;
    }
    let allowed = (typed.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (distance(typed, name), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, name)| name)
}

/// The advice that names the known name nearest to what was typed, when one is near enough to be meant.
pub fn did_you_mean<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(typed, known).map(|name| format!("did you mean `{name}`?"))
}

/// Names in a sentence, each in backticks: "`a`, `b`", or "`a` or `b`" with ` or ` in between.
pub fn quoted(names: impl IntoIterator<Item = impl Display>, between: &str) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(between)
}

/// A number of things: `1 warning`, `2 warnings`.
pub fn counted<N: Display + Copy + PartialEq + From<u8>>(count: N, thing: &str) -> String {
    if count == N::from(1) { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// Levenshtein distance in characters, without regard to ASCII case; two neighbours that changed places count one.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_ascii_lowercase().chars().collect();
    let b: Vec<char> = b.to_ascii_lowercase().chars().collect();
    let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX);
    let mut older: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, cb) in b.iter().enumerate() {
            let changed = cell(&above, j) + usize::from(ca != cb);
            let added = cell(&row, j).min(cell(&above, j + 1)) + 1;
            let earlier = |word: &[char], at: usize| at.checked_sub(1).and_then(|at| word.get(at).copied());
            let swaps = earlier(&a, i) == Some(*cb) && earlier(&b, j) == Some(*ca);
            let swapped = if swaps { cell(&older, j - 1) + 1 } else { usize::MAX };
            row.push(changed.min(added).min(swapped));
        }
        older = std::mem::replace(&mut above, row);
    }
    cell(&above, b.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_counts_lines_and_columns_in_characters() {
        let text = "one\nzwölf = 1\n";
        let at = text.find('=').unwrap();
        let problem = Problem::at("a.toml", text, at, "x", "y");
        assert_eq!((problem.line, problem.column), (2, 7));
        assert_eq!(problem.excerpt.as_deref(), Some("zwölf = 1"));
    }

    #[test]
    fn the_nearest_name_is_offered_only_when_it_is_near() {
        assert_eq!(nearest("refnuds", ["refunds", "access"]), Some("refunds"));
        assert_eq!(nearest("zebra", ["refunds", "access"]), None);
        assert_eq!(nearest("modle", ["model", "tools"]), Some("model"));
        assert_eq!(nearest(&"x".repeat(100_000), ["x".repeat(100_000).as_str()]), None);
    }

    #[test]
    fn what_a_problem_quotes_does_not_break_its_line() {
        let problem = Problem::whole("a.md", "x", "no role `a\nb\u{1b}[2J`").next("write\r\n`c`");
        assert_eq!(problem.message, "no role `a\\nb\\u{1b}[2J`");
        assert_eq!(problem.next.as_deref(), Some("write\\r\\n`c`"));
    }
}
