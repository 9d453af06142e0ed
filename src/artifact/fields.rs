//! Reading a table key by key, so that nothing in it is overlooked.
//!
//! Each key is asked for by name and type, and [`Fields::finish`] reports the keys nobody asked for.

use std::{fmt::Display, ops::RangeInclusive};

use serde_json::Value;

use super::{
    Document, Item,
    tree::{Entry, Table},
};
use crate::problem::{Problem, quoted};

/// One table of a document, read key by key.
#[derive(Debug)]
pub struct Fields<'d> {
    document: &'d Document<'d>,
    table: &'d Table,
    at: usize,
    /// The dotted keys that lead here, empty for the outermost table.
    keys: String,
    asked: Vec<String>,
}

impl<'d> Fields<'d> {
    pub(super) fn new(document: &'d Document<'d>, table: &'d Table, at: usize, keys: String) -> Self {
        Self { document, table, at, keys, asked: Vec::new() }
    }

    /// The value under a key, whatever its type; `None` when the key is absent.
    pub fn item(&mut self, key: &str) -> Option<Item<'d>> {
        if !self.asked.iter().any(|asked| asked == key) {
            self.asked.push(key.to_owned());
        }
        self.table.get(key).map(|entry| self.item_of(entry))
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

    /// The whole table as JSON, as [`Item::json`].
    pub fn json_whole(&self) -> Option<Value> {
        match self.table.json() {
            Ok(map) => Some(Value::Object(map)),
            Err(why) => {
                let message = format!("`{}` holds {why}, which JSON cannot hold", self.keys);
                self.report(self.problem("not-json", message));
                None
            }
        }
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
        self.asked.extend(self.table.entries.iter().map(|entry| entry.key.clone()));
        self.table.entries.iter().map(|entry| (entry.key.clone(), self.item_of(entry))).collect()
    }

    /// Whether the table has this key; does not count as asking for it.
    pub fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// Whether the table has no keys.
    pub fn is_empty(&self) -> bool {
        self.table.entries.is_empty()
    }

    /// Whether nothing is wrong so far in the document.
    pub(super) fn is_sound(&self) -> bool {
        self.document.is_sound()
    }

    /// Reports every key that was never asked for as an `unknown-key`, with the nearest that was.
    pub fn finish(self) {
        for problem in self.unknown() {
            self.report(problem);
        }
    }

    /// As [`Fields::finish`], for tables whose format others own and extend: the reports are warnings.
    pub fn finish_leniently(self) {
        for problem in self.unknown() {
            self.report(problem.as_warning());
        }
    }

    fn unknown(&self) -> Vec<Problem> {
        let unasked = self.table.entries.iter().filter(|entry| !self.asked.contains(&entry.key));
        unasked.map(|entry| self.unknown_key(entry)).collect()
    }

    fn unknown_key(&self, entry: &Entry) -> Problem {
        let message = format!("`{}` is not a key that is known here", self.dotted(&entry.key).escape_debug());
        let problem = self.document.problem(entry.key_at, "unknown-key", message);
        let problem = problem.nearest(&entry.key, self.asked.iter().map(String::as_str));
        match problem.next {
            Some(_) => problem,
            None => problem.next(format!("known here: {}", self.known())),
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

    /// A problem at the value in this table that a JSON pointer leads to.
    pub(super) fn problem_inside(&self, pointer: &str, code: &str, message: impl Into<String>) -> Problem {
        let at = self.table.place(pointer).unwrap_or(self.at);
        self.document.problem(at, code, message.into())
    }

    /// Puts a problem down in the document.
    pub fn report(&self, problem: Problem) {
        self.document.report(problem);
    }

    fn known(&self) -> String {
        quoted(&self.asked, ", ")
    }

    fn dotted(&self, key: &str) -> String {
        if self.keys.is_empty() { key.to_owned() } else { format!("{}.{key}", self.keys) }
    }

    fn item_of(&self, entry: &'d Entry) -> Item<'d> {
        Item::new(self.document, entry, self.dotted(&entry.key))
    }
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
        assert_eq!(lines, [(2, "duplicate-key"), (3, "bad-toml"), (5, "bad-toml")], "{problems:#?}");
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
        let words = rule.list_parsed("roles", "x", |role| Ok::<_, String>(role.to_owned()));
        assert_eq!(words, Some(vec!["x".to_owned(), "y".to_owned()]));
        assert_eq!(places(document), [(5, 9, "unknown-word".to_owned()), (6, 20, "duplicate".to_owned())]);
    }
}
