//! The walk over a text: which rules its words call, and what they find.

use std::{
    cmp::Reverse,
    ops::Range,
    sync::{LazyLock, OnceLock},
};

use aho_corasick::{AhoCorasick, MatchKind};
use regex::Regex;

use super::{
    Hit,
    rule::Rule,
    rules::{FAMILIES, count},
};

/// The most hits that are told of one text; one is enough to refuse it.
const MOST: usize = 1000;

/// The rules in order, each with its pattern once it was needed, and the words that call them.
struct Table {
    rules: Vec<(&'static Rule, OnceLock<Option<Regex>>)>,
    words: Option<AhoCorasick>,
    /// The rule of each word.
    called: Vec<usize>,
}

/// The rules never change while the program runs, and compiling all of them takes longer than most commands: each is
/// compiled when a text first calls it. Nothing but time depends on this being kept.
static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

impl Table {
    fn new() -> Self {
        let rules: Vec<_> =
            FAMILIES.iter().flat_map(|family| family.iter()).map(|rule| (rule, OnceLock::new())).collect();
        let (mut words, mut called) = (Vec::new(), Vec::new());
        for (place, (rule, _)) in rules.iter().enumerate() {
            for word in rule.words {
                words.push(*word);
                called.push(place);
            }
        }
        let words = AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::Standard).build(words);
        Self { rules, words: words.ok(), called }
    }

    /// The places of the rules that a text calls, in order.
    fn called_by(&self, text: &str) -> Vec<usize> {
        let mut is_called = vec![false; self.rules.len()];
        // Without the words every rule is called: slower, and never blind.
        let Some(words) = &self.words else { return (0..self.rules.len()).collect() };
        for found in words.find_overlapping_iter(text) {
            let called = self.called.get(found.pattern().as_usize()).and_then(|place| is_called.get_mut(*place));
            if let Some(called) = called {
                *called = true;
            }
        }
        is_called.iter().enumerate().filter(|(_, called)| **called).map(|(place, _)| place).collect()
    }

    fn find(&self, place: usize, text: &str, most: usize) -> Vec<Range<usize>> {
        let Some((rule, pattern)) = self.rules.get(place) else { return Vec::new() };
        let Some(pattern) = pattern.get_or_init(|| Regex::new(rule.pattern).ok()) else { return Vec::new() };
        let mut found = Vec::new();
        for matched in pattern.find_iter(text) {
            let within = pattern.captures_at(text.get(..matched.end()).unwrap_or_default(), matched.start());
            let group = within.and_then(|groups| groups.get(1).map(|group| group.range()));
            let range = group.unwrap_or_else(|| matched.range());
            let secret = text.get(range.clone()).unwrap_or_default();
            if (!rule.whole || stands_alone(text, &range)) && (rule.believe)(secret) {
                found.push(range);
            }
            if found.len() >= most {
                break;
            }
        }
        found
    }
}

/// How many rules there are.
pub fn rule_count() -> usize {
    count()
}

/// Every secret in a text, by place; the first thousand of them.
///
/// Linear in the text, whatever it holds, and the same everywhere: which version is refused depends on it.
pub fn scan(text: &str) -> Vec<Hit> {
    first(text, MOST)
}

/// All of them, for whoever masks: what is left out would be shown.
pub(super) fn every(text: &str) -> Vec<Hit> {
    first(text, usize::MAX)
}

fn first(text: &str, most: usize) -> Vec<Hit> {
    let table = &*TABLE;
    let mut found: Vec<(Range<usize>, usize)> = Vec::new();
    for place in table.called_by(text) {
        found.extend(table.find(place, text, most).into_iter().map(|range| (range, place)));
    }
    let mut lines = Lines { text, at: 0, line: 1, column: 1 };
    let hits = distinct(found).into_iter().take(most).filter_map(|(range, place)| {
        let (rule, _) = table.rules.get(place)?;
        let (line, column) = lines.locate(range.start);
        Some(Hit { rule: rule.id, title: rule.title, line, column, range })
    });
    hits.collect()
}

/// Of two hits one of which holds the other, the one of the earlier rule; by place.
///
/// The rules stand from the most to the least certain, so the earlier one knows better what it is.
fn distinct(mut found: Vec<(Range<usize>, usize)>) -> Vec<(Range<usize>, usize)> {
    found.sort_by_key(|(range, place)| (range.start, Reverse(range.end), *place));
    let mut kept: Vec<(Range<usize>, usize)> = Vec::new();
    for (range, place) in found {
        let mut doubted = false;
        while let Some((other, known)) = kept.last() {
            if range.end > other.end {
                break;
            }
            if *known <= place {
                doubted = true;
                break;
            }
            kept.pop();
        }
        if !doubted {
            kept.push((range, place));
        }
    }
    kept.dedup_by(|later, earlier| later.0 == earlier.0);
    kept
}

/// Whether the characters beside it are no part of it.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let before = text.get(..range.start).unwrap_or_default();
    // In JSON a line break is written with a letter.
    let escaped = ["\\n", "\\r", "\\t"].iter().any(|sign| before.ends_with(sign));
    let begins = escaped || !before.ends_with(|c: char| c.is_ascii_alphanumeric());
    let dashed = text.get(range.clone()).unwrap_or_default().contains('-');
    let goes_on = |c: char| c.is_ascii_alphanumeric() || c == '_' || (dashed && c == '-');
    begins && !text.get(range.end..).unwrap_or_default().starts_with(goes_on)
}

/// Counts lines and columns, forwards only, so that many hits in one long line take no longer than one.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    column: u32,
}

impl Lines<'_> {
    /// Line and column of an offset that is not before the last one.
    fn locate(&mut self, offset: usize) -> (u32, u32) {
        let passed = self.text.get(self.at..offset).unwrap_or_default();
        for c in passed.chars() {
            if c == '\n' {
                (self.line, self.column) = (self.line.saturating_add(1), 1);
            } else {
                self.column = self.column.saturating_add(1);
            }
        }
        self.at = offset.max(self.at);
        (self.line, self.column)
    }
}
