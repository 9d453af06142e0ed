//! Reading TOML tables field by field, collecting every problem.
//!
//! A [`Document`] is one TOML text, or the part of a larger file that is TOML. [`Fields`] is one of its
//! tables: each key is asked for by name and type, and [`Fields::finish`] reports the keys nobody asked for.
//! An [`Item`] is one value with its place. Whatever is wrong is put down in the document with line, column
//! and excerpt; reading goes on, so that one run shows everything.

use std::{
    cell::RefCell,
    fmt::Display,
    ops::{Range, RangeInclusive},
};

use serde_json::Value;
use toml::de::{DeTable, DeValue};

use super::json_value;
use crate::problem::Problem;

/// A parsed TOML text and the problems found in it so far.
#[derive(Debug)]
pub struct Document<'t> {
    path: String,
    text: &'t str,
    /// Byte offset in `text` at which the TOML begins.
    start: usize,
    table: DeTable<'t>,
    problems: RefCell<Vec<Problem>>,
}

impl<'t> Document<'t> {
    /// Reads a whole file; a byte order mark at its beginning is skipped.
    ///
    /// # Errors
    ///
    /// Every syntax error and duplicate key, as `bad-toml`.
    pub fn parse(path: &str, text: &'t str) -> Result<Self, Vec<Problem>> {
        let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self::parse_part(path, text, start..text.len())
    }

    /// Reads the part of `text` at these byte offsets; lines and columns are those of the whole text.
    ///
    /// # Errors
    ///
    /// Every syntax error and duplicate key, as `bad-toml`.
    pub fn parse_part(path: &str, text: &'t str, part: Range<usize>) -> Result<Self, Vec<Problem>> {
        let start = part.start;
        let (table, errors) = DeTable::parse_recoverable(text.get(part).unwrap_or_default());
        if !errors.is_empty() {
            let mut problems: Vec<Problem> = errors
                .iter()
                .map(|error| {
                    let offset = start + error.span().map_or(0, |span| span.start);
                    Problem::at(path, text, offset, "bad-toml", one_line(error.message()))
                })
                .collect();
            // One slip makes the parser stumble several times on its line; the first says most.
            problems.sort_by_key(|problem| problem.line);
            problems.dedup_by_key(|problem| problem.line);
            return Err(problems);
        }
        let table = table.into_inner();
        Ok(Self { path: path.to_owned(), text, start, table, problems: RefCell::default() })
    }

    /// The outermost table.
    pub fn fields(&self) -> Fields<'_> {
        Fields { document: self, table: &self.table, at: 0, keys: String::new(), asked: Vec::new() }
    }

    /// The path the document was read under.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Puts a problem down.
    pub fn report(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
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
    pub fn finish<T>(self, value: Option<T>) -> Result<(T, Vec<Problem>), Vec<Problem>> {
        let problems = self.into_problems();
        match value {
            Some(value) if problems.iter().all(|problem| problem.warning) => Ok((value, problems)),
            _ => Err(problems),
        }
    }

    fn problem(&self, offset: usize, code: &str, message: String) -> Problem {
        Problem::at(&self.path, self.text, self.start + offset, code, message)
    }
}

/// One table of a document, read key by key.
#[derive(Debug)]
pub struct Fields<'d> {
    document: &'d Document<'d>,
    table: &'d DeTable<'d>,
    at: usize,
    /// The dotted keys that lead here, empty for the outermost table.
    keys: String,
    asked: Vec<String>,
}

impl<'d> Fields<'d> {
    /// The value under a key, whatever its type; `None` when the key is absent.
    pub fn item(&mut self, key: &str) -> Option<Item<'d>> {
        if !self.asked.iter().any(|asked| asked == key) {
            self.asked.push(key.to_owned());
        }
        let (name, value) = self.table.get_key_value(key)?;
        Some(self.item_of(name.get_ref(), name.span(), value))
    }

    /// The value under a key; its absence is a `missing-key`.
    pub fn required(&mut self, key: &str) -> Option<Item<'d>> {
        let item = self.item(key);
        if item.is_none() {
            let place = if self.keys.is_empty() { String::new() } else { format!(" in `{}`", self.keys) };
            self.report(self.problem("missing-key", format!("`{key}` is missing{place}")));
        }
        item
    }

    /// The text under a key; another type is a `wrong-type`, as in all methods named for a type.
    pub fn string(&mut self, key: &str) -> Option<String> {
        self.item(key)?.string()
    }

    /// The text under a key that must be there.
    pub fn required_string(&mut self, key: &str) -> Option<String> {
        self.required(key)?.string()
    }

    /// The whole number under a key.
    pub fn integer(&mut self, key: &str) -> Option<i64> {
        self.item(key)?.integer()
    }

    /// The whole number under a key, `out-of-range` outside of these bounds.
    pub fn integer_within(&mut self, key: &str, bounds: RangeInclusive<i64>) -> Option<i64> {
        self.item(key)?.integer_within(bounds)
    }

    /// The number under a key, written with or without a fraction; never NaN or infinite.
    pub fn number(&mut self, key: &str) -> Option<f64> {
        self.item(key)?.number()
    }

    /// The number under a key, `out-of-range` outside of these bounds.
    pub fn number_within(&mut self, key: &str, bounds: RangeInclusive<f64>) -> Option<f64> {
        self.item(key)?.number_within(bounds)
    }

    /// `true` or `false` under a key.
    pub fn boolean(&mut self, key: &str) -> Option<bool> {
        self.item(key)?.boolean()
    }

    /// The texts in the list under a key.
    pub fn list_of_strings(&mut self, key: &str) -> Option<Vec<String>> {
        self.item(key)?.strings()
    }

    /// The date and time under a key, as written.
    pub fn date(&mut self, key: &str) -> Option<String> {
        self.item(key)?.date()
    }

    /// The table under a key.
    pub fn table(&mut self, key: &str) -> Option<Fields<'d>> {
        self.item(key)?.table()
    }

    /// The tables in the list under a key (`[[key]]`); none when the key is absent.
    pub fn tables(&mut self, key: &str) -> Vec<Fields<'d>> {
        let items = self.item(key).and_then(|item| item.list()).unwrap_or_default();
        items.iter().filter_map(Item::table).collect()
    }

    /// The value under a key as JSON; dates and numbers JSON cannot hold are problems.
    pub fn json(&mut self, key: &str) -> Option<Value> {
        self.item(key)?.json()
    }

    /// What `read` makes of the text under a key; its refusal is a problem with this code.
    pub fn parsed<T, E: Display>(
        &mut self,
        key: &str,
        code: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        self.item(key)?.parsed(code, read)
    }

    /// What `read` makes of each text in the list under a key; an entry that stands twice is a `duplicate`.
    pub fn list_parsed<T: PartialEq, E: Display>(
        &mut self,
        key: &str,
        code: &str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Vec<T>> {
        self.item(key)?.list_parsed(code, read)
    }

    /// The meaning of the word under a key; a word not among these is an `unknown-word` with the nearest.
    pub fn one_of<T: Clone>(&mut self, key: &str, words: &[(&str, T)]) -> Option<T> {
        self.item(key)?.one_of(words)
    }

    /// All keys with their values, in the order of the file; none of them counts as unknown any more.
    pub fn entries(&mut self) -> Vec<(String, Item<'d>)> {
        self.asked.extend(self.table.keys().map(|key| key.get_ref().to_string()));
        let entries = self.table.iter();
        entries
            .map(|(key, value)| (key.get_ref().to_string(), self.item_of(key.get_ref(), key.span(), value)))
            .collect()
    }

    /// Whether the table has this key; does not count as asking for it.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Whether the table has no keys.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// Reports every key that was never asked for as an `unknown-key`, with the nearest that was.
    pub fn finish(self) {
        for (key, _) in self.table.iter().filter(|(key, _)| !self.asked.iter().any(|asked| asked == key.get_ref())) {
            let name = self.dotted(key.get_ref());
            let message = format!("`{name}` is not a key that is known here");
            let problem = self.document.problem(key.span().start, "unknown-key", message);
            let problem = problem.nearest(key.get_ref(), self.asked.iter().map(String::as_str));
            self.report(match problem.next {
                Some(_) => problem,
                None => problem.next(format!("known here: {}", self.known())),
            });
        }
    }

    /// The dotted keys that lead to this table; empty for the outermost.
    pub fn keys(&self) -> &str {
        &self.keys
    }

    /// The line the table begins on, from 1.
    pub fn line(&self) -> u32 {
        self.problem("", String::new()).line
    }

    /// A problem at the beginning of this table, to be given to [`Fields::report`].
    pub fn problem(&self, code: &str, message: impl Into<String>) -> Problem {
        self.document.problem(self.at, code, message.into())
    }

    /// Puts a problem down in the document.
    pub fn report(&self, problem: Problem) {
        self.document.report(problem);
    }

    fn known(&self) -> String {
        self.asked.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
    }

    fn dotted(&self, key: &str) -> String {
        if self.keys.is_empty() { key.to_owned() } else { format!("{}.{key}", self.keys) }
    }

    fn item_of(&self, key: &str, key_span: Range<usize>, value: &'d toml::Spanned<DeValue<'d>>) -> Item<'d> {
        Item {
            document: self.document,
            value: value.get_ref(),
            at: value.span().start,
            key_at: key_span.start,
            keys: self.dotted(key),
        }
    }
}

/// One value of a document with its place.
#[derive(Debug, Clone)]
pub struct Item<'d> {
    document: &'d Document<'d>,
    value: &'d DeValue<'d>,
    at: usize,
    key_at: usize,
    keys: String,
}

impl<'d> Item<'d> {
    /// The text.
    pub fn string(&self) -> Option<String> {
        match self.value {
            DeValue::String(text) => Some(text.to_string()),
            _ => self.wrong("text"),
        }
    }

    /// The whole number.
    pub fn integer(&self) -> Option<i64> {
        let DeValue::Integer(number) = self.value else { return self.wrong("a whole number") };
        let read = i64::from_str_radix(number.as_str(), number.radix()).ok();
        if read.is_none() {
            self.refuse("out-of-range", format!("`{}` does not fit in 64 bits", self.keys));
        }
        read
    }

    /// The whole number, `out-of-range` outside of these bounds.
    pub fn integer_within(&self, bounds: RangeInclusive<i64>) -> Option<i64> {
        let number = self.integer()?;
        if bounds.contains(&number) {
            return Some(number);
        }
        let (least, most) = (bounds.start(), bounds.end());
        let wanted =
            if *most == i64::MAX { format!("at least {least}") } else { format!("between {least} and {most}") };
        self.refuse("out-of-range", format!("`{}` is {number}, and must be {wanted}", self.keys));
        None
    }

    /// The number, never NaN or infinite.
    pub fn number(&self) -> Option<f64> {
        let read = match self.value {
            DeValue::Integer(_) => json_value::number(self.value).and_then(|number| number.as_f64()),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => return self.wrong("a number"),
        };
        let finite = read.filter(|number| number.is_finite());
        if finite.is_none() {
            self.refuse("not-finite", format!("`{}` is not a finite number", self.keys));
        }
        finite
    }

    /// The number, `out-of-range` outside of these bounds.
    pub fn number_within(&self, bounds: RangeInclusive<f64>) -> Option<f64> {
        let number = self.number()?;
        if bounds.contains(&number) {
            return Some(number);
        }
        let (least, most) = (bounds.start(), bounds.end());
        let wanted =
            if *most >= f64::MAX { format!("at least {least}") } else { format!("between {least} and {most}") };
        self.refuse("out-of-range", format!("`{}` is {number}, and must be {wanted}", self.keys));
        None
    }

    /// `true` or `false`.
    pub fn boolean(&self) -> Option<bool> {
        match self.value {
            DeValue::Boolean(yes) => Some(*yes),
            _ => self.wrong("`true` or `false`"),
        }
    }

    /// The date and time, as written.
    pub fn date(&self) -> Option<String> {
        match self.value {
            DeValue::Datetime(date) => Some(date.to_string()),
            _ => self.wrong("a date"),
        }
    }

    /// The values of a list.
    pub fn list(&self) -> Option<Vec<Item<'d>>> {
        let DeValue::Array(list) = self.value else { return self.wrong("a list") };
        let item = |value: &'d toml::Spanned<DeValue<'d>>| Item {
            document: self.document,
            value: value.get_ref(),
            at: value.span().start,
            key_at: value.span().start,
            keys: self.keys.clone(),
        };
        Some(list.iter().map(item).collect())
    }

    /// The texts of a list.
    pub fn strings(&self) -> Option<Vec<String>> {
        self.list()?.iter().map(Item::string).collect()
    }

    /// The table.
    pub fn table(&self) -> Option<Fields<'d>> {
        let DeValue::Table(table) = self.value else { return self.wrong("a table") };
        Some(Fields { document: self.document, table, at: self.at, keys: self.keys.clone(), asked: Vec::new() })
    }

    /// The value as JSON; `not-json` where JSON cannot hold it: dates, NaN and infinite numbers.
    pub fn json(&self) -> Option<Value> {
        match json_value::convert(self.value) {
            Ok(value) => Some(value),
            Err(why) => {
                self.refuse("not-json", format!("`{}` holds {why}, which JSON cannot hold", self.keys));
                None
            }
        }
    }

    /// What `read` makes of the text; its refusal is a problem with this code.
    pub fn parsed<T, E: Display>(&self, code: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        match read(&self.string()?) {
            Ok(value) => Some(value),
            Err(why) => {
                self.refuse(code, why.to_string());
                None
            }
        }
    }

    /// What `read` makes of each text of a list; an entry that stands twice is a `duplicate`.
    pub fn list_parsed<T: PartialEq, E: Display>(
        &self,
        code: &str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Vec<T>> {
        let mut values = Vec::new();
        for item in self.list()? {
            let Some(value) = item.parsed(code, &read) else { continue };
            if values.contains(&value) {
                let text = item.as_str().unwrap_or_default().to_owned();
                item.refuse("duplicate", format!("`{text}` stands twice in `{}`", self.keys));
            } else {
                values.push(value);
            }
        }
        Some(values)
    }

    /// The meaning of the word; one not among these is an `unknown-word` with the nearest.
    pub fn one_of<T: Clone>(&self, words: &[(&str, T)]) -> Option<T> {
        let word = self.string()?;
        if let Some((_, meaning)) = words.iter().find(|(known, _)| *known == word) {
            return Some(meaning.clone());
        }
        let known: Vec<&str> = words.iter().map(|(known, _)| *known).collect();
        let problem = self.problem("unknown-word", format!("`{}` cannot be `{word}`", self.keys));
        let problem = problem.nearest(&word, known.iter().copied());
        self.report(match problem.next {
            Some(_) => problem,
            None => problem.next(format!("one of `{}`", known.join("`, `"))),
        });
        None
    }

    /// The text, when it is one; another type is no problem here.
    pub fn as_str(&self) -> Option<&'d str> {
        self.value.as_str()
    }

    /// Whether the value is a table.
    pub fn is_table(&self) -> bool {
        self.value.is_table()
    }

    /// Whether the value is a list.
    pub fn is_list(&self) -> bool {
        self.value.is_array()
    }

    /// The dotted keys that lead to the value.
    pub fn keys(&self) -> &str {
        &self.keys
    }

    /// A problem at the beginning of this value, to be given to [`Item::report`].
    pub fn problem(&self, code: &str, message: impl Into<String>) -> Problem {
        self.document.problem(self.at, code, message.into())
    }

    /// A problem at the key of this value, to be given to [`Item::report`].
    pub fn problem_at_key(&self, code: &str, message: impl Into<String>) -> Problem {
        self.document.problem(self.key_at, code, message.into())
    }

    /// Puts a problem down in the document.
    pub fn report(&self, problem: Problem) {
        self.document.report(problem);
    }

    /// Puts a problem down at the beginning of this value.
    pub fn refuse(&self, code: &str, message: impl Into<String>) {
        self.report(self.problem(code, message));
    }

    /// Puts down that the value is of another type than wanted.
    pub fn wrong<T>(&self, wanted: &str) -> Option<T> {
        self.refuse("wrong-type", format!("`{}` is {}, and must be {wanted}", self.keys, json_value::word(self.value)));
        None
    }
}

/// A parser's message as one line.
fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(document: Document<'_>) -> Vec<(u32, u32, String)> {
        document.into_problems().into_iter().map(|p| (p.line, p.column, p.code)).collect()
    }

    #[test]
    fn every_problem_of_a_table_is_reported_with_its_place() {
        let text = "name = 3\nwieght = 0.5\n[inner]\nlist = [\"a\", 1]\nwhen = 2026-01-01\nhuge = inf\n";
        let document = Document::parse("x.toml", text).unwrap();
        let mut fields = document.fields();
        assert_eq!(fields.string("name"), None);
        assert_eq!(fields.number("weight"), None);
        let mut inner = fields.table("inner").unwrap();
        inner.list_of_strings("list");
        inner.json("when");
        inner.number("huge");
        inner.required("gone");
        inner.finish();
        fields.finish();
        let found = document.into_problems();
        let places: Vec<_> = found.iter().map(|p| (p.line, p.column, p.code.as_str())).collect();
        assert_eq!(
            places,
            [
                (1, 8, "wrong-type"),
                (2, 1, "unknown-key"),
                (3, 1, "missing-key"),
                (4, 14, "wrong-type"),
                (5, 8, "not-json"),
                (6, 8, "not-finite"),
            ]
        );
        assert_eq!(found[1].next.as_deref(), Some("did you mean `weight`?"));
        assert_eq!(found[1].excerpt.as_deref(), Some("wieght = 0.5"));
    }

    #[test]
    fn syntax_errors_and_duplicate_keys_are_all_given() {
        let problems = Document::parse("x.toml", "a = 1\na = 2\nb = \n\n[c\nd = 1\n").unwrap_err();
        let lines: Vec<_> = problems.iter().map(|p| (p.line, p.code.as_str())).collect();
        assert_eq!(lines, [(2, "bad-toml"), (3, "bad-toml"), (5, "bad-toml")], "{problems:#?}");
    }

    #[test]
    fn a_part_of_a_file_has_the_places_of_the_file() {
        let text = "\u{feff}+++\r\nx = 1\r\n+++\r\nbody";
        let document = Document::parse_part("x.md", text, 8..15).unwrap();
        document.fields().finish();
        assert_eq!(places(document), [(2, 1, "unknown-key".to_owned())]);
    }

    #[test]
    fn tables_and_words_are_read_as_they_stand() {
        let text = "[[rule]]\nname = \"a\"\n[[rule]]\nname = \"b\"\nlevel = \"hgih\"\nroles = [\"x\", \"y\", \"x\"]\n";
        let document = Document::parse("x.toml", text).unwrap();
        let mut fields = document.fields();
        let mut rules = fields.tables("rule");
        assert_eq!(rules.iter().map(Fields::line).collect::<Vec<_>>(), [1, 3]);
        let rule = &mut rules[1];
        assert_eq!(rule.string("name").as_deref(), Some("b"));
        assert_eq!(rule.one_of("level", &[("low", 1), ("high", 2)]), None);
        let roles = rule.list_parsed("roles", "x", |role| Ok::<_, String>(role.to_owned()));
        assert_eq!(roles, Some(vec!["x".to_owned(), "y".to_owned()]));
        assert_eq!(places(document), [(5, 9, "unknown-word".to_owned()), (6, 20, "duplicate".to_owned())]);
    }
}
