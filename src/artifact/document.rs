//! One text somebody wrote, TOML or JSON, and the problems found in it.

use std::{
    cell::{OnceCell, RefCell},
    ops::Range,
};

use toml::de::DeTable;

use super::{
    Fields,
    json::{self, JsonError},
    text::{self, after_mark},
    tree::{NodeValue, Table},
};
use crate::problem::Problem;

/// Of how many lines with a syntax error is told at once; whoever mends so many looks again.
const MOST_LINES: usize = 100;

/// What a parser gives: what it read and the warnings, or every problem when one of them is an error.
pub type Reading<T> = Result<(T, Vec<Problem>), Vec<Problem>>;

/// A parsed text, or the part of a larger file that is TOML or JSON, and the problems found in it so far.
///
/// Whatever is wrong is put down here with line, column and excerpt; reading goes on, so that one run shows
/// everything.
#[derive(Debug)]
pub struct Document<'t> {
    path: String,
    text: &'t str,
    /// Byte offset in `text` at which the parsed part begins.
    start: usize,
    table: Table,
    problems: RefCell<Vec<Problem>>,
    /// Where lines begin; counted once, so that many problems in a large file stay cheap.
    lines: OnceCell<Vec<usize>>,
}

impl<'t> Document<'t> {
    /// Reads a whole TOML file; a byte order mark at its beginning is skipped.
    ///
    /// # Errors
    ///
    /// Every line, of the first hundred, with a syntax error (`bad-toml`) or a key that stands twice (`duplicate-key`).
    pub fn parse(path: &str, text: &'t str) -> Result<Self, Vec<Problem>> {
        Self::parse_part(path, text, after_mark(text)..text.len())
    }

    /// Reads the TOML at these byte offsets of `text`; lines and columns are those of the whole text.
    ///
    /// # Errors
    ///
    /// As [`Document::parse`].
    pub fn parse_part(path: &str, text: &'t str, part: Range<usize>) -> Result<Self, Vec<Problem>> {
        let start = part.start;
        let (table, errors) = DeTable::parse_recoverable(text.get(part).unwrap_or_default());
        if !errors.is_empty() {
            return Err(syntax(path, text, start, &errors));
        }
        Ok(Self::of(path, text, start, Table::of_toml(table.get_ref(), start)))
    }

    /// Reads a whole JSON file that holds one object; a byte order mark at its beginning is skipped.
    ///
    /// # Errors
    ///
    /// The first syntax error as `bad-json`, keys that stand twice as `duplicate-key`, and `wrong-type` for a
    /// value that is no object.
    pub fn parse_json(path: &str, text: &'t str) -> Result<Self, Vec<Problem>> {
        Self::parse_json_part(path, text, after_mark(text)..text.len())
    }

    /// Reads the JSON object at these byte offsets of `text`; lines and columns are those of the whole text.
    ///
    /// # Errors
    ///
    /// As [`Document::parse_json`].
    pub fn parse_json_part(path: &str, text: &'t str, part: Range<usize>) -> Result<Self, Vec<Problem>> {
        let start = part.start;
        let refuse = |at: usize, code: &str, message: &str| Problem::at(path, text, start + at, code, message);
        let errors = |errors: Vec<JsonError>| {
            errors.iter().map(|error| refuse(error.at, error.code, &error.message)).collect::<Vec<_>>()
        };
        let mut node = json::parse(text.get(part).unwrap_or_default()).map_err(errors)?;
        node.shift(start);
        match node.value {
            NodeValue::Table(table) => Ok(Self::of(path, text, start, table)),
            other => Err(vec![Problem::at(
                path,
                text,
                node.at,
                "wrong-type",
                format!("this is {}, and must be a table", other.word()),
            )]),
        }
    }

    /// A document of values that were read in another way; their offsets are offsets of `text`.
    pub(super) fn of(path: &str, text: &'t str, start: usize, table: Table) -> Self {
        Self { path: path.to_owned(), text, start, table, problems: RefCell::default(), lines: OnceCell::new() }
    }

    /// The outermost table.
    pub fn fields(&self) -> Fields<'_> {
        Fields::new(self, &self.table, self.start, String::new())
    }

    /// The path the document was read under.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether nothing but warnings was put down.
    pub(super) fn is_sound(&self) -> bool {
        self.problems.borrow().iter().all(|problem| problem.warning)
    }

    /// Puts a problem down.
    pub fn report(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    /// Moves everything put down to the end of a list.
    pub(super) fn drain_into(self, problems: &mut Vec<Problem>) {
        problems.append(&mut self.into_problems());
    }

    /// Everything put down, warnings included, in the order of the file.
    pub fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort();
        problems
    }

    /// What was read, with the warnings, unless there is an error or nothing was read.
    ///
    /// # Errors
    ///
    /// Everything put down, warnings included, when one of them is an error.
    pub fn finish<T>(self, value: Option<T>) -> Reading<T> {
        reading(value, self.into_problems())
    }

    /// A problem at a byte offset of the text.
    pub(super) fn problem(&self, offset: usize, code: &str, message: String) -> Problem {
        let starts = self.lines.get_or_init(|| starts(self.text));
        problem_in(&self.path, self.text, starts, offset, code, message)
    }
}

/// Where lines begin.
fn starts(text: &str) -> Vec<usize> {
    text::lines(text, 0).map(|(start, _)| start).collect()
}

/// The line a byte offset stands in, from 0.
fn line_of(starts: &[usize], offset: usize) -> usize {
    starts.partition_point(|start| *start <= offset).saturating_sub(1)
}

/// A problem at a byte offset of a text whose lines are known to begin there, so that only one line is read for it.
fn problem_in(path: &str, text: &str, starts: &[usize], offset: usize, code: &str, message: String) -> Problem {
    let before = line_of(starts, offset);
    let start = starts.get(before).copied().unwrap_or_default();
    let line = text.get(start..).unwrap_or_default();
    let line = line.get(..line.find('\n').unwrap_or(line.len())).unwrap_or_default();
    let mut problem = Problem::at(path, line, offset.saturating_sub(start), code, message);
    problem.line = problem.line.saturating_add(u32::try_from(before).unwrap_or(u32::MAX));
    problem
}

/// The problems of a TOML text that does not parse: one a line, and of the first lines alone where there are many.
///
/// One slip makes the parser stumble several times on its line; the first says most.
fn syntax(path: &str, text: &str, start: usize, errors: &[toml::de::Error]) -> Vec<Problem> {
    let starts = starts(text);
    let place = |error: &toml::de::Error| start + error.span().map_or(0, |span| span.start);
    let mut places: Vec<(usize, &toml::de::Error)> = errors.iter().map(|error| (place(error), error)).collect();
    places.sort_by_key(|(offset, _)| line_of(&starts, *offset));
    places.dedup_by_key(|(offset, _)| line_of(&starts, *offset));
    places.truncate(MOST_LINES);
    let problem = |(offset, error): (usize, &toml::de::Error)| {
        let key = error.span().and_then(|span| text.get(start + span.start..start + span.end));
        let (code, message) = match (error.message(), key) {
            ("duplicate key", Some(key)) => ("duplicate-key", format!("the key `{key}` stands twice")),
            (message, _) => ("bad-toml", one_line(message)),
        };
        problem_in(path, text, &starts, offset, code, message)
    };
    places.into_iter().map(problem).collect()
}

/// What was read with these problems as warnings, or all of them when one is an error.
pub(super) fn reading<T>(value: Option<T>, problems: Vec<Problem>) -> Reading<T> {
    match value {
        Some(value) if problems.iter().all(|problem| problem.warning) => Ok((value, problems)),
        _ => Err(problems),
    }
}

/// A parser's message as one line.
fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}
